import { limits } from '../engine/base/limits.ts';
import type { ColumnType } from '../engine/column/types.ts';
import type { Scalar, Values } from '../engine/column/values.ts';
import { aggregateFunctions } from '../engine/functions/aggregates/index.ts';
import { scalarFunctions } from '../engine/functions/scalars/index.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable } from './report.ts';
import { timeTasks, type TimedTask } from './timing.ts';

/** One call: a function's name, its arguments (a text in quotes is a constant), and what it is called in. */
type Call = readonly [name: string, args: readonly string[], type: ColumnType, timezone?: string];

const calls: readonly Call[] = [
  ['+', ['ints', 'small'], 'int'],
  ['/', ['ints', 'small'], 'float'],
  ['%', ['ints', 'small'], 'int'],
  ['<', ['ints', 'small'], 'bool'],
  ['round', ['floats', '2'], 'float'],
  ['ln', ['floats'], 'float'],
  ['if', ['bools', 'ints', 'small'], 'int'],
  ['lower', ['texts'], 'text'],
  ['substr', ['texts', '3', '5'], 'text'],
  ['split_part', ['texts', "'/'", '3'], 'text'],
  ['like', ['texts', "'%duct/1%'"], 'bool'],
  ['like', ['texts', "'/pa_h%7'"], 'bool'],
  ['~', ['texts', "'/path/[0-9]+5/'"], 'bool'],
  ['url_host', ['urls'], 'text'],
  ['url_param', ['urls', "'id'"], 'text'],
  ['hour_of_day', ['times'], 'int', 'UTC'],
  ['hour_of_day', ['times'], 'int', 'Europe/Berlin'],
  ['month', ['times'], 'int', 'Europe/Berlin'],
  ['bucket', ['times', "'1h'"], 'time', 'Europe/Berlin'],
  ['bucket', ['times', "'1d'"], 'time', 'Europe/Berlin'],
  ['bucket', ['times', "'1mo'"], 'time', 'Europe/Berlin'],
];

/** An aggregate, its column, its constant, and how many groups. */
type Fold = readonly [name: string, column: string, constant: Scalar, groups: number];

const folds: readonly Fold[] = [
  ['sum', 'floats', null, 100],
  ['variance', 'floats', null, 100],
  ['quantile', 'small', 0.95, 100],
  ['quantile', 'floats', 0.95, 100],
  ['uniq', 'ints', null, 100],
  ['uniq_approx', 'ints', null, 100],
  ['topk', 'small', 5, 100],
  ['histogram', 'floats', 10, 100],
];

/** Times scalars and aggregates over one block of plain values. */
export async function benchFunctions(options: BenchOptions): Promise<BenchTable> {
  const rows = options.tiny ? 256 : limits.blockRowsMax;
  const columns = columnsOf(rows, options.seed);
  const tasks = [
    ...calls.map((call) => callTask(call, columns, rows)),
    ...folds.map((fold) => foldTask(fold, columns, rows)),
  ];
  const times = await timeTasks(tasks, options.tiny);
  return {
    name: 'functions',
    title: `Scalars and aggregates over ${rows.toLocaleString('en-US')} rows of plain values`,
    columns: ['function', 'ns/row'],
    rows: tasks.map(({ name }, index) => [name, (times[index] * 1e6) / rows]),
    notes: ['texts are not coded: of a column, a function runs once for each distinct text'],
  };
}

function callTask(
  [name, args, type, timezone = 'UTC']: Call,
  columns: ReadonlyMap<string, Values>,
  rows: number,
): TimedTask {
  const scalar = scalarFunctions.get(name)!;
  const constants = args.map((arg): Scalar | undefined =>
    arg.startsWith("'") ? arg.slice(1, -1) : /^\d/.test(arg) ? Number(arg) : undefined,
  );
  const values = args.map((arg, index) => columns.get(arg) ?? repeated(constants[index]!, rows));
  const context = { timezone, now: 0, noteNoValue: () => undefined };
  return {
    name: `${name}(${args.join(', ')})${timezone === 'UTC' ? '' : ` ${timezone}`}`,
    run: () => void scalar.evaluate(values, context, constants, type),
  };
}

function foldTask(
  [name, column, constant, groups]: Fold,
  columns: ReadonlyMap<string, Values>,
  rows: number,
): TimedTask {
  const aggregate = aggregateFunctions.get(name)!;
  const shapes = [{ type: 'float' as const }, ...(constant === null ? [] : [{ type: 'float' as const, constant }])];
  const values = [columns.get(column)!];
  const own = Uint32Array.from({ length: rows }, (_, row) => row % groups);
  return {
    name: `${name}(${column}${constant === null ? '' : `, ${String(constant)}`}) of ${groups} groups`,
    run() {
      const state = aggregate.newState(shapes);
      aggregate.grow(state, groups);
      aggregate.update(state, values, own, null, rows);
      aggregate.finish(state, groups);
    },
  };
}

function columnsOf(rows: number, seed: number): Map<string, Values> {
  const random = (row: number): number => (Math.imul(row + seed, 2_654_435_761) >>> 0) / 2 ** 32;
  const numbers = (of: (row: number) => number): Values => ({
    kind: 'number',
    length: rows,
    values: Float64Array.from({ length: rows }, (_, row) => of(row)),
    nulls: null,
  });
  const texts = (of: (row: number) => string): Values => ({
    kind: 'text',
    length: rows,
    values: Array.from({ length: rows }, (_, row) => of(row)),
    nulls: null,
  });
  return new Map([
    ['ints', numbers((row) => Math.floor(random(row) * 1e6))],
    ['small', numbers((row) => 1 + Math.floor(random(row + 7) * 100))],
    ['floats', numbers((row) => random(row) * 1000)],
    ['times', numbers((row) => 1.6e12 + Math.floor(random(row) * 1e11))],
    [
      'bools',
      { kind: 'bool', length: rows, values: Uint8Array.from({ length: rows }, (_, row) => row & 1), nulls: null },
    ],
    ['texts', texts((row) => `/path/${row % 977}/product/${row}?id=${7 * row}`)],
    ['urls', texts((row) => `https://www.example.com/path/${row % 977}?utm_source=news&id=${7 * row}`)],
  ]);
}

function repeated(value: Scalar, rows: number): Values {
  return typeof value === 'string'
    ? { kind: 'text', length: rows, values: new Array<string>(rows).fill(value), nulls: null }
    : { kind: 'number', length: rows, values: new Float64Array(rows).fill(Number(value)), nulls: null };
}
