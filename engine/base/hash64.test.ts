import { describe, expect, it } from 'vitest';
import { createHash64, hash64, hash64OfText } from './hash64.ts';

const mask = (1n << 64n) - 1n;
const rotl = (x: bigint, r: bigint): bigint => ((x << r) | (x >> (64n - r))) & mask;
const [p1, p2, p3, p4, p5] = [
  0x9e3779b185ebca87n,
  0xc2b2ae3d27d4eb4fn,
  0x165667b19e3779f9n,
  0x85ebca77c2b2ae63n,
  0x27d4eb2f165667c5n,
] as const;

/** The specification, word for word, over BigInt. */
function reference(bytes: Uint8Array, seed: bigint): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const round = (acc: bigint, lane: bigint): bigint => (rotl((acc + lane * p2) & mask, 31n) * p1) & mask;
  let at = 0;
  let h: bigint;
  if (bytes.length >= 32) {
    const acc = [(seed + p1 + p2) & mask, (seed + p2) & mask, seed, (seed - p1) & mask];
    for (; at + 32 <= bytes.length; at += 32)
      for (let i = 0; i < 4; i++) acc[i] = round(acc[i]!, view.getBigUint64(at + 8 * i, true));
    h = (rotl(acc[0]!, 1n) + rotl(acc[1]!, 7n) + rotl(acc[2]!, 12n) + rotl(acc[3]!, 18n)) & mask;
    for (const a of acc) h = ((h ^ round(0n, a)) * p1 + p4) & mask;
  } else h = (seed + p5) & mask;
  h = (h + BigInt(bytes.length)) & mask;
  for (; at + 8 <= bytes.length; at += 8) h = (rotl(h ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
  if (at + 4 <= bytes.length) {
    h = (rotl(h ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask;
    at += 4;
  }
  for (; at < bytes.length; at++) h = (rotl(h ^ ((BigInt(bytes[at]!) * p5) & mask), 11n) * p1) & mask;
  h = ((h ^ (h >> 33n)) * p2) & mask;
  h = ((h ^ (h >> 29n)) * p3) & mask;
  return h ^ (h >> 32n);
}

describe('hash64', () => {
  it.each([
    ['', 'ef46db3751d8e999'],
    ['a', 'd24ec4f1a98c6e5b'],
    ['abc', '44bc2cf5ad770999'],
  ])('of %j is the published one', (text, hex) => {
    const { high, low } = hash64OfText(text);
    expect(high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0')).toBe(hex);
  });

  it('agrees with the specification on every length to 130 and on seeds', () => {
    let state = 12345;
    const bytes = Uint8Array.from({ length: 130 }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16);
    const out = new Uint32Array(2);
    for (const seed of [0, 1, 2 ** 32 + 5, Number.MAX_SAFE_INTEGER]) {
      for (let length = 0; length <= 130; length++) {
        hash64(bytes, 130 - length, 130, seed, out, 0);
        expect((BigInt(out[1]!) << 32n) | BigInt(out[0]!)).toBe(reference(bytes.subarray(130 - length), BigInt(seed)));
      }
    }
  });

  it('bit by bit is the same as in one', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) >>> 3);
    const out = new Uint32Array(2);
    for (const size of [1, 5, 31, 32, 33, 100, 1000]) {
      const hash = createHash64();
      expect(hash.low()).toBe(hash64OfText('').low);
      for (let at = 0; at < bytes.length; at += size) {
        hash.update(bytes.subarray(at, at + size));
        hash64(bytes, 0, Math.min(at + size, bytes.length), 0, out, 0);
        expect(hash.low()).toBe(out[0]);
      }
    }
  });
});
