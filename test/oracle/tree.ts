import type { Step } from './calendar.ts';
import type { Cell, Type } from './cells.ts';

/** An expression of the test's own. A duration is a constant whose value is its text. */
export type Expr =
  | { readonly kind: 'column'; readonly name: string; readonly type: Type }
  | { readonly kind: 'constant'; readonly value: Cell; readonly type: Type }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[]; readonly type: Type }
  | {
      readonly kind: 'aggregate';
      readonly name: string;
      readonly args: readonly Expr[];
      readonly filter: Expr | null;
      readonly type: Type;
    }
  /** The value of a group key, in what stands over groups. */
  | { readonly kind: 'key'; readonly index: number; readonly type: Type }
  | {
      readonly kind: 'in_query';
      readonly arg: Expr;
      readonly query: Query;
      readonly negated: boolean;
      readonly type: Type;
    };

export interface Item {
  readonly expr: Expr;
  readonly alias: string;
}

export interface Key extends Item {
  readonly unnest: boolean;
  readonly top: { readonly count: number; readonly others: boolean } | null;
}

export interface Order {
  /** A column, an alias of an item (its place), a key or an expression over groups. */
  readonly expr: Expr;
  readonly descending: boolean;
}

export type Source =
  | { readonly kind: 'table'; readonly name: string }
  | { readonly kind: 'query'; readonly query: Query }
  | {
      readonly kind: 'sessions';
      readonly source: Source;
      readonly gap: Step;
      readonly per: string | null;
      readonly starting: Expr | null;
      readonly ending: Expr | null;
      readonly aggregates: readonly Item[];
    }
  | {
      readonly kind: 'actors';
      readonly source: Source;
      readonly per: string | null;
      readonly aggregates: readonly Item[];
    };

/** A moment as the query writes it and as it is meant. */
export interface Moment {
  readonly text: string;
  readonly ms: number;
}

/** A select. It is grouped when it has keys or an item has an aggregate. */
export interface Query {
  readonly from: readonly Source[];
  readonly items: readonly Item[];
  readonly since: Moment | null;
  readonly until: Moment | null;
  readonly where: Expr | null;
  readonly keys: readonly Key[];
  readonly every: Step | null;
  readonly trailing: Step | null;
  readonly having: Expr | null;
  readonly order: readonly Order[];
  readonly limit: number | null;
  readonly offset: number;
  readonly compare: Step | null;
  readonly zone: string;
}

/** @returns the parts of an expression. */
export function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
      return expr.args;
    case 'aggregate':
      return expr.filter === null ? expr.args : [...expr.args, expr.filter];
    case 'in_query':
      return [expr.arg];
    default:
      return [];
  }
}

/** @returns whether the expression or a part of it is such. */
export function holds(expr: Expr, test: (part: Expr) => boolean): boolean {
  return test(expr) || partsOf(expr).some((part) => holds(part, test));
}

export function isGrouped(query: Query): boolean {
  return (
    query.keys.length > 0 ||
    query.every !== null ||
    query.items.some(({ expr }) => holds(expr, ({ kind }) => kind === 'aggregate'))
  );
}
