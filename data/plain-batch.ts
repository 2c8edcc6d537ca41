import { VarveError } from '../engine/base/errors.ts';

/** One column of a batch as plain arrays, as narrow as its values need; rows without a value hold 0. */
export type PlainColumn =
  | {
      readonly name: string;
      readonly kind: 'text';
      /** Entries of `dictionary`, whose texts are distinct. */
      readonly codes: Uint8Array | Uint16Array | Uint32Array;
      readonly dictionary: readonly string[];
    }
  /** A row is `base + values[row]`; of a time, UTC ms. */
  | {
      readonly name: string;
      readonly kind: 'time' | 'int';
      readonly base: number;
      readonly values: Uint16Array | Uint32Array | Float64Array;
    }
  /** Validity: bit `row & 7` of byte `row >> 3`, 1 = has a value. */
  | { readonly name: string; readonly kind: 'float'; readonly values: Float64Array; readonly validity: Uint8Array }
  /** Ints beyond ±2^53. */
  | { readonly name: string; readonly kind: 'wide'; readonly values: BigInt64Array };

/** Some rows as columns: time, actor, event, url, country, platform, plan, duration, amount, id. */
export interface PlainBatch {
  readonly rowCount: number;
  readonly columns: readonly PlainColumn[];
}

export interface ColumnsOptions {
  readonly rows: number;
  readonly seed: number;
  /** Rows of every batch but the last; the rows themselves depend on it too. Default 65,536. */
  readonly batchRows?: number | undefined;
}

const batchRowsDefault = 65_536;
const batchRowsMax = 1 << 20;

/**
 * Cuts rows into batches.
 * @returns the first row of each batch and the row after its last.
 * @throws VarveError `usage` for a number of rows that cannot be.
 */
export function* batchRanges(options: ColumnsOptions): Iterable<{ readonly from: number; readonly to: number }> {
  const { rows, batchRows = batchRowsDefault } = options;
  const possible = Number.isSafeInteger(rows) && rows >= 0 && rows <= 0xffffffff;
  if (!possible || !Number.isSafeInteger(batchRows) || batchRows < 1 || batchRows > batchRowsMax) {
    throw new VarveError('usage', `There cannot be ${rows} rows in batches of ${batchRows}.`, {
      hint: `There are 0 to 4,294,967,295 rows, and a batch has 1 to ${batchRowsMax}.`,
    });
  }
  for (let from = 0; from < rows; from += batchRows) yield { from, to: Math.min(rows, from + batchRows) };
}
