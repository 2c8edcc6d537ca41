import { VarveError } from '../base/errors.ts';
import {
  both,
  flatten,
  resolve,
  sourceOf,
  type AnyRow,
  type Askable,
  type Key,
  type OfColumns,
  type Source,
} from './builder.ts';
import { countOf, Expression, Named, stepOf, syntaxOf, type DurationText, type Operand } from './builder-expression.ts';
import { boundOf } from './builder-functions.ts';
import { nowhere } from './json-fields.ts';
import { queryToJson } from './json-write.ts';
import { column } from './names.ts';
import { printQuery } from './print.ts';
import type { FunnelJson, LifecycleJson, PathsJson, QueryJson, RetentionJson } from './query-json.ts';
import { checkSize } from './query-size.ts';
import {
  noFunnelOptions,
  noOptions,
  funnelEntries,
  funnelOrders,
  funnelPresets,
  keyPlaces,
  retentionModes,
  retentionWithins,
  stepsMax,
  stepsMin,
  type BehaviourSyntax,
  type FunnelEntry,
  type FunnelOrder,
  type FunnelPreset,
  type FunnelStepSyntax,
  type FunnelSyntax,
  type KeyPlace,
  type LifecycleSyntax,
  type PathsSyntax,
  type RetentionMode,
  type RetentionSyntax,
  type RetentionWithin,
} from './syntax-behaviour.ts';
import type { Item, StepSyntax, Syntax } from './syntax.ts';

/** What the builders of all verbs have. Immutable: each method makes a new one, and they may be called in any order. */
interface BehaviourBuilder<Self, Row, Json extends QueryJson> extends Askable {
  /** Adds sources: several are one stream of events. */
  from(...sources: readonly [Source, ...Source[]]): Self;
  /** The column whose values are the actors; default: the primary one. */
  per(name: string): Self;
  /** Events from this time on; `'7d'`: back from now. */
  since(time: OfColumns<Row, Operand>): Self;
  /** Events before this time. */
  until(time: OfColumns<Row, Operand>): Self;
  /** Adds a condition; several hold together. */
  where(condition: OfColumns<Row, Operand>): Self;
  /** The zone of calendar steps and of times without an offset. */
  timezone(name: string): Self;
  /** @returns the query as JSON. */
  toJSON(): Json;
  /** @returns the query's canonical text. */
  toString(): string;
}

/** `funnel` under construction. */
export interface FunnelBuilder<Row = AnyRow> extends BehaviourBuilder<FunnelBuilder<Row>, Row, FunnelJson> {
  /** How long after its first step an attempt may last. */
  within(length: DurationText): FunnelBuilder<Row>;
  order(order: FunnelOrder): FunnelBuilder<Row>;
  /** Adds what may not lie between two neighbouring steps, or between the two that are named. */
  exclude(condition: OfColumns<Row, Operand>, between?: readonly [from: string, to: string]): FunnelBuilder<Row>;
  /** Adds expressions that have one value across an attempt. */
  holding(
    ...keys: readonly OfColumns<Row, string | Expression | readonly (string | Expression)[]>[]
  ): FunnelBuilder<Row>;
  entry(entry: FunnelEntry): FunnelBuilder<Row>;
  /** One event fills one step. */
  once(): FunnelBuilder<Row>;
  /** One event may fill several steps. */
  repeat(): FunnelBuilder<Row>;
  rules(preset: FunnelPreset): FunnelBuilder<Row>;
  /** Adds keys. */
  groupBy(...keys: readonly OfColumns<Row, Key | readonly Key[]>[]): FunnelBuilder<Row>;
  /** Whose event the values of the keys are of. */
  at(place: KeyPlace): FunnelBuilder<Row>;
  /** A bucket of time is that of an attempt's first step. */
  every(width: DurationText): FunnelBuilder<Row>;
}

