import { lengthOf, readStep } from './calendar.ts';
import { compareCells, isTime, keyOf, type Cell, type Type } from './cells.ts';
import { pick, type Random } from './random.ts';
import { called, constant, grown, type Grow } from './scalars/rule.ts';
import type { Expr } from './tree.ts';

/** What an aggregate may know of its group beside the values. */
export interface GroupContext {
  /** Ends of the bucket within the range, or of the range; for `rate`. */
  readonly from: number | null;
  readonly to: number | null;
}

/** An aggregate: how it is made at random, written twice, and what it is over the rows of a group. */
export interface AggregateRule {
  readonly name: string;
  readonly weight: number;
  readonly result: Type;
  make(random: Random, grow: Grow): readonly Expr[];
  varve(args: readonly string[]): string;
  /** @param filter what stands behind the call: `filter (where …)` or nothing. */
  duck?(args: readonly string[], filter: string): string;
  /** @param rows the arguments row by row, in the order of time, ties in stored order. */
  at(rows: readonly (readonly Cell[])[], context: GroupContext): Cell;
  /** Its last digits depend on the order of adding up. */
  readonly unstable?: boolean;
  /** Only as a whole item of a select. */
  readonly alone?: boolean;
  readonly feature?: string;
}

/** An int beyond 64 bits is an error of the whole query. */
export class OverflowError extends Error {}

type Rows = readonly (readonly Cell[])[];

function present(rows: Rows): Cell[] {
  return rows.map(([first]) => first!).filter((cell) => cell !== null);
}

function sumOf(cells: readonly Cell[]): Cell {
  if (cells.length === 0) return null;
  if (typeof cells[0] !== 'bigint') return cells.reduce((sum: number, cell) => sum + Number(cell), 0);
  const total = cells.reduce((sum: bigint, cell) => sum + (cell as bigint), 0n);
  if (total < -(2n ** 63n) || total >= 2n ** 63n) throw new OverflowError(`sum ${total}`);
  return total;
}

function meanOf(cells: readonly Cell[]): number | null {
  if (cells.length === 0) return null;
  if (typeof cells[0] === 'bigint') {
    const total = cells.reduce((sum: bigint, cell) => sum + (cell as bigint), 0n);
    return Number(total) / cells.length;
  }
  return cells.reduce((sum: number, cell) => sum + Number(cell), 0) / cells.length;
}

function extremeOf(cells: readonly Cell[], sign: 1 | -1): Cell {
  if (cells.length === 0) return null;
  return cells.reduce((best, cell) => (compareCells(cell, best) * sign > 0 ? cell : best));
}

function distinct(cells: readonly Cell[]): number {
  return new Set(cells.map(keyOf)).size;
}

/** Linear between the nearest ranks of the sorted values. */
function quantileOf(cells: readonly Cell[], share: number): number | null {
  if (cells.length === 0) return null;
  const sorted = [...cells].sort(compareCells).map(Number);
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  return low === high ? low : low + (high - low) * (rank - Math.floor(rank));
}

function varianceOf(cells: readonly Cell[]): number | null {
  if (cells.length < 2) return null;
  const mean = meanOf(cells)!;
  return cells.reduce((sum: number, cell) => sum + (Number(cell) - mean) ** 2, 0) / (cells.length - 1);
}

function topOf(cells: readonly Cell[], count: number): Cell {
  const counts = new Map<string, { readonly value: Cell; count: bigint }>();
  for (const value of cells) {
    const entry = counts.get(keyOf(value));
    if (entry === undefined) counts.set(keyOf(value), { value, count: 1n });
    else entry.count++;
  }
  return [...counts.values()]
    .sort((a, b) => (a.count === b.count ? compareCells(a.value, b.value) : a.count > b.count ? -1 : 1))
    .slice(0, count)
    .map(({ value, count }) => ({ fields: { value, count } }));
}

/** The values as a fixed choice of columns has them: small enough that squares of differences lose nothing that matters. */
const tame: readonly Expr[] = [
  { kind: 'column', name: 'n', type: 'int' },
  { kind: 'column', name: 'f', type: 'float' },
];

const makeTame = (random: Random): readonly Expr[] => [pick(random, tame)];

