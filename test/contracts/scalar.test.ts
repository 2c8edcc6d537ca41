import { describe, expect, it } from 'vitest';
import { isListType, type ColumnType } from '../../engine/column/types.ts';
import type { Scalar, Values } from '../../engine/column/values.ts';
import { isNullAt, scalarAt } from '../../engine/functions/access.ts';
import type { ArgumentShape, ScalarContext, ScalarFunction } from '../../engine/functions/scalars/scalar.ts';
import { scalarFunctions } from '../../engine/functions/scalars/index.ts';
import { valuesFromScalars } from '../../engine/functions/values-from-scalars.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import { randomOf, type Random } from '../execute/random-plans.ts';
import { MemoryTable } from '../memory/memory-table.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 21);
const types: readonly ColumnType[] = ['bool', 'int', 'float', 'text', 'time', 'list of text', 'list of int'];
const rowCount = 60;

/** Second arguments that have to be constants, by function. */
const constants = new Map<string, Scalar>([
  ['bucket', '1mo'],
  ['add_duration', '1mo'],
  ['subtract_duration', '1d'],
]);

const hostile: readonly string[] = [
  '',
  ' ',
  'a',
  'A%b_',
  '😀x',
  '\ud800',
  'é',
  '1',
  '-0',
  '1e3',
  'nan',
  'true',
  '2024-02-30',
  '2024-03-01',
  '[',
  '(a|b)+',
  'https://user:pw@www.Example.com:8080/a/b?x=1&x=%zz&utm_source=a+b#f',
  '//h/p',
  'Mozilla/5.0 (X11; Linux x86_64) Firefox/115.0',
];

function randomScalar(random: Random, type: ColumnType): Scalar {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
  if (random() < 0.15) return null;
  if (isListType(type))
    return Array.from({ length: Math.floor(random() * 3) }, () =>
      pick<Scalar>(type === 'list of int' ? [1, 2, 3] : ['a', 'b']),
    );
  switch (type) {
    case 'bool':
      return random() < 0.5;
    case 'int':
      return pick([0, 1, -1, 2, 7, -3, 1000, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 60n]);
    case 'float':
      return pick([0, -0, 0.5, -2.5, 1e308, -1e-300, NaN, Infinity, -Infinity, 3]);
    case 'time':
      return pick([0, -1, 1_700_000_000_123, -62_135_596_800_000, 253_402_300_799_999, 951_782_400_000]);
    default:
      return pick(hostile);
  }
}

interface Noted extends ScalarContext {
  rows: number;
}

function contextOf(): Noted {
  const context: Noted = {
    timezone: 'Asia/Kolkata',
    now: 0,
    rows: 0,
    noteNoValue: (_name, rows) => void (context.rows += rows),
  };
  return context;
}

/** As the executor calls it: rows with a null argument are null whatever was written there. */
function answers(
  scalar: ScalarFunction,
  args: readonly Values[],
  fixed: readonly (Scalar | undefined)[],
  type: ColumnType,
): { values: Scalar[]; missing: number } {
  const context = contextOf();
  const made = scalar.evaluate(args, context, fixed, type);
  const values = Array.from({ length: args[0]!.length }, (_, row): Scalar =>
    scalar.nulls !== 'own' && args.some((arg) => isNullAt(arg, row)) ? null : scalarAt(made, row),
  );
  expect(made.length).toBe(args[0]!.length);
  return { values, missing: context.rows };
}

/** A column whose null rows hold what no value is. */
function columnOf(scalars: readonly Scalar[], type: ColumnType): Values {
  const like: Record<string, Values> = {
    bool: { kind: 'bool', length: 0, values: new Uint8Array(0), nulls: null },
    text: { kind: 'text', length: 0, values: [], nulls: null },
  };
  const made = valuesFromScalars(
    scalars,
    like[type] ??
      (isListType(type) ? undefined : { kind: 'number', length: 0, values: new Float64Array(0), nulls: null }),
  );
  if (made.kind === 'number') made.values.forEach((_, row) => made.nulls![row] === 1 && (made.values[row] = NaN));
  return made;
}

