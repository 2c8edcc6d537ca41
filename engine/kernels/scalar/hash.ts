import { hash64 } from '../../base/hash64.ts';

/** The twin of hashTexts over views of the whole memory; positions are indexes into them. */
export function hashTexts(
  bytes: Uint8Array,
  bytesFrom: number,
  words: Uint32Array,
  offsets: number,
  count: number,
  seed: number,
  out: number,
): void {
  for (let i = 0; i < count; i++) {
    hash64(bytes, bytesFrom + words[offsets + i], bytesFrom + words[offsets + i + 1], seed, words, out + 2 * i);
  }
}
