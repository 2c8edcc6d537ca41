import { isVarveError } from './base/errors.ts';
import { nearestNames } from './base/nearest.ts';
import { scalarAt } from './functions/access.ts';
import { reorderedSource } from './execute/reordered-source.ts';
import type { ExecutionResult } from './execute/result.ts';
import type { BehaviourPlan } from './plan/behaviour.ts';
import type { Expr } from './plan/expr.ts';
import { printExpr } from './plan/print-expr.ts';
import type { EventsRead, GroupedPlan, GroupKey, Measure } from './plan/select.ts';
import { columnsOf, holds, mapLeaves } from './plan/visit.ts';

/** What an event has to fulfil that something counts, and what that is called. */
interface Condition {
  readonly what: string;
  readonly expr: Expr;
}

/** Answers a plan over the same events, in so much memory. */
type Ask = (plan: GroupedPlan, options: { readonly memory?: number }) => Promise<ExecutionResult>;

/** What finding a value that is like another may take, bytes. */
const likeMemory = 16 * 1024 * 1024;
/** Values that are named where none is like what was asked for. */
const valuesShown = 8;

/**
 * Says which conditions of a question about behaviour no event fulfils, and what was meant. Events are counted only where
 * the answer shows that nobody did what a condition asks for.
 * @returns a sentence for each.
 */
export async function unmatchedConditions(plan: BehaviourPlan, answer: ExecutionResult, ask: Ask): Promise<string[]> {
  const doubted = doubtedOf(plan, answer);
  if (doubted.length === 0) return [];
  const counts = await unlessTooLarge(ask(countPlan(plan, doubted), {}));
  if (counts === null) return [];
  const count = (measure: number): number => Number(scalarAt(counts.data[measure]!, 0));
  if (count(0) === 0) return [];
  const sentences: string[] = [];
  for (const [at, { what, expr }] of doubted.entries()) {
    if (count(at + 1) > 0) continue;
    sentences.push(`No event fulfils ${what}: ${printExpr(expr)}.${await likeText(plan, expr, ask)}`);
  }
  return sentences;
}

/** Nothing is said where it would need too much memory: the question itself is answered. */
async function unlessTooLarge(answer: Promise<ExecutionResult>): Promise<ExecutionResult | null> {
  try {
    return await answer;
  } catch (error) {
    if (isVarveError(error) && error.code === 'limit') return null;
    throw error;
  }
}

function doubtedOf(plan: BehaviourPlan, answer: ExecutionResult): Condition[] {
  switch (plan.kind) {
    case 'funnel': {
      const column = plan.keys.length + (plan.every === null ? 0 : 1);
      const reached = new Set<number>();
      for (let row = 0; row < answer.rowCount; row++)
        if (Number(scalarAt(answer.data[column + 2]!, row)) > 0)
          reached.add(Number(scalarAt(answer.data[column]!, row)));
      const all = plan.steps.map(({ name, expr }, at) => ({ what: `step ${at + 1} (${name})`, expr }));
      if (plan.rules.order === 'any') return reached.has(all.length) ? [] : all;
      return all.filter((_, at) => !reached.has(at + 1));
    }
    case 'retention': {
      const { start, returning, keys } = plan;
      const starts = { what: 'the first condition of retention', expr: start };
      const returns = returning === null ? [] : [{ what: 'the condition behind then', expr: returning }];
      let [actors, retained] = [0, 0];
      for (let row = 0; row < answer.rowCount; row++) {
        actors += Number(scalarAt(answer.data[keys.length + 1]!, row) ?? 0);
        if (Number(scalarAt(answer.data[keys.length + 2]!, row)) > 0)
          retained += Number(scalarAt(answer.data[keys.length + 3]!, row) ?? 0);
      }
      return [...(actors > 0 ? [] : [starts]), ...(retained > 0 ? [] : returns)];
    }
    case 'paths': {
      if (answer.rowCount > 0) return [];
      const { starting, ending } = plan;
      return [
        ...(starting === null ? [] : [{ what: 'starting', expr: starting }]),
        ...(ending === null ? [] : [{ what: 'ending', expr: ending }]),
      ];
    }
    case 'lifecycle':
      return [];
  }
}

/** @returns a plan that counts the events, and those that fulfil each condition. */
function countPlan(plan: BehaviourPlan, conditions: readonly Condition[]): GroupedPlan {
  const count = (filter: Expr | null): Measure => ({ name: 'count', args: [], filter, type: 'int', emptyIsZero: true });
  const measures = [count(null), ...conditions.map(({ expr }) => count(expr))];
  return overEvents(
    plan,
    [],
    measures,
    conditions.map(({ expr }) => expr),
  );
}

