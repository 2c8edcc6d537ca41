import type { BehaviourPlan } from '../../plan/behaviour.ts';
import type { ColumnType } from '../../column/types.ts';
import type { Expr } from '../../plan/expr.ts';
import type { GroupedPlan, GroupKey, Measure } from '../../plan/select.ts';

/** A column of the rows that are made of events: nobody evaluates it. */
export function madeColumn(name: string, type: ColumnType): Expr {
  return { kind: 'column', name, type };
}

/** A key that the rows bring along. */
export function madeKey(name: string): GroupKey {
  return { name, expr: madeColumn(name, 'int'), unnest: false, top: null, type: 'int' };
}

/** A measure of them. @param filter tells measures of the same aggregate apart. */
export function madeMeasure(name: string, args: readonly Expr[], filter: Expr | null = null): Measure {
  return { name, args, filter, type: args.length === 0 ? 'int' : 'float', emptyIsZero: args.length === 0 };
}

/** @returns how rows that are made of events are grouped. */
export function madePlan(
  { from, actor, timezone, range, written, where, subqueries, columns, now }: BehaviourPlan,
  keys: readonly GroupKey[],
  measures: readonly Measure[],
): GroupedPlan {
  const read = { from, actor, timezone, range, written, where, subqueries, columns, now };
  const whole = { every: null, trailing: null, compare: null, having: null, limit: null } as const;
  return { kind: 'grouped', ...read, keys, measures, ...whole, order: [], outputs: [], offset: 0 };
}

/** @returns the condition that an event passes `where` and fulfils any of these. */
export function passingAny(where: Expr | null, conditions: readonly Expr[]): Expr {
  const any: Expr = conditions.length === 1 ? conditions[0] : { kind: 'or', args: conditions, type: 'bool' };
  return where === null ? any : { kind: 'and', args: [where, any], type: 'bool' };
}
