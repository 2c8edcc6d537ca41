import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, GroupKey } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';
import { Evaluator } from './expression.ts';
import { numbersOf, type Numbering } from './group-numbers.ts';
import type { Grouping } from './grouping.ts';
import type { KeyStore } from './key-store.ts';
import { finishMeasure, newMeasureState } from './measure-state.ts';
import { nowhere, regroup, type Groups } from './regroup.ts';
import { sortSteps } from './sort.ts';
import type { Steps } from './steps.ts';

/** Groups of which `top` has left some. */
export interface ToppedGroups extends Groups {
  /** The groups that are left, ascending; null = all. */
  readonly kept: Uint32Array | null;
  /** For each key with `top` the place of each group's value among its like, from 0; those left out come last. */
  readonly ranks: readonly (Uint32Array | null)[];
}

/** What is known of cells of time by their code: 1 where it holds. */
export interface CellMarks {
  readonly shown: Uint8Array;
  readonly inRange: Uint8Array;
}

/** @returns the code of a key's `(others)`: no value has it. */
export function othersCode(store: KeyStore): number {
  return store.count + 1;
}

/**
 * Keeps of each key with `top` the largest values by the first measure over the whole range, within the values of the
 * keys before it (the bucket is none of these), equal ones by key; the rest of each is joined, or left out.
 * @param cells by the code of key 0, whether a group's cell of time is shown at all, and whether it counts for the rank;
 * null = all do.
 */
export function* applyTops(
  grouping: Grouping,
  groups: Groups,
  stores: readonly KeyStore[],
  cells: CellMarks | null,
  evaluator: Evaluator,
): Steps<ToppedGroups> {
  const { keys, every } = grouping.plan;
  if (keys.every(({ top }) => top === null)) return { ...groups, kept: null, ranks: keys.map(() => null) };
  const codes = groups.codes.map((own) => own.slice());
  const ranks = keys.map((): Uint32Array | null => null);
  const dropped = new Uint8Array(groups.count);
  const uncounted = new Uint8Array(groups.count);
  if (cells !== null) {
    for (let group = 0; group < groups.count; group++) {
      dropped[group] = 1 - cells.shown[codes[0][group]];
      uncounted[group] = 1 - cells.inRange[codes[0][group]];
    }
  }
  const first = every === null ? 0 : 1;
  for (const [key, { top }] of keys.entries()) {
    if (top === null) continue;
    const parents = yield* numbersOf(codes.slice(first, key), groups.count);
    const own = yield* numbersOf([parents.of, codes[key]], groups.count);
    const values = rankedValues(grouping, groups, own, dropped, uncounted, evaluator);
    const places = yield* placesWithin(parents.of, codes[key], stores[key], own, values, dropped);
    const rank = new Uint32Array(groups.count);
    for (let group = 0; group < rank.length; group++) rank[group] = Math.min(places[own.of[group]], top.count);
    ranks[key] = rank;
    leaveOut(rank, top, othersCode(stores[key]), codes[key], dropped);
    yield;
  }
  if (keys.every(({ top }) => top?.others !== true)) return { ...groups, kept: keptOf(dropped), ranks };
  return yield* joined(grouping, groups, codes, dropped, ranks);
}

