import type { Step } from '../base/duration.ts';
import type { Expr } from './expr.ts';
import type { EventsRead, GroupKey } from './select.ts';

/** What every question about behaviour begins with: the events of actors, in the order of time. Those of nobody are passed over. */
export interface BehaviourBase extends EventsRead {
  readonly keys: readonly GroupKey[];
}

export interface FunnelStep {
  readonly name: string;
  readonly expr: Expr;
  /** It may be skipped. */
  readonly optional: boolean;
}

/** No event for which `expr` is true lies strictly between the events of two steps: of `from` and `to`, or where these are null, of any two neighbours. */
export interface Exclusion {
  readonly expr: Expr;
  /** Places of steps, from 0. */
  readonly between: { readonly from: number; readonly to: number } | null;
}

/** How an attempt's events are chosen. */
export interface FunnelRules {
  /** ms from the first step's event, inclusive. */
  readonly window: number;
  /** `strict_order` counts as ClickHouse's mode of that name does, which is not by attempts; nothing is excluded, held or optional then. */
  readonly order: 'loose' | 'strict' | 'any' | 'strict_order';
  readonly entry: 'any' | 'first' | 'every';
  /** One event may fill several steps. */
  readonly repeat: boolean;
  /** An event at most so many ms before that of the step before counts as after it; null = none does, and equal times keep their order. */
  readonly grace: number | null;
}

export interface FunnelPlan extends BehaviourBase {
  readonly kind: 'funnel';
  /** 2 to 32. */
  readonly steps: readonly FunnelStep[];
  readonly rules: FunnelRules;
  readonly exclude: readonly Exclusion[];
  /** Each has one non-null value across an attempt's events. */
  readonly holding: readonly Expr[];
  /** Whose event the values of `keys` are of. */
  readonly at: 'first' | 'last' | 'each';
  readonly every: Step | null;
}

export interface RetentionPlan extends BehaviourBase {
  readonly kind: 'retention';
  readonly start: Expr;
  /** Null = any event. */
  readonly returning: Expr | null;
  readonly every: Step;
  /** Periods behind that of the cohort. */
  readonly periods: number;
  readonly mode: 'first' | 'recurring';
  readonly within: 'on' | 'after';
}

export interface PathsPlan extends BehaviourBase {
  readonly kind: 'paths';
  readonly node: Expr;
  /** ms of silence that end a session. */
  readonly gap: number;
  /** Nodes of a path. */
  readonly depth: number;
  /** Paths begin at the first node whose event fulfils it; or end at the last. At most one of the two. */
  readonly starting: Expr | null;
  readonly ending: Expr | null;
  /** Nodes a step that are told apart. */
  readonly limit: number;
  /**
   * Which these are, by step; one step more than a path has nodes. Null asks how often each occurs; without it the
   * executor finds them out.
   */
  readonly told?: readonly (readonly string[])[] | null;
}

export interface LifecyclePlan extends BehaviourBase {
  readonly kind: 'lifecycle';
  readonly every: Step;
}

export type BehaviourPlan = FunnelPlan | RetentionPlan | PathsPlan | LifecyclePlan;
