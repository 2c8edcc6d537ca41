import { encodeBatch } from '../engine/column/batch-codec.ts';
import type { BatchColumn } from '../engine/column/batch.ts';
import { dictionaryFromTexts } from '../engine/column/dictionary-builder.ts';
import type { VarveError } from '../engine/base/errors.ts';
import type { TableBatch } from '../engine/store/store-types.ts';

/** How the rows of `rowBatch` look; by default time n, actor n % 5. */
export interface RowShape {
  readonly time?: (n: number) => number;
  readonly actor?: (n: number) => string;
  /** Column `m` is text, else int. */
  readonly text?: boolean;
  /** Columns in all. */
  readonly columns?: number;
}

/** Rows `from` … of a table `t`: `n` counts them, `user` is the actor, `m` is an int or a text of n % 10. */
export function rowBatch(from: number, rows: number, shape: RowShape = {}): TableBatch {
  const time = shape.time ?? ((n: number) => 1_700_000_000_000 + n);
  const actor = shape.actor ?? ((n: number) => `u${n % 5}`);
  const ns = Array.from({ length: rows }, (_, row) => from + row);
  const columns = [
    ints('time', 'time', ns.map(time)),
    texts('user', ns.map(actor)),
    ints('n', 'int', ns),
    shape.text === true
      ? texts(
          'm',
          ns.map((n) => `m${n % 10}`),
        )
      : ints(
          'm',
          'int',
          ns.map((n) => n % 10),
        ),
  ];
  while (columns.length < (shape.columns ?? 0)) columns.push(ints(`c${columns.length}`, 'int', ns));
  return {
    table: 't',
    options: { timeName: 'time', actor: 'user', actors: [] },
    bytes: encodeBatch({ rowCount: rows, columns }),
  };
}

function ints(name: string, type: 'int' | 'time', values: readonly number[]): BatchColumn {
  const vector = {
    kind: 'int',
    length: values.length,
    base: 0,
    values: Float64Array.from(values),
    validity: null,
  } as const;
  return { name, type, vector, dictionary: null };
}

function texts(name: string, values: readonly string[]): BatchColumn {
  const distinct = [...new Set(values)];
  const codes = Uint32Array.from(values, (value) => distinct.indexOf(value));
  const vector = { kind: 'text', length: values.length, codes, validity: null } as const;
  return { name, type: 'text', vector, dictionary: dictionaryFromTexts(distinct) };
}

/** @returns the code that a promise is rejected with, or none. */
export function codeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: VarveError) => error.code,
  );
}
