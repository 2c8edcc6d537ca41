import type { RetentionPlan } from '../plan/behaviour.ts';
import { baseOf, bindEventKeys, bindHead } from './behaviour-head.ts';
import { bindCondition } from './bind-condition.ts';
import { bucketOf } from './bind-keys.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { RetentionSyntax } from './syntax-behaviour.ts';

/** Binds `retention`. @throws VarveError with the place in the text. */
export function bindRetention(query: RetentionSyntax, environment: QueryEnvironment): RetentionPlan {
  const head = bindHead(query, environment);
  const { context } = head;
  const start = bindCondition(query.start, 'The event that begins', context);
  const returning = query.returning === null ? null : bindCondition(query.returning, 'The event that returns', context);
  const keys = bindEventKeys(query.groupBy, head);
  bucketOf(query.every, context);
  return {
    kind: 'retention',
    ...baseOf(head, keys, returning === null ? [start] : [start, returning]),
    start,
    returning,
    every: query.every.step,
    periods: query.periods,
    mode: query.mode ?? 'first',
    within: query.within ?? 'on',
  };
}
