import { compressSync } from 'lz4-napi';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../engine/base/limits.ts';
import { codecById, codecs } from '../../engine/store/codecs/index.ts';
import { lz4 } from '../../engine/store/codecs/lz4.ts';
import { randomFrom } from './random-vector.ts';

const seed = 20_240_305;
const members = [...codecs.values()];

/** Pages of every length, from all the same to all different. */
const pages = fc
  .record({ length: fc.oneof(fc.nat(300), fc.nat(70_000)), distinct: fc.constantFrom(1, 2, 20, 256), seed: fc.nat() })
  .map(({ length, distinct, seed: from }) => {
    const random = randomFrom(from);
    return Uint8Array.from({ length }, () => random() * distinct);
  });

/** Inflates into a room between others, and sees that those are left as they were. */
function inflate(codec: (typeof members)[number], bytes: Uint8Array, length: number): Uint8Array | null {
  const room = new Uint8Array(length + 64).fill(0xa5);
  const whole = codec.decompress(bytes, room.subarray(32, 32 + length));
  expect(room.subarray(0, 32).every((byte) => byte === 0xa5)).toBe(true);
  expect(room.subarray(32 + length).every((byte) => byte === 0xa5)).toBe(true);
  return whole ? room.subarray(32, 32 + length) : null;
}

describe(`codecs (seed ${seed})`, () => {
  it('have the numbers on disk that they had from the first', () => {
    expect(members.map(({ id, name }) => [id, name])).toEqual([
      [0, 'none'],
      [1, 'lz4'],
    ]);
    expect(members.map(({ id }) => codecById(id))).toEqual(members);
    expect(codecById(2)).toBe(undefined);
  });

  it.each(members)('$name gives back every page', (codec) => {
    fc.assert(
      fc.property(pages, (page) => {
        const packed = codec.compress(page)!;
        const out = inflate(codec, packed, page.length);
        expect(out !== null && Buffer.compare(out, page) === 0).toBe(true);
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each(members)('$name gives back pages of the largest size', (codec) => {
    const random = randomFrom(seed);
    for (const length of [limits.pageBytesMax, limits.pageBytesMax + 1]) {
      for (const distinct of [1, 20, 256]) {
        const page = Uint8Array.from({ length }, () => random() * distinct);
        const out = inflate(codec, codec.compress(page)!, length);
        expect(out !== null && Buffer.compare(out, page) === 0).toBe(true);
      }
    }
  });

  it.each(members)('$name refuses a page that is not as long as stated', (codec) => {
    fc.assert(
      fc.property(pages, fc.integer({ min: -40, max: 40 }), (page, longer) => {
        fc.pre(longer !== 0 && page.length + longer >= 0);
        expect(inflate(codec, codec.compress(page)!, page.length + longer)).toBe(null);
      }),
      { seed, numRuns: 300 },
    );
  });

  it.each(members)('$name meets bytes that it did not write without a throw', (codec) => {
    let refused = 0;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(3000), (bytes, length) => {
        const out = inflate(codec, bytes, length);
        if (out === null) refused++;
        else expect(out.length).toBe(length);
      }),
      { seed, numRuns: 5000 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('lz4 meets pages with a few bytes changed', () => {
    let refused = 0;
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(pages, changes, (page, changed) => {
        const packed = Uint8Array.from(lz4.compress(page)!);
        for (const [at, value] of changed) packed[at % packed.length] = value;
        if (inflate(lz4, packed, page.length) === null) refused++;
      }),
      { seed, numRuns: 1000 },
    );
    expect(refused).toBeGreaterThan(50);
  });

  it('lz4 inflates no bomb: it writes what the page states, whatever the bytes claim', () => {
    // 256 KiB of 255s are a match of 64 MiB.
    const bomb = new Uint8Array(262_144).fill(255);
    bomb.set([0x1f, 7, 1, 0]);
    expect(inflate(lz4, bomb, 1000)).toBe(null);
    expect(inflate(lz4, bomb, limits.pageBytesMax)).toBe(null);
    // A page of zeros is small enough on disk, and is inflated to what it states and no further.
    const zeros = lz4.compress(new Uint8Array(limits.pageBytesMax))!;
    expect(zeros.length).toBeLessThan(5000);
    expect(inflate(lz4, zeros, limits.pageBytesMax - 1)).toBe(null);
    expect(inflate(lz4, zeros, limits.pageBytesMax)!.every((byte) => byte === 0)).toBe(true);
  });

  it('lz4 writes the bare block: what the add-on writes, without its size', () => {
    const page = Buffer.from('a page of a page of a page of a page');
    expect(Buffer.compare(lz4.compress(page)!, compressSync(page).subarray(4))).toBe(0);
  });
});
