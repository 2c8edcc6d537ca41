import type { QueryResult } from '../../engine/api.ts';
import type { CellKind, Question } from './questions.ts';

/** A cell that can be compared: ints as digits, times as ms, floats as numbers; an empty text is no text. */
export type AnswerCell = string | number | null;
export type AnswerRow = readonly AnswerCell[];

/** Floats may differ by this share of the larger: another order of adding up changes the last digits. */
export const floatTolerance = 1e-9;

/** @returns Varve's rows; what it adds beside the columns asked for (`partial`) is left out. */
export function cellsOfVarve(result: QueryResult, { columns, take, skipNull }: Question): AnswerRow[] {
  const names = take ?? result.columns.map(({ name }) => name).filter((name) => name !== 'partial');
  const rows = result.rows().filter((row) => skipNull === undefined || row[skipNull] !== null);
  return rows.map((row) =>
    cellsOf(
      names.map((name) => row[name]),
      columns,
    ),
  );
}

/** @returns DuckDB's rows, of values as JavaScript has them. */
export function cellsOfDuckdb(rows: readonly (readonly unknown[])[], kinds: readonly CellKind[]): AnswerRow[] {
  return rows.map((row) => cellsOf(row, kinds));
}

/** @returns rows of ClickHouse's JSONCompactEachRow. */
export function cellsOfClickHouse(text: string, kinds: readonly CellKind[]): AnswerRow[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => cellsOf(JSON.parse(line) as unknown[], kinds));
}

function cellsOf(values: readonly unknown[], kinds: readonly CellKind[]): AnswerCell[] {
  const flat = values.flat() as unknown[];
  return kinds.map((kind, index) => cellOf(flat[index], kind));
}

function cellOf(value: unknown, kind: CellKind): AnswerCell {
  if (value === null || value === undefined || value === '') return null;
  switch (kind) {
    case 'text':
      return String(value as string);
    case 'int':
      return BigInt(value as string | number | bigint).toString();
    case 'float':
      return Number(value);
    case 'time':
      if (value instanceof Date) return value.getTime();
      return Date.parse(
        /^\d+-\d+-\d+$/.test(String(value)) ? `${String(value)}T00:00Z` : `${String(value).replace(' ', 'T')}Z`,
      );
  }
}

/** @returns what differs, or null where two answers are the same. */
export function difference(question: Question, own: readonly AnswerRow[], other: readonly AnswerRow[]): string | null {
  if (question.fills === true) {
    const counted = (row: AnswerRow): boolean => row.at(-1) !== '0';
    return difference({ ...question, fills: false }, own.filter(counted), other.filter(counted));
  }
  if (own.length !== other.length) return `${own.length} rows are not ${other.length}`;
  const [left, right] = [own, other].map((rows) => ordered(question, rows));
  const tied = question.order === 'last' ? own.at(-1)?.[0] : undefined;
  for (const [index, row] of left!.entries()) {
    const beside = right![index]!;
    if (tied !== undefined && row[0] === tied && beside[0] === tied) continue;
    const column = row.findIndex((cell, at) => !sameCell(cell, beside[at]!, question.columns[at]!));
    if (column >= 0) return `row ${index}: ${JSON.stringify(row)} is not ${JSON.stringify(beside)}`;
  }
  return null;
}

function sameCell(a: AnswerCell, b: AnswerCell, kind: CellKind): boolean {
  if (kind !== 'float' || typeof a !== 'number' || typeof b !== 'number') return a === b;
  return Math.abs(a - b) <= floatTolerance * Math.max(Math.abs(a), Math.abs(b));
}

/** Sorts rows by what is not a float, unless their order is part of the answer. */
function ordered(question: Question, rows: readonly AnswerRow[]): readonly AnswerRow[] {
  if (question.order === 'all') return rows;
  const keyed = rows.map((row) => ({
    row,
    key: JSON.stringify(row.filter((_, at) => question.columns[at] !== 'float')),
  }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ row }) => row);
}
