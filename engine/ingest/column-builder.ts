import type { Dictionary } from '../column/dictionary.ts';
import type { ColumnSetter } from './formats/format.ts';
import type { Cell } from './infer.ts';
import { scanned, scanNumber } from './number-bytes.ts';
import { TextTable } from './text-table.ts';
import type { DateOrder } from './times.ts';

/** What a cell holds; what its number means goes by it. */
export const cellKinds = {
  none: 0,
  /** 0 or 1. */
  bool: 1,
  /** Whole, within ±2^53. */
  int: 2,
  /** Index of the column's bigints. */
  big: 3,
  float: 4,
  /** UTC milliseconds. */
  time: 5,
  /** Code of the text table. */
  text: 6,
  /** Index of the column's lists. */
  list: 7,
  /** A number as one prints it, that may be told to be text: whole. */
  untypedInt: 8,
  /** Code of a text that stands for whatever it looks like. */
  untypedText: 9,
  /** From here on: a decimal as one prints it; the number is its digits, `kind − untypedDecimal` those after the point. */
  untypedDecimal: 16,
} as const;

const encoder = new TextEncoder();
const { none, bool, int, big, float, time, text, list, untypedInt, untypedText, untypedDecimal } = cellKinds;
const emptyBytes = new Uint8Array(0);

/**
 * One column's cells as they come: a byte for the kind and a number each, texts by their code. Nothing is decided
 * before all are there (see `buildColumn`). `length` is the row after the last that was set.
 */
export class ColumnBuilder implements ColumnSetter {
  readonly #rows: { readonly rowCount: number };
  kinds = new Uint8Array(64);
  values = new Float64Array(64);
  length = 0;
  /** How dates like 3/4/2024 are read here, where the source's beginning told. */
  dateOrder: DateOrder | null = null;
  readonly bigints: bigint[] = [];
  readonly lists: (readonly Cell[])[] = [];
  readonly texts = new TextTable();
  #scratch = emptyBytes;

  constructor(rows: { readonly rowCount: number }) {
    this.#rows = rows;
  }

  #set(kind: number, value: number): void {
    const row = this.#rows.rowCount;
    if (row >= this.kinds.length) this.#grow(row + 1);
    this.kinds[row] = kind;
    this.values[row] = value;
    this.length = row + 1;
  }

  #grow(rows: number): void {
    const size = Math.max(rows, this.kinds.length * 2);
    const kinds = new Uint8Array(size);
    kinds.set(this.kinds.subarray(0, this.length));
    const values = new Float64Array(size);
    values.set(this.values.subarray(0, this.length));
    this.kinds = kinds;
    this.values = values;
  }

  setTextBytes(bytes: Uint8Array, from: number, to: number): void {
    this.#set(text, this.texts.addBytes(bytes, from, to));
  }

  setUntypedBytes(bytes: Uint8Array, from: number, to: number): void {
    if (!scanNumber(bytes, from, to)) this.#set(untypedText, this.texts.addBytes(bytes, from, to));
    else if (scanned.scale === 0) this.#set(untypedInt, scanned.mantissa);
    else this.#set(untypedDecimal + scanned.scale, scanned.mantissa);
  }

  setText(value: string): void {
    this.#set(text, this.texts.addText(value));
  }

  setUntyped(value: string): void {
    if (this.#scratch.length < value.length * 3) this.#scratch = new Uint8Array(value.length * 3 + 64);
    this.setUntypedBytes(this.#scratch, 0, encoder.encodeInto(value, this.#scratch).written);
  }

  setInt(value: number | bigint): void {
    // Minus zero is 0.
    if (typeof value === 'number') this.#set(int, value + 0);
    else if (Number.isSafeInteger(Number(value))) this.#set(int, Number(value));
    else {
      this.bigints.push(value);
      this.#set(big, this.bigints.length - 1);
    }
  }

  setFloat(value: number): void {
    this.#set(float, value);
  }

  setBool(value: boolean): void {
    this.#set(bool, value ? 1 : 0);
  }

  setTime(value: number): void {
    this.#set(time, value);
  }

  setList(values: readonly Cell[]): void {
    this.lists.push(values);
    this.#set(list, this.lists.length - 1);
  }

  setNull(): void {
    if (this.length > this.#rows.rowCount) this.#set(none, 0);
  }

  /** Forgets what was set in `row`, the last one. */
  takeBack(row: number): void {
    if (this.length <= row) return;
    this.kinds[row] = none;
    this.values[row] = 0;
    this.length = row;
  }

  /** @returns the texts so far, in the order in which they came, those of rows taken back too. */
  dictionary(): Dictionary {
    return this.texts.build();
  }
}
