import type { ColumnType } from '../../../engine/index.ts';
import { jsonCell } from '../formats/cell.ts';

type Cell = Parameters<typeof jsonCell>[0];

/** A cell as JSON that reads back as what it was: an int has all its digits, beyond 2^53 too. */
export function exactJson(value: Cell, type: ColumnType): string {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return `[${value.map((item) => exactJson(item as Cell, type)).join(',')}]`;
  return JSON.stringify(jsonCell(value, type));
}

/** @returns whether JSON has no number for a cell or for something in its list: NaN and the infinities. */
export function hasNoNumber(value: Cell): boolean {
  if (Array.isArray(value)) return value.some((item) => hasNoNumber(item as Cell));
  return typeof value === 'number' && !Number.isFinite(value);
}
