import { isVarveError, VarveError, type Span } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { ActorAggregate, Aggregate, AggregateState } from '../functions/aggregates/aggregate.ts';
import type { ArgumentShape } from '../functions/scalars/scalar.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';

/** What keeps a measure's states: by the values of its argument, or by the slots of actors. */
export type MeasureKind =
  | { readonly kind: 'values'; readonly aggregate: Aggregate }
  | {
      readonly kind: 'slots';
      readonly aggregate: ActorAggregate;
      /** With `trailing` an actor is met in each window by itself: such states are of windows, all others of cells. */
      readonly ofWindows?: boolean;
    };

/**
 * Actors are counted by their slots where the measure's argument is the event's actor and its groups are never joined:
 * what slots know ends with the slice, so an actor in two groups would count twice in what the two make together.
 */
export function measureKind(plan: GroupedPlan, index: number): MeasureKind {
  const measure = plan.measures[index];
  const aggregate = aggregateFunctions.get(measure.name)!;
  const [arg] = measure.args;
  const ofActors = arg !== undefined && isActor(arg, plan.actor) ? aggregate.ofActors : undefined;
  if (ofActors === undefined || joinsGroups(plan, index)) return { kind: 'values', aggregate };
  return { kind: 'slots', aggregate: ofActors, ofWindows: plan.trailing !== null };
}

/** The rest of a top, and the rank of a value over all groups below it, are groups joined. */
function joinsGroups({ keys, trailing, every }: GroupedPlan, index: number): boolean {
  if (trailing !== null && keys.some(({ top, unnest }) => top !== null || unnest)) return true;
  if (keys.some(({ top }) => top?.others === true)) return true;
  const ranked = keys.findIndex(({ top }) => top !== null);
  return index === 0 && ranked >= 0 && (every !== null || ranked < keys.length - 1);
}

/** The actor column is the actor: its values are distinct exactly where their canonical texts are. */
export function isActor(expr: Expr, actor: string | null): boolean {
  return expr.kind === 'actor' || (expr.kind === 'column' && expr.name === actor && !expr.type.startsWith('list'));
}

/** @returns a state without groups. */
export function newMeasureState(kind: MeasureKind, measure: Measure): AggregateState {
  return kind.kind === 'slots' ? kind.aggregate.newState() : kind.aggregate.newState(measure.args.map(shapeOf));
}

/**
 * @returns a state without groups for each measure. Measures that keep the same share one object, which is updated,
 * merged and counted at its first place alone (`isRepeated`); so it also crosses threads.
 */
export function newMeasureStates(kinds: readonly MeasureKind[], measures: readonly Measure[]): AggregateState[] {
  const states: AggregateState[] = [];
  const known = new Map<string, AggregateState>();
  for (const [index, measure] of measures.entries()) {
    const kind = kinds[index];
    const shared = kind.kind === 'values' ? kind.aggregate.sharedState : undefined;
    const key = shared === undefined ? null : `${shared} ${keyOf([...measure.args, measure.filter])}`;
    const state = (key === null ? undefined : known.get(key)) ?? newMeasureState(kind, measure);
    if (key !== null) known.set(key, state);
    states.push(state);
  }
  return states;
}

/** @returns a text that is the same for equal expressions, wherever they stand in the query's text. */
export function keyOf(exprs: readonly (Expr | null)[]): string {
  return JSON.stringify(exprs, (name, value: unknown) =>
    name === 'span' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
  );
}

/** @returns whether the measure's state is that of one before it. */
export function isRepeated(states: readonly AggregateState[], index: number): boolean {
  return states.indexOf(states[index]) < index;
}

/** An aggregate may want a constant argument before the first row. */
function shapeOf(arg: Expr): ArgumentShape {
  return { type: arg.type, constant: arg.kind === 'literal' ? arg.value : undefined };
}

/**
 * @param span where the measure stands in the query's text.
 * @returns a measure's value for each group.
 * @throws VarveError `type` with the span, when a sum of ints leaves 64 bits.
 */
export function finishMeasure(
  { aggregate }: MeasureKind,
  state: AggregateState,
  groups: number,
  span: Span | undefined,
): Values {
  aggregate.grow(state, groups);
  try {
    return aggregate.finish(state, groups);
  } catch (error) {
    if (!isVarveError(error) || error.span !== undefined || span === undefined) throw error;
    throw new VarveError(error.code, error.message, { hint: error.hint, span, cause: error });
  }
}
