import { describe, expect, it } from 'vitest';
import { scalarAt } from '../access.ts';
import type { Aggregate } from './aggregate.ts';
import { aggregateFunctions } from './index.ts';
import type { Found } from './kernel-form.ts';

const seed = 20_241_125;
const groupCount = 5;
const entryCount = 12;
const first = -40;
const range = 100;

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** What kernels would have found of values in the entries that their rows are of. */
function foundOf(part: string | null, entries: Uint32Array, values: Float64Array): Found {
  const counts = new Uint32Array(entryCount);
  const numbers = new Float64Array(part === 'spread' ? 3 * entryCount : entryCount);
  // Entries stand in the table the other way round.
  const places = Uint32Array.from({ length: entryCount }, (_, entry) => entryCount - 1 - entry);
  const table = new Uint32Array(entryCount * range);
  for (let entry = 0; entry < entryCount; entry++) {
    const own = values.filter((_, row) => entries[row] === entry);
    counts[entry] = own.length;
    const mean = own.reduce((sum, value) => sum + value, 0) / Math.max(1, own.length);
    if (part === 'sum') numbers[entry] = own.reduce((sum, value) => sum + value, 0);
    if (part === 'least') numbers[entry] = Math.min(...own);
    if (part === 'greatest') numbers[entry] = Math.max(...own);
    if (part === 'spread')
      numbers.set([own.length, mean, own.reduce((sum, value) => sum + (value - mean) ** 2, 0)], 3 * entry);
    for (const value of own) table[places[entry]! * range + value - first]!++;
  }
  return { counts, numbers, pairs: part === 'pairs' ? { first, range, table, places } : null };
}

const cases = [...new Set(aggregateFunctions.values())].filter(({ kernels }) => kernels !== undefined);

describe(`aggregates that kernels keep (seed ${seed})`, () => {
  it('are those of numbers', () => {
    expect(cases.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['count', 'sum', 'avg', 'min', 'p95', 'stddev']),
    );
  });

  it.each(cases.map((aggregate) => ({ name: aggregate.name, aggregate })))(
    '$name answers as if rows had come one by one',
    ({ aggregate }: { readonly aggregate: Aggregate }) => {
      const random = randomOf(seed);
      const shapes = [
        { type: 'int' as const },
        { type: 'int' as const, constant: aggregate.name === 'quantile' ? 0.3 : 4 },
      ];
      for (let round = 0; round < 30; round++) {
        const length = Math.floor(random() * 120);
        const values = Float64Array.from({ length }, () => first + Math.floor(random() * range));
        const entries = Uint32Array.from({ length }, () => Math.floor(random() * entryCount));
        const groupOf = Uint32Array.from({ length: entryCount }, () => Math.floor(random() * groupCount));
        const [byRow, byKernel, both] = [0, 1, 2].map(() => {
          const state = aggregate.newState(shapes);
          aggregate.grow(state, groupCount);
          return state;
        }) as [ReturnType<Aggregate['newState']>, ReturnType<Aggregate['newState']>, ReturnType<Aggregate['newState']>];
        const arg = { kind: 'number' as const, length, values, nulls: null };
        aggregate.update(
          byRow,
          [arg],
          entries.map((entry) => groupOf[entry]!),
          null,
          length,
        );
        aggregate.kernels!.add(byKernel, groupOf, foundOf(aggregate.kernels!.part, entries, values));
        aggregate.seal?.(byKernel);
        aggregate.merge(
          both,
          byKernel,
          Uint32Array.from({ length: groupCount }, (_, group) => group),
        );
        const [wanted, found, merged] = [byRow, byKernel, both].map((state) => {
          const finished = aggregate.finish(state, groupCount);
          return Array.from({ length: groupCount }, (_, group) => scalarAt(finished, group));
        }) as [unknown[], unknown[], unknown[]];
        for (const answer of [found, merged]) {
          answer.forEach((value, group) => {
            if (typeof value === 'number') expect(value).toBeCloseTo(wanted[group] as number, 9);
            else expect(value).toEqual(wanted[group]);
          });
        }
      }
    },
  );
});