/** @returns the first measure over all groups of each number. */
function rankedValues(
  { plan, kinds }: Grouping,
  { states, count }: Groups,
  own: Numbering,
  dropped: Uint8Array,
  uncounted: Uint8Array,
  evaluator: Evaluator,
): Values {
  const map = own.of.slice();
  for (let group = 0; group < count; group++)
    if (dropped[group] === 1 || uncounted[group] === 1) map[group] = own.count;
  const known = new Map<number, Values>();
  const measure = (index: number): Values => {
    let values = known.get(index);
    if (values === undefined) {
      const kind = kinds[index];
      const state = newMeasureState(kind, plan.measures[index]);
      kind.aggregate.grow(state, own.count + 1);
      kind.aggregate.grow(states[index], count);
      kind.aggregate.merge(state, states[index], map);
      known.set(index, (values = finishMeasure(kind, state, own.count, plan.measures[index].span)));
    }
    return values;
  };
  const expr = rankedExpr(plan);
  if (expr === null) return measure(0);
  // What has no value here has none in the answer, where it is told.
  const quiet = new Evaluator({ ...evaluator.context, noteNoValue: () => undefined });
  return quiet.evaluate(expr, {
    length: own.count,
    leaf(leaf) {
      if (leaf.kind === 'measure') return measure(leaf.index);
      // All values have the same range behind them.
      return { kind: 'number', length: own.count, values: new Float64Array(own.count).fill(1), nulls: null };
    },
  });
}

/** @returns the first measure that the query gives; null where a key takes part in it, which a top has not settled yet. */
function rankedExpr({ outputs }: GroupedPlan): Expr | null {
  const first = outputs.find(({ expr }) => reads(expr, 'measure'));
  return first === undefined || reads(first.expr, 'key') ? null : first.expr;
}

function reads(expr: Expr, kind: Expr['kind']): boolean {
  return holds(expr, (part) => part.kind === kind);
}

/** @returns each number's place among those of its parent. */
function* placesWithin(
  parents: Uint32Array,
  codes: Uint32Array,
  store: KeyStore,
  own: Numbering,
  values: Values,
  dropped: Uint8Array,
): Steps<Uint32Array> {
  const parentOf = new Float64Array(own.count).fill(Infinity);
  const codeOf = new Uint32Array(own.count);
  for (let group = 0; group < own.of.length; group++) {
    codeOf[own.of[group]] = codes[group];
    if (dropped[group] === 0) parentOf[own.of[group]] = parents[group];
  }
  const parent: Values = { kind: 'number', length: own.count, values: parentOf, nulls: null };
  const order = yield* sortSteps(
    [
      { values: parent, descending: false },
      { values, descending: true },
      { values: (rows) => store.valuesOf(rows === null ? codeOf : rows.map((at) => codeOf[at])), descending: false },
    ],
    own.count,
    null,
    null,
  );
  const places = new Uint32Array(own.count);
  for (let at = 1; at < order.length; at++)
    places[order[at]] = parentOf[order[at]] === parentOf[order[at - 1]] ? places[order[at - 1]] + 1 : 0;
  return places;
}

function leaveOut(
  rank: Uint32Array,
  { count, others }: NonNullable<GroupKey['top']>,
  rest: number,
  codes: Uint32Array,
  dropped: Uint8Array,
): void {
  for (let group = 0; group < rank.length; group++) {
    if (rank[group] < count) continue;
    if (others) codes[group] = rest;
    else dropped[group] = 1;
  }
}

function keptOf(dropped: Uint8Array): Uint32Array {
  return Uint32Array.from(dropped.keys()).filter((group) => dropped[group] === 0);
}

/** Joins the groups whose codes have become the same. */
function* joined(
  grouping: Grouping,
  groups: Groups,
  codes: readonly Uint32Array[],
  dropped: Uint8Array,
  ranks: readonly (Uint32Array | null)[],
): Steps<ToppedGroups> {
  const kept = keptOf(dropped);
  const pick = (own: Uint32Array): Uint32Array => kept.map((group) => own[group]);
  const { of, count } = yield* numbersOf(codes.map(pick), kept.length);
  const map = new Uint32Array(groups.count).fill(nowhere);
  kept.forEach((group, at) => (map[group] = of[at]));
  const perNumber = (own: Uint32Array): Uint32Array => {
    const out = new Uint32Array(count);
    kept.forEach((group, at) => (out[of[at]] = own[group]));
    return out;
  };
  return {
    count,
    codes: codes.map(perNumber),
    states: yield* regroup(grouping, groups, [map], count),
    kept: null,
    ranks: ranks.map((own) => (own === null ? null : perNumber(own))),
  };
}
