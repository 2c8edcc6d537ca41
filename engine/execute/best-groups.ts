import type { Values } from '../column/values.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import { VarveError } from '../base/errors.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';
import { Evaluator, type Leaves } from './expression.ts';
import type { GroupTable } from './group-table.ts';
import type { KeyStore } from './key-store.ts';
import { finishMeasure, isActor, isRepeated, newMeasureStates, type MeasureKind } from './measure-state.ts';
import { ascending, sortSteps, type SortColumn } from './sort.ts';
import type { Steps } from './steps.ts';
import { takeRows } from './take-rows.ts';

/** Measures whose states of groups that are left out are joined at no cost. */
const joinedAtNoCost = new Set(['count', 'sum', 'avg', 'min', 'max']);

/**
 * No actor lies in two tasks, so a group by the actor is whole in its task: where a limit asks for the first groups of
 * an order, a task has to give no more than its own first ones.
 * @returns how many of a task's groups can come out; null = any.
 */
export function groupsWanted(plan: GroupedPlan, kinds: readonly MeasureKind[]): number | null {
  const { keys, measures, order, limit, offset, having, every, trailing, compare } = plan;
  if (limit === null || having !== null || every !== null || trailing !== null || compare !== null) return null;
  if (keys.some(({ top }) => top !== null) || actorKeyOf(plan) < 0) return null;
  if (order.some(({ expr }) => holds(expr, ({ kind }) => kind === 'span'))) return null;
  const cheap = measures.every(({ name }, index) => kinds[index].kind === 'slots' || joinedAtNoCost.has(name));
  return cheap ? offset + limit : null;
}

function actorKeyOf({ keys, actor }: GroupedPlan): number {
  return keys.findIndex(({ expr, unnest }) => !unnest && isActor(expr, actor));
}

/** Groups that a task keeps: of each key the codes, and the states of the measures. */
export interface KeptGroups {
  readonly codes: readonly Uint32Array[];
  readonly states: readonly AggregateState[];
  readonly count: number;
}

/**
 * Keeps of a task's groups those that can be among the first ones of the answer. Rows of nobody may lie in several
 * tasks: their groups all stay.
 * @param most as `groupsWanted` says.
 * @throws VarveError `type` when a sum of ints leaves 64 bits, in whichever group.
 */
export function* keepBestGroups(
  plan: GroupedPlan,
  kinds: readonly MeasureKind[],
  most: number | null,
  table: GroupTable,
  stores: readonly KeyStore[],
  states: readonly AggregateState[],
  evaluator: Evaluator,
): Steps<KeptGroups> {
  const codes = stores.map((_, key) => table.codesOfKey(key));
  const { count } = table;
  if (most === null || 2 * most > count) return { codes, states, count };
  const measures = kinds.map((kind, index) => finishMeasure(kind, states[index], count, plan.measures[index].span));
  const quiet = new Evaluator({ ...evaluator.context, noteNoValue: () => undefined }, evaluator.sets);
  const columns = columnsOf(plan, codes, stores, measures, quiet);
  const wanted = new Uint8Array(count);
  for (const group of yield* sortSteps(columns, count, null, most)) wanted[group] = 1;
  const actors = codes[actorKeyOf(plan)];
  for (let group = 0; group < count; group++) if (actors[group] === 0) wanted[group] = 1;
  const kept = ascending(count).filter((group) => wanted[group] === 1);
  return {
    codes: codes.map((own) => kept.map((group) => own[group])),
    states: statesOf(plan, kinds, states, count, kept),
    count: kept.length,
  };
}

/** What orders the answer: `order by`, then the keys. */
function columnsOf(
  plan: GroupedPlan,
  codes: readonly Uint32Array[],
  stores: readonly KeyStore[],
  measures: readonly Values[],
  evaluator: Evaluator,
): SortColumn[] {
  const picked = (key: number, rows: Uint32Array | null): Uint32Array =>
    rows === null ? codes[key] : rows.map((group) => codes[key][group]);
  const byKey = (key: number, descending: boolean): SortColumn => ({
    values: (rows) => stores[key].orderOf(picked(key, rows)),
    descending,
  });
  const columns = plan.order.map(({ expr, descending }): SortColumn => {
    if (expr.kind === 'key') return byKey(expr.index, descending);
    return {
      *values(rows) {
        const keys = new Map<number, Values>();
        for (const key of keysIn(expr)) keys.set(key, yield* stores[key].valuesOf(picked(key, rows)));
        const leaves: Leaves = {
          length: rows?.length ?? codes[0].length,
          leaf(leaf) {
            if (leaf.kind === 'key') return keys.get(leaf.index)!;
            if (leaf.kind !== 'measure') throw new VarveError('internal', `BUG: ${leaf.kind} is no leaf of groups`);
            return rows === null ? measures[leaf.index] : takeRows(measures[leaf.index], rows);
          },
        };
        return evaluator.evaluate(expr, leaves);
      },
      descending,
    };
  });
  return [...columns, ...stores.map((_, key) => byKey(key, false))];
}

function keysIn(expr: Expr): Set<number> {
  const keys = new Set<number>();
  holds(expr, (part) => {
    if (part.kind === 'key') keys.add(part.index);
    return false;
  });
  return keys;
}

function statesOf(
  { measures }: GroupedPlan,
  kinds: readonly MeasureKind[],
  from: readonly AggregateState[],
  count: number,
  kept: Uint32Array,
): AggregateState[] {
  // Those that are left out meet in one group behind the others, which nobody asks for.
  const map = new Uint32Array(count).fill(kept.length);
  kept.forEach((group, at) => (map[group] = at));
  const states = newMeasureStates(kinds, measures);
  for (const [index, { aggregate }] of kinds.entries()) {
    if (isRepeated(states, index)) continue;
    aggregate.grow(states[index], kept.length + 1);
    aggregate.merge(states[index], from[index], map);
    aggregate.seal?.(states[index]);
  }
  return states;
}
