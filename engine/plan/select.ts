import type { Step } from '../base/duration.ts';
import type { Span } from '../base/errors.ts';
import type { ColumnType } from '../column/types.ts';
import type { BehaviourPlan } from './behaviour.ts';
import type { Expr } from './expr.ts';

/** A half-open range of time, UTC ms; a missing end is unbounded. */
export interface TimeRange {
  readonly since: number | null;
  readonly until: number | null;
}

/**
 * Where a plan's rows come from: a table, or the answer of another plan, whose outputs are its columns. In a derived
 * source `time` is the output of that name where it is a time, and `actor` names the output that holds each row's actor
 * as text; null = its rows have none. `name` is what `_table` reads there: the one table that its rows come from.
 */
export type SourcePlan =
  | { readonly kind: 'table'; readonly name: string }
  | {
      readonly kind: 'derived';
      readonly name: string;
      readonly plan: RowsPlan | BehaviourPlan;
      readonly actor: string | null;
    };

export interface GroupKey {
  readonly name: string;
  readonly expr: Expr;
  /** The expression is a list: a row counts once for each of its elements, and the key's type is that of these. */
  readonly unnest: boolean;
  /** Only the `count` largest values by the first measure, within the values of the keys before. */
  readonly top: { readonly count: number; readonly others: boolean } | null;
  /** The type of its values in the answer: text with `others`, which is one of them. */
  readonly type: ColumnType;
}

/** One aggregate call. `name` is its registry name; `filter` keeps the rows for which it is true. */
export interface Measure {
  readonly name: string;
  readonly args: readonly Expr[];
  readonly filter: Expr | null;
  readonly type: ColumnType;
  /** What fills a bucket of `every` in which the group has no event. */
  readonly emptyIsZero: boolean;
  /** Where it stands in the query's text, for an error while it runs. */
  readonly span?: Span | undefined;
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

/** What every plan says of the events that it reads. */
export interface EventsRead {
  /** Several sources are one stream of events: columns meet by name, in the types that expressions bear. */
  readonly from: readonly SourcePlan[];
  /** The actor column, where all sources have the same; else null, and `actor` still reads each row's. */
  readonly actor: string | null;
  readonly timezone: string;
  /** What rows may count: `written`, narrowed by what `where` says of time. */
  readonly range: TimeRange;
  /** `since` and `until` as the query says them: the ends of `every`. */
  readonly written: TimeRange;
  readonly where: Expr | null;
  /** What `in (select …)` asks, answered before the plan itself: the values of each one's first output count. */
  readonly subqueries: readonly SelectPlan[];
  /** Every name of column that the plan reads, `time` and the actor column included where they are read. */
  readonly columns: readonly string[];
  /** "Now" of the query, UTC ms. */
  readonly now: number;
}

interface SelectBase extends EventsRead {
  readonly outputs: readonly OutputColumn[];
  readonly limit: number | null;
  readonly offset: number;
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
  /** Each bucket's measures are over this long before its end. */
  readonly trailing: Step | null;
  /**
   * The same is asked of this much earlier: in `outputs`, `having` and `order`, measure m + measures.length is measure m
   * of then.
   */
  readonly compare: Step | null;
  readonly having: Expr | null;
  /** Empty = by keys ascending, nulls last. */
  readonly order: readonly SortKey[];
}

export type SelectPlan = EventsPlan | GroupedPlan;

/**
 * Actors' lives cut into rows: one a session (`gap` ms of silence end it), or with `gap` null one an actor. Events
 * without an actor are passed over. Outputs stand over the measures; `actor` (text), `time` (start), `last`,
 * `duration` (ms) and `events` are leaves `{ kind: 'key', index: 0 … 4 }`. Rows come in the order of the actors' hashes, then in time.
 */
export interface LivesPlan {
  readonly kind: 'lives';
  readonly from: readonly SourcePlan[];
  readonly actor: string | null;
  readonly timezone: string;
  readonly now: number;
  /** Of the events. */
  readonly range: TimeRange;
  readonly where: Expr | null;
  readonly gap: number | null;
  /** An event for which it is true begins a session; ends one behind itself. */
  readonly starting: Expr | null;
  readonly ending: Expr | null;
  readonly measures: readonly Measure[];
  readonly outputs: readonly OutputColumn[];
  /** Rows whose start lies outside are left out; `range` reads as far as their sessions may reach. */
  readonly starts: TimeRange;
  readonly subqueries: readonly SelectPlan[];
  readonly columns: readonly string[];
  /** How they are grouped by whoever cuts them, where that can be; absent = they are a source of rows. */
  readonly into?: GroupedPlan;
}

/** What gives rows as its outputs say. */
export type RowsPlan = SelectPlan | LivesPlan;
