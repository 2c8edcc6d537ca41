import { hashTexts } from '../store/hash-texts.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { shared, sharedBytes } from './shared-arrays.ts';

const encoder = new TextEncoder();

/**
 * Lays texts out as a dictionary in shared memory, in their order.
 * @param seed of the hashes.
 */
export function encodeTexts(texts: readonly string[], seed: number): Dictionary & { readonly hashes: Uint32Array } {
  const count = texts.length;
  const offsets = new Uint32Array(count + 1);
  let bytes = new Uint8Array(1024);
  for (let entry = 0; entry < count; entry++) {
    const start = offsets[entry];
    const most = start + 3 * texts[entry].length;
    if (most > bytes.length) {
      const grown = new Uint8Array(Math.max(most, 2 * bytes.length));
      grown.set(bytes.subarray(0, start));
      bytes = grown;
    }
    offsets[entry + 1] = start + encoder.encodeInto(texts[entry], bytes.subarray(start)).written;
  }
  const own = sharedBytes(offsets[count]);
  own.set(bytes.subarray(0, offsets[count]));
  return { count, offsets: shared(offsets), bytes: own, hashes: shared(hashTexts(own, offsets, count, seed)) };
}
