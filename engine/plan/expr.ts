import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import type { Span } from '../base/errors.ts';

/**
 * A typed expression, as language and execution both speak it: plain data, can be cloned to a worker.
 *
 * Operators are calls too; `name` is the registry name of a scalar (`functions/scalars`). `and`, `or`, `not`, `case`
 * have kinds of their own because their evaluation is not that of a function of values.
 */
export type Expr =
  | LiteralExpr
  | ColumnExpr
  | ActorExpr
  | TableExpr
  | PlaceExpr
  | CallExpr
  | LogicExpr
  | NotExpr
  | CaseExpr
  | InExpr
  | InQueryExpr
  | KeyExpr
  | MeasureExpr
  | SpanExpr;

interface Typed {
  readonly type: ColumnType;
  readonly span?: Span | undefined;
}

/** An int literal beyond ±2^53 is a bigint; a time is a number of ms. */
export interface LiteralExpr extends Typed {
  readonly kind: 'literal';
  readonly value: Scalar;
}
/** A column of the source; `time` is one of them. */
export interface ColumnExpr extends Typed {
  readonly kind: 'column';
  readonly name: string;
}
/** The event's actor as canonical text; null for an event without one. */
export interface ActorExpr extends Typed {
  readonly kind: 'actor';
}
/** `_table`: the name of the table that the event lies in. */
export interface TableExpr extends Typed {
  readonly kind: 'table';
}
/**
 * A part of an event's place in stored order, a float: the table's place in `from`, the upper 53 bits of the actor's
 * hash, its lower 11, and the source and row in it. Compared in this order they tell which of two events of one time is
 * the earlier. Only the binder makes these, for aggregates that need the order.
 */
export interface PlaceExpr extends Typed {
  readonly kind: 'place';
  readonly part: 'table' | 'upper' | 'lower' | 'arrival';
}
/** What the binder has fixed beforehand, durations and the type that a cast is from, are literals among the arguments. */
export interface CallExpr extends Typed {
  readonly kind: 'call';
  readonly name: string;
  readonly args: readonly Expr[];
}
export interface LogicExpr extends Typed {
  readonly kind: 'and' | 'or';
  readonly args: readonly Expr[];
}
export interface NotExpr extends Typed {
  readonly kind: 'not';
  readonly arg: Expr;
}
export interface CaseExpr extends Typed {
  readonly kind: 'case';
  readonly branches: readonly { readonly when: Expr; readonly then: Expr }[];
  readonly otherwise: Expr;
}
/** `arg in (values)`; values are literals of a type comparable with arg, without nulls; `hasNull` says that the list held one. */
export interface InExpr extends Typed {
  readonly kind: 'in';
  readonly arg: Expr;
  readonly values: readonly Scalar[];
  readonly hasNull: boolean;
}
/** `arg in (select …)`: `subquery` is a place in the plan's `subqueries`. Nulls on either side are ignored. */
export interface InQueryExpr extends Typed {
  readonly kind: 'in_query';
  readonly arg: Expr;
  readonly subquery: number;
}
/** After grouping: the group key of that index. */
export interface KeyExpr extends Typed {
  readonly kind: 'key';
  readonly index: number;
}
/** After grouping: the measure of that index. */
export interface MeasureExpr extends Typed {
  readonly kind: 'measure';
  readonly index: number;
}
/**
 * After grouping: the length of the group's bucket within the range, without `every` of the range; ms, a float.
 * `before`: with `compare`, that of the bucket or range of then.
 */
export interface SpanExpr extends Typed {
  readonly kind: 'span';
  readonly before?: true;
}
