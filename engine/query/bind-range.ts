import { parseTime } from '../base/calendar.ts';
import { VarveError, type Span } from '../base/errors.ts';
import type { Expr } from '../plan/expr.ts';
import { isBehaviour } from '../plan/query.ts';
import type { SelectPlan, SourcePlan, TimeRange } from '../plan/select.ts';
import { conjunctsOf } from '../plan/visit.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression, bindStep } from './bind-expressions.ts';
import { lacking } from './bind-names.ts';
import { printExpression } from './print.ts';
import { conjoin, intersect } from './scope.ts';
import type { SelectSyntax, Syntax } from './syntax.ts';
import { callOf, timeLiteral } from './typed-calls.ts';

/** @returns `since` and `until` as written. @throws VarveError `type` for what is no fixed time, and over rows without time. */
export function writtenRange(query: Pick<SelectSyntax, 'since' | 'until'>, context: BindContext): TimeRange {
  const written = query.since ?? query.until;
  if (written !== null && context.scope.time === null) throw lacking('time', written.span);
  return { since: bound(query.since, context), until: bound(query.until, context) };
}

/** @returns a range as a condition on time, or null for one without ends. */
export function withinRange({ since, until }: TimeRange, time: Expr | null, span: Span): Expr | null {
  if (time === null) return null;
  const begun = since === null ? null : callOf('>=', [time, timeLiteral(since, span)], span);
  const over = until === null ? null : callOf('<', [time, timeLiteral(until, span)], span);
  return conjoin(begun, over);
}

/** An end of the range: a time, a text that is one, or a duration back from now. */
function bound(node: Syntax | null, context: BindContext): number | null {
  if (node === null) return null;
  const expr =
    node.kind === 'duration'
      ? bindStep(timeLiteral(context.now, node.span), node, '-', node.span, context)
      : bindExpression(node, { ...context, isBound: true });
  if (expr.kind === 'literal' && expr.type === 'time') return expr.value as number;
  const value =
    expr.kind === 'literal' && typeof expr.value === 'string' ? parseTime(expr.value, context.timezone) : null;
  if (value !== null) return value;
  throw new VarveError('type', `${printExpression(node)} is no fixed time.`, {
    span: node.span,
    hint: "Write '2024-03-01', today - 7d, this week, or 7d (back from now).",
  });
}

const flipped: ReadonlyMap<string, string> = new Map([
  ['<', '>'],
  ['<=', '>='],
  ['>', '<'],
  ['>=', '<='],
]);

/** Takes what the conjuncts of `where` say of time into the range, on whichever side it stands: it prunes, and they stay. */
export function narrow(range: TimeRange, where: Expr | null): TimeRange {
  let { since, until } = range;
  for (const conjunct of conjunctsOf(where)) {
    if (conjunct.kind !== 'call' || conjunct.args.length !== 2) continue;
    const [left, right] = conjunct.args as [Expr, Expr];
    const turned = left.kind === 'literal';
    const [column, literal] = turned ? [right, left] : [left, right];
    if (column.kind !== 'column' || column.name !== 'time') continue;
    if (literal.kind !== 'literal' || literal.type !== 'time') continue;
    const comparison = turned ? flipped.get(conjunct.name) : conjunct.name;
    const value = literal.value as number;
    if (comparison === '>=' || comparison === '>')
      since = Math.max(since ?? -Infinity, comparison === '>' ? value + 1 : value);
    if (comparison === '<' || comparison === '<=')
      until = Math.min(until ?? Infinity, comparison === '<=' ? value + 1 : value);
  }
  return { since, until };
}

/**
 * Tells a derived source what range of its rows is asked for. Lives that begin outside are left out, and events are
 * read from one gap before it, so that a session begun before it is known as such; whether one that begins within goes on
 * behind its end, only the events there tell. Events lie in the range themselves, unless the query counts them off.
 */
export function pushRange(source: SourcePlan, range: TimeRange): SourcePlan {
  if (source.kind === 'table' || (range.since === null && range.until === null)) return source;
  const { plan } = source;
  if (plan.kind === 'lives') {
    const since = range.since === null || plan.gap === null ? null : range.since - plan.gap;
    return {
      ...source,
      plan: {
        ...plan,
        starts: intersect(plan.starts, range),
        range: intersect(plan.range, { since, until: null }),
        from: plan.from.map((inner) => pushRange(inner, { since, until: null })),
      },
    };
  }
  if (isBehaviour(plan)) return source;
  return keepsTime(plan) ? { ...source, plan: narrowed(plan, range) } : source;
}

/** Whether a range of the plan's rows is one of the events that it reads. */
function keepsTime(plan: SelectPlan): boolean {
  if (plan.kind !== 'events' || plan.limit !== null || plan.offset > 0) return false;
  const time = plan.outputs.find(({ name }) => name === 'time')?.expr;
  return time?.kind === 'column' && time.name === 'time';
}

function narrowed(plan: SelectPlan, range: TimeRange): SelectPlan {
  return {
    ...plan,
    range: intersect(plan.range, range),
    from: plan.from.map((inner) => pushRange(inner, range)),
  };
}
