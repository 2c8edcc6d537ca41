import type { QueryResult } from '../../../engine/index.ts';

/** A way to print a result: one file here and a line in `all.ts`. */
export interface OutputFormat {
  readonly name: string;
  readonly summary: string;
  /** Yields the text in pieces; `width` is that of the terminal, in columns. */
  print(result: QueryResult, width: number): Iterable<string>;
  /** Whether the metadata is part of the output. */
  readonly holdsMeta: boolean;
}
