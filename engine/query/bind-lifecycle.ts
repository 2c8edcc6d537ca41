import type { LifecyclePlan } from '../plan/behaviour.ts';
import { baseOf, bindHead } from './behaviour-head.ts';
import { bucketOf } from './bind-keys.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { LifecycleSyntax } from './syntax-behaviour.ts';

/**
 * Binds `lifecycle`. Its sources give what lies before `since` too: whether an actor is new, the events there tell.
 * @throws VarveError with the place in the text.
 */
export function bindLifecycle(query: LifecycleSyntax, environment: QueryEnvironment): LifecyclePlan {
  const head = bindHead(query, environment, true);
  bucketOf(query.every, head.context);
  return { kind: 'lifecycle', ...baseOf(head, [], []), every: query.every.step };
}
