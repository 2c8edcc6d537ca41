import type { ColumnType, ScalarType } from './types.ts';

/**
 * An evaluated expression over some rows: the plain form in which scalars and aggregates see data when the encoded
 * form of a block (`Vector`) does not do. `nulls` has one byte a row, 1 = null; null = no row is null. Rows that are
 * null hold any value.
 *
 * `number` carries int (whole, within ±2^53), float and time; `bigint` carries int columns that may go beyond;
 * `coded` is text by reference to a list of distinct texts, so that functions of text run once per distinct text.
 */
export type Values =
  BoolValues | NumberValues | BigintValues | TextValues | CodedValues | ListValues | RecordsValues | NullValues;

export type Nulls = Uint8Array | null;

export interface BoolValues {
  readonly kind: 'bool';
  readonly length: number;
  readonly values: Uint8Array;
  readonly nulls: Nulls;
}
export interface NumberValues {
  readonly kind: 'number';
  readonly length: number;
  readonly values: Float64Array;
  readonly nulls: Nulls;
}
export interface BigintValues {
  readonly kind: 'bigint';
  readonly length: number;
  readonly values: BigInt64Array;
  readonly nulls: Nulls;
}
export interface TextValues {
  readonly kind: 'text';
  readonly length: number;
  readonly values: readonly string[];
  readonly nulls: Nulls;
}
export interface CodedValues {
  readonly kind: 'coded';
  readonly length: number;
  readonly codes: Uint8Array | Uint16Array | Uint32Array;
  /** Distinct texts by code; one array object a dictionary, so it can be compared by identity. */
  readonly texts: readonly string[];
  readonly nulls: Nulls;
}
/** `items[offsets[row] … offsets[row + 1])`. */
export interface ListValues {
  readonly kind: 'list';
  readonly length: number;
  readonly offsets: Uint32Array;
  readonly items: Exclude<Values, ListValues | RecordsValues | NullValues>;
  readonly itemType: ScalarType;
  readonly nulls: Nulls;
}
/** Lists of records: those of a row are the fields' rows `offsets[row] … offsets[row + 1]`. */
export interface RecordsValues {
  readonly kind: 'records';
  readonly length: number;
  readonly offsets: Uint32Array;
  readonly fields: readonly { readonly name: string; readonly type: ColumnType; readonly values: Values }[];
  readonly nulls: Nulls;
}
export interface NullValues {
  readonly kind: 'null';
  readonly length: number;
}

/** One value outside of columns: in a literal, a parameter, a result row. A list is an array of these. */
export type Scalar = null | boolean | number | bigint | string | readonly Scalar[] | ScalarRecord;

/** One record of a list; its names are the product's own, never the data's. */
export interface ScalarRecord {
  readonly [name: string]: Scalar;
}
