import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { Behaviour } from './behaviour.ts';
import { groupedFunnel } from './attempt-rows.ts';
import { passingAny } from './made-plan.ts';
import { finishFunnel } from './funnel-answer.ts';
import { isDroppedUnread } from './funnel-readers.ts';
import { isStrict } from './funnel-events.ts';
import { funnelSlices, openFunnel } from './funnel-slices.ts';

/** Who does which steps, in what order and how soon. */
export const funnel: Behaviour<FunnelPlan> = {
  kind: 'funnel',
  grouped: groupedFunnel,
  scanned: onlyEventsThatMatter,
  ordersEvents: () => true,
  open(plan, _, context, sender) {
    const scan = openFunnel(plan, context, sender);
    return { run: (sources, slices, own) => funnelSlices(scan, sources, slices, own) };
  },
  finish: (plan, span, grouping, merged) => finishFunnel(plan, span, grouping, merged),
};

/**
 * An event that fills no step and is no exclusion can only come between two of a strict order. Where one column of texts tells, such events are dropped once
 * they are read.
 */
function onlyEventsThatMatter(plan: FunnelPlan): FunnelPlan {
  const { rules, steps, exclude, where } = plan;
  if (isStrict(rules) || isDroppedUnread(plan)) return plan;
  return {
    ...plan,
    where: passingAny(
      where,
      [...steps, ...exclude].map(({ expr }) => expr),
    ),
  };
}
