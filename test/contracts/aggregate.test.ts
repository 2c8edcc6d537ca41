import { describe, expect, it } from 'vitest';
import type { Scalar, Values } from '../../engine/column/values.ts';
import type { ColumnType } from '../../engine/column/types.ts';
import type { ArgumentShape } from '../../engine/functions/scalars/scalar.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import type { Aggregate, AggregateState } from '../../engine/functions/aggregates/aggregate.ts';
import { aggregateFunctions } from '../../engine/functions/aggregates/index.ts';
import { valuesFromScalars } from '../../engine/functions/values-from-scalars.ts';
import { hashesOfDictionary, dictionaryFromTexts } from '../../engine/column/dictionary-builder.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { MemoryTable } from '../memory/memory-table.ts';
import { randomOf, type Random } from '../execute/random-plans.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 11);
const groupCount = 7;
const types: readonly ColumnType[] = ['int', 'float', 'text', 'bool', 'time', 'list of text'];

/** What stands after the first argument of those that want more. */
const constants = new Map<string, Scalar>([
  ['quantile', 0.9],
  ['topk', 3],
  ['histogram', 4],
]);

function shapesOf(aggregate: Aggregate, type: ColumnType | null): ArgumentShape[] {
  if (type === null) return [];
  const constant = constants.get(aggregate.name);
  return [{ type }, ...(constant === undefined ? [] : [{ type: 'float' as const, constant }])];
}

/** Means of squares differ in their last digits with the order of rows; all else is the same to the bit. */
function expectSame(aggregate: Aggregate, got: readonly Scalar[], wanted: readonly Scalar[]): void {
  if (aggregate.name !== 'stddev' && aggregate.name !== 'variance') {
    expect(got).toEqual(wanted);
    return;
  }
  expect(got.map((value) => value === null)).toEqual(wanted.map((value) => value === null));
  got.forEach((value, group) => {
    const most = 1e-10 * Math.max(1, Math.abs(Number(wanted[group])));
    expect(Math.abs(Number(value) - Number(wanted[group]))).toBeLessThanOrEqual(most);
  });
}

interface Rows {
  readonly args: readonly Values[];
  readonly groups: Uint32Array;
  readonly length: number;
}

function randomScalar(random: Random, type: ColumnType): Scalar {
  if (random() < 0.2) return null;
  if (type === 'list of text')
    return Array.from({ length: Math.floor(random() * 3) }, () => `item ${Math.floor(random() * 3)}`);
  if (type === 'text') return `text ${Math.floor(random() * 9)}`;
  if (type === 'bool') return random() < 0.5;
  // Sums of eighths are exact, in whatever order.
  if (type === 'float') return random() < 0.05 ? 0 : Math.floor(random() * 200) / 8 - 5;
  return random() < 0.05 ? 2n ** 60n + BigInt(Math.floor(random() * 3)) : Math.floor(random() * 300) - 40;
}

/** Times with ties, and places without. */
function randomPlaces(random: Random, length: number): Values[] {
  const numbers = (at: (row: number) => number): Values => ({
    kind: 'number',
    length,
    values: Float64Array.from({ length }, (_, row) => at(row)),
    nulls: null,
  });
  const few = (): number => Math.floor(random() * 3);
  return [numbers(few), numbers(few), numbers(few), numbers(few), numbers((row) => (row * 7919) % 10_007)];
}

function randomRows(aggregate: Aggregate, random: Random, type: ColumnType | null, length: number): Rows {
  const scalars = Array.from({ length }, () => (type === null ? null : randomScalar(random, type)));
  const narrow = type === 'time' ? scalars.map((value) => (typeof value === 'bigint' ? 7 : value)) : scalars;
  return {
    args: [
      ...(type === null ? [] : [valuesFromScalars(narrow)]),
      ...(constants.has(aggregate.name) ? [valuesFromScalars(narrow.map(() => constants.get(aggregate.name)!))] : []),
      ...(aggregate.ordered === true ? randomPlaces(random, length) : []),
    ],
    groups: Uint32Array.from({ length }, () => Math.floor(random() * groupCount)),
    length,
  };
}

function newState(aggregate: Aggregate, type: ColumnType | null): AggregateState {
  const state = aggregate.newState(shapesOf(aggregate, type));
  aggregate.grow(state, groupCount);
  return state;
}