function overEvents(
  plan: BehaviourPlan,
  keys: readonly GroupKey[],
  measures: readonly Measure[],
  reads: readonly Expr[],
): GroupedPlan {
  const stored = plan.where === null || !holds(plan.where, readsBeyondRows) ? inStoredOrder(plan) : null;
  if (stored !== null && !reads.some((expr) => holds(expr, readsBeyondRows))) {
    const own = (expr: Expr): Expr => mapLeaves(expr, stored.map);
    return overEvents(
      {
        ...plan,
        ...readOf(stored.read),
        where: conjunction(stored.read.where, plan.where === null ? null : own(plan.where)),
      },
      keys.map((key) => ({ ...key, expr: own(key.expr) })),
      measures.map((measure) => ({ ...measure, filter: measure.filter === null ? null : own(measure.filter) })),
      reads.map(own),
    );
  }
  const { from, actor, timezone, range, written, where, subqueries, now } = plan;
  const whole = { every: null, trailing: null, compare: null, having: null, limit: null } as const;
  const read = { from, actor, timezone, range, written, where, subqueries, now };
  const leaves: Expr[] = [
    ...keys.map(({ type }, index) => ({ kind: 'key', index, type }) as const),
    ...measures.map(({ type }, index) => ({ kind: 'measure', index, type }) as const),
  ];
  const columns = [
    'time',
    ...(actor === null ? [] : [actor]),
    ...columnsOf(where === null ? reads : [where, ...reads], actor),
  ];
  return {
    kind: 'grouped',
    ...read,
    ...whole,
    columns: [...new Set(columns)],
    keys,
    measures,
    order: [],
    outputs: leaves.map((expr, at) => ({ name: `${at}`, expr })),
    offset: 0,
  };
}

/** What does not read the row alone. */
function readsBeyondRows({ kind }: Expr): boolean {
  return kind === 'in_query' || kind === 'table' || kind === 'place';
}

/** @returns the events that a plan reads as they are stored, where it puts them into the order of another actor; else null. */
function inStoredOrder(plan: BehaviourPlan): { readonly read: EventsRead; readonly map: (leaf: Expr) => Expr } | null {
  const reordered = reorderedSource(plan);
  if (reordered === null) return null;
  const { outputs } = reordered.plan;
  const map = (leaf: Expr): Expr => {
    if (leaf.kind === 'actor') return reordered.actor;
    return leaf.kind === 'column' ? (outputs.find(({ name }) => name === leaf.name)?.expr ?? leaf) : leaf;
  };
  return { read: reordered.plan, map };
}

/** A plan has more of its own. */
function readOf({ from, actor, range, subqueries, columns }: EventsRead): Partial<EventsRead> {
  return { from, actor, range, subqueries, columns };
}

function conjunction(a: Expr | null, b: Expr | null): Expr | null {
  return a === null || b === null ? (a ?? b) : { kind: 'and', args: [a, b], type: 'bool' };
}

/** @returns what a text that a column is compared with may have been meant to be. */
async function likeText(plan: BehaviourPlan, expr: Expr, ask: Ask): Promise<string> {
  const compared = comparedText(expr);
  if (compared === null) return '';
  const { column, text } = compared;
  const key: GroupKey = { name: 'value', expr: column, unnest: false, top: null, type: 'text' };
  const found = await unlessTooLarge(ask(overEvents(plan, [key], [], [column]), { memory: likeMemory }));
  if (found === null) return '';
  const values = Array.from({ length: found.rowCount }, (_, row) => scalarAt(found.data[0]!, row)).filter(
    (value) => typeof value === 'string',
  );
  const near = nearestNames(text, values, 1);
  if (near.length > 0) return ` Did you mean ${quoted(near[0]!)}?`;
  if (values.length === 0 || values.length > valuesShown) return '';
  return ` ${printExpr(column)} is ${values.map(quoted).join(', ')}.`;
}

/** @returns the column and the text of `column = 'text'`; null for any other condition. */
function comparedText(expr: Expr): { readonly column: Expr; readonly text: string } | null {
  if (expr.kind === 'in') {
    const [only] = expr.values;
    const isOne = expr.values.length === 1 && typeof only === 'string' && expr.arg.kind === 'column';
    return isOne ? { column: expr.arg, text: only } : null;
  }
  if (expr.kind !== 'call' || expr.name !== '=') return null;
  const column = expr.args.find(({ kind }) => kind === 'column');
  const literal = expr.args.find(({ kind }) => kind === 'literal');
  if (column?.type !== 'text' || literal?.kind !== 'literal' || typeof literal.value !== 'string') return null;
  return { column, text: literal.value };
}

function quoted(text: string): string {
  return `'${text.slice(0, 60).replaceAll("'", "''")}'`;
}
