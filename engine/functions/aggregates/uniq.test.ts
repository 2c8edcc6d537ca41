import { describe, expect, it } from 'vitest';
import type { Values } from '../../column/values.ts';
import { uniq, type UniqState } from './uniq.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_411);

function randomOf(own: number): () => number {
  let state = own >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function numbers(values: readonly (number | null)[]): Values {
  return {
    kind: 'number',
    length: values.length,
    values: Float64Array.from(values, (value) => value ?? 0),
    nulls: values.includes(null) ? Uint8Array.from(values, (value) => (value === null ? 1 : 0)) : null,
  };
}

function wides(values: readonly bigint[]): Values {
  return { kind: 'bigint', length: values.length, values: BigInt64Array.from(values), nulls: null };
}

/** Rows of one call of `update`. */
interface Rows {
  readonly values: Values;
  readonly groups: Uint32Array | null;
  readonly rows: Uint32Array | null;
}

/** States of several tasks, each sealed and sent, merged in turn with groups that are others there. */
function counted(type: 'int' | 'float', tasks: readonly (readonly Rows[])[], groups: number): number[] {
  const into = uniq.newState([{ type, constant: undefined }]);
  for (const [number, task] of tasks.entries()) {
    const state = uniq.newState([{ type, constant: undefined }]);
    uniq.grow(state, groups);
    for (const { values, groups: own, rows } of task) uniq.update(state, [values], own, rows, values.length);
    uniq.seal!(state);
    uniq.grow(into, groups);
    uniq.merge(into, structuredClone(state), mapOf(number, groups));
    for (const _ of uniq.settle!(into, false)) void _;
  }
  expect(uniq.bytes(into)).toBeGreaterThan(0);
  for (const _ of uniq.settle!(into, true)) void _;
  const values = uniq.finish(into, groups);
  return values.kind === 'number' ? [...values.values] : [];
}

/** Groups turn by the task's number. */
function mapOf(task: number, groups: number): Uint32Array {
  return Uint32Array.from({ length: groups }, (_, group) => (group + task) % groups);
}

function wanted(tasks: readonly (readonly Rows[])[], groups: number): number[] {
  const sets = Array.from({ length: groups }, () => new Set<number | bigint>());
  for (const [number, task] of tasks.entries()) {
    const map = mapOf(number, groups);
    for (const { values, groups: own, rows } of task) {
      for (const row of rows ?? Array.from({ length: values.length }, (_, at) => at)) {
        if ((values.kind !== 'number' && values.kind !== 'bigint') || values.nulls?.[row] === 1) continue;
        const value = values.values[row]!;
        // A Set holds 0 for -0, and NaN once; whole numbers and wide ones are one value.
        const whole =
          typeof value === 'bigint' && value === BigInt(Number(value)) && Number.isSafeInteger(Number(value));
        sets[map[own === null ? 0 : own[row]!]!]!.add(whole ? Number(value) : value);
      }
    }
  }
  return sets.map(({ size }) => size);
}

describe('uniq', () => {
  it('tells 64-bit ints apart, small and wide alike', () => {
    const extremes = [
      0n,
      1n,
      -1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 53n,
      -(2n ** 53n),
      2n ** 32n,
      0x3ff0000000000000n,
    ];
    const tasks = [
      [{ values: wides([...extremes, ...extremes]), groups: null, rows: null }],
      [{ values: numbers([0, -0, 1, -1, 2 ** 32, 4_294_967_295, null]), groups: null, rows: null }],
    ];
    expect(counted('int', tasks, 1)).toEqual([10]);
    expect(wanted(tasks, 1)).toEqual([10]);
  });

  it('knows one NaN and one zero among floats, also where keys are many', () => {
    const floats = (task: number): (number | null)[] =>
      Array.from({ length: 60_000 }, (_, at) =>
        at % 7 === 0 ? NaN : at % 11 === 0 ? -0 : at % 13 === 0 ? null : (at + 20_000 * task) / 8,
      );
    for (const nullFree of [false, true]) {
      const tasks = [0, 1, 2].map((task) => [
        { values: numbers(floats(task).map((value) => (nullFree ? (value ?? 0) : value))), groups: null, rows: null },
      ]);
      expect(counted('float', tasks, 1)).toEqual(wanted(tasks, 1));
    }
  });

  it.each([1, 2, 5, 3000])('counts as sets do, keys distinct or not, in %i groups', (groups) => {
    const random = randomOf(seed + groups);
    for (const range of [50, 30_000, 2 ** 50]) {
      const tasks = Array.from({ length: 4 }, () =>
        Array.from({ length: 3 }, (): Rows => {
          const length = 40_000 + Math.floor(random() * 40_000);
          const wide = random() < 0.5;
          const own = Array.from({ length }, () => Math.floor(random() * range) - range / 2);
          const rows = random() < 0.5 ? null : Uint32Array.from({ length }, (_, at) => at).filter(() => random() < 0.6);
          const values = wide
            ? wides(own.map((value) => BigInt(value) * (range > 2 ** 40 ? 4096n : 1n)))
            : numbers(own.map((value) => (random() < 0.01 ? null : value)));
          const ofRow = groups === 1 ? null : Uint32Array.from({ length }, () => Math.floor(random() * groups));
          return { values, groups: ofRow, rows };
        }),
      );
      expect(counted('int', tasks, groups), `seed ${seed}, range ${range}`).toEqual(wanted(tasks, groups));
    }
  });

  it('joins what a task has met again and again before it is much', () => {
    const state = uniq.newState([{ type: 'int', constant: undefined }]) as UniqState;
    uniq.grow(state, 1);
    const values = wides(Array.from({ length: 65_536 }, (_, at) => BigInt(at) * 2n ** 40n));
    for (let times = 0; times < 60; times++) uniq.update(state, [values], null, null, values.length);
    uniq.seal!(state);
    expect(uniq.bytes(state)).toBeLessThan(24 * 1024 * 1024);
    const values2 = uniq.finish(state, 1);
    expect(values2.kind === 'number' && values2.values[0]).toBe(65_536);
  });
});
