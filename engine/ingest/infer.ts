import { parseTime } from '../base/calendar.ts';
import {
  elementType,
  isListType,
  listOf,
  widenTypes,
  type ColumnType,
  type ScalarType,
  type WidenInput,
} from '../column/types.ts';
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

/** The type that all of a batch's untyped texts have, by the evidence of every one. */
export function inferTexts(texts: Iterable<string>, timezone: string): ScalarType {
  const open = { int: true, number: true, bool: true, time: true };
  let any = false;
  for (const text of texts) {
    any = true;
    if (open.int && !isCanonicalInt(text)) open.int = false;
    if (open.number && !isCanonicalInt(text) && !isPlainDecimal(text)) open.number = false;
    if (open.bool && text !== 'true' && text !== 'false') open.bool = false;
    if (open.time && (text.length < 10 || parseTime(text, timezone) === null)) open.time = false;
    if (!open.int && !open.number && !open.bool && !open.time) return 'text';
  }
  if (!any) return 'text';
  return open.int ? 'int' : open.number ? 'float' : open.bool ? 'bool' : open.time ? 'time' : 'text';
}

/** An untyped text as a value of the type that was inferred for its column. */
export function cellFromText(text: string, type: ScalarType, timezone: string): Cell {
  switch (type) {
    case 'int':
      return text.length < 16 ? Number(text) : BigInt(text);
    case 'float':
      return { float: Number(text) };
    case 'bool':
      return text === 'true';
    case 'time':
      return { time: parseTime(text, timezone)! };
    case 'text':
      return text;
  }
}

/** @returns the type of one value, and whether it holds an int beyond ±2^53. */
export function typeOfCell(cell: Cell): WidenInput {
  if (cell === null) return { type: 'null', wide: false };
  if (typeof cell === 'boolean') return { type: 'bool', wide: false };
  if (typeof cell === 'string') return { type: 'text', wide: false };
  if (typeof cell === 'bigint') return { type: 'int', wide: !Number.isSafeInteger(Number(cell)) };
  if (typeof cell === 'number') return { type: Number.isSafeInteger(cell) ? 'int' : 'float', wide: false };
  if (isListCell(cell)) {
    const element = cell.reduce<WidenInput>((type, item) => widenTypes(type, typeOfCell(item)), {
      type: 'null',
      wide: false,
    });
    return {
      type: element.type === 'null' ? 'list of text' : listOf(elementType(element.type) as ScalarType),
      wide: element.wide,
    };
  }
  return { type: 'time' in cell ? 'time' : 'float', wide: false };
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

/** @returns whether lists of this type hold texts. */
export function holdsText(type: ColumnType): boolean {
  return type === 'text' || (isListType(type) && elementType(type) === 'text');
}
