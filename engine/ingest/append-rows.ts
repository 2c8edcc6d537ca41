import { inspect } from 'node:util';
import { hash64OfText } from '../base/hash64.ts';
import { limits } from '../base/limits.ts';
import type { Batch, BatchColumn } from '../column/batch.ts';
import type { TableSchema } from '../column/schema.ts';
import { isValid } from '../column/vector.ts';
import type { TableOptions } from '../store/store-types.ts';
import { setEvent, settersOf, type EventValue, type Setters } from './flatten.ts';
import { chooseColumns } from './choose-columns.ts';
import { prepareBatch } from './prepare.ts';
import { timesOfColumn } from './time-column.ts';
import { BatchBuilder } from './row-builder.ts';

/** Rows that a program hands over, ready to be appended. */
export interface AppendedRows {
  readonly batch: Batch;
  readonly options: TableOptions;
  readonly rejected: readonly { readonly row: number; readonly reason: string; readonly raw: string }[];
}

/**
 * Makes a batch of rows as JavaScript has them: objects are flattened, `Date` is a time, `undefined` is no value; a
 * number in the time column is epoch ms.
 * @param schema the table, when it exists: its time and actor columns hold.
 * @param now UTC ms that rows get where no time column is found.
 */
export function batchFromRows(
  rows: readonly Readonly<Record<string, unknown>>[],
  request: { readonly time?: string; readonly actor?: string | readonly string[] },
  schema: TableSchema | undefined,
  now: number,
): AppendedRows {
  const builder = new BatchBuilder('UTC');
  const setters = settersOf(builder);
  const rejected: { row: number; reason: string; raw: string }[] = [];
  const taken: number[] = [];
  rows.forEach((row, index) => {
    const wrong = setRow(row, setters);
    if (wrong === null) {
      builder.endRow();
      taken.push(index);
    } else {
      builder.rejectRow(wrong, new Uint8Array(0), index);
      rejected.push({ row: index, reason: `This is no event: ${wrong}.`, raw: textOf(row) });
    }
  });
  const built = builder.build();
  const actors = request.actor === undefined ? [] : [request.actor].flat();
  const chosen = chooseColumns(built, { time: [], actor: [] }, 'UTC');
  const detected = chosen.time ?? numbersNamedTime(rows);
  const time =
    schema === undefined
      ? (request.time ?? detected)
      : ([schema.timeName, 'time'].find((name) => built.columns.some((column) => column.name === name)) ?? detected);
  const columns = built.columns.map((column) =>
    column.name === time ? readAsEpoch(column, (row) => rows[taken[row]!]![column.name]) : column,
  );
  const prepared = prepareBatch({ ...built, columns }, { time, actor: null }, 'UTC', now);
  for (const { row, reason } of prepared.rejected)
    rejected.push({ row: taken[row]!, reason, raw: textOf(rows[taken[row]!]!) });
  return {
    batch: prepared.batch,
    rejected: rejected.sort((a, b) => a.row - b.row),
    options: { timeName: time ?? 'time', actor: actors[0] ?? chosen.actor, actors: actors.slice(1) },
  };
}

/** Names that say of numbers, however small, that they are times. */
const epochNames = ['time', 'timestamp', 'ts', '@timestamp', 'event_time'];

function numbersNamedTime(rows: readonly Readonly<Record<string, unknown>>[]): string | null {
  return epochNames.find((name) => rows.some((row) => isNumber(row?.[name]))) ?? null;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/**
 * Numbers that a program hands over as times are epoch ms, whatever their size; files say seconds as well.
 * @param given what a row was given as; beside a Date or a text, a number has become a text.
 */
function readAsEpoch(column: BatchColumn, given: (row: number) => unknown): BatchColumn {
  const { vector, type } = column;
  if (type !== 'int' && type !== 'float' && type !== 'text') return column;
  const base = vector.kind === 'int' ? vector.base : 0;
  const values = type === 'text' ? timesOfColumn(column, 'UTC') : new Float64Array(vector.length).fill(NaN);
  for (let row = 0; row < values.length; row++) {
    let value: unknown = null;
    if (vector.kind !== 'int' && vector.kind !== 'float') value = given(row);
    else if (isValid(vector.validity, row)) value = base + Number(vector.values[row]);
    if (!isNumber(value)) continue;
    const ms = Math.floor(Number(value));
    values[row] = Math.abs(ms) <= epochMsMax ? ms : NaN;
  }
  return {
    ...column,
    type: 'time',
    dictionary: null,
    vector: { kind: 'int', length: vector.length, base: 0, values, validity: null },
  };
}

/** The last ms that a JavaScript Date can be. */
const epochMsMax = 8.64e15;

/** @returns what is wrong with a row, or null when it is set. */
function setRow(row: unknown, setters: Setters): string | null {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return 'it is no object';
  return wrongValue('', row, 0) ?? setEvent(plainEvent(row), setters);
}

/**
 * What JSON and the type of a row have no place for: it would vanish, or become something that nobody meant.
 * Goes no deeper than `nestingMax`, so that a value that holds itself is told by its depth.
 */
function wrongValue(path: string, value: unknown, depth: number): string | null {
  if (typeof value === 'function' || typeof value === 'symbol') return `"${path}" is a ${typeof value}`;
  if (typeof value !== 'object' || value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? `"${path}" is an invalid Date` : null;
  if (depth > limits.nestingMax) return `it is nested more than ${limits.nestingMax} deep (nestingMax)`;
  const entries = Object.entries(value);
  if (!Array.isArray(value) && (Symbol.iterator in value || (entries.length === 0 && !isPlain(value))))
    return `"${path}" is a ${nameOfClass(value)}, no plain object`;
  for (const [name, inner] of entries) {
    const wrong = wrongValue(path === '' ? name : `${path}.${name}`, inner, depth + 1);
    if (wrong !== null) return wrong;
  }
  return null;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function nameOfClass(value: object): string {
  return (value.constructor as { name?: string } | undefined)?.name ?? 'collection';
}

function plainEvent(row: object): { readonly [name: string]: EventValue } {
  return plainValue(row) as { readonly [name: string]: EventValue };
}

/** `undefined` is null, and a Date in a list, which has no place for it, ISO text; everything else stays. */
function plainValue(value: unknown, inList = false): EventValue {
  if (value === undefined || value === null) return null;
  if (value instanceof Date) return inList ? value.toISOString() : value;
  // A hole of a list is a null; map would keep the hole.
  if (Array.isArray(value)) return Array.from(value, (item) => plainValue(item, true));
  if (typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plainValue(inner, inList)]));
  return value as EventValue;
}

/** @returns a digest of the rows as they were given, to tell a repeat from other rows under the same key. */
export function digestOfRows(rows: readonly unknown[]): string {
  const text = textOf(rows);
  const { low, high } = hash64OfText(text);
  const other = hash64OfText(text, 1);
  return [high, low, other.high, other.low].map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** @returns a value as JSON, bigint and all: for the quarantine and for telling a repeat from other rows. */
export function textOf(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_name, inner: unknown) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'undefined'
    );
  } catch {
    // It holds itself, or has no end of levels.
    return inspect(value, { depth: 4, maxArrayLength: 100, maxStringLength: 1000, breakLength: Infinity });
  }
}
