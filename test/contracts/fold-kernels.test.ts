import { describe, expect, it } from 'vitest';
import type { Kernels } from '../../engine/kernels/kernels.ts';
import {
  bytes,
  compiled,
  expectTwins,
  input,
  lengthMax,
  memory,
  output,
  randomFrom,
  rowsOf,
  scalar,
  second,
  seed,
  shifts,
} from './twins.ts';

describe(`kernels that read values to one, or pick some, equal their twins (seed ${seed})`, () => {
  it('sums and extremes of floats, NaN, infinities and both zeros among them', () => {
    const random = randomFrom(seed);
    const values = new Float64Array(memory.buffer);
    const special = [0, -0, NaN, Infinity, -Infinity, 5e-324, Number.MAX_VALUE, 0.1];
    let checked = 0;
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of [0, 1, 3]) {
        const at = input + 8 * shift;
        for (let i = 0; i < length; i++) {
          values[at / 8 + i] = random() % 4 === 0 && shift !== 1 ? special[random() % 8]! : random() / 7 - 3e8;
        }
        for (const name of ['sumF64', 'minF64', 'maxF64'] as const) {
          expect(Object.is(compiled[name](at, length), scalar[name](at, length))).toBe(true);
          checked++;
        }
      }
    }
    expect(checked).toBe(130 * 9);
  });

  it('sums and extremes of words', () => {
    const random = randomFrom(seed);
    const values = new Uint32Array(memory.buffer);
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of shifts) {
        const at = input + 4 * shift;
        for (let i = 0; i < length; i++) values[at / 4 + i] = random();
        for (const name of ['sumU32', 'minU32', 'maxU32'] as const)
          expect(compiled[name](at, length)).toBe(scalar[name](at, length));
      }
    }
  });

  it('prefetch reads what its twin reads', () => {
    const random = randomFrom(seed + 12);
    const values = new Uint32Array(memory.buffer);
    for (let i = 0; i < lengthMax + 64; i++) values[input / 4 + i] = random();
    for (let bytes = 0; bytes <= 4 * lengthMax; bytes += 1 + (random() % 40))
      for (const shift of [0, 1, 30, 63, 64])
        expect(compiled.prefetch(input + shift, bytes)).toBe(scalar.prefetch(input + shift, bytes));
    const lines = Array.from({ length: 3 }, (_, line) => values[input / 4 + 16 * line]!);
    expect(scalar.prefetch(input + 1, 128)).toBe(lines.reduce((sum, word) => (sum + word) | 0, 0));
  });

  it('pickRankedF64', () => {
    const random = randomFrom(seed + 11);
    const values = new BigUint64Array(memory.buffer);
    const [bits, wanted] = [second, second + 4096];
    for (let length = 0; length <= lengthMax; length++) {
      for (const shift of shifts) {
        // Signalling NaNs are among them: bits are moved, not numbers.
        for (let i = 0; i < length; i++)
          values[input / 8 + shift + i] = random() % 3 === 0 ? 0x7ff4000000000001n + BigInt(i) : BigInt(random());
        const few = random() % 2 === 0 ? 0xff : 0x11;
        for (let i = 0; i < 32; i++) {
          bytes[bits + shift + i] = random() & few;
          bytes[wanted + i] = random();
        }
        const pick = (kernels: Kernels): number =>
          kernels.pickRankedF64(input + 8 * shift, bits + shift, wanted, length, output);
        expectTwins(pick);
        const rows = rowsOf(bits + shift, length);
        const asked = new Set(rowsOf(wanted, length));
        const expected = rows.flatMap((row, rank) => (asked.has(row) ? [values[input / 8 + shift + rank]!] : []));
        expect(pick(compiled)).toBe(expected.length);
        expect([...values.subarray(output / 8, output / 8 + expected.length)]).toEqual(expected);
      }
    }
  });
});
