import { widenColumn } from '../column/widen.ts';
import { textOfEntry, textsOfDictionary, type Dictionary } from '../column/dictionary.ts';
import type { ColumnType } from '../column/types.ts';
import type { CodedValues, Values } from '../column/values.ts';
import type { Pointer } from '../kernels/kernels.ts';
import type { ActorEntries } from '../store/row-source.ts';
import type { ReadSource } from './derived-descriptor.ts';
import { valuesOfRows } from './read-values.ts';
import type { Scratch } from './scratch.ts';
import type { SliceSlots } from './slice-slots.ts';

/** A table among those of `from`. */
export interface SourceTable {
  readonly index: number;
  readonly name: string;
}

/** A source while one query reads it. */
export interface OpenSource {
  readonly source: ReadSource;
  /** Place among the table's sources: earlier ones hold what came earlier. */
  readonly index: number;
  /** The table that it is a part of, and that table's place in `from`. */
  readonly table: SourceTable;
  /** The column that holds its actors, if one does: where it is text it reads as the actor. */
  readonly actor: string | null;
  /** What the query derives from the source's dictionaries, by whoever derived it; on the heap, so it outlives pins. */
  readonly derived: Map<unknown, unknown>;
}

/** The part of a source that lies in one slice. */
export interface SliceSource {
  readonly open: OpenSource;
  readonly entries: ActorEntries;
  /** Of the entries' hashes. */
  readonly seed: number;
  /** Slots of the slice's actors, all sources together, made when first asked for. */
  readonly slots: () => SliceSlots;
  /** Which of its lists are this source's. */
  readonly part: number;
  /** Entries as texts, made when first asked for. */
  readonly texts: () => readonly string[];
}

/** Which rows of a block pass, a bit each in the memory of the scratch's masks; rows outside of the view are 0. */
export interface RowMask {
  /** The byte that row `first` is in, a multiple of 8. */
  readonly at: Pointer;
  readonly first: number;
  readonly end: number;
  /** Whether rows that pass lie together, as those of one actor do: they are picked run by run then. */
  readonly inRuns?: boolean;
}

/**
 * Some rows of one block. `rows` are places within the block, ascending; null = all of [from, from + length). Where a
 * mask tells them they are listed by whoever first reads `rows`: `length` is known without.
 */
export interface BlockView {
  readonly open: OpenSource;
  readonly part: SliceSource;
  readonly block: number;
  readonly from: number;
  readonly length: number;
  readonly rows: Uint32Array | null;
  readonly mask: RowMask | null;
  readonly scratch: Scratch;
}

/** @returns whether the view has all rows of a range: told without listing those of a mask. */
export function isRange(view: BlockView): boolean {
  return view.mask === null && view.rows === null;
}

/** @returns the view with these of its block's rows. */
export function narrowed(view: BlockView, rows: Uint32Array): BlockView {
  return rows.length === view.length ? view : withRows(view, rows);
}

/** @returns the view with a list of its rows that lasts beyond the block. */
export function withOwnRows(view: BlockView): BlockView {
  return view.rows === null ? view : withRows(view, view.rows.slice());
}

function withRows({ open, part, block, from, scratch }: BlockView, rows: Uint32Array): BlockView {
  return { open, part, block, from, length: rows.length, rows, mask: null, scratch };
}

/** @returns the view with those of its rows that a mask has, `length` of them. */
export function masked(view: BlockView, mask: RowMask, length: number): BlockView {
  return new MaskedView(view, mask, length);
}

/** A class for its getter, which all views share: one is made for each filter of each block. */
class MaskedView implements BlockView {
  readonly open: OpenSource;
  readonly part: SliceSource;
  readonly block: number;
  readonly from: number;
  readonly length: number;
  readonly mask: RowMask;
  readonly scratch: Scratch;
  #rows: Uint32Array | null = null;

  constructor({ open, part, block, from, scratch }: BlockView, mask: RowMask, length: number) {
    this.open = open;
    this.part = part;
    this.block = block;
    this.from = from;
    this.length = length;
    this.mask = mask;
    this.scratch = scratch;
  }

