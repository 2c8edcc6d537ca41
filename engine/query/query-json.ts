import type { ScalarType } from '../column/types.ts';
import type {
  FunnelEntry,
  FunnelOrder,
  FunnelPreset,
  KeyPlace,
  RetentionMode,
  RetentionWithin,
} from './syntax-behaviour.ts';

/** An operator of `{ op, args }`, and how many arguments it takes; `max` null: any number. */
export const jsonOperators: ReadonlyMap<string, { readonly min: number; readonly max: number | null }> = new Map([
  ...['=', '!=', '<', '<=', '>', '>=', '~', '!~', '+', '*', '/', '%', '||'].map(
    (name) => [name, { min: 2, max: 2 }] as const,
  ),
  ['-', { min: 1, max: 2 }],
  ['and', { min: 2, max: null }],
  ['or', { min: 2, max: null }],
  ['not', { min: 1, max: 1 }],
  ['is null', { min: 1, max: 1 }],
  ['is not null', { min: 1, max: 1 }],
  ...['like', 'ilike', 'not like', 'not ilike'].map((name) => [name, { min: 2, max: 3 }] as const),
  ...['between', 'not between'].map((name) => [name, { min: 3, max: 3 }] as const),
  ...['in', 'not in'].map((name) => [name, { min: 1, max: null }] as const),
]);

/** An expression as JSON: an object whose one key of these says what it is. */
export type ExpressionJson =
  | { readonly column: string }
  /** `now`, `today`, `yesterday`, `this week`, `last month` … */
  | { readonly time: string }
  | { readonly param: string }
  | { readonly value: string | number | boolean | null }
  /** An int beyond 2^53, as its digits. */
  | { readonly int: string }
  /** A float whose value is whole; `"-0"` for minus zero. */
  | { readonly float: number | '-0' }
  | { readonly duration: string }
  | { readonly call: string; readonly args?: readonly ExpressionJson[]; readonly filter?: ExpressionJson }
  /** `in` has the value first, then the list; or `query`. */
  | { readonly op: string; readonly args: readonly ExpressionJson[]; readonly query?: SelectJson }
  | {
      readonly case: readonly { readonly when: ExpressionJson; readonly then: ExpressionJson }[];
      readonly of?: ExpressionJson;
      readonly else?: ExpressionJson;
    }
  | { readonly cast: ExpressionJson; readonly to: ScalarType }
  | { readonly element: ExpressionJson; readonly place: ExpressionJson };

/** A selected expression: the name of a column, `"*"`, or an expression with the name of its column beside it. */
export type ItemJson = string | (ExpressionJson & { readonly as?: string });

/** A group key: the name of a column, or an expression with what belongs to the key beside it. */
export type GroupItemJson =
  string | (ExpressionJson & { readonly as?: string; readonly top?: number; readonly others?: boolean });

/** What rows are ordered by: the name of a column, or an expression. */
export type OrderItemJson = string | (ExpressionJson & { readonly descending?: boolean });

/** An aggregate that `sessions` and `actors` make a column of. */
export type NamedAggregateJson = ExpressionJson & { readonly as: string };

/** A source: the name of a table or of a defined query, a query, or actors' lives cut into rows. */
export type SourceJson =
  | string
  | QueryJson
  | {
      readonly sessions: SourceJson;
      readonly gap: string;
      readonly per?: string;
      readonly starting?: ExpressionJson;
      readonly ending?: ExpressionJson;
      readonly aggregates?: readonly NamedAggregateJson[];
    }
  | { readonly actors: SourceJson; readonly per?: string; readonly aggregates?: readonly NamedAggregateJson[] };

/** A select as JSON: the clauses under the names that they have in the text. Durations are texts: `"7d"`. */
export interface SelectJson {
  readonly select: readonly ItemJson[];
  readonly from: SourceJson | readonly SourceJson[];
  readonly since?: ExpressionJson;
  readonly until?: ExpressionJson;
  readonly where?: ExpressionJson;
  readonly groupBy?: readonly GroupItemJson[];
  readonly every?: string;
  readonly trailing?: string;
  readonly having?: ExpressionJson;
  readonly orderBy?: readonly OrderItemJson[];
  readonly limit?: number;
  readonly offset?: number;
  readonly compare?: string;
  readonly timezone?: string;
}

/** What an expression is where a column may stand by its name. */
export type KeyJson = string | ExpressionJson;

/** What every question about behaviour may say. */
interface BehaviourJsonBase {
  readonly from: SourceJson | readonly SourceJson[];
  readonly per?: string;
  readonly since?: ExpressionJson;
  readonly until?: ExpressionJson;
  readonly where?: ExpressionJson;
  readonly timezone?: string;
}

/** A step of a funnel: a condition, or the name of a column that is one. */
export type FunnelStepJson = string | (ExpressionJson & { readonly as?: string; readonly optional?: boolean });

/** A condition that no event between two steps fulfils; `between` names the two. */
export type ExclusionJson = string | (ExpressionJson & { readonly between?: readonly [string, string] });

/** `funnel` as JSON. */
export interface FunnelJson extends BehaviourJsonBase {
  /** 2 to 32. */
  readonly funnel: readonly FunnelStepJson[];
  readonly within: string;
  readonly order?: FunnelOrder;
  readonly exclude?: readonly ExclusionJson[];
  readonly holding?: readonly KeyJson[];
  readonly entry?: FunnelEntry;
  /** false is `once`. */
  readonly repeat?: boolean;
  readonly rules?: FunnelPreset;
  readonly groupBy?: readonly ItemJson[];
  /** Goes with `groupBy`. */
  readonly at?: KeyPlace;
  readonly every?: string;
}

/** `retention` as JSON; without `then` any event returns. */
export interface RetentionJson extends BehaviourJsonBase {
  readonly retention: KeyJson;
  readonly then?: KeyJson;
  readonly every: string;
  readonly for: number;
  readonly mode?: RetentionMode;
  readonly within?: RetentionWithin;
  readonly groupBy?: readonly ItemJson[];
}

/** `paths` as JSON. */
export interface PathsJson extends BehaviourJsonBase {
  readonly paths: KeyJson;
  readonly gap?: string;
  readonly depth?: number;
  /** Not beside `ending`. */
  readonly starting?: ExpressionJson;
  readonly ending?: ExpressionJson;
  readonly limit?: number;
}

/** `lifecycle` as JSON. */
export interface LifecycleJson extends BehaviourJsonBase {
  readonly lifecycle: true;
  readonly every: string;
}

/** A query as JSON: a select, or a question about behaviour. */
export type QueryJson = SelectJson | FunnelJson | RetentionJson | PathsJson | LifecycleJson;
