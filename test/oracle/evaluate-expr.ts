import { aggregates, type GroupContext } from './aggregates.ts';
import { compareCells, type Cell } from './cells.ts';
import { scalars } from './scalars/all.ts';
import type { Expr } from './tree.ts';

/** An event as the evaluator has it. */
export interface Row {
  readonly cells: ReadonlyMap<string, Cell>;
  readonly ms: number;
}

/** A group: its keys, and its rows in the order of time, ties in stored order. */
export interface Group {
  readonly keys: readonly Cell[];
  readonly rows: readonly Row[];
  readonly context: GroupContext;
}

/** What expressions of one query share. */
export interface Reading {
  readonly zone: string;
  /** The values of an `in (select …)`. */
  subquery(expr: Expr & { readonly kind: 'in_query' }): readonly Cell[];
}

/** @returns the value of an expression for one row. */
export function valueOf(expr: Expr, row: Row, reading: Reading): Cell {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'column':
      return cellOf(row, expr.name);
    case 'call':
      return call(
        expr.name,
        expr.args.map((arg) => valueOf(arg, row, reading)),
        reading.zone,
      );
    case 'in_query':
      return isIn(valueOf(expr.arg, row, reading), expr, reading);
    case 'aggregate':
    case 'key':
      throw new Error(`The oracle has a ${expr.kind} in a row.`);
  }
}

/** @returns the value of an expression over a group. */
export function valueOfGroup(expr: Expr, group: Group, reading: Reading): Cell {
  switch (expr.kind) {
    case 'constant':
      return expr.value;
    case 'key':
      return group.keys[expr.index]!;
    case 'call':
      return call(
        expr.name,
        expr.args.map((arg) => valueOfGroup(arg, group, reading)),
        reading.zone,
      );
    case 'aggregate': {
      const { filter } = expr;
      const rows = group.rows.filter((row) => filter === null || valueOf(filter, row, reading) === true);
      return aggregates.get(expr.name)!.at(
        rows.map((row) => expr.args.map((arg) => valueOf(arg, row, reading))),
        group.context,
      );
    }
    case 'in_query':
      return isIn(valueOfGroup(expr.arg, group, reading), expr, reading);
    case 'column':
      throw new Error(`The oracle has the column ${expr.name} over groups.`);
  }
}

function cellOf(row: Row, name: string): Cell {
  const cell = row.cells.get(name);
  if (cell === undefined) throw new Error(`The oracle has no column ${name}.`);
  return cell;
}

function call(name: string, args: readonly Cell[], zone: string): Cell {
  const rule = scalars.get(name)!;
  return rule.lenient !== true && args.includes(null) ? null : rule.at(args, zone);
}

/** Nulls on both sides are ignored: nothing is in the list by them, and a null is in none. */
function isIn(value: Cell, expr: Expr & { readonly kind: 'in_query' }, reading: Reading): Cell {
  if (value === null) return null;
  return reading.subquery(expr).some((other) => other !== null && compareCells(value, other) === 0) !== expr.negated;
}