const basic: readonly AggregateRule[] = [
  {
    name: 'count()',
    weight: 6,
    result: 'int',
    make: () => [],
    varve: () => 'count()',
    duck: (_args, filter) => `count(*)${filter}`,
    at: (rows) => BigInt(rows.length),
  },
  {
    name: 'count(*)',
    weight: 0.5,
    result: 'int',
    make: () => [],
    varve: () => 'count(*)',
    duck: (_args, filter) => `count(*)${filter}`,
    at: (rows) => BigInt(rows.length),
  },
  {
    name: 'count_if',
    weight: 2,
    result: 'int',
    make: grown('bool'),
    varve: called('count_if'),
    duck: ([a], filter) => `count(case when ${a} then 1 end)${filter}`,
    at: (rows) => BigInt(rows.filter(([first]) => first === true).length),
  },
  {
    name: 'sum int',
    weight: 4,
    result: 'int',
    make: grown('int'),
    varve: called('sum'),
    duck: ([a], filter) => `CAST(sum(${a})${filter} AS BIGINT)`,
    at: (rows) => sumOf(present(rows)),
  },
  {
    name: 'sum float',
    weight: 3,
    result: 'float',
    unstable: true,
    make: grown('float'),
    varve: called('sum'),
    duck: ([a], filter) => `sum(${a})${filter}`,
    at: (rows) => sumOf(present(rows)),
  },
];

const anyTypes: readonly Type[] = ['text', 'int', 'float', 'bool', 'time'];

const byType: readonly AggregateRule[] = [
  ...(['text', 'int', 'float', 'time', 'bool'] as const).flatMap((type): AggregateRule[] => [
    {
      name: `min ${type}`,
      weight: type === 'bool' ? 0.3 : 1,
      result: type,
      make: grown(type),
      varve: called('min'),
      duck: ([a], filter) => `min(${a})${filter}`,
      at: (rows) => extremeOf(present(rows), -1),
    },
    {
      name: `max ${type}`,
      weight: type === 'bool' ? 0.3 : 1,
      result: type,
      make: grown(type),
      varve: called('max'),
      duck: ([a], filter) => `max(${a})${filter}`,
      at: (rows) => extremeOf(present(rows), 1),
    },
    ...(['first', 'last'] as const).map((name): AggregateRule => ({
      name: `${name} ${type}`,
      weight: 0.5,
      result: type,
      feature: 'first',
      make: (_random, grow) => [grow(type), { kind: 'column', name: 'time', type: 'time' }],
      varve: ([a]) => `${name}(${a})`,
      // Where times tie, the earliest stored.
      duck: ([a], filter) => `arg_min(${a}, ${name === 'first' ? '' : '-'}time * 100000 + _rank)${filter}`,
      at: (rows) => {
        const there = rows.filter(([first]) => first !== null);
        const time = (row: readonly Cell[]): number => (isTime(row[1]!) ? row[1].ms : NaN);
        const wanted = name === 'first' ? there[0] : there.find((row) => time(row) === time(there.at(-1)!));
        return wanted?.[0] ?? null;
      },
    })),
    {
      name: `any ${type}`,
      weight: 0.4,
      result: type,
      feature: 'any',
      alone: true,
      make: grown(type),
      varve: called('any'),
      at: (rows) => {
        const there = present(rows);
        if (there.length === 0) return null;
        const keys = new Set(there.map(keyOf));
        return { accepts: (cell) => keys.has(keyOf(cell)), shown: 'any of its values' };
      },
    },
    {
      name: `topk ${type}`,
      weight: 0.3,
      result: 'list of text',
      feature: 'topk',
      alone: true,
      make: (random, grow) => [grow(type), constant(pick(random, [1n, 2n, 5n]), 'int')],
      varve: called('topk'),
      at: (rows) => (present(rows).length === 0 ? null : topOf(present(rows), Number(rows[0]![1]))),
    },
  ]),
  ...(['int', 'float'] as const).map((type): AggregateRule => ({
    name: `avg ${type}`,
    weight: 2,
    result: 'float',
    unstable: true,
    make: grown(type),
    varve: called('avg'),
    duck: ([a], filter) => `avg(${a})${filter}`,
    at: (rows) => meanOf(present(rows)),
  })),
  ...(['count', 'uniq', 'uniq_approx'] as const).map((name): AggregateRule => ({
    name,
    weight: name === 'uniq_approx' ? 0.3 : 2,
    result: 'int',
    ...(name === 'uniq_approx' ? { feature: 'uniq_approx', alone: true } : {}),
    make: (random, grow) => [grow(pick(random, anyTypes))],
    varve: called(name),
    ...(name === 'uniq_approx'
      ? {}
      : {
          duck: ([a]: readonly string[], filter: string) =>
            `count(${name === 'count' ? '' : 'distinct '}${a})${filter}`,
        }),
    at: (rows) => {
      if (name === 'count') return BigInt(present(rows).length);
      const exact = distinct(present(rows));
      if (name === 'uniq') return BigInt(exact);
      return {
        accepts: (cell) => typeof cell === 'bigint' && Math.abs(Number(cell) - exact) <= 0.05 * exact,
        shown: `about ${exact}`,
      };
    },
  })),
];

