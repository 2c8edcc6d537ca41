import { elementType, isListType, listOf, widenTypes, type ScalarType, type WidenInput } from '../column/types.ts';
import { canonicalNumber } from '../column/canonical.ts';

/** One value on its way in. A text that stands for whatever it looks like is wrapped by the builder's `untyped` flag. */
export type Cell = null | boolean | number | bigint | string | TimeCell | FloatCell | readonly Cell[];
export interface TimeCell {
  readonly time: number;
}
/** A float by its source, though it may be whole (`42.0`). */
export interface FloatCell {
  readonly float: number;
}

const int64Max = 9223372036854775807n;

/** @returns whether a text is a whole number as one would print it, within 64 bits: no sign +, no leading zero. */
export function isCanonicalInt(text: string): boolean {
  if (text.length > 20 || !/^(0|-?[1-9]\d*)$/.test(text)) return false;
  if (text.length < 16) return true;
  const value = BigInt(text);
  return value <= int64Max && value >= -int64Max - 1n;
}

/** @returns whether a text is a plain decimal: digits, a point, digits. Exponents and bare points are texts. */
export function isPlainDecimal(text: string): boolean {
  return /^-?(0|[1-9]\d*)\.\d+$/.test(text) && text.length <= 24;
}

/** @returns the type of one value, and whether it holds an int beyond ±2^53. */
function typeOfCell(cell: Cell): WidenInput {
  if (cell === null) return { type: 'null', wide: false };
  if (typeof cell === 'boolean') return { type: 'bool', wide: false };
  if (typeof cell === 'string') return { type: 'text', wide: false };
  if (typeof cell === 'bigint') return { type: 'int', wide: !Number.isSafeInteger(Number(cell)) };
  if (typeof cell === 'number') return { type: Number.isSafeInteger(cell) ? 'int' : 'float', wide: false };
  if (isListCell(cell)) {
    const element = typeOfCells(cell);
    return {
      type: element.type === 'null' ? 'list of text' : listOf(elementType(element.type) as ScalarType),
      wide: element.wide,
    };
  }
  return { type: 'time' in cell ? 'time' : 'float', wide: false };
}

/** @returns the type that holds all of these without loss. A list without elements goes with lists of any type. */
export function typeOfCells(cells: readonly Cell[]): WidenInput {
  let found: WidenInput = { type: 'null', wide: false };
  let empty = false;
  for (const cell of cells) {
    if (isListCell(cell) && cell.every((item) => item === null)) empty = true;
    else found = widenTypes(found, typeOfCell(cell));
  }
  return empty && !isListType(found.type) ? widenTypes(found, { type: 'list of text', wide: false }) : found;
}

/** @returns whether a value is a list. */
export function isListCell(cell: Cell): cell is readonly Cell[] {
  return Array.isArray(cell);
}

/** A value as a text column holds it. */
export function textOfCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'string') return cell;
  if (typeof cell === 'number') return canonicalNumber(cell);
  if (isListCell(cell)) return JSON.stringify(cell.map(plainCell));
  if (typeof cell === 'object') return 'time' in cell ? new Date(cell.time).toISOString() : canonicalNumber(cell.float);
  return String(cell);
}

function plainCell(cell: Cell): unknown {
  if (cell === null || typeof cell !== 'object') return typeof cell === 'bigint' ? cell.toString() : cell;
  return isListCell(cell) ? cell.map(plainCell) : 'time' in cell ? textOfCell(cell) : cell.float;
}
