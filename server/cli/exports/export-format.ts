import type { RowBatch } from '../../../engine/index.ts';

/** A way to write a table's rows: one file here and a line in `all.ts`. */
export interface ExportFormat {
  readonly name: string;
  readonly summary: string;
  /** Endings of files that are of this format, the usual one first. */
  readonly endings: readonly string[];
  readonly binary: boolean;
  /** Begins one output. */
  open(): Promise<RowWriter>;
}

/** One output under way: memory holds a batch of it. */
export interface RowWriter {
  /** @returns what a batch adds. The first may have no row; all have the same columns. */
  add(batch: RowBatch): Iterable<string | Uint8Array>;
  /** @returns what comes behind the last. */
  end(): Iterable<string | Uint8Array>;
  /** Columns with values that the format could not write as what they are. */
  readonly bent: ReadonlySet<string>;
}
