/** A time, so that it is never taken for a number. */
export interface Time {
  readonly ms: number;
}

/** Several answers are right: `any(x)` may be any of the values, a sketch is near. */
export interface Loose {
  readonly accepts: (cell: Cell) => boolean;
  readonly shown: string;
}

/** What `topk` and `histogram` make lists of. */
export interface Fields {
  readonly fields: Readonly<Record<string, Cell>>;
}

/** A value as the evaluator has it: int is bigint, float is number, text is string. */
export type Cell = null | boolean | bigint | number | string | Time | Loose | Fields | readonly Cell[];

export type Type =
  'bool' | 'int' | 'float' | 'text' | 'time' | 'list of text' | 'list of int' | 'list of float' | 'duration' | 'null';

export function isTime(cell: Cell): cell is Time {
  return typeof cell === 'object' && cell !== null && 'ms' in cell;
}

export function isLoose(cell: Cell): cell is Loose {
  return typeof cell === 'object' && cell !== null && 'accepts' in cell;
}

export function isFields(cell: Cell): cell is Fields {
  return typeof cell === 'object' && cell !== null && 'fields' in cell;
}

export function isList(cell: Cell): cell is readonly Cell[] {
  return Array.isArray(cell);
}

/** The order of the language between values that are there: NaN is last, texts go by their bytes, ints and floats compare exactly. */
export function compareCells(a: Cell, b: Cell): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (isTime(a) && isTime(b)) return a.ms - b.ms;
  if (isList(a) && isList(b)) return compareLists(a, b);
  if (isNumber(a) && isNumber(b)) return compareNumbers(a, b);
  throw new Error(`The oracle compares ${typeof a} with ${typeof b}.`);
}

function isNumber(cell: Cell): cell is number | bigint {
  return typeof cell === 'number' || typeof cell === 'bigint';
}

function compareLists(a: readonly Cell[], b: readonly Cell[]): number {
  for (let at = 0; at < Math.min(a.length, b.length); at++) {
    const found = compareNullsLast(a[at]!, b[at]!);
    if (found !== 0) return found;
  }
  return a.length - b.length;
}

/** JavaScript compares a bigint with a number exactly; only NaN has no place there. */
function compareNumbers(a: number | bigint, b: number | bigint): number {
  const [noA, noB] = [Number.isNaN(a), Number.isNaN(b)];
  if (noA || noB) return Number(noA) - Number(noB);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @returns the order with null behind everything. */
export function compareNullsLast(a: Cell, b: Cell): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return compareCells(a, b);
}

/** @returns a text that equal values share and others do not: 1 and 1.0 are equal, -0 and 0, NaN and NaN. */
export function keyOf(cell: Cell): string {
  if (cell === null) return 'null';
  if (isTime(cell)) return `t${cell.ms}`;
  if (isList(cell)) return `[${cell.map(keyOf).join(',')}]`;
  if (typeof cell === 'string') return JSON.stringify(cell);
  if (typeof cell === 'number' && Number.isInteger(cell)) return String(BigInt(cell));
  return String(cell);
}

/** @returns the text of a value, as a cast to text gives it. */
export function textOf(cell: Cell): string {
  if (isTime(cell)) return new Date(cell.ms).toISOString();
  // 42 and 42.0 have one text, so whole floats have all their digits, until they have an exponent.
  if (typeof cell === 'number')
    return Number.isInteger(cell) && Math.abs(cell) < 1e21 ? String(BigInt(cell)) : String(cell);
  return String(cell);
}
