import type { Scalar } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { Scope } from './scope.ts';
import type { SelectSyntax, Syntax } from './syntax.ts';

/** A query inside an expression, bound: its place in the plan's `subqueries` and what its values are. */
export interface BoundSubquery {
  readonly index: number;
  readonly output: Expr;
  /** Its values are actors. */
  readonly isActor: boolean;
  readonly name: string;
  /** What they are of the rows that the query reads, and what names mean there. */
  readonly origin: Expr;
  readonly scope: Scope;
}

/** What names mean around an expression. */
export interface BindContext {
  readonly scope: Scope;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly now: number;
  readonly timezone: string;
  /** Tried first at every node: aliases, group keys, aggregates. null = bind it the ordinary way. */
  readonly first: (node: Syntax) => Expr | null;
  /** @returns what an expression over groups stands for over rows: a key's own expression. */
  readonly origin: (expr: Expr) => Expr;
  /** What to say of an aggregate that `first` did not take. */
  readonly aggregateHint: string;
  /** Names that select gives: not seen here, but worth naming where one is taken for a column. */
  readonly aliases: ReadonlySet<string>;
  /** Binds the query of `in (select …)`; `asText`: its values as canonical text. */
  readonly subquery: (query: SelectSyntax, asText: boolean) => BoundSubquery;
  /** The names of defined queries, each a cohort in `in`. */
  readonly definitions: ReadonlySet<string>;
  /** Its rows are followed by their actor, as questions about behaviour do. */
  readonly followed?: true;
  /** Says what is right, and hardly meant. */
  readonly warn: (sentence: string) => void;
  /** In since and until a time word is the time, also where a source has a column of that name. */
  readonly isBound?: true;
}

/** Binds an expression: what the parts of the binder call back. */
export type Bind = (node: Syntax) => Expr;