/** `retention` under construction. */
export interface RetentionBuilder<Row = AnyRow> extends BehaviourBuilder<RetentionBuilder<Row>, Row, RetentionJson> {
  /** How long a period is, and how many are looked at. */
  every(width: DurationText, periods: number): RetentionBuilder<Row>;
  mode(mode: RetentionMode): RetentionBuilder<Row>;
  within(within: RetentionWithin): RetentionBuilder<Row>;
  /** Adds keys. */
  groupBy(...keys: readonly OfColumns<Row, Key | readonly Key[]>[]): RetentionBuilder<Row>;
}

/** `paths` under construction. */
export interface PathsBuilder<Row = AnyRow> extends BehaviourBuilder<PathsBuilder<Row>, Row, PathsJson> {
  /** How long a silence ends a session. */
  gap(length: DurationText): PathsBuilder<Row>;
  depth(nodes: number): PathsBuilder<Row>;
  /** Paths begin at the first such event. */
  starting(condition: OfColumns<Row, Operand>): PathsBuilder<Row>;
  /** Paths end at the last such event. */
  ending(condition: OfColumns<Row, Operand>): PathsBuilder<Row>;
  /** Nodes a step that are told apart. */
  limit(nodes: number): PathsBuilder<Row>;
}

/** `lifecycle` under construction. */
export interface LifecycleBuilder<Row = AnyRow> extends BehaviourBuilder<LifecycleBuilder<Row>, Row, LifecycleJson> {
  every(width: DurationText): LifecycleBuilder<Row>;
}

/** A step of a funnel, made by `step`. */
export class FunnelStep {
  readonly syntax: FunnelStepSyntax;

  constructor(syntax: FunnelStepSyntax) {
    this.syntax = syntax;
  }

  /** Names it. */
  as(name: string): FunnelStep {
    return new FunnelStep({ ...this.syntax, alias: name });
  }

  /** It may be skipped. */
  optional(): FunnelStep {
    return new FunnelStep({ ...this.syntax, optional: true });
  }
}

/** What a step is made of: a condition, named or not, or a step. */
export type StepGiven<Row> = OfColumns<Row, Operand | Named | FunnelStep>;

/** Makes a step of a condition, to name it or to make it optional. */
export function step<Row = AnyRow>(condition: OfColumns<Row, Operand>): FunnelStep {
  return new FunnelStep({ expr: syntaxOf(resolve(condition)), alias: null, optional: false, span: nowhere });
}

function funnelStepOf<Row>(given: StepGiven<Row>): FunnelStepSyntax {
  const made = resolve(given);
  if (made instanceof FunnelStep) return made.syntax;
  return made instanceof Named ? { ...made.item, optional: false } : step(made).syntax;
}

type SharedDraft = Pick<BehaviourSyntax, 'from' | 'per' | 'since' | 'until' | 'where' | 'timezone' | 'span'>;

const nothing: SharedDraft = {
  from: [],
  ...noOptions,
  span: nowhere,
};

/** @returns the methods that all builders have. */
function shared<Self, Row, Json extends QueryJson>(
  draft: SharedDraft,
  but: (changes: Partial<SharedDraft>) => Self,
  build: () => BehaviourSyntax,
): BehaviourBuilder<Self, Row, Json> {
  const complete = (): BehaviourSyntax => {
    const query = build();
    if (query.from.length > 0) return query;
    throw new VarveError('usage', `The ${query.kind} has no source.`, { hint: "Write .from('events')." });
  };
  const checked = (): BehaviourSyntax => {
    const query = complete();
    checkSize(query);
    return query;
  };
  return {
    from: (...sources) => but({ from: [...draft.from, ...sources.map(sourceOf)] }),
    per: (name) => but({ per: column(name, nowhere) }),
    since: (time) => but({ since: boundOf(resolve(time)) }),
    until: (time) => but({ until: boundOf(resolve(time)) }),
    where: (condition) => but({ where: both(draft.where, resolve(condition)) }),
    timezone: (name) => but({ timezone: { name, span: nowhere } }),
    build: complete,
    toJSON: () => queryToJson(checked()) as Json,
    toString: () => printQuery(checked()),
  };
}

