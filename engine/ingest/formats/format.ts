import type { DateOrder } from '../times.ts';

/**
 * Collects rows as columns. One row at a time: set what it has, then `endRow`; or `rejectRow`, which takes back all
 * that was set since the last end. A column not set is null. Types are found per batch by the builder and widen
 * without loss (see `column/types.ts`).
 */
export interface RowBuilder {
  /**
   * @param dateOrder how untyped dates like 3/4/2024 are to be read, where known.
   * @returns the handle of a column, made when first asked for; keep it, it is stable for the builder's life.
   */
  column(name: string, dateOrder?: DateOrder | null): ColumnSetter;
  /**
   * @param from where the record begins in the bytes that `read` was given, and `to` where it ends: a row that turns out
   * to have no time goes to the quarantine as it came. Left out by what makes rows of no bytes.
   */
  endRow(from?: number, to?: number): void;
  /**
   * @param reason one sentence for a person: what is wrong and where in the record.
   * @param raw the record's bytes as they came.
   * @param offset where the record begins in the bytes that `read` was given.
   */
  rejectRow(reason: string, raw: Uint8Array, offset: number): void;
  /** Takes back all that was set since the last end, to set the row anew. */
  restartRow(): void;
}

/** Sets the current row's value of one column; of several calls in a row the last holds. */
export interface ColumnSetter {
  /** The text whose bytes stand from `from` to `to`; they are valid UTF-8 and are copied. */
  setTextBytes(bytes: Uint8Array, from: number, to: number): void;
  /** As `setUntyped`, of bytes that are valid UTF-8. */
  setUntypedBytes(bytes: Uint8Array, from: number, to: number): void;
  /** Takes the row's value back. */
  setNull(): void;
  setText(value: string): void;
  /** Text that stands for whatever it looks like (a CSV field, a log field): int, float, bool, time or text, by evidence over the batch. */
  setUntyped(value: string): void;
  setInt(value: number | bigint): void;
  setFloat(value: number): void;
  setBool(value: boolean): void;
  /** UTC milliseconds. */
  setTime(value: number): void;
  /** Elements of one scalar type, or mixed (widened); null elements are allowed. */
  setList(values: readonly (null | boolean | number | bigint | string)[]): void;
}

/** The beginning of a source, decompressed: what detection looks at. */
export interface FormatSample {
  /** File name without folders, or '' for a stream. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The sample holds the whole of the source. */
  readonly complete: boolean;
}

/** Settings of a format for one source, found by detection or given by the user. Plain data. */
export type FormatOptions = Readonly<Record<string, string | number | boolean | readonly string[]>>;

export interface Detection {
  /** 0–1; 1 = no other format could look like this. */
  readonly score: number;
  readonly options: FormatOptions;
  /** What was seen, for `inspect`: one sentence. */
  readonly evidence: string;
  /** Bytes that are no UTF-8 are what clients sent, and tell nothing of an encoding. */
  readonly anyBytes?: boolean;
}

/** What a reader needs to know beside the format's own options. */
export interface ReaderContext {
  /** Zone of times without an offset. */
  readonly timezone: string;
}

/** How records lie in the bytes: where a piece of a source may be cut so that both halves can be read apart. */
export type Framing = 'lines' | 'csv' | 'json';

/** Turns pieces of whole records into rows. A reader may keep what it learns (a header) but not rows across calls. */
export interface RecordReader {
  /** Reads `bytes`, which hold whole records. `first`: the piece is the beginning of the source (headers lie there). */
  read(bytes: Uint8Array, first: boolean, rows: RowBuilder): void;
}

/** A source format: one file here and a line in `all.ts`. */
export interface Format {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  readonly framing: Framing;
  /** Column names that are the time and the actor where present, most telling first; the general lists come after. */
  readonly defaults: { readonly time: readonly string[]; readonly actor: readonly string[] };
  detect(sample: FormatSample): Detection | null;
  /**
   * What a reader of the records behind these has to have read, where headers stand among the records; without it, a
   * source's first records do.
   * @param records whole ones.
   * @param before what it was before them; null at the source's beginning.
   */
  carry?(records: Uint8Array, before: Uint8Array | null): Uint8Array;
  createReader(options: FormatOptions, context: ReaderContext): RecordReader;
}