function finished(aggregate: Aggregate, state: AggregateState): Scalar[] {
  aggregate.seal?.(state);
  const values = aggregate.finish(state, groupCount);
  return Array.from({ length: groupCount }, (_, group) => scalarAt(values, group));
}

function taken(rows: Rows, places: Uint32Array): Rows {
  return {
    args: rows.args.map((arg) => valuesFromScalars(Array.from(places, (row) => scalarAt(arg, row)))),
    groups: Uint32Array.from(places, (row) => rows.groups[row]!),
    length: places.length,
  };
}

/** Every aggregate with every type of argument that it takes; null = without an argument. */
const cases = [...new Set(aggregateFunctions.values())].flatMap((aggregate) =>
  [null, ...types].flatMap((type) => {
    const signature = aggregate.signature(shapesOf(aggregate, type));
    return 'type' in signature
      ? [{ aggregate, type, result: signature.type, name: `${aggregate.name}(${type ?? ''})` }]
      : [];
  }),
);

describe.each(cases)(`the aggregate $name (seed ${seed})`, ({ aggregate, type, result }) => {
  it('gives the same whether rows come at once, group by group, or in parts that are merged in any order', () => {
    const random = randomOf(seed);
    for (let round = 0; round < 20; round++) {
      const rows = randomRows(aggregate, random, type, Math.floor(random() * 200));
      const whole = newState(aggregate, type);
      aggregate.update(whole, rows.args, rows.groups, null, rows.length);
      const wanted = finished(aggregate, whole);
      // Group by group, each alone in its state.
      const alone = Array.from({ length: groupCount }, (_, group) => {
        const places = Uint32Array.from(rows.groups.keys()).filter((row) => rows.groups[row] === group);
        const own = taken(rows, places);
        const state = newState(aggregate, type);
        aggregate.update(state, own.args, null, null, own.length);
        return finished(aggregate, state)[0]!;
      });
      expectSame(aggregate, alone, wanted);
      // In parts, groups numbered the other way round in each.
      const parts: AggregateState[] = [];
      for (let at = 0; at < rows.length;) {
        const end = Math.min(rows.length, at + 1 + Math.floor(random() * 80));
        const own = taken(
          rows,
          Uint32Array.from({ length: end - at }, (_, i) => at + i),
        );
        const state = newState(aggregate, type);
        const turned = own.groups.map((group) => groupCount - 1 - group);
        aggregate.update(state, own.args, turned, null, own.length);
        aggregate.seal?.(state);
        parts.push(structuredClone(state));
        at = end;
      }
      const turnedMap = Uint32Array.from({ length: groupCount }, (_, group) => groupCount - 1 - group);
      for (const order of [parts, [...parts].reverse()]) {
        const merged = newState(aggregate, type);
        for (const part of order) aggregate.merge(merged, structuredClone(part), turnedMap);
        expectSame(aggregate, finished(aggregate, merged), wanted);
      }
    }
  });

  it('takes chosen rows as if the others were not there', () => {
    const random = randomOf(seed + 1);
    for (let round = 0; round < 20; round++) {
      const rows = randomRows(aggregate, random, type, 120);
      const chosen = Uint32Array.from(rows.groups.keys()).filter(() => random() < 0.4);
      const state = newState(aggregate, type);
      aggregate.update(state, rows.args, rows.groups, chosen, rows.length);
      const before = newState(aggregate, type);
      const own = taken(rows, chosen);
      aggregate.update(before, own.args, own.groups, null, own.length);
      expect(finished(aggregate, state)).toEqual(finished(aggregate, before));
    }
  });

  it('answers for no row and for nulls with 0 or null, in its declared type', () => {
    const empty = aggregate.emptyIsZero ? 0 : null;
    const state = newState(aggregate, type);
    expect(finished(aggregate, state)).toEqual(new Array(groupCount).fill(empty));
    if (type === null) return;
    const more = (length: number): Values[] => [
      ...(constants.has(aggregate.name)
        ? [valuesFromScalars(new Array<Scalar>(length).fill(constants.get(aggregate.name)!))]
        : []),
      ...(aggregate.ordered === true ? randomPlaces(randomOf(seed), length) : []),
    ];
    aggregate.update(state, [{ kind: 'null', length: 9 }, ...more(9)], new Uint32Array(9), null, 9);
    aggregate.update(state, [valuesFromScalars([null, null], valuesFromScalars([7])), ...more(2)], null, null, 2);
    expect(finished(aggregate, state)).toEqual(new Array(groupCount).fill(empty));
    const one = newState(aggregate, type);
    const value: Scalar = type === 'text' ? 'x' : type === 'bool' ? true : type.startsWith('list') ? ['x'] : 3;
    aggregate.update(one, [valuesFromScalars([value, value]), ...more(2)], null, null, 2);
    const kind = typeof finished(aggregate, one)[0];
    const kinds = { text: 'string', bool: 'boolean', int: 'number', float: 'number', time: 'number' };
    expect(kind).toBe(kinds[result as 'text'] ?? 'object');
    expect(aggregate.bytes(one)).toBeGreaterThan(0);
  });
});