/** @returns one of some words that a program gave. @throws VarveError `usage`. */
function choice<T extends string>(given: T, where: string, choices: readonly T[]): T {
  if (choices.includes(given)) return given;
  throw new VarveError('usage', `${where} was given "${String(given).slice(0, 60)}".`, {
    hint: `It is one of ${choices.join(', ')}.`,
  });
}

function itemsOf<Row>(keys: readonly OfColumns<Row, Key | readonly Key[]>[]): Item[] {
  return flatten<Row, Key>(keys).map((key) => {
    if (key instanceof Named) return key.item;
    return { expr: key instanceof Expression ? key.syntax : column(key, nowhere), alias: null, span: nowhere };
  });
}

function given(step: StepSyntax | null, verb: string, hint: string): StepSyntax {
  if (step !== null) return step;
  throw new VarveError('usage', `The ${verb} is not whole.`, { hint });
}

type FunnelDraft = Omit<FunnelSyntax, 'within'> & { readonly within: StepSyntax | null };

/**
 * Begins a funnel: who gets how far through steps in order.
 * @throws VarveError `usage` for fewer than 2 steps and more than 32.
 */
export function funnel<Row = AnyRow>(...steps: readonly StepGiven<Row>[]): FunnelBuilder<Row> {
  if (steps.length < stepsMin || steps.length > stepsMax)
    throw new VarveError('usage', `funnel() was given ${steps.length} ${steps.length === 1 ? 'step' : 'steps'}.`, {
      hint: `A funnel has ${stepsMin} to ${stepsMax}.`,
    });
  return funnelBuilder<Row>({
    kind: 'funnel',
    steps: steps.map(funnelStepOf),
    ...nothing,
    ...noFunnelOptions,
  });
}

function funnelBuilder<Row>(draft: FunnelDraft): FunnelBuilder<Row> {
  const but = (changes: Partial<FunnelDraft>): FunnelBuilder<Row> => funnelBuilder<Row>({ ...draft, ...changes });
  const build = (): FunnelSyntax => {
    if (draft.at !== null && draft.groupBy.length === 0)
      throw new VarveError('usage', 'at goes with groupBy.', { hint: "Write .groupBy('country').at('last')." });
    return { ...draft, within: given(draft.within, 'funnel', "Write .within('7d').") };
  };
  return Object.freeze<FunnelBuilder<Row>>({
    ...shared<FunnelBuilder<Row>, Row, FunnelJson>(draft, but, build),
    within: (length) => but({ within: stepOf(length, 'within') }),
    order: (order) => but({ order: choice(order, 'order', funnelOrders) }),
    exclude: (condition, between) =>
      but({ exclude: [...draft.exclude, exclusionOf(syntaxOf(resolve(condition)), between)] }),
    holding: (...keys) => but({ holding: [...draft.holding, ...flatten<Row, string | Expression>(keys).map(keyOf)] }),
    entry: (entry) => but({ entry: choice(entry, 'entry', funnelEntries) }),
    once: () => but({ repeat: false }),
    repeat: () => but({ repeat: true }),
    rules: (preset) => but({ rules: choice(preset, 'rules', funnelPresets) }),
    groupBy: (...keys) => but({ groupBy: [...draft.groupBy, ...itemsOf<Row>(keys)] }),
    at: (place) => but({ at: choice(place, 'at', keyPlaces) }),
    every: (width) => but({ every: stepOf(width, 'every') }),
  });
}

function exclusionOf(expr: Syntax, between: readonly [string, string] | undefined): FunnelSyntax['exclude'][number] {
  if (between === undefined) return { expr, between: null, span: nowhere };
  const [from, to] = between;
  return { expr, between: { from: { name: from, span: nowhere }, to: { name: to, span: nowhere } }, span: nowhere };
}

function keyOf(key: string | Expression): Syntax {
  return key instanceof Expression ? key.syntax : column(key, nowhere);
}

type RetentionDraft = Omit<RetentionSyntax, 'every'> & { readonly every: StepSyntax | null };

