import type { SelectPlan } from '../plan/select.ts';
import { finishEvents, type PartialEvents } from './events.ts';
import type { Evaluator } from './expression.ts';
import { finishGroups, type Finished } from './finish.ts';
import { mergeGroups, newMergedGroups } from './group.ts';
import type { ScanResult } from './scan-task.ts';

/** What tasks found, made one. */
export interface Answer {
  take(result: ScanResult): void;
  finish(): Finished;
}

/** @returns what takes a plan's tasks' findings, in their order, and makes the answer. */
export function createAnswer(plan: SelectPlan, actor: string | null, evaluator: Evaluator): Answer {
  if (plan.kind === 'grouped') {
    const merged = newMergedGroups(plan, actor);
    return {
      take: ({ groups }) => mergeGroups(plan, actor, merged, groups!),
      finish: () => finishGroups(plan, actor, merged, evaluator),
    };
  }
  const parts: PartialEvents[] = [];
  return { take: ({ events }) => void parts.push(events!), finish: () => finishEvents(plan, parts) };
}