  get rows(): Uint32Array {
    return (this.#rows ??= rowsOfMask(this.mask, this.length, this.scratch));
  }
}

/** The list lies beside the mask, or where there is no room for it, in the scratch. */
function rowsOfMask({ at, first, end }: RowMask, length: number, scratch: Scratch): Uint32Array {
  const { kernels, memory, room, take } = scratch.masks!;
  const bytes = Uint32Array.BYTES_PER_ELEMENT * length;
  if (room >= bytes + 16) {
    const list = take(bytes);
    kernels.bitmapToRows(at, end - first, list, first);
    return new Uint32Array(memory.buffer, list, length);
  }
  const rows = scratch.words(length);
  const bits = new Uint8Array(memory.buffer, at, (end - first + 7) >> 3);
  for (let row = first, count = 0; count < length; row++)
    if (((bits[(row - first) >> 3] >> (row & 7)) & 1) === 1) rows[count++] = row;
  return rows;
}

/** @returns a column's values at the view's rows, in the table's type; nulls where the source lacks the column. */
export function readColumn(view: BlockView, name: string, type: ColumnType): Values {
  const { source } = view.open;
  const own = source.columnType(name);
  if (own === null || (type === 'time' && own !== 'time')) return { kind: 'null', length: view.length };
  if (own === 'text' && type === 'text' && name === view.open.actor) return readActor(view);
  const vector = source.readBlock(name, view.block);
  const dictionary = own.endsWith('text') ? source.readDictionary(name) : null;
  if (own !== type) {
    const wide = widenColumn({ type: own, vector, dictionary }, type);
    const texts = wide.dictionary === null ? null : textsOfDictionary(wide.dictionary);
    return valuesOfRows(wide.vector, type, texts, view);
  }
  if (dictionary === null) return valuesOfRows(vector, type, null, view);
  const few = vector.kind === 'text' && dictionary.count > 4 * view.length + 64;
  if (few && !view.open.derived.has(textsKey(name)))
    return onlyUsed(valuesOfRows(vector, type, [], view) as CodedValues, dictionary);
  return valuesOfRows(vector, type, textsOfColumn(view.open, name), view);
}

function textsKey(name: string): string {
  return `texts of ${name}`;
}

/** @returns all entries of a column's dictionary as strings, made once a query. */
export function textsOfColumn(open: OpenSource, name: string): readonly string[] {
  let texts = open.derived.get(textsKey(name)) as readonly string[] | undefined;
  if (texts === undefined) {
    texts = textsOfDictionary(open.source.readDictionary(name));
    open.derived.set(textsKey(name), texts);
  }
  return texts;
}

/** A few rows of a large dictionary: only the texts that occur are made. */
function onlyUsed(coded: CodedValues, dictionary: Dictionary): CodedValues {
  const known = new Map<number, number>();
  const texts: string[] = [];
  const codes = new Uint32Array(coded.length);
  for (let row = 0; row < codes.length; row++) {
    if (coded.nulls !== null && coded.nulls[row] === 1) continue;
    const entry = coded.codes[row];
    let code = known.get(entry);
    if (code === undefined) {
      code = texts.push(textOfEntry(dictionary, entry)) - 1;
      known.set(entry, code);
    }
    codes[row] = code;
  }
  return { ...coded, codes, texts };
}

/** @returns for each row of the view, its directory entry counted from the first of the slice's. */
export function entriesOfRows(view: BlockView): Uint32Array {
  const { firstRows } = view.part.entries;
  const { firstRow } = view.open.source.blocks[view.block];
  const out = view.scratch.words(view.length);
  if (view.length === 0) return out;
  let entry = entryAt(firstRows, firstRow + (view.rows === null ? view.from : view.rows[0]));
  if (view.rows === null) {
    for (let at = 0; at < out.length; entry++) {
      const end = Math.min(firstRows[entry + 1] - firstRow - view.from, out.length);
      while (at < end) out[at++] = entry;
    }
  } else {
    for (let i = 0; i < out.length; i++) {
      const row = firstRow + view.rows[i];
      while (firstRows[entry + 1] <= row) entry++;
      out[i] = entry;
    }
  }
  return out;
}

/** Binary search of the entry that holds a row. */
export function entryAt(firstRows: Uint32Array, row: number): number {
  let low = 0;
  let high = firstRows.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firstRows[middle] <= row) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @returns the actor of each row as canonical text. */
export function readActor(view: BlockView): Values {
  const { nobody } = view.part.entries;
  const codes = entriesOfRows(view);
  let nulls: Uint8Array | null = null;
  for (let i = 0; i < codes.length; i++) {
    if (nobody[codes[i]] === 0) continue;
    nulls ??= new Uint8Array(codes.length);
    nulls[i] = 1;
  }
  const { texts, count } = view.part.entries;
  const coded: CodedValues = { kind: 'coded', length: codes.length, codes, texts: [], nulls };
  return count > 4 * view.length + 64 ? onlyUsed(coded, texts) : { ...coded, texts: view.part.texts() };
}

/** More rows than a source has: the place of arrival is the source's times this, and the row in it. */
export const sourceRows = 2 ** 32;

/**
 * Where rows stand in the stored order, whichever sources hold them: the table's place in `from`, the upper 53 bits of
 * the actor's hash, the other 11, and last the source and the row in it, by which rows of one actor keep the order of
 * their arrival.
 * @returns these four parts, in this order.
 */
export function readPlace(view: BlockView): Values[] {
  const { length } = view;
  const table = new Float64Array(length).fill(view.open.table.index);
  const upper = new Float64Array(length);
  const lower = new Float64Array(length);
  const arrival = new Float64Array(length);
  const { hashes } = view.part.entries;
  const entries = entriesOfRows(view);
  const firstRow = view.open.source.blocks[view.block].firstRow;
  const first = view.open.index * sourceRows + firstRow;
  const shares = view.open.source.tables ?? null;
  for (let i = 0; i < length; i++) {
    const low = hashes[2 * entries[i]];
    upper[i] = hashes[2 * entries[i] + 1] * 2 ** 21 + (low >>> 11);
    lower[i] = low & 0x7ff;
    const row = view.rows === null ? view.from + i : view.rows[i];
    if (shares !== null) table[i] += shares[firstRow + row];
    arrival[i] = first + row;
  }
  return [table, upper, lower, arrival].map((values) => ({ kind: 'number', length, values, nulls: null }));
}

/** @returns the slot of each row's actor, `noSlot` for nobody. */
export function readSlots(view: BlockView): Uint32Array {
  const slots = view.part.slots().slots[view.part.part];
  const out = entriesOfRows(view);
  for (let i = 0; i < out.length; i++) out[i] = slots[out[i]];
  return out;
}
