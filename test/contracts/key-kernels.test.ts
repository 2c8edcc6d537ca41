import { describe, expect, it } from 'vitest';
import { createRandom } from '../../data/random.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';

const seed = 20_260_403;
const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 24 });
const kernels = [loadKernels(memory), createScalarKernels(memory)];
const words = new Uint32Array(memory.buffer);
const [keysAt, outAt, tableAt, idsAt, startsAt] = Array.from(
  { length: 5 },
  (_, place) => reservedBytes + place * 131_072,
) as [number, number, number, number, number];
const places = 32_768;

/** Keys with extremes among them, of which many come again where `range` is small. */
function randomKeys(number: number): [low: number, high: number][] {
  const random = createRandom(seed + number);
  const range = [4, 1000, 2 ** 32][number % 3]!;
  const word = (): number => (random.integer(8) === 0 ? [0, 0xffffffff][random.integer(2)]! : random.integer(range));
  return Array.from({ length: number === 0 ? 0 : 1 + random.integer(8000) }, () => [word(), word()]);
}

function lay(keys: readonly (readonly [number, number])[]): void {
  words.set(keys.flat(), keysAt / 4);
}

const textOf = (at: number): string => `${words[at / 4]},${words[at / 4 + 1]}`;

describe.each(kernels)('kernels of keys, $kind', (kernel) => {
  it.each(Array.from({ length: 30 }, (_, number) => number))(
    'lay keys out by partition, in order (case %i)',
    (number) => {
      const keys = randomKeys(number);
      lay(keys);
      kernel.spreadKeys(keysAt, keys.length, startsAt, idsAt, outAt);
      const starts = words.slice(startsAt / 4, startsAt / 4 + 513);
      expect([starts[0], starts[512]]).toEqual([0, keys.length]);
      const laid = keys.map((_, at) => textOf(outAt + 8 * at));
      expect([...laid].sort()).toEqual(keys.map(String).sort());
      // A key lies in the one partition of its kind, and the keys of one stand as they came.
      const partitionOf = new Map<string, number>();
      for (let partition = 0; partition < 512; partition++)
        for (let at = starts[partition]!; at < starts[partition + 1]!; at++) {
          expect(partitionOf.get(laid[at]!) ?? partition).toBe(partition);
          partitionOf.set(laid[at]!, partition);
        }
      const ordered = keys.map(String).map((key, at) => [partitionOf.get(key)!, at, key] as const);
      ordered.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(laid).toEqual(ordered.map(([, , key]) => key));
    },
  );

  it('find the distinct keys in order, whatever calls with lower bases have left', () => {
    words.fill(0, tableAt / 4, tableAt / 4 + places);
    let base = 1;
    for (let number = 0; number < 30; number++) {
      const keys = randomKeys(number);
      const wanted = [...new Set(keys.map(String))];
      lay(keys);
      const size = number % 2 === 0 ? places : 16_384;
      const found = kernel.distinctKeys(keysAt, keys.length, tableAt, size, base);
      expect(Array.from({ length: found }, (_, at) => textOf(keysAt + 8 * at))).toEqual(wanted);
      base += keys.length;
    }
    const keys = randomKeys(2);
    lay(keys);
    const high = 2 ** 32 - keys.length;
    expect(kernel.distinctKeys(keysAt, keys.length, tableAt, places, high)).toBe(new Set(keys.map(String)).size);
  });
});

it('both kinds give the same bytes', () => {
  for (let number = 0; number < 20; number++) {
    const bytes = kernels.map((kernel) => {
      const keys = randomKeys(number);
      lay(keys);
      words.fill(0, tableAt / 4, tableAt / 4 + places);
      words.fill(0, outAt / 4, outAt / 4 + 2 * keys.length);
      kernel.spreadKeys(keysAt, keys.length, startsAt, idsAt, outAt);
      kernel.distinctKeys(keysAt, keys.length, tableAt, places, 1);
      return new Uint8Array(memory.buffer).slice(reservedBytes, reservedBytes + 5 * 131_072);
    });
    expect(Buffer.compare(bytes[0]!, bytes[1]!)).toBe(0);
  }
});
