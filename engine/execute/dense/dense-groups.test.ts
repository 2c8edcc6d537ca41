import { describe, expect, it } from 'vitest';
import { limits } from '../../base/limits.ts';
import type { Vector } from '../../column/vector.ts';
import { aggregateFunctions } from '../../functions/aggregates/index.ts';
import type { Found } from '../../functions/aggregates/kernel-form.ts';
import type { Measure } from '../../plan/select.ts';
import { openArena } from '../arena.ts';
import type { BlockView, OpenSource } from '../block-view.ts';
import { GroupTable } from '../group-table.ts';
import { createNumberStore } from '../key-store.ts';
import type { MeasureKind } from '../measure-state.ts';
import { createScratch } from '../scratch.ts';
import { bucketKey } from './bucket-key.ts';
import { openDenseGroups } from './dense-groups.ts';
import { densePlanOf } from './dense-plan.ts';
import type { LocalKeyOf } from './local-codes.ts';
import { entryKey, smallNumberKey } from './local-keys.ts';

const seed = 20_241_126;
const timeBase = Date.UTC(2024, 2, 30);
const hour = 3_600_000;
/** Of unequal length, as where clocks are changed. */
const bounds = Float64Array.from([-5, -1, 3, 4, 7, 8, 12, 30], (at) => timeBase + at * hour);
const entries = 300;

function randomOf(start: number): () => number {
  let state = start;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Rows of one block, and the same as a source holds them. */
interface Rows {
  readonly open: OpenSource;
  readonly texts: readonly (number | null)[];
  readonly smalls: readonly (number | null)[];
  readonly times: readonly number[];
  readonly ints: readonly (number | null)[];
  readonly floats: readonly (number | null)[];
}

function bitsOf(values: readonly (number | null)[]): Uint8Array | null {
  if (!values.includes(null)) return null;
  const bits = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, row) => {
    if (value !== null) bits[row >> 3] |= 1 << (row & 7);
  });
  return bits;
}

function rowsOf(random: () => number, length: number, nulls: number): Rows {
  const maybe = <T>(value: T): T | null => (random() < nulls ? null : value);
  const list = (make: () => number): (number | null)[] => Array.from({ length }, () => maybe(make()));
  const texts = list(() => Math.floor(random() * random() * entries));
  const smalls = list(() => -7 + Math.floor(random() * 5));
  const ints = list(() => 1000 + Math.floor(random() * 50));
  const floats = list(() => Math.floor(random() * 4000) / 4 - 300);
  const times = Array.from({ length }, () => timeBase + Math.floor(random() * 29 * hour));
  const vectors: Record<string, Vector> = {
    text: { kind: 'text', length, codes: Uint16Array.from(texts, (code) => code ?? 0), validity: bitsOf(texts) },
    small: {
      kind: 'int',
      length,
      base: -7,
      values: Uint8Array.from(smalls, (value) => (value === null ? 0 : value + 7)),
      validity: bitsOf(smalls),
    },
    time: {
      kind: 'int',
      length,
      base: timeBase,
      values: Uint32Array.from(times, (time) => time - timeBase),
      validity: null,
    },
    int: {
      kind: 'int',
      length,
      base: 1000,
      values: Uint16Array.from(ints, (value) => (value === null ? 0 : value - 1000)),
      validity: bitsOf(ints),
    },
    float: {
      kind: 'float',
      length,
      values: Float64Array.from(floats, (value) => value ?? 0),
      validity: bitsOf(floats),
    },
  };
  const zones: Record<string, readonly [number, number]> = { small: [-7, -3], int: [1000, 1049] };
  const source = {
    rowCount: length,
    timeMin: timeBase,
    timeMax: timeBase + 29 * hour,
    blocks: [{ firstRow: 0, rowCount: length, timeMin: timeBase, timeMax: timeBase + 29 * hour }],
    columnType: (name: string) => (name === 'small' ? 'int' : name),
    zone: (name: string) => ({
      nulls: nulls > 0 ? 1 : 0,
      min: zones[name]?.[0] ?? null,
      max: zones[name]?.[1] ?? null,
    }),
    readBlock: (name: string) => vectors[name]!,
  } as unknown as OpenSource['source'];
  const open = { source, index: 0, table: { index: 0, name: 't' }, actor: null, derived: new Map() };
  return { open, texts, smalls, times, ints, floats };
}

function viewOf(open: OpenSource, from: number, length: number, rows: Uint32Array | null): BlockView {
  const part = { open } as unknown as BlockView['part'];
  return { open, part, block: 0, from, length, rows, mask: null, scratch: createScratch() };
}

const smallStore = createNumberStore('int');
const keys: readonly LocalKeyOf[] = [
  ({ open }, most) =>
    entryKey('text', most, open, { count: entries } as never, (locals, out) => {
      locals.forEach((local, i) => (out[i] = local === entries ? 0 : local + 1));
    }),
  smallNumberKey('small', 'int', smallStore),
  bucketKey(bounds),
];

const column = (name: string, type: 'int' | 'float'): Measure['args'] => [{ kind: 'column', name, type }];
const measures = [
  { name: 'count', args: [] },
  { name: 'sum', args: column('int', 'int') },
  { name: 'min', args: column('float', 'float') },
  { name: 'max', args: column('float', 'float') },
  { name: 'p50', args: column('int', 'int') },
].map((measure) => ({ ...measure, filter: null, type: 'int', emptyIsZero: false })) as unknown as Measure[];
const kinds = measures.map(({ name }): MeasureKind => ({ kind: 'values', aggregate: aggregateFunctions.get(name)! }));

