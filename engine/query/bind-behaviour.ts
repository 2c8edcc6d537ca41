import type { BehaviourPlan } from '../plan/behaviour.ts';
import { bindFunnel } from './bind-funnel.ts';
import { bindLifecycle } from './bind-lifecycle.ts';
import { bindPaths } from './bind-paths.ts';
import { bindRetention } from './bind-retention.ts';
import { pruned } from './prune-outputs.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { BehaviourSyntax } from './syntax-behaviour.ts';

/**
 * Binds a question about behaviour.
 * @throws VarveError with the place in the text: `type` over rows without time or actor and for conditions that are none,
 *   `usage`, and as expressions do.
 */
export function bindBehaviour(query: BehaviourSyntax, environment: QueryEnvironment): BehaviourPlan {
  return pruned(bound(query, environment));
}

function bound(query: BehaviourSyntax, environment: QueryEnvironment): BehaviourPlan {
  switch (query.kind) {
    case 'funnel':
      return bindFunnel(query, environment);
    case 'retention':
      return bindRetention(query, environment);
    case 'paths':
      return bindPaths(query, environment);
    case 'lifecycle':
      return bindLifecycle(query, environment);
  }
}
