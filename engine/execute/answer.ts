import { VarveError } from '../base/errors.ts';
import { uniquelyNamed } from '../base/unique-name.ts';
import type { Threads } from '../host/threads.ts';
import type { BehaviourPlan } from '../plan/behaviour.ts';
import { isBehaviour, type QueryPlan } from '../plan/query.ts';
import { behaviourOf } from './behaviour/index.ts';
import { countInThreads } from './count-in-threads.ts';
import { finishEvents, type PartialEvents } from './events.ts';
import type { Evaluator } from './expression.ts';
import { finishGroups, type Finished } from './finish.ts';
import type { Grouping } from './grouping.ts';
import { mergeGroups, newMergedGroups, type MergedGroups } from './merged-groups.ts';
import type { MemoryAccount } from './memory.ts';
import type { ScanResult } from './scan-task.ts';
import type { Steps } from './steps.ts';
import type { TimeSpan } from './time-windows.ts';

/** What tasks found, made one. */
export interface Answer {
  /** @param scan 0 for the plan's own range, 1 for the one that it is compared with. */
  take(result: ScanResult, scan: number): Steps<void>;
  /** Does in threads what of finishing they can do. @param check ends it by throwing. */
  prepare(threads: Threads, check: () => void): Promise<void>;
  finish(): Steps<Finished>;
}

/**
 * @param grouping how a grouped plan, or what a behaviour makes, is put together; else null.
 * @param span of the events that count, by which behaviours lay buckets.
 * @returns what takes a plan's tasks' findings, in their order, and makes the answer.
 */
export function createAnswer(
  plan: QueryPlan,
  grouping: Grouping | null,
  span: TimeSpan,
  evaluator: Evaluator,
  memory: MemoryAccount,
): Answer {
  if (grouping !== null) {
    const merged = newMergedGroups(grouping);
    return {
      take: ({ groups }, scan) => mergeGroups(grouping, merged, groups!, scan, memory),
      prepare: (threads, check) => countInThreads(threads, grouping, merged, check),
      finish: () =>
        isBehaviour(plan)
          ? finishBehaviour(plan, span, grouping, merged)
          : finishGroups(grouping, merged, evaluator, memory),
    };
  }
  if (plan.kind !== 'events') throw new VarveError('internal', 'BUG: a grouped plan without its grouping');
  const parts: PartialEvents[] = [];
  return {
    *take({ events }) {
      yield;
      parts.push(events!);
    },
    prepare: () => Promise.resolve(),
    finish: () => finishEvents(plan, parts, memory),
  };
}

/** A key may bear the name of a column that every answer of its kind has. */
function* finishBehaviour(
  plan: BehaviourPlan,
  span: TimeSpan,
  grouping: Grouping,
  merged: MergedGroups,
): Steps<Finished> {
  const made = yield* behaviourOf(plan).finish(plan, span, grouping, merged);
  return { ...made, columns: uniquelyNamed(made.columns) };
}