it.each(cases.filter(({ aggregate, type }) => type === 'text' && aggregate.updateTexts !== undefined))(
  '$name takes texts by code as it takes texts',
  ({ aggregate }) => {
    const random = randomOf(seed + 2);
    const rows = randomRows(aggregate, random, 'text', 500);
    const texts = Array.from({ length: 10 }, (_, code) => (code === 0 ? '' : `text ${code - 1}`));
    const codes = Uint32Array.from({ length: rows.length }, (_, row) => {
      const text = scalarAt(rows.args[0]!, row);
      return text === null ? 0 : texts.indexOf(text as string);
    });
    const hashes = hashesOfDictionary(dictionaryFromTexts(texts), 0);
    const coded = newState(aggregate, 'text');
    const plain = newState(aggregate, 'text');
    for (const chosen of [Uint32Array.of(3, 4, 90, 499), null]) {
      aggregate.updateTexts!(coded, { codes, count: 9, hashes }, rows.groups, chosen, rows.length);
      aggregate.update(plain, rows.args, rows.groups, chosen, rows.length);
      expect(finished(aggregate, coded)).toEqual(finished(aggregate, plain));
    }
  },
);

it.each([...new Set(aggregateFunctions.values())].filter(({ ofActors }) => ofActors !== undefined))(
  '$name counts actors slice by slice, few pairs as bits and many as numbers',
  ({ ofActors }) => {
    const random = randomOf(seed + 3);
    const actors = ofActors!;
    for (const slotCount of [5, 300, 40_000_000]) {
      const state = actors.newState();
      const wanted = new Array<number>(groupCount).fill(0);
      for (let slice = 0; slice < 3; slice++) {
        actors.startSlice(state, slotCount);
        const met = new Set<string>();
        for (let block = 1; block <= 4; block++) {
          // Groups come one after another, as a scan meets them.
          const known = Math.min(groupCount, block * 2);
          actors.grow(state, known);
          const slots = Uint32Array.from({ length: 50 }, () =>
            random() < 0.1 ? 0xffffffff : Math.floor(random() * Math.min(slotCount, 20)),
          );
          const groups = Uint32Array.from({ length: 50 }, () => Math.floor(random() * known));
          const chosen = random() < 0.5 ? null : Uint32Array.of(1, 2, 30, 31, 49);
          actors.update(state, slots, groups, chosen, 50);
          for (const row of chosen ?? slots.keys()) {
            const pair = `${groups[row]} ${slots[row]}`;
            if (slots[row] !== 0xffffffff && !met.has(pair)) wanted[groups[row]!]!++;
            if (slots[row] !== 0xffffffff) met.add(pair);
          }
        }
      }
      actors.seal(state);
      actors.grow(state, groupCount);
      const merged = actors.newState();
      actors.grow(merged, groupCount);
      actors.merge(
        merged,
        structuredClone(state),
        Uint32Array.from({ length: groupCount }, (_, group) => group),
      );
      const values = actors.finish(merged, groupCount);
      expect(Array.from({ length: groupCount }, (_, group) => scalarAt(values, group))).toEqual(wanted);
    }
  },
);

it.each([...new Set(aggregateFunctions.values())])(
  '$name shows itself: a summary, and an example that runs',
  async (own) => {
    const table = new MemoryTable('events', 'user');
    const rows = [{ time: new Date(0), user: 'a', event: 'x' }];
    table.add(batchFromRows(rows, { time: 'time', actor: 'user' }, undefined, 0).batch);
    expect(own.summary.length).toBeGreaterThan(3);
    expect((await table.run(own.example)).rowCount).toBe(1);
  },
);
