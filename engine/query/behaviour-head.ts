import { fixedLengthMs, printDuration } from '../base/duration.ts';
import { VarveError } from '../base/errors.ts';
import type { BehaviourBase } from '../plan/behaviour.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupKey, TimeRange } from '../plan/select.ts';
import { columnsOf } from '../plan/visit.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { lacking } from './bind-names.ts';
import { narrow, pushRange, writtenRange } from './bind-range.ts';
import { checkExprSize } from './expr-size.ts';
import { uniqueName } from '../base/unique-name.ts';
import { outputName } from './output-names.ts';
import { keyedBy, perColumn } from './per-column.ts';
import { contextOf } from './query-context.ts';
import { inZoneOf, type PlanParts, type QueryEnvironment } from './query-environment.ts';
import { conjoin } from './scope.ts';
import type { BehaviourSyntax } from './syntax-behaviour.ts';
import type { Item, StepSyntax } from './syntax.ts';
import { wantBool } from './typed-calls.ts';

/** What every question about behaviour begins with: events of actors in time, a condition and a range. */
export interface BehaviourHead {
  readonly query: BehaviourSyntax;
  readonly context: BindContext;
  readonly parts: PlanParts;
  readonly where: Expr | null;
  readonly written: TimeRange;
  readonly range: TimeRange;
  /** What derived sources are told to give. */
  readonly reach: TimeRange;
}

/**
 * Binds sources, `per`, `where` and the range.
 * @param reachesBack whether events before `since` are looked at.
 * @throws VarveError `type` over rows without time or actor, and as expressions do.
 */
export function bindHead(query: BehaviourSyntax, around: QueryEnvironment, reachesBack = false): BehaviourHead {
  const environment = inZoneOf(query, around);
  const inner: PlanParts = { subqueries: [], asked: [], inlines: true };
  const events = environment.binders.from(query.from, environment, inner);
  const { span } = query.from[0]!;
  if (events.time === null) throw lacking('time', span);
  const per = query.per === null ? null : perColumn(query.per, contextOf(events, environment, inner));
  if (per === null && !events.hasActor) throw lacking('actor', span);
  const scope = per === null ? events : keyedBy(per, events, environment, inner);
  const parts: PlanParts = per === null ? inner : { subqueries: [], asked: [], inlines: true };
  const context: BindContext = {
    ...contextOf(scope, environment, parts),
    followed: true,
    aggregateHint: `${query.kind} asks of one event at a time; of actors ask in where: user_id in (select user_id from events group by user_id having count() > 3).`,
  };
  const own = query.where === null ? null : wantBool(bindExpression(query.where, context), 'where');
  const where = conjoin(scope.where, own);
  const written = writtenRange(query, context);
  const range = narrow(written, where);
  const reach = reachesBack ? narrow({ since: null, until: written.until }, where) : range;
  return { query, context, parts, where, written, range, reach };
}

/**
 * @returns what every plan has.
 * @param reads every expression that the plan evaluates, `where` aside.
 * @throws VarveError `limit`.
 */
export function baseOf(head: BehaviourHead, keys: readonly GroupKey[], reads: readonly Expr[]): BehaviourBase {
  const { query, context, parts, where, written, range, reach } = head;
  const { scope } = context;
  const exprs = [...(where === null ? [] : [where]), ...reads, ...keys.map(({ expr }) => expr)];
  checkExprSize(exprs, query.span);
  const actor = scope.actor === null ? [] : [scope.actor];
  return {
    from: scope.from.map((source) => pushRange(source, reach)),
    actor: scope.actor,
    timezone: context.timezone,
    range,
    written,
    where,
    keys,
    subqueries: parts.subqueries,
    columns: [...new Set(['time', ...actor, ...columnsOf(exprs, scope.actor)])],
    now: context.now,
  };
}

/** Binds the keys of `group by`: expressions of one event. @throws VarveError `usage` for a position and for unnest, and as expressions do. */
export function bindEventKeys(items: readonly Item[], { context, query }: BehaviourHead): GroupKey[] {
  const taken = new Set<string>();
  return items.map((item) => {
    const { expr: node, span } = item;
    if (node.kind === 'literal' && typeof node.value === 'number')
      throw new VarveError('usage', `${query.kind} selects nothing that ${node.value} could be the place of.`, {
        span,
        hint: 'Name the key: group by country.',
      });
    if (node.kind === 'call' && node.name === 'unnest')
      throw new VarveError('usage', `An actor counts in one group of ${query.kind}, and unnest gives several.`, {
        span,
        hint: "Ask of one element: group by tags[1], or has(tags, 'x').",
      });
    const expr = bindExpression(node, context);
    const name = uniqueName(outputName(item), taken);
    taken.add(name);
    return { name, expr, unnest: false, top: null, type: expr.type };
  });
}

/** @returns a length in ms. @throws VarveError `type` for months, quarters and years, which have none. */
export function fixedLength(option: string, { step, span }: StepSyntax): number {
  const length = fixedLengthMs(step);
  if (length !== null) return length;
  const days = { mo: 30, q: 91, y: 365 }[step.unit as 'mo' | 'q' | 'y'];
  throw new VarveError('type', `${option} wants a fixed length, and ${printDuration(step)} has none.`, {
    span,
    hint: `Write it in days: ${option} ${step.count * days}d.`,
  });
}
