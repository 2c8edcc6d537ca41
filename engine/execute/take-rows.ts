import type { Nulls, Values } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';

/** Stands in a list of rows for a row without values. */
export const noRow = 0xffffffff;

/** @returns the rows of a column, in that order; it owns its arrays, except for the texts. `noRow` gives null. */
export function takeRows(values: Values, rows: Uint32Array): Values {
  const { length } = rows;
  if (values.kind === 'null') return { kind: 'null', length };
  const nulls = takeNulls(values.nulls, rows);
  switch (values.kind) {
    case 'bool':
      return { kind: 'bool', length, values: pick(values.values, rows, new Uint8Array(length)), nulls };
    case 'number':
      return { kind: 'number', length, values: pick(values.values, rows, new Float64Array(length)), nulls };
    case 'bigint': {
      const taken = new BigInt64Array(length);
      for (let i = 0; i < length; i++) if (rows[i] !== noRow) taken[i] = values.values[rows[i]];
      return { kind: 'bigint', length, values: taken, nulls };
    }
    case 'coded': {
      const codes = pick(values.codes, rows, new Uint32Array(length));
      return { kind: 'coded', length, codes, texts: values.texts, nulls };
    }
    case 'text':
      return { kind: 'text', length, values: Array.from(rows, (row) => values.values[row] ?? ''), nulls };
    case 'list':
    case 'records':
      return valuesFromScalars(
        Array.from(rows, (row) => (row === noRow ? null : scalarAt(values, row))),
        values,
      );
  }
}

function takeNulls(nulls: Nulls, rows: Uint32Array): Nulls {
  const taken = new Uint8Array(rows.length);
  let any = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    taken[i] = row === noRow ? 1 : nulls === null ? 0 : nulls[row];
    any |= taken[i];
  }
  return any === 0 ? null : taken;
}

function pick<T extends Uint8Array | Uint32Array | Float64Array>(
  from: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  rows: Uint32Array,
  out: T,
): T {
  for (let i = 0; i < rows.length; i++) if (rows[i] !== noRow) out[i] = from[rows[i]];
  return out;
}