/** What a row's group is known by. */
function nameAt({ texts, smalls, times }: Rows, row: number): string {
  const bucket = bounds.findIndex((_, at) => (bounds[at + 1] ?? Infinity) > times[row]!);
  return `${texts[row] ?? ''} ${smalls[row] ?? ''} ${bucket}`;
}

/** Groups views densely. @returns what was found, by the names of groups, and the group of each row of the last view. */
function denseAnswer(rows: Rows, views: readonly BlockView[]): { found: Map<string, unknown[]>; taken: boolean } {
  const table = new GroupTable(keys.length);
  const states = kinds.map(({ aggregate }) =>
    (aggregate as never as { newState(args: unknown): never }).newState([{ type: 'int' }]),
  );
  const arena = openArena(null, limits.arenaBytes);
  const dense = openDenseGroups(
    {
      plan: densePlanOf(measures, kinds),
      keys,
      table,
      codeCounts: () => [entries, smallStore.count, bounds.length],
      filter: () => null,
      add(measure, groups: Uint32Array, found: Found) {
        const aggregate = kinds[measure]!.aggregate as (typeof kinds)[number]['aggregate'] & { kernels?: never };
        aggregate.grow(states[measure]!, table.count);
        (aggregate as never as { kernels: { add(...args: unknown[]): void } }).kernels.add(
          states[measure],
          groups,
          found,
        );
      },
    },
    arena,
  );
  let taken = true;
  for (const view of views) {
    const mark = arena.used;
    const own = dense.take(view);
    own?.count();
    taken &&= own !== null && measures.every((_, measure) => own.isTaken(measure));
    const groups = own?.groups() ?? new Uint32Array(view.length);
    // Rows of one group, and no others, have one number.
    const names = new Map<number, string>();
    groups.forEach((group, i) => {
      const name = nameAt(rows, view.rows === null ? view.from + i : view.rows[i]!);
      if ((names.get(group) ?? name) !== name) taken = false;
      names.set(group, name);
    });
    if (new Set(names.values()).size !== names.size) taken = false;
    arena.release(mark);
  }
  dense.settle();
  const found = new Map<string, unknown[]>();
  const codes = keys.map((_, key) => table.codesOfKey(key));
  const smalls = smallStore.columnOf(codes[1]!) as { readonly values: Float64Array };
  const answers = kinds.map(({ aggregate }, measure) => {
    aggregate.grow(states[measure]!, table.count);
    return aggregate.finish(states[measure]!, table.count) as {
      readonly values: Float64Array;
      readonly nulls: Uint8Array | null;
    };
  });
  for (let group = 0; group < table.count; group++) {
    const text = codes[0]![group] === 0 ? '' : codes[0]![group]! - 1;
    const small = codes[1]![group] === 0 ? '' : smalls.values[group];
    found.set(
      `${text} ${small} ${codes[2]![group]! - 1}`,
      answers.map(({ values, nulls }) => (nulls?.[group] === 1 ? null : values[group])),
    );
  }
  return { found, taken };
}

function naiveAnswer(rows: Rows, places: readonly number[]): Map<string, unknown[]> {
  const groups = new Map<string, number[]>();
  for (const row of places) {
    const name = nameAt(rows, row);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name)!.push(row);
  }
  const found = new Map<string, unknown[]>();
  for (const [name, own] of groups) {
    const ints = own.flatMap((row) => rows.ints[row] ?? []).sort((a, b) => a - b);
    const floats = own.flatMap((row) => rows.floats[row] ?? []);
    const middle = (ints.length - 1) / 2;
    found.set(name, [
      own.length,
      ints.length === 0 ? null : ints.reduce((sum, value) => sum + value, 0),
      floats.length === 0 ? null : Math.min(...floats),
      floats.length === 0 ? null : Math.max(...floats),
      ints.length === 0 ? null : (ints[Math.floor(middle)]! + ints[Math.ceil(middle)]!) / 2,
    ]);
  }
  return found;
}

function sorted(found: Map<string, unknown[]>): unknown[] {
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe(`dense groups (seed ${seed})`, () => {
  it.each([0, 0.2, 0.95])(
    'find what plain loops find, in ranges and lists of rows, where %d have no value',
    (nulls) => {
      const random = randomOf(seed);
      for (let round = 0; round < 8; round++) {
        const rows = rowsOf(random, 3000, nulls);
        const from = Math.floor(random() * 100);
        const list = Uint32Array.from(rows.times.keys()).filter(() => random() < 0.3);
        const views = [
          viewOf(rows.open, from, 1500, null),
          viewOf(rows.open, 0, list.length, list),
          viewOf(rows.open, 1777, 1223, null),
        ];
        const places = views.flatMap(({ rows: own, from: first, length }) =>
          own === null ? Array.from({ length }, (_, i) => first + i) : [...own],
        );
        const { found, taken } = denseAnswer(rows, views);
        expect(taken).toBe(true);
        expect(sorted(found)).toEqual(sorted(naiveAnswer(rows, places)));
      }
    },
  );

  it('take the largest block', () => {
    const rows = rowsOf(randomOf(seed + 1), limits.blockRowsMax, 0.1);
    const list = Uint32Array.from({ length: limits.blockRowsMax - 1 }, (_, i) => i + 1);
    const { found, taken } = denseAnswer(rows, [
      viewOf(rows.open, 0, limits.blockRowsMax, null),
      viewOf(rows.open, 0, list.length, list),
    ]);
    expect(taken).toBe(true);
    const all = Array.from(rows.times.keys());
    expect(sorted(found)).toEqual(sorted(naiveAnswer(rows, [...all, ...all.slice(1)])));
  });
});
