import type { ListValues, RecordsValues, Scalar, ScalarRecord, Values } from '../column/values.ts';

/**
 * Makes a column of scalars that share a type.
 * @param like a column whose kind is wanted where all are null; records need one always, for their fields.
 */
export function valuesFromScalars(scalars: readonly Scalar[], like?: Values): Values {
  const { length } = scalars;
  const nulls = new Uint8Array(length);
  let kind: string = like?.kind ?? 'null';
  let whole = true;
  for (let row = 0; row < length; row++) {
    const scalar = scalars[row]!;
    if (scalar === null) nulls[row] = 1;
    else if (typeof scalar === 'bigint') kind = 'bigint';
    else if (typeof scalar === 'number') {
      kind = kind === 'bigint' ? kind : 'number';
      // An int beyond ±2^53 is a bigint: such a number is a float.
      if (!Number.isSafeInteger(scalar)) whole = false;
    } else if (kind !== 'records')
      kind = typeof scalar === 'boolean' ? 'bool' : typeof scalar === 'string' ? 'text' : 'list';
  }
  // Beside a fraction an int beyond ±2^53 is a float too.
  if (kind === 'bigint' && !whole) kind = 'number';
  switch (kind) {
    case 'bool':
      return { kind, length, values: Uint8Array.from(scalars, (scalar) => (scalar === true ? 1 : 0)), nulls };
    case 'number':
      return {
        kind,
        length,
        values: Float64Array.from(scalars, (scalar) => (scalar === null ? 0 : Number(scalar))),
        nulls,
      };
    case 'bigint':
      return {
        kind,
        length,
        values: BigInt64Array.from(scalars, (scalar) => (scalar === null ? 0n : BigInt(scalar as number))),
        nulls,
      };
    case 'text':
    case 'coded':
      return { kind: 'text', length, values: scalars.map((scalar) => (scalar === null ? '' : String(scalar))), nulls };
    case 'records':
      return recordsFromScalars(scalars, like as RecordsValues, nulls);
    case 'list': {
      const offsets = new Uint32Array(length + 1);
      const items: Scalar[] = [];
      for (let row = 0; row < length; row++) {
        for (const item of (scalars[row] ?? []) as readonly Scalar[]) items.push(item);
        offsets[row + 1] = items.length;
      }
      const made = valuesFromScalars(items, { kind: 'text', length: 0, values: [], nulls: null });
      const itemType = made.kind === 'bool' ? 'bool' : made.kind === 'text' ? 'text' : 'float';
      return {
        kind,
        length,
        offsets,
        items: made as ListValues['items'],
        itemType,
        nulls,
      };
    }
    default:
      return { kind: 'null', length };
  }
}

function recordsFromScalars(scalars: readonly Scalar[], like: RecordsValues, nulls: Uint8Array): RecordsValues {
  const { length } = scalars;
  const offsets = new Uint32Array(length + 1);
  const records: ScalarRecord[] = [];
  for (let row = 0; row < length; row++) {
    for (const record of (scalars[row] ?? []) as readonly ScalarRecord[]) records.push(record);
    offsets[row + 1] = records.length;
  }
  const fields = like.fields.map(({ name, type, values }) => ({
    name,
    type,
    values: valuesFromScalars(
      records.map((record) => record[name]!),
      values,
    ),
  }));
  return { kind: 'records', length, offsets, fields, nulls };
}
