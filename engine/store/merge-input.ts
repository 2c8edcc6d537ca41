import { assert } from '../base/assert.ts';
import { limits } from '../base/limits.ts';
import type { ColumnData } from '../column/canonical.ts';
import { decodeBatch } from '../column/batch-codec.ts';
import { DictionaryBuilder } from '../column/dictionary-builder.ts';
import { textOfEntry, type Dictionary } from '../column/dictionary.ts';
import { gatherVector } from '../column/gather.ts';
import { widenTypes, type ColumnType, type WidenInput } from '../column/types.ts';
import type { IntVector, Vector } from '../column/vector.ts';
import { widenColumn } from '../column/widen.ts';
import { openChunk, sortChunk } from './chunk-source.ts';
import type { ActorEntries, ChunkDescriptor, HashRange, SegmentDescriptor } from './row-source.ts';
import { openSegment } from './segment-reader.ts';
import type { SourceEnvironment } from './source-environment.ts';

/** Rows of an input that are read together. */
export interface InputBlock {
  readonly firstRow: number;
  readonly rowCount: number;
}

/** A sorted run that goes into a build, read block by block from its beginning to its end. */
export interface MergeInput {
  readonly entryCount: number;
  readonly blocks: readonly InputBlock[];
  /** The column's type, or null where it is absent or has no value. */
  columnType(name: string): WidenInput | null;
  /** One block of a column that is there, as it is stored. */
  readBlock(name: string, block: number): Vector;
  /** The column's dictionary where it is text or list of text, else null. */
  readDictionary(name: string): Dictionary | null;
  readActors(range: HashRange): ActorEntries;
}

/** Opens a segment as an input. @throws VarveError as `openSegment` does. */
export function inputFromSegment(
  environment: SourceEnvironment,
  descriptor: SegmentDescriptor,
  seed: number,
): MergeInput {
  const source = openSegment(environment, descriptor);
  const types = new Map(descriptor.meta.columns.map((column) => [column.id, column]));
  const ids = new Map(descriptor.columns.map(({ id, name }) => [name, id]));
  assert(source.seed === seed, 'segments of different actor hashes are merged');
  return {
    entryCount: descriptor.meta.entries,
    blocks: source.blocks,
    columnType: (name) => (source.columnType(name) === null ? null : (types.get(ids.get(name)!) ?? null)),
    readBlock: (name, block) => source.readBlock(name, block),
    readDictionary: (name) => (source.columnType(name)!.endsWith('text') ? source.readDictionary(name) : null),
    readActors: (range) => source.readActors(range),
  };
}

/** Opens a chunk as an input, in actor order. */
export function inputFromChunk(descriptor: ChunkDescriptor, seed: number): MergeInput {
  const order = descriptor.order ?? sortChunk(descriptor.bytes, descriptor.actor, descriptor.sequence, seed);
  const source = openChunk({ ...descriptor, order });
  const columns = new Map(decodeBatch(descriptor.bytes).columns.map((column) => [column.name, column]));
  const blocks: InputBlock[] = [];
  for (let firstRow = 0; firstRow < descriptor.rowCount; firstRow += limits.blockRowsMax)
    blocks.push({ firstRow, rowCount: Math.min(limits.blockRowsMax, descriptor.rowCount - firstRow) });
  return {
    entryCount: order.nobody.length,
    blocks,
    columnType(name) {
      const column = columns.get(name);
      if (column === undefined || column.vector.kind === 'null') return null;
      return { type: column.type, wide: isWide(column.vector) };
    },
    readBlock(name, block) {
      const { firstRow, rowCount } = blocks[block];
      return gatherVector(columns.get(name)!.vector, order.rows.subarray(firstRow, firstRow + rowCount));
    },
    readDictionary: (name) => columns.get(name)!.dictionary,
    readActors: (range) => source.readActors(range),
  };
}

function isWide(vector: Vector): boolean {
  if (vector.kind === 'list') return isWide(vector.items);
  if (vector.kind !== 'int' || !(vector.values instanceof BigInt64Array)) return false;
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  return vector.values.some((value) => value > most || value < -most);
}

/** One column of one input, widened to the type of the output. */
export interface InputColumn {
  /** Texts that the codes of its blocks mean; null where there are none. */
  readonly dictionary: Dictionary | null;
  /** @returns a block's rows; the last one asked for is kept. */
  block(index: number): Vector;
}

/** @returns the type that holds the column's values of all inputs; null where none has a value. */
export function commonType(inputs: readonly MergeInput[], name: string): WidenInput | null {
  let common: WidenInput | null = null;
  for (const input of inputs) {
    const own = input.columnType(name);
    if (own !== null) common = common === null ? own : widenTypes(common, own);
  }
  return common === null || common.type === 'null' ? null : { type: common.type, wide: common.wide };
}

/** Opens one column of an input as `type`. @returns null where the input has no value in it. */
export function openInputColumn(input: MergeInput, name: string, type: ColumnType): InputColumn | null {
  const own = input.columnType(name);
  if (own === null) return null;
  const dictionary = input.readDictionary(name);
  let last = -1;
  let vector: Vector | null = null;
  const read = (block: number): ColumnData => ({
    type: own.type,
    vector: input.readBlock(name, block),
    dictionary,
  });
  if (own.type === type || !type.endsWith('text')) {
    return {
      dictionary,
      block(index) {
        if (last !== index) vector = widenColumn(read(index), type).vector;
        last = index;
        return vector!;
      },
    };
  }
  // Values become texts: their dictionary is known once all have been read.
  const builder = new DictionaryBuilder();
  const widen = (block: number): Vector => {
    const widened = widenColumn(read(block), type);
    const codes = Uint32Array.from({ length: widened.dictionary?.count ?? 0 }, (_, entry) =>
      builder.add(textOfEntry(widened.dictionary!, entry)),
    );
    return mapTexts(widened.vector, codes);
  };
  input.blocks.forEach((_, block) => widen(block));
  return {
    dictionary: builder.build(),
    block(index) {
      if (last !== index) vector = widen(index);
      last = index;
      return vector!;
    },
  };
}

function mapTexts(vector: Vector, codes: Uint32Array): Vector {
  if (vector.kind === 'list') return { ...vector, items: mapTexts(vector.items, codes) as typeof vector.items };
  if (vector.kind !== 'text') return vector;
  const mapped = new Uint32Array(vector.length);
  for (let row = 0; row < mapped.length; row++) mapped[row] = codes[vector.codes[row]];
  return { ...vector, codes: mapped };
}

/** Reads times of an input row by row, from the first to the last, holding one block of them. */
export class TimeCursor {
  readonly #column: InputColumn;
  readonly #blocks: readonly InputBlock[];
  #block = -1;
  #first = 0;
  #end = 0;
  #values: IntVector['values'] = new Uint8Array(0);
  #base = 0;

  constructor(input: MergeInput, column: InputColumn) {
    this.#blocks = input.blocks;
    this.#column = column;
  }

  /** @param row not less than that of the call before. */
  at(row: number): number {
    while (row >= this.#end) {
      const { firstRow, rowCount } = this.#blocks[++this.#block];
      this.#first = firstRow;
      this.#end = firstRow + rowCount;
      if (row >= this.#end) continue;
      const vector = this.#column.block(this.#block) as IntVector;
      this.#values = vector.values;
      this.#base = vector.base;
    }
    return this.#base + (this.#values[row - this.#first] as number);
  }
}
