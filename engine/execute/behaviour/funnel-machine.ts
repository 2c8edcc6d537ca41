import { createAnyOrderMachine } from './any-order.ts';
import { createChainMachine, isChainTask } from './chain-attempts.ts';
import { createClickHouseOrderMachine } from './click-house-order.ts';
import { createExactMachine } from './exact-attempts.ts';
import type { FunnelMachine, FunnelTask } from './funnel-events.ts';
import { createGraceMachine } from './grace-attempts.ts';
import { createLooseMachine, createStrictMachine } from './loose-attempts.ts';
import { withinWindow } from './within-window.ts';

/**
 * Makes the machine that finds the attempt that counts, as fast as the rules allow. A machine is for one actor after another, not for several at once.
 * @param check ends the query by throwing; called now and then, because rules that try choices take long for actors with very many events.
 */
export function createFunnelMachine(task: FunnelTask, check: () => void = () => undefined): FunnelMachine {
  return withinWindow(task, machineOf(task, check), check);
}

function machineOf(task: FunnelTask, check: () => void): FunnelMachine {
  const { rules, steps } = task;
  const plain =
    task.exclude.length === 0 && task.holding === 0 && steps.every(({ optional }, at) => at === 0 || !optional);
  if (rules.order === 'any') return createAnyOrderMachine(task, check);
  if (plain && rules.order === 'loose' && rules.grace === null)
    return createLooseMachine(steps.length, rules.window, rules.repeat);
  if (plain && rules.order === 'strict' && rules.grace === null && !rules.repeat)
    return createStrictMachine(steps.length, rules.window);
  if (plain && rules.order === 'loose') return createGraceMachine(task, check);
  if (rules.order === 'strict_order') return createClickHouseOrderMachine(steps.length, rules.window);
  return isChainTask(task) ? createChainMachine(task) : createExactMachine(task, check);
}
