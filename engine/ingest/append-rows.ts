import { inspect } from 'node:util';
import { hash64OfText } from '../base/hash64.ts';
import { limits } from '../base/limits.ts';
import type { Batch } from '../column/batch.ts';
import type { TableSchema } from '../column/schema.ts';
import type { TableOptions } from '../store/store-types.ts';
import { setEvent, settersOf, type EventValue, type Setters } from './flatten.ts';
import { chooseColumns } from './choose-columns.ts';
import { prepareBatch } from './prepare.ts';
import { BatchBuilder } from './row-builder.ts';

/** Rows that a program hands over, ready to be appended. */
export interface AppendedRows {
  readonly batch: Batch;
  readonly options: TableOptions;
  readonly rejected: readonly { readonly row: number; readonly reason: string; readonly raw: string }[];
}

/**
 * Makes a batch of rows as JavaScript has them: objects are flattened, `Date` is a time, `undefined` is no value.
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
  const batch = builder.build();
  const actors = request.actor === undefined ? [] : [request.actor].flat();
  const chosen = chooseColumns(batch, { time: [], actor: [] }, 'UTC');
  const time =
    schema === undefined
      ? (request.time ?? chosen.time)
      : ([schema.timeName, 'time'].find((name) => batch.columns.some((column) => column.name === name)) ?? chosen.time);
  const prepared = prepareBatch(batch, { time, actor: null }, 'UTC', now);
  for (const { row, reason } of prepared.rejected)
    rejected.push({ row: taken[row]!, reason, raw: textOf(rows[taken[row]!]!) });
  return {
    batch: prepared.batch,
    rejected: rejected.sort((a, b) => a.row - b.row),
    options: { timeName: time ?? 'time', actor: actors[0] ?? chosen.actor, actors: actors.slice(1) },
  };
}

/** @returns what is wrong with a row, or null. */
function setRow(row: unknown, setters: Setters): string | null {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return 'it is no object';
  const event = plainValue(row, limits.nestingMax);
  if (event instanceof NoValue) return event.reason;
  return setEvent(event as { readonly [name: string]: EventValue }, setters);
}

/** Why something that a program handed over is no value. */
class NoValue {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}

/** Dates become ISO text, which a time column reads; what JSON has stays. @param levels that a value may have below this one. */
function plainValue(value: unknown, levels: number): EventValue | NoValue {
  switch (typeof value) {
    case 'undefined':
      return null;
    case 'function':
    case 'symbol':
      return new NoValue(`it holds a ${typeof value}`);
    case 'object':
      return value === null ? null : plainObject(value, levels);
    default:
      return value as EventValue;
  }
}

function plainObject(value: object, levels: number): EventValue | NoValue {
  if (value instanceof Date)
    return Number.isNaN(value.getTime()) ? new NoValue('it holds an invalid Date') : value.toISOString();
  // One that holds itself has no end.
  if (levels === 0) return new NoValue(`it is nested more than ${limits.nestingMax} deep (nestingMax)`);
  const plain: EventValue[] = [];
  // A list keeps its holes, which Object.values leaves out.
  for (const item of Array.isArray(value) ? (value as readonly unknown[]) : Object.values(value)) {
    const own = plainValue(item, levels - 1);
    if (own instanceof NoValue) return own;
    plain.push(own);
  }
  return Array.isArray(value) ? plain : Object.fromEntries(Object.keys(value).map((name, at) => [name, plain[at]]));
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
