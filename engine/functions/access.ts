import type { Nulls, Scalar, Values } from '../column/values.ts';

type Defined = Exclude<Values, { kind: 'null' }>;

/** @returns whether the row is null. */
export function isNullAt(values: Values, row: number): boolean {
  return values.kind === 'null' || (values.nulls !== null && values.nulls[row] === 1);
}

/** @returns a row's text; the values are of kind text or coded and the row is not null. */
export function textAt(values: Values, row: number): string {
  return values.kind === 'coded'
    ? values.texts[values.codes[row]]!
    : (values as Extract<Values, { kind: 'text' }>).values[row]!;
}

/** @returns a row's number; a bigint is rounded to the nearest float. */
export function numberAt(values: Values, row: number): number {
  return values.kind === 'number'
    ? values.values[row]
    : Number((values as Extract<Values, { kind: 'bigint' }>).values[row]);
}

/** @returns one row's value outside of columns; ints beyond ±2^53 as bigint. */
export function scalarAt(values: Values, row: number): Scalar {
  if (isNullAt(values, row)) return null;
  const defined = values as Defined;
  switch (defined.kind) {
    case 'bool':
      return defined.values[row] === 1;
    case 'number':
      return defined.values[row];
    case 'bigint': {
      const number = Number(defined.values[row]);
      return Number.isSafeInteger(number) ? number : defined.values[row];
    }
    case 'text':
    case 'coded':
      return textAt(defined, row);
    case 'list': {
      const items: Scalar[] = [];
      for (let item = defined.offsets[row]; item < defined.offsets[row + 1]; item++)
        items.push(scalarAt(defined.items, item));
      return items;
    }
    case 'records': {
      const records: Scalar[] = [];
      for (let at = defined.offsets[row]; at < defined.offsets[row + 1]; at++)
        records.push(Object.fromEntries(defined.fields.map(({ name, values }) => [name, scalarAt(values, at)])));
      return records;
    }
  }
}

/** @returns rows that are null in any of the columns, or null when there is none. */
export function unionNulls(columns: readonly Values[], length: number): Nulls {
  let out: Uint8Array | null = null;
  for (const column of columns) {
    if (column.kind === 'null') return new Uint8Array(length).fill(1);
    if (column.nulls === null) continue;
    if (out === null) out = column.nulls.slice();
    else for (let row = 0; row < length; row++) out[row] |= column.nulls[row];
  }
  return out;
}
