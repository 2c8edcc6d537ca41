import { hash64, hash64OfText } from '../engine/base/hash64.ts';
import type { Batch, BatchColumn } from '../engine/column/batch.ts';
import { encodeBatch } from '../engine/column/batch-codec.ts';
import { canonicalColumn, type ColumnData } from '../engine/column/canonical.ts';
import { DictionaryBuilder } from '../engine/column/dictionary-builder.ts';
import { textOfEntry, type Dictionary } from '../engine/column/dictionary.ts';
import { concatColumns } from '../engine/column/gather.ts';
import type { ColumnSchema } from '../engine/column/schema.ts';
import { widenTypes, type ColumnType, type WidenInput } from '../engine/column/types.ts';
import { isValid, type Vector } from '../engine/column/vector.ts';
import { nodeVfs } from '../engine/host/node-vfs.ts';
import type { BlockCache } from '../engine/store/block-cache.ts';
import { sortChunk } from '../engine/store/chunk-source.ts';
import { createNoCache } from '../engine/store/no-cache.ts';
import type {
  ChunkDescriptor,
  RowSource,
  RowSourceDescriptor,
  SegmentDescriptor,
  SegmentMeta,
} from '../engine/store/row-source.ts';
import type { BuildRequest } from '../engine/store/segment-tasks.ts';
import type { SourceEnvironment } from '../engine/store/source-environment.ts';

/** A value of a row as tests compare it: wide ints as bigint, else as what JavaScript has for it. */
export type TestValue = null | boolean | number | bigint | string | readonly TestValue[];

/** Rows by column. */
export type TestRows = Readonly<Record<string, readonly TestValue[]>>;

/** Makes a batch of columns given as values. */
export function batchOf(types: Readonly<Record<string, ColumnType>>, rows: TestRows): Batch {
  const columns = Object.entries(types).map(([name, type]): BatchColumn => ({
    name,
    type,
    ...columnOf(type, rows[name]!),
  }));
  return { rowCount: rows['time']!.length, columns };
}

function columnOf(type: ColumnType, values: readonly TestValue[]): { vector: Vector; dictionary: Dictionary | null } {
  const builder = new DictionaryBuilder();
  const vector = vectorOf(type, values, builder);
  return { vector, dictionary: type.endsWith('text') ? builder.build() : null };
}

function vectorOf(type: ColumnType, values: readonly TestValue[], builder: DictionaryBuilder): Vector {
  const length = values.length;
  const validity = values.includes(null) ? new Uint8Array((length + 7) >> 3) : null;
  if (validity !== null) values.forEach((value, row) => (validity[row >> 3]! |= (value === null ? 0 : 1) << (row & 7)));
  switch (type) {
    case 'bool':
      return { kind: 'bool', length, values: Uint8Array.from(values, Number), validity };
    case 'float':
      return { kind: 'float', length, values: Float64Array.from(values, Number), validity };
    case 'int':
    case 'time': {
      const wide = values.some((value) => typeof value === 'bigint');
      const ints = wide
        ? BigInt64Array.from(values, (value) => BigInt((value ?? 0) as number))
        : Float64Array.from(values, Number);
      return { kind: 'int', length, base: 0, values: ints, validity };
    }
    case 'text': {
      const codes = Uint32Array.from(values, (value) => (value === null ? 0 : builder.add(value as string)));
      return { kind: 'text', length, codes, validity };
    }
    case 'null':
      return { kind: 'null', length };
    default: {
      const lists = values.map((value) => (value ?? []) as readonly TestValue[]);
      const offsets = new Uint32Array(length + 1);
      lists.forEach((list, row) => (offsets[row + 1] = offsets[row]! + list.length));
      const items = vectorOf(type.slice('list of '.length) as ColumnType, lists.flat() as TestValue[], builder);
      return { kind: 'list', length, offsets, items: items as Exclude<Vector, { kind: 'list' }>, validity };
    }
  }
}

/** @returns the values of a vector, one a row. */
export function valuesOf(vector: Vector, dictionary: Dictionary | null): TestValue[] {
  if (vector.kind === 'list') {
    const items = valuesOf(vector.items, dictionary);
    return Array.from({ length: vector.length }, (_, row) =>
      isValid(vector.validity, row) ? items.slice(vector.offsets[row], vector.offsets[row + 1]) : null,
    );
  }
  return Array.from({ length: vector.length }, (_, row): TestValue => {
    if (vector.kind === 'null' || !isValid(vector.validity, row)) return null;
    switch (vector.kind) {
      case 'bool':
        return vector.values[row] === 1;
      case 'float':
        return vector.values[row]!;
      case 'text':
        return textOfEntry(dictionary!, vector.codes[row]!);
      case 'int': {
        const value = vector.values[row]!;
        if (typeof value === 'number') return vector.base + value;
        return value >= -(2n ** 53n) && value <= 2n ** 53n ? Number(value) : value;
      }
    }
  });
}

