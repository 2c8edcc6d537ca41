import { describe, expect, it } from 'vitest';
import { mergeSorted } from './merge-sort.ts';
import { doAll, doInTurns } from './steps.ts';

function scrambled(length: number): Float64Array {
  return Float64Array.from({ length }, (_, row) => (row * 7919) % 1009);
}

describe('mergeSorted', () => {
  it.each([0, 1, 2, 4095, 4096, 4097, 100_000])('orders %i rows as Array.sort does', (length) => {
    const keys = scrambled(length);
    const compare = (a: number, b: number): number => keys[a]! - keys[b]! || a - b;
    const rows = Uint32Array.from({ length }, (_, row) => length - 1 - row);
    const wanted = [...rows].sort(compare);
    expect([...doAll(mergeSorted(rows, compare))]).toEqual(wanted);
  });

  it.each([1, 2, 12, 1000])('merges %i runs that lie in order already', (runs) => {
    const length = 100_000;
    const keys = Float64Array.from({ length }, (_, row) => row % Math.ceil(length / runs));
    const compare = (a: number, b: number): number => keys[a]! - keys[b]! || a - b;
    const rows = Uint32Array.from({ length }, (_, row) => row);
    const wanted = [...rows].sort(compare);
    let compared = 0;
    const counted = (a: number, b: number): number => {
      compared++;
      return compare(a, b);
    };
    expect([...doAll(mergeSorted(rows, counted))]).toEqual(wanted);
    expect(compared).toBeLessThan(length * (2 + Math.ceil(Math.log2(runs))));
  });

  it('compares nothing more once its rest has thrown', async () => {
    const keys = scrambled(300_000);
    let compared = 0;
    const rows = Uint32Array.from({ length: keys.length }, (_, row) => row);
    const steps = mergeSorted(rows, (a, b) => {
      compared++;
      return keys[a]! - keys[b]! || a - b;
    });
    let rests = 0;
    const rest = async (): Promise<void> => {
      await Promise.resolve();
      if (++rests === 3) throw new Error('called off');
    };
    await expect(doInTurns(steps, rest)).rejects.toThrow('called off');
    // Runs of 64 Ki rows lie between two rests: of 300,000, three are sorted.
    expect(compared).toBeLessThan(3 * 65_536 * 16);
    expect(rests).toBe(3);
  });
});