const shares: Readonly<Record<string, number>> = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, median: 0.5 };

const statistics: readonly AggregateRule[] = [
  ...Object.entries(shares).map(([name, share]): AggregateRule => ({
    name,
    weight: 0.7,
    result: 'float',
    feature: 'quantile',
    unstable: true,
    make: makeTame,
    varve: called(name),
    duck: ([a], filter) => `quantile_cont(${a}::DOUBLE, ${share})${filter}`,
    at: (rows) => quantileOf(present(rows), share),
  })),
  {
    name: 'quantile',
    weight: 0.8,
    result: 'float',
    feature: 'quantile',
    unstable: true,
    make: (random) => [...makeTame(random), constant(pick(random, [0, 0.25, 0.33, 0.5, 0.999, 1]), 'float')],
    varve: called('quantile'),
    duck: ([a, share], filter) => `quantile_cont(${a}::DOUBLE, ${share!.replace('::DOUBLE', '')})${filter}`,
    at: (rows) => (rows.length === 0 ? null : quantileOf(present(rows), Number(rows[0]![1]))),
  },
  {
    name: 'stddev',
    weight: 0.8,
    result: 'float',
    feature: 'stddev',
    unstable: true,
    make: makeTame,
    varve: called('stddev'),
    duck: ([a], filter) => `stddev_samp(${a}::DOUBLE)${filter}`,
    at: (rows) => {
      const variance = varianceOf(present(rows));
      return variance === null ? null : Math.sqrt(variance);
    },
  },
  {
    name: 'variance',
    weight: 0.8,
    result: 'float',
    feature: 'stddev',
    unstable: true,
    make: makeTame,
    varve: called('variance'),
    duck: ([a], filter) => `var_samp(${a}::DOUBLE)${filter}`,
    at: (rows) => varianceOf(present(rows)),
  },
];

/** Equal widths from the least to the most, the last closed; one bin where all are the same. */
function binsOf(cells: readonly Cell[], count: number): Cell {
  const values = cells.map(Number);
  const [from, to] = [Math.min(...values), Math.max(...values)];
  const bins = from === to ? 1 : count;
  const edge = (bin: number): number => (bin === bins ? to : from + ((to - from) * bin) / bins);
  return Array.from({ length: bins }, (_, bin) => {
    const inside = values.filter((value) => value >= edge(bin) && (value < edge(bin + 1) || bin === bins - 1));
    return { fields: { from: edge(bin), to: edge(bin + 1), count: BigInt(inside.length) } };
  });
}

const shapes: readonly AggregateRule[] = [
  {
    name: 'histogram',
    weight: 0.6,
    result: 'list of float',
    feature: 'histogram',
    alone: true,
    unstable: true,
    make: (random) => [...makeTame(random), constant(pick(random, [1n, 2n, 4n, 8n]), 'int')],
    varve: called('histogram'),
    at: (rows) => (present(rows).length === 0 ? null : binsOf(present(rows), Number(rows[0]![1]))),
  },
  ...['1h', '1d', '90m', '1w'].map((step): AggregateRule => ({
    name: `rate ${step}`,
    weight: 0.5,
    result: 'float',
    feature: 'rate',
    unstable: true,
    make: () => [],
    varve: () => `rate(${step})`,
    at: (rows, { from, to }) => (rows.length * lengthOf(readStep(step))) / (to! - from!),
  })),
];

/** Every aggregate that random queries are made of, by its name. */
export const aggregates: ReadonlyMap<string, AggregateRule> = new Map(
  [...basic, ...byType, ...statistics, ...shapes].map((rule) => [rule.name, rule]),
);
