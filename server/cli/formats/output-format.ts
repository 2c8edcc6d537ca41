import type { QueryResult } from '../../../engine/index.ts';

/** What an answer is printed on. */
export interface Page {
  /** Columns of the terminal; Infinity where the text goes elsewhere. */
  readonly width: number;
  readonly colors: boolean;
  /** Whether numbers may come with bars, and series with lines of them. */
  readonly bars: boolean;
}

/** A way to print a result: one file here and a line in `all.ts`. */
export interface OutputFormat {
  readonly name: string;
  readonly summary: string;
  /** Whether the metadata is part of the output. */
  readonly holdsMeta: boolean;
  /** Whether the output is no text, and so nothing for a terminal. */
  readonly binary?: boolean;
  /** Yields the output in pieces. */
  print(result: QueryResult, page: Page): Iterable<string | Uint8Array>;
}
