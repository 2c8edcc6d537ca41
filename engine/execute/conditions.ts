import type { ActorExpr, ColumnExpr, Expr } from '../plan/expr.ts';
import type { ScanPlan } from '../plan/query.ts';
import type { TimeRange } from '../plan/select.ts';
import { childrenOf, conjunctsOf } from '../plan/visit.ts';
import type { ZoneComparison } from '../column/zone-map.ts';

/** One conjunct of what a row must fulfil, as a scan tries it. */
export type Condition =
  CompareCondition | TimeCondition | SetCondition | ActorCondition | TextCondition | GeneralCondition;

/** A numeric column (int, float, time, bool as 0 and 1) compared with a constant that is not NaN. */
export interface CompareCondition {
  readonly kind: 'compare';
  readonly column: string;
  readonly comparison: ZoneComparison;
  readonly constant: number;
}

/** A range of time with both its ends: one walk over the rows instead of two. */
export interface TimeCondition {
  readonly kind: 'time';
  readonly since: number;
  /** The first time that is not within. */
  readonly until: number;
}

/** A condition that reads one text column and nothing else: it is decided once for each entry of a dictionary. */
export interface TextCondition {
  readonly kind: 'text';
  readonly column: string;
  readonly expr: Expr;
}

/** The actor, or a column of numbers, is or is not among what a subquery answers; null is neither. */
export interface SetCondition {
  readonly kind: 'set';
  readonly arg: ActorExpr | ColumnExpr;
  readonly subquery: number;
  readonly negated: boolean;
}

/** A condition that reads the actor and nothing else: it is decided once for each actor of a slice. */
export interface ActorCondition {
  readonly kind: 'actor';
  readonly expr: Expr;
}

export interface GeneralCondition {
  readonly kind: 'general';
  readonly expr: Expr;
}

const flipped: Readonly<Record<string, ZoneComparison>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const order = { time: 1, compare: 1, set: 2, actor: 2, text: 2, general: 3 } as const;

/** @returns the conditions of a plan's range of time and `where`, those that cost least first. */
export function conditionsOf(plan: Pick<ScanPlan, 'range' | 'where'>): Condition[] {
  const { since, until } = plan.range;
  const conditions: Condition[] = [];
  if (since !== null && until !== null) conditions.push({ kind: 'time', since, until });
  else if (since !== null) conditions.push({ kind: 'compare', column: 'time', comparison: '>=', constant: since });
  else if (until !== null) conditions.push({ kind: 'compare', column: 'time', comparison: '<', constant: until });
  for (const expr of conjunctsOf(plan.where)) {
    const condition = conditionOf(expr);
    if (!isInRange(condition, plan.range)) conditions.push(condition);
  }
  return conditions.sort((a, b) => orderOf(a) - orderOf(b));
}

/** Texts that are given are found in a dictionary at once, and their codes are the narrowest of all columns. */
function orderOf(condition: Condition): number {
  return condition.kind === 'text' && textsGiven(condition.expr) !== null ? 0 : order[condition.kind];
}

/** @returns the texts that `column = 'text'`, `!=` and `in` compare with; null for any other expression. */
export function textsGiven(expr: Expr): readonly string[] | null {
  if (expr.kind === 'in' && expr.arg.kind === 'column' && expr.values.length <= 64)
    return expr.values.filter((value) => typeof value === 'string');
  if (expr.kind !== 'call' || (expr.name !== '=' && expr.name !== '!=')) return null;
  const [a, b] = expr.args;
  const literal = a.kind === 'literal' ? a : b;
  const column = a.kind === 'literal' ? b : a;
  return column.kind === 'column' && literal.kind === 'literal' && typeof literal.value === 'string'
    ? [literal.value]
    : null;
}

/** @returns whether the range of time says as much already: it was taken from such conditions. */
function isInRange(condition: Condition, { since, until }: TimeRange): boolean {
  if (condition.kind !== 'compare' || condition.column !== 'time') return false;
  const { comparison, constant } = condition;
  if (comparison === '>=' || comparison === '>')
    return since !== null && (comparison === '>=' ? constant <= since : constant < since);
  if (comparison === '<' || comparison === '<=')
    return until !== null && (comparison === '<' ? constant >= until : constant >= until - 1);
  return false;
}

/** @returns how one conjunct is tried. */
export function conditionOf(expr: Expr): Condition {
  return (
    comparisonOf(expr) ??
    setConditionOf(expr) ??
    actorConditionOf(expr) ??
    textConditionOf(expr) ?? { kind: 'general', expr }
  );
}

function comparisonOf(expr: Expr): CompareCondition | null {
  if (expr.kind === 'column' && expr.type === 'bool')
    return { kind: 'compare', column: expr.name, comparison: '=', constant: 1 };
  if (expr.kind !== 'call' || expr.args.length !== 2 || !Object.hasOwn(flipped, expr.name)) return null;
  const [left, right] = expr.args as [Expr, Expr];
  const turned = left.kind === 'literal';
  const column = turned ? right : left;
  const literal = turned ? left : right;
  if (column.kind !== 'column' || literal.kind !== 'literal') return null;
  if (!['int', 'float', 'time', 'bool'].includes(column.type)) return null;
  const constant = typeof literal.value === 'boolean' ? Number(literal.value) : literal.value;
  if (typeof constant !== 'number' || Number.isNaN(constant)) return null;
  const comparison = turned ? flipped[expr.name] : (expr.name as ZoneComparison);
  return { kind: 'compare', column: column.name, comparison, constant };
}

function setConditionOf(expr: Expr): SetCondition | null {
  const inner = expr.kind === 'not' ? expr.arg : expr;
  if (inner.kind !== 'in_query') return null;
  const { arg, subquery } = inner;
  if (arg.kind !== 'actor' && !(arg.kind === 'column' && ['int', 'float', 'time', 'bool'].includes(arg.type)))
    return null;
  return { kind: 'set', arg, subquery, negated: inner !== expr };
}

function actorConditionOf(expr: Expr): ActorCondition | null {
  let actor = false;
  let other = false;
  const visit = (part: Expr): void => {
    const children = childrenOf(part);
    if (part.kind === 'actor') actor = true;
    else if (part.kind === 'in_query' || (part.kind !== 'literal' && part.kind !== 'call' && children.length === 0))
      other = true;
    children.forEach(visit);
  };
  visit(expr);
  return actor && !other ? { kind: 'actor', expr } : null;
}

function textConditionOf(expr: Expr): TextCondition | null {
  const column = onlyTextColumn(expr);
  return column === null ? null : { kind: 'text', column, expr };
}

/** @returns the one column that an expression reads, if that is a column of text and nothing else is read; else null. */
export function onlyTextColumn(expr: Expr): string | null {
  const names = new Set<string>();
  let other = false;
  const visit = (part: Expr): void => {
    if (part.kind === 'column' && part.type === 'text') names.add(part.name);
    else if (part.kind !== 'literal' && childrenOf(part).length === 0 && part.kind !== 'call') other = true;
    for (const child of childrenOf(part)) visit(child);
  };
  visit(expr);
  return other || names.size !== 1 ? null : [...names][0];
}
