import type { Batch } from '../../engine/column/batch.ts';
import { textOfEntry, type Dictionary } from '../../engine/column/dictionary.ts';
import { isValid, type Vector } from '../../engine/column/vector.ts';
import type { FormatOptions } from '../../engine/ingest/formats/format.ts';
import { formats } from '../../engine/ingest/formats/index.ts';
import { BatchBuilder } from '../../engine/ingest/row-builder.ts';

/** A row as an object: times as ISO text, ints beyond 2^53 as bigints, no key where there is no value. */
export type Row = Record<string, unknown>;

export interface ReadRows {
  readonly rows: Row[];
  readonly rejected: { readonly reason: string; readonly raw: string; readonly offset: number }[];
  readonly types: Record<string, string>;
}

/** Reads a source in one piece. */
export function readRows(
  format: string,
  options: FormatOptions,
  source: string | Uint8Array,
  timezone = 'UTC',
): ReadRows {
  const bytes = typeof source === 'string' ? new TextEncoder().encode(source) : source;
  const builder = new BatchBuilder(timezone);
  formats.get(format)!.createReader(options, { timezone }).read(bytes, true, builder);
  return rowsOfBuilder(builder);
}

export function rowsOfBuilder(builder: BatchBuilder): ReadRows {
  const batch = builder.build();
  return {
    rows: rowsOfBatch(batch),
    rejected: builder.rejected.map(({ reason, raw, offset }) => ({
      reason,
      raw: new TextDecoder('latin1').decode(raw),
      offset,
    })),
    types: Object.fromEntries(batch.columns.map(({ name, type }) => [name, type])),
  };
}

export function rowsOfBatch(batch: Batch): Row[] {
  const rows = Array.from({ length: batch.rowCount }, (): [string, unknown][] => []);
  for (const { name, type, vector, dictionary } of batch.columns) {
    rows.forEach((row, index) => {
      const value = valueAt(vector, type.endsWith('time'), dictionary, index);
      if (value !== null) row.push([name, value]);
    });
  }
  return rows.map((row) => Object.fromEntries(row));
}

function valueAt(vector: Vector, isTime: boolean, dictionary: Dictionary | null, row: number): unknown {
  if (vector.kind === 'null' || !isValid(vector.validity, row)) return null;
  switch (vector.kind) {
    case 'text':
      return textOfEntry(dictionary!, vector.codes[row]!);
    case 'bool':
      return vector.values[row] === 1;
    case 'float':
      return vector.values[row];
    case 'int':
      return isTime ? new Date(Number(vector.values[row])).toISOString() : vector.values[row];
    case 'list':
      return Array.from({ length: vector.offsets[row + 1]! - vector.offsets[row]! }, (_, index) =>
        valueAt(vector.items, isTime, dictionary, vector.offsets[row]! + index),
      );
  }
}
