import { hashTexts } from '../store/hash-texts.ts';
import type { SliceSource } from './block-view.ts';

const known = new WeakMap<SliceSource, Uint32Array>();

/** @returns the hashes of a part's actors of seed 0, as dictionaries have them, whatever the seed of the store. */
export function plainHashes(part: SliceSource): Uint32Array {
  const { entries, seed } = part;
  if (seed === 0) return entries.hashes;
  let hashes = known.get(part);
  if (hashes === undefined) {
    const { bytes, offsets, count } = entries.texts;
    known.set(part, (hashes = hashTexts(bytes, offsets, count, 0)));
  }
  return hashes;
}