/** @returns every row of a source, column by column, read block by block as a query would; absent columns are null. */
export function rowsOfSource(source: RowSource, names: readonly string[]): TestRows {
  return Object.fromEntries(
    names.map((name) => [
      name,
      source.blocks.flatMap(({ rowCount }, block) => {
        if (source.columnType(name) === null) return new Array<TestValue>(rowCount).fill(null);
        const isText = source.columnType(name)!.endsWith('text');
        const vector = source.readBlock(name, block);
        return valuesOf(vector, isText ? source.readDictionary(name) : null);
      }),
    ]),
  );
}

/**
 * The rows of batches in the order of segments, found the slow way.
 * @param sequences commit sequence of each batch.
 */
export function sortedRows(
  batches: readonly Batch[],
  sequences: readonly number[],
  names: readonly string[],
  actor: string | null,
  seed = 0,
): TestRows {
  const columns = names.map((name) => concatColumn(batches, name));
  const rows = columns.map((column) => valuesOf(column.vector, column.dictionary));
  const actors =
    actor === null || !names.includes(actor) ? rows[0]!.map(() => null) : actorTexts(columns[names.indexOf(actor)]!);
  const places = batches.flatMap((batch, index) =>
    Array.from({ length: batch.rowCount }, (_, row) => ({ sequence: sequences[index]!, row })),
  );
  const times = rows[names.indexOf('time')] as readonly number[];
  const keys = actors.map((text, row) => ({ row, text, time: times[row]!, hash: hashOf(text, places[row]!, seed) }));
  keys.sort(
    (a, b) =>
      a.hash.high - b.hash.high ||
      a.hash.low - b.hash.low ||
      Number(a.text === null) - Number(b.text === null) ||
      Buffer.compare(Buffer.from(a.text ?? ''), Buffer.from(b.text ?? '')) ||
      a.time - b.time ||
      a.row - b.row,
  );
  return Object.fromEntries(names.map((name, index) => [name, keys.map(({ row }) => rows[index]![row]!)]));
}

function hashOf(text: string | null, place: { sequence: number; row: number }, seed: number) {
  if (text !== null) return hash64OfText(text, seed);
  const bytes = new Uint8Array(Float64Array.of(place.sequence, place.row).buffer);
  const out = new Uint32Array(2);
  hash64(bytes, 0, 16, seed, out, 0);
  return { low: out[0]!, high: out[1]! };
}

function actorTexts(column: ColumnData): (string | null)[] {
  const { vector, dictionary } = canonicalColumn(column);
  return valuesOf(vector, dictionary) as (string | null)[];
}

function concatColumn(batches: readonly Batch[], name: string): ColumnData {
  const parts = batches.map((batch) => batch.columns.find((column) => column.name === name) ?? null);
  let common: WidenInput = { type: 'null', wide: false };
  for (const part of parts) {
    if (part === null || part.vector.kind === 'null') continue;
    const values = valuesOf(part.vector, part.dictionary).flat();
    common = widenTypes(common, { type: part.type, wide: values.some((value) => typeof value === 'bigint') });
  }
  return concatColumns(
    parts,
    batches.map(({ rowCount }) => rowCount),
    common.type,
  );
}

/** @returns a table's columns for these names. */
export function schemaOf(names: readonly string[]): ColumnSchema[] {
  return names.map((name, index) => ({ id: index + 1, name, type: 'text', wide: false }));
}

/** @returns a batch as a chunk of the memtable. */
export function chunkOf(batch: Batch, sequence: number, actor: string | null, seed = 0): ChunkDescriptor {
  const times = valuesOf(batch.columns.find(({ name }) => name === 'time')!.vector, null) as number[];
  const bytes = encodeBatch(batch);
  return {
    kind: 'chunk',
    sequence,
    rowCount: batch.rowCount,
    timeMin: times.reduce((a, b) => Math.min(a, b), Infinity),
    timeMax: times.reduce((a, b) => Math.max(a, b), -Infinity),
    bytes,
    order: sortChunk(bytes, actor, sequence, seed),
    actor,
  };
}

/** @returns a request for one level-0 segment of these inputs. */
export function buildRequest(
  directory: string,
  inputs: readonly RowSourceDescriptor[],
  names: readonly string[],
  actor: string | null,
  more: Partial<BuildRequest> = {},
): BuildRequest {
  return {
    directory,
    table: 3,
    seed: 0,
    actor,
    columns: schemaOf(names),
    inputs,
    firstId: 1,
    cut: null,
    commitMin: 1,
    commitMax: 9,
    ...more,
  };
}

/** @returns how other threads would be told of a segment. */
export function segmentOf(
  directory: string,
  meta: SegmentMeta,
  names: readonly string[],
  actor: string | null,
): SegmentDescriptor {
  return { kind: 'segment', path: `${directory}/${meta.file}`, meta, columns: schemaOf(names), actor };
}

/** @returns what reading takes, with a cache that keeps nothing unless one is given. */
export function testEnvironment(cache: BlockCache = createNoCache()): SourceEnvironment {
  return { vfs: nodeVfs, cache };
}

/** A generator of numbers from 0 to 1 (mulberry32): the same seed, the same numbers. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