function coded(values: Values): Values {
  if (values.kind !== 'text') return values;
  const texts = [...new Set(values.values.filter((_, row) => !isNullAt(values, row)))];
  const codes = Uint32Array.from(values.values, (text, row) =>
    isNullAt(values, row) ? 4_000_000 : texts.indexOf(text),
  );
  return { kind: 'coded', length: values.length, codes, texts, nulls: values.nulls };
}

/** Every function with every list of types of one to three arguments that it takes. */
function shapesOf(scalar: ScalarFunction): ColumnType[][] {
  const one = types.map((type) => [type]);
  const two = types.flatMap((a) => types.map((b) => [a, b]));
  const three = two.flatMap((pair) => types.map((c) => [...pair, c]));
  const constant = constants.get(scalar.name);
  if (scalar.name.startsWith('cast_'))
    return one.filter((list) => 'type' in scalar.signature(list.map((type) => ({ type }))));
  if (constant !== undefined) return [['time', 'text']];
  return [...one, ...two, ...three].filter((list) => accepts(scalar, list)).slice(0, 60);
}

function accepts(scalar: ScalarFunction, list: readonly ColumnType[]): boolean {
  // Operators are always given as many arguments as they have places.
  const places = /^[^a-z]|^element$|_duration$/.test(scalar.name)
    ? 2
    : /^(negate|is_null)$/.test(scalar.name)
      ? 1
      : null;
  if (places !== null && list.length !== places) return false;
  return 'type' in scalar.signature(list.map((type): ArgumentShape => ({ type })));
}

const all = [...new Set(scalarFunctions.values())];

describe.each(all)(`the scalar $name (seed ${seed})`, (scalar) => {
  it('answers rows together as it answers each alone, whatever stands in null rows', () => {
    const random = randomOf(seed);
    for (const list of shapesOf(scalar)) {
      const constant = constants.get(scalar.name);
      const fixed: (Scalar | undefined)[] = scalar.name.startsWith('cast_')
        ? [undefined, list[0]!]
        : list.map((_, index) => (constant !== undefined && index === 1 ? constant : undefined));
      const signature = scalar.signature(list.map((type, index) => ({ type, constant: fixed[index] })));
      const type = 'type' in signature ? signature.type : 'null';
      const scalars = list.map((own, index) =>
        Array.from({ length: rowCount }, () => fixed[index] ?? randomScalar(random, own)),
      );
      const columns = scalars.map((column, index) => columnOf(column, list[index]!));
      const together = answers(scalar, columns, fixed, type);
      const alone = Array.from({ length: rowCount }, (_, row) =>
        answers(
          scalar,
          scalars.map((column, index) => columnOf([column[row]!], list[index]!)),
          fixed,
          type,
        ),
      );
      expect(together.values, `of ${list.join(', ')}`).toEqual(alone.map(({ values }) => values[0]));
      const rowsWithNull = scalars[0]!.filter((_, row) => scalars.some((column) => column[row] === null)).length;
      expect(together.missing).toBe(alone.reduce((sum, { missing }) => sum + missing, 0));
      if (scalar.nulls !== 'own') expect(together.missing).toBeLessThanOrEqual(rowCount - rowsWithNull);
      expect(answers(scalar, columns.map(coded), fixed, type)).toEqual(together);
      for (const value of together.values)
        if (value !== null) expect(fits(value, type), `${String(value)} as ${type}`).toBe(true);
    }
  });

  it('shows itself: a summary, and an example that runs', async () => {
    const table = new MemoryTable('events', 'user');
    table.add(
      batchFromRows([{ time: new Date(0), user: 'a', event: 'x' }], { time: 'time', actor: 'user' }, undefined, 0)
        .batch,
    );
    expect(scalar.summary.length).toBeGreaterThan(3);
    expect((await table.run(scalar.example)).rowCount).toBe(1);
  });
});

function fits(value: Scalar, type: ColumnType): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'text') return typeof value === 'string';
  if (type === 'float') return typeof value === 'number';
  if (type === 'time') return Number.isInteger(value);
  if (type === 'int')
    return Number.isSafeInteger(value) || (typeof value === 'bigint' && BigInt.asIntN(64, value) === value);
  return Array.isArray(value);
}
