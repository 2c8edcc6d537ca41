import { VarveError } from '../../base/errors.ts';
import type { BehaviourPlan } from '../../plan/behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { funnel } from './funnel.ts';
import { lifecycle } from './lifecycle.ts';
import { paths } from './paths.ts';
import { retention } from './retention.ts';

const behaviours: readonly Behaviour[] = [funnel, lifecycle, paths, retention];

/** @returns how a question is answered. @throws VarveError `internal` for a kind that nobody answers. */
export function behaviourOf<P extends BehaviourPlan>(plan: P): Behaviour<P> {
  const found = behaviours.find(({ kind }) => kind === plan.kind);
  if (found === undefined) throw new VarveError('internal', `BUG: nobody answers ${plan.kind}`);
  return found as unknown as Behaviour<P>;
}