/** Begins a retention: who comes back after an event, period by period. Without `returning` any event counts. */
export function retention<Row = AnyRow>(
  start: OfColumns<Row, Operand>,
  returning?: OfColumns<Row, Operand>,
): RetentionBuilder<Row> {
  return retentionBuilder<Row>({
    kind: 'retention',
    start: syntaxOf(resolve(start)),
    returning: returning === undefined ? null : syntaxOf(resolve(returning)),
    ...nothing,
    every: null,
    periods: 0,
    mode: null,
    within: null,
    groupBy: [],
  });
}

function retentionBuilder<Row>(draft: RetentionDraft): RetentionBuilder<Row> {
  const but = (changes: Partial<RetentionDraft>): RetentionBuilder<Row> =>
    retentionBuilder<Row>({ ...draft, ...changes });
  const build = (): RetentionSyntax => ({
    ...draft,
    every: given(draft.every, 'retention', "Write .every('1w', 8)."),
  });
  return Object.freeze<RetentionBuilder<Row>>({
    ...shared<RetentionBuilder<Row>, Row, RetentionJson>(draft, but, build),
    every: (width, periods) => but({ every: stepOf(width, 'every'), periods: countOf(periods, 'every', 1) }),
    mode: (mode) => but({ mode: choice(mode, 'mode', retentionModes) }),
    within: (within) => but({ within: choice(within, 'within', retentionWithins) }),
    groupBy: (...keys) => but({ groupBy: [...draft.groupBy, ...itemsOf<Row>(keys)] }),
  });
}

/** Begins paths: over which values of an expression actors go, session by session. */
export function paths<Row = AnyRow>(node: OfColumns<Row, string | Expression>): PathsBuilder<Row> {
  return pathsBuilder<Row>({
    kind: 'paths',
    node: keyOf(resolve(node)),
    ...nothing,
    gap: null,
    depth: null,
    starting: null,
    ending: null,
    limit: null,
  });
}

function pathsBuilder<Row>(draft: PathsSyntax): PathsBuilder<Row> {
  const but = (changes: Partial<PathsSyntax>): PathsBuilder<Row> => pathsBuilder<Row>({ ...draft, ...changes });
  const build = (): PathsSyntax => {
    if (draft.starting === null || draft.ending === null) return draft;
    throw new VarveError('usage', 'starting and ending exclude each other.', { hint: 'Keep one of the two.' });
  };
  return Object.freeze<PathsBuilder<Row>>({
    ...shared<PathsBuilder<Row>, Row, PathsJson>(draft, but, build),
    gap: (length) => but({ gap: stepOf(length, 'gap') }),
    depth: (nodes) => but({ depth: countOf(nodes, 'depth', 1) }),
    starting: (condition) => but({ starting: syntaxOf(resolve(condition)) }),
    ending: (condition) => but({ ending: syntaxOf(resolve(condition)) }),
    limit: (nodes) => but({ limit: countOf(nodes, 'limit', 1) }),
  });
}

type LifecycleDraft = Omit<LifecycleSyntax, 'every'> & { readonly every: StepSyntax | null };

/** Begins a lifecycle: how many actors are new, returning, resurrecting and dormant, bucket by bucket. */
export function lifecycle<Row = AnyRow>(): LifecycleBuilder<Row> {
  return lifecycleBuilder<Row>({ kind: 'lifecycle', ...nothing, every: null });
}

function lifecycleBuilder<Row>(draft: LifecycleDraft): LifecycleBuilder<Row> {
  const but = (changes: Partial<LifecycleDraft>): LifecycleBuilder<Row> =>
    lifecycleBuilder<Row>({ ...draft, ...changes });
  const build = (): LifecycleSyntax => ({ ...draft, every: given(draft.every, 'lifecycle', "Write .every('1w').") });
  return Object.freeze<LifecycleBuilder<Row>>({
    ...shared<LifecycleBuilder<Row>, Row, LifecycleJson>(draft, but, build),
    every: (width) => but({ every: stepOf(width, 'every') }),
  });
}
