import type { Span } from '../base/errors.ts';
import type { Item, SelectSyntax, SourceSyntax, StepSyntax, Syntax } from './syntax.ts';

/** What every question about behaviour may say; a clause that is not there is null or empty. */
interface BehaviourSyntaxBase {
  readonly span: Span;
  readonly from: readonly SourceSyntax[];
  /** The column whose values are the actors, where it is not the primary one. */
  readonly per: Syntax | null;
  readonly since: Syntax | null;
  readonly until: Syntax | null;
  readonly where: Syntax | null;
  readonly timezone: { readonly name: string; readonly span: Span } | null;
}

export interface FunnelStepSyntax extends Item {
  readonly optional: boolean;
}

/** The name of a step, as `between` of `exclude` says it. */
export interface StepName {
  readonly name: string;
  readonly span: Span;
}

export interface ExclusionSyntax {
  readonly expr: Syntax;
  readonly between: { readonly from: StepName; readonly to: StepName } | null;
  readonly span: Span;
}

export const funnelOrders = ['loose', 'strict', 'any'] as const;
export const funnelEntries = ['any', 'first', 'every'] as const;
export const funnelPresets = ['varve', 'mixpanel', 'mixpanel_reentry', 'amplitude', 'posthog', 'clickhouse'] as const;
export const keyPlaces = ['first', 'last', 'each'] as const;
export const retentionModes = ['first', 'recurring'] as const;
export const retentionWithins = ['on', 'after'] as const;

export type FunnelOrder = (typeof funnelOrders)[number];
export type FunnelEntry = (typeof funnelEntries)[number];
export type FunnelPreset = (typeof funnelPresets)[number];
export type KeyPlace = (typeof keyPlaces)[number];
export type RetentionMode = (typeof retentionModes)[number];
export type RetentionWithin = (typeof retentionWithins)[number];

export const stepsMin = 2;
export const stepsMax = 32;

export interface FunnelSyntax extends BehaviourSyntaxBase {
  readonly kind: 'funnel';
  readonly steps: readonly FunnelStepSyntax[];
  readonly within: StepSyntax;
  readonly order: FunnelOrder | null;
  readonly exclude: readonly ExclusionSyntax[];
  readonly holding: readonly Syntax[];
  readonly entry: FunnelEntry | null;
  /** `repeat` is true, `once` false. */
  readonly repeat: boolean | null;
  readonly rules: FunnelPreset | null;
  readonly groupBy: readonly Item[];
  /** Goes with `groupBy`. */
  readonly at: KeyPlace | null;
  readonly every: StepSyntax | null;
}

export interface RetentionSyntax extends BehaviourSyntaxBase {
  readonly kind: 'retention';
  readonly start: Syntax;
  /** Null = any event. */
  readonly returning: Syntax | null;
  readonly every: StepSyntax;
  readonly periods: number;
  readonly mode: RetentionMode | null;
  readonly within: RetentionWithin | null;
  readonly groupBy: readonly Item[];
}

export interface PathsSyntax extends BehaviourSyntaxBase {
  readonly kind: 'paths';
  readonly node: Syntax;
  readonly gap: StepSyntax | null;
  readonly depth: number | null;
  /** At most one of the two. */
  readonly starting: Syntax | null;
  readonly ending: Syntax | null;
  readonly limit: number | null;
}

export interface LifecycleSyntax extends BehaviourSyntaxBase {
  readonly kind: 'lifecycle';
  readonly every: StepSyntax;
}

export type BehaviourSyntax = FunnelSyntax | RetentionSyntax | PathsSyntax | LifecycleSyntax;

/** What can be asked and answered with rows. */
export type QuerySyntax = SelectSyntax | BehaviourSyntax;

/** The verbs that a question about behaviour begins with. */
export const behaviourVerbs = ['funnel', 'retention', 'paths', 'lifecycle'] as const;

/** @returns whether a word, lower case, is one of the verbs. */
export function isBehaviourVerb(word: string): word is BehaviourSyntax['kind'] {
  return (behaviourVerbs as readonly string[]).includes(word);
}

/** The options that every verb has, none of them written. */
export const noOptions = { per: null, since: null, until: null, where: null, timezone: null } as const;

/** The same of those that a funnel has beside them. */
export const noFunnelOptions = {
  ...noOptions,
  within: null,
  order: null,
  exclude: [],
  holding: [],
  entry: null,
  repeat: null,
  rules: null,
  groupBy: [],
  at: null,
  every: null,
} as const;
