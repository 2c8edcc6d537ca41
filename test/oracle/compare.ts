import { isRecordsType, recordFields, type ColumnType } from '../../engine/column/types.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { compareCells, isFields, isList, isLoose, isTime, type Cell } from './cells.ts';
import type { EngineAnswer } from './stores.ts';

/** @returns a value of an answer as the evaluator has it. */
export function cellOf(value: Scalar, type: ColumnType): Cell {
  if (value === null) return null;
  if (isRecordsType(type)) {
    const fields = recordFields(type);
    return (value as unknown as readonly Readonly<Record<string, Scalar>>[]).map((record) => ({
      fields: Object.fromEntries(fields.map((field) => [field.name, cellOf(record[field.name] ?? null, field.type)])),
    }));
  }
  if (Array.isArray(value)) {
    const inner = type.startsWith('list of ') ? (type.slice('list of '.length) as ColumnType) : type;
    return (value as readonly Scalar[]).map((item) => cellOf(item, inner));
  }
  if (type === 'time') return { ms: Number(value) };
  if (type === 'int') return BigInt(value as number | bigint);
  return value as Cell;
}

const tolerance = 1e-12;

/** @returns whether two floats are equal, or nearly so where `near` allows it. */
function sameFloat(a: number, b: number, near: number): boolean {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return true;
  return Math.abs(a - b) <= near * Math.max(Math.abs(a), Math.abs(b));
}

/** @param near relative tolerance of floats; 0 = none. */
export function sameCell(wanted: Cell, got: Cell, near: number): boolean {
  if (wanted === null || got === null) return wanted === got;
  if (isLoose(wanted)) return wanted.accepts(got);
  if (isFields(wanted)) {
    return (
      isFields(got) &&
      Object.entries(wanted.fields).every(([name, cell]) => sameCell(cell, got.fields[name] ?? null, near))
    );
  }
  if (typeof wanted === 'number') return typeof got === 'number' && sameFloat(wanted, got, near);
  if (isList(wanted)) {
    return (
      isList(got) && wanted.length === got.length && wanted.every((cell, index) => sameCell(cell, got[index]!, near))
    );
  }
  if (isTime(wanted)) return isTime(got) && wanted.ms === got.ms;
  return typeof wanted === typeof got && compareCells(wanted, got) === 0;
}

export interface Expected {
  readonly names: readonly string[] | null;
  readonly rows: readonly (readonly Cell[])[];
}

/** @returns what the first difference is, or null. */
export function differenceOf(wanted: Expected, got: EngineAnswer, unstable: boolean): string | null {
  if (wanted.names !== null && wanted.names.join() !== got.names.join())
    return `columns: wanted ${wanted.names.join()}, got ${got.names.join()}`;
  for (let row = 0; row < Math.max(wanted.rows.length, got.rows.length); row++) {
    const [mine, own] = [wanted.rows[row], got.rows[row]];
    if (mine === undefined || own === undefined)
      return `rows: wanted ${wanted.rows.length}, got ${got.rows.length}; row ${row}: wanted ${showRow(mine)}, got ${showRow(own?.map((value, index) => cellOf(value, got.types[index]!)))}`;
    const cells = own.map((value, index) => cellOf(value, got.types[index]!));
    if (mine.length !== cells.length) return `width: wanted ${mine.length}, got ${cells.length}`;
    const at = mine.findIndex((cell, index) => !sameCell(cell, cells[index]!, unstable ? tolerance : 0));
    if (at >= 0)
      return `row ${row}, column ${got.names[at]}: wanted ${show(mine[at]!)}, got ${show(cells[at]!)} (${showRow(mine)} / ${showRow(cells)})`;
  }
  return null;
}

/** @returns whether two answers of the engine are the same; floats to the bit, or nearly so. */
export function differenceOfAnswers(a: EngineAnswer, b: EngineAnswer, unstable: boolean): string | null {
  if (a.types.join() !== b.types.join()) return `types: ${a.types.join()} and ${b.types.join()}`;
  const rows = a.rows.map((row) => row.map((value, index) => cellOf(value, a.types[index]!)));
  return differenceOf({ names: a.names, rows }, b, unstable);
}

function showRow(row: readonly Cell[] | undefined): string {
  return row === undefined ? 'no row' : `[${row.map(show).join(', ')}]`;
}

/** @returns a value so that its type shows. */
export function show(cell: Cell): string {
  if (cell === null) return 'null';
  if (isLoose(cell)) return cell.shown;
  if (isTime(cell)) return new Date(cell.ms).toISOString();
  if (isFields(cell))
    return `{${Object.entries(cell.fields)
      .map(([name, own]) => `${name}: ${show(own)}`)
      .join(', ')}}`;
  if (isList(cell)) return `[${cell.map(show).join(', ')}]`;
  if (typeof cell === 'number') return Number.isInteger(cell) ? `${cell}.0` : String(cell);
  return typeof cell === 'string' ? JSON.stringify(cell) : String(cell);
}
