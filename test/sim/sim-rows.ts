import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { BatchColumn } from '../../engine/column/batch.ts';
import { DictionaryBuilder } from '../../engine/column/dictionary-builder.ts';
import { textOfEntry } from '../../engine/column/dictionary.ts';
import { isValid, type Vector } from '../../engine/column/vector.ts';
import type { RowSource } from '../../engine/store/row-source.ts';
import { wholeHashSpace } from '../../engine/store/row-source.ts';
import type { TableBatch, TableOptions } from '../../engine/store/store-types.ts';
import { createSeededRng } from './sim-rng.ts';

/** One row as the model knows it. */
export interface SimRow {
  /** Number of its batch, and its place within. */
  readonly batch: number;
  readonly n: number;
  readonly time: number;
  readonly user: string | null;
  /** A column that is int in some batches and text in others, written as text here; null = no value. */
  readonly mixed: string | null;
}

/** Tables of the simulation; the last one has no actor. */
export const simTables = ['a', 'b', 'nobody'] as const;

/** 2026-01-01. */
const firstDay = 1_767_225_600_000;
const dayMs = 86_400_000;

/** Days of rows: few, so that a merge makes few segments, and one in another month. */
const days = [0, 0, 0, 0, 1, 1, 40] as const;

/** @returns whether a table's events belong to somebody. */
export function hasActor(table: string): boolean {
  return table !== 'nobody';
}

function optionsOf(table: string): TableOptions {
  return { timeName: 'time', actor: hasActor(table) ? 'user' : null, actors: [] };
}

/** Makes the rows of a batch: its number alone decides them. Times and actors are few, so that many are equal. */
export function makeRows(batch: number): SimRow[] {
  const rng = createSeededRng(batch * 7919 + 1);
  const count = rng.chance(0.02) ? 0 : rng.chance(0.1) ? 40 + rng.integer(60) : 1 + rng.integer(6);
  const isText = rng.chance(0.3);
  return Array.from({ length: count }, (_, n) => ({
    batch,
    n,
    time: firstDay + rng.pick(days) * dayMs + rng.integer(3) * 1000,
    user: rng.chance(0.15) ? null : `u${rng.integer(8)}`,
    mixed: rng.chance(0.3) ? null : isText ? `text ${rng.integer(5)}` : String(rng.integer(1000)),
  }));
}

/** Encodes rows for a table. */
export function encodeRows(table: string, rows: readonly SimRow[]): TableBatch {
  const users = textColumn(
    'user',
    rows.map(({ user }) => user),
  );
  const isText = rows.some(({ mixed }) => mixed?.startsWith('text') === true);
  const mixed = rows.map((row) => row.mixed);
  const columns: BatchColumn[] = [
    intColumn(
      'time',
      'time',
      rows.map(({ time }) => time),
    ),
    users,
    intColumn(
      'batch',
      'int',
      rows.map(({ batch }) => batch),
    ),
    intColumn(
      'n',
      'int',
      rows.map(({ n }) => n),
    ),
  ];
  if (mixed.some((value) => value !== null))
    columns.push(
      isText
        ? textColumn('mixed', mixed)
        : intColumn(
            'mixed',
            'int',
            mixed.map((value) => (value === null ? null : Number(value))),
          ),
    );
  return { table, options: optionsOf(table), bytes: encodeBatch({ rowCount: rows.length, columns }) };
}

function validityOf(values: readonly unknown[]): Uint8Array | null {
  if (!values.includes(null)) return null;
  const validity = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, row) => {
    if (value !== null) validity[row >> 3] |= 1 << (row & 7);
  });
  return validity;
}

function intColumn(name: string, type: 'int' | 'time', values: readonly (number | null)[]): BatchColumn {
  const vector: Vector = {
    kind: 'int',
    length: values.length,
    base: 0,
    values: Float64Array.from(values, (value) => value ?? 0),
    validity: validityOf(values),
  };
  return { name, type, vector, dictionary: null };
}

function textColumn(name: string, values: readonly (string | null)[]): BatchColumn {
  const builder = new DictionaryBuilder();
  const codes = Uint32Array.from(values, (value) => (value === null ? 0 : builder.add(value)));
  const vector: Vector = { kind: 'text', length: values.length, codes, validity: validityOf(values) };
  return { name, type: 'text', vector, dictionary: builder.build() };
}

/**
 * Reads all rows of a source in its order.
 * @throws Error when the order, the directory or a value is not as the source promises.
 */
export function readRows(source: RowSource, actor: string | null): SimRow[] {
  const rows: SimRow[] = [];
  const column = (name: string, block: number): ((row: number) => number | string | null) => {
    if (source.columnType(name) === null) return () => null;
    return readerOf(source, name, source.readBlock(name, block));
  };
  source.blocks.forEach((block, index) => {
    if (block.firstRow !== rows.length) throw new Error(`block ${index} begins at row ${block.firstRow}`);
    const [time, user, batch, n, mixed] = ['time', 'user', 'batch', 'n', 'mixed'].map((name) => column(name, index));
    for (let row = 0; row < block.rowCount; row++) {
      const value = mixed(row);
      const read: SimRow = {
        batch: batch(row) as number,
        n: n(row) as number,
        time: time(row) as number,
        user: user(row) as string | null,
        mixed: value === null ? null : String(value),
      };
      if (read.time < block.timeMin || read.time > block.timeMax)
        throw new Error(`a time of block ${index} lies outside of its range`);
      rows.push(read);
    }
  });
  if (rows.length !== source.rowCount) throw new Error(`a source of ${source.rowCount} rows gives ${rows.length}`);
  checkOrder(source, rows, actor);
  source.release();
  return rows;
}

function readerOf(source: RowSource, name: string, vector: Vector): (row: number) => number | string | null {
  switch (vector.kind) {
    case 'null':
      return () => null;
    case 'int':
      return (row) => (isValid(vector.validity, row) ? vector.base + Number(vector.values[row]) : null);
    case 'text': {
      const dictionary = source.readDictionary(name);
      return (row) => (isValid(vector.validity, row) ? textOfEntry(dictionary, vector.codes[row]) : null);
    }
    default:
      throw new Error(`column "${name}" is of kind ${vector.kind}`);
  }
}

/** Rows lie in the order (hash, actor, time, arrival), and the directory says whose they are. */
function checkOrder(source: RowSource, rows: readonly SimRow[], actor: string | null): void {
  const entries = source.readActors(wholeHashSpace);
  if (entries.count > 0 && entries.firstRows[0] !== 0) throw new Error('the directory does not begin with row 0');
  if ((entries.count === 0 ? 0 : entries.firstRows[entries.count]) !== rows.length)
    throw new Error('the directory does not end with the last row');
  for (let entry = 0; entry < entries.count; entry++) {
    const text = entries.nobody[entry] === 1 ? null : textOfEntry(entries.texts, entry);
    const from = entries.firstRows[entry];
    const to = entries.firstRows[entry + 1];
    for (let row = from; row < to; row++) {
      if (actor !== null && rows[row].user !== text) throw new Error(`row ${row} is not of actor ${text}`);
      if (row > from && rows[row].time < rows[row - 1].time) throw new Error(`row ${row} goes back in time`);
    }
    if (entry > 0 && hashAt(entries.hashes, entry) < hashAt(entries.hashes, entry - 1))
      throw new Error(`entry ${entry} goes back in hash order`);
  }
}

function hashAt(hashes: Uint32Array, entry: number): bigint {
  return (BigInt(hashes[2 * entry + 1]) << 32n) | BigInt(hashes[2 * entry]);
}
