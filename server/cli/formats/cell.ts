import { isRecordsType, recordFields, type ColumnType, type RecordsType } from '../../../engine/index.ts';

type Cell = null | boolean | number | bigint | string | readonly Cell[] | { readonly [name: string]: Cell };
type RecordCell = Extract<Cell, { readonly [name: string]: Cell }>;

/**
 * A cell as JSON has it: time as ISO 8601 with Z and milliseconds, an int beyond ±2^53 as a string, a float that JSON
 * cannot say (NaN, infinities) as a string, lists as arrays, records as objects.
 */
export function jsonCell(value: Cell, type: ColumnType): unknown {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (type === 'time' || type === 'list of time') return isoTime(value);
    return Number.isFinite(value) ? value : String(value);
  }
  if (isRecordsType(type)) return (value as readonly RecordCell[]).map((record) => jsonRecord(record, type));
  return (value as readonly Cell[]).map((item) => jsonCell(item, type));
}

function jsonRecord(record: RecordCell, type: RecordsType): Record<string, unknown> {
  return Object.fromEntries(recordFields(type).map((field) => [field.name, jsonCell(record[field.name]!, field.type)]));
}

/** A cell as text for people and CSV; null is the empty text. */
export function textCell(value: Cell, type: ColumnType): string {
  const cell = jsonCell(value, type);
  if (cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
}

function isoTime(timeMs: number): string {
  const date = new Date(timeMs);
  return Number.isNaN(date.getTime()) ? String(timeMs) : date.toISOString();
}

/**
 * A text for a terminal, in one line: control characters would let a log line move the reader's cursor, marks of
 * direction turn its text around.
 */
export function printable(text: string): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, (character) =>
      character === '\n' ? '⏎' : '·',
    )
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
