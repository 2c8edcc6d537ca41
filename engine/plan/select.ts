import type { Step } from '../base/duration.ts';
import type { ColumnType } from '../column/types.ts';
import type { Expr } from './expr.ts';

/** A half-open range of time, UTC ms; a missing end is unbounded. */
export interface TimeRange {
  readonly since: number | null;
  readonly until: number | null;
}

export interface GroupKey {
  readonly name: string;
  readonly expr: Expr;
}

/** One aggregate call. `name` is its registry name; `filter` keeps the rows for which it is true. */
export interface Measure {
  readonly name: string;
  readonly args: readonly Expr[];
  readonly filter: Expr | null;
  readonly type: ColumnType;
  /** What fills a bucket of `every` in which the group has no event. */
  readonly emptyIsZero: boolean;
}

export interface OutputColumn {
  readonly name: string;
  /** Over columns in an events plan, over keys and measures in a grouped plan. */
  readonly expr: Expr;
}

export interface SortKey {
  readonly expr: Expr;
  readonly descending: boolean;
}

interface SelectBase {
  readonly table: string;
  readonly timezone: string;
  /** What rows may count: `written`, narrowed by what `where` says of time. */
  readonly range: TimeRange;
  /** `since` and `until` as the query says them: the ends of `every`. */
  readonly written: TimeRange;
  readonly where: Expr | null;
  readonly outputs: readonly OutputColumn[];
  /** Every name of column that the plan reads, `time` and the actor column included where they are read. */
  readonly columns: readonly string[];
  readonly limit: number | null;
  readonly offset: number;
  /** "Now" of the query, UTC ms. */
  readonly now: number;
}

/** `select` without aggregate: rows. `order` empty = by time ascending, ties in stored order. */
export interface EventsPlan extends SelectBase {
  readonly kind: 'events';
  readonly order: readonly SortKey[];
}

/** `select` with an aggregate. With `every`, key 0 is the bucket and `partial` is an output measured by the executor. */
export interface GroupedPlan extends SelectBase {
  readonly kind: 'grouped';
  readonly keys: readonly GroupKey[];
  readonly measures: readonly Measure[];
  readonly every: Step | null;
  readonly having: Expr | null;
  /** Empty = by keys ascending, nulls last. */
  readonly order: readonly SortKey[];
}

export type SelectPlan = EventsPlan | GroupedPlan;
