import { isBehaviour, type QueryPlan } from '../plan/query.ts';
import { allRead, openAccount, shareMemory } from './memory.ts';
import type { QueryRun } from './query-run.ts';

/** @throws VarveError `limit` when something that is made at once is more than there is room for. */
export function hold({ memoryMax, kept }: QueryRun, purpose: string, bytes: number): void {
  const memory = shareMemory(memoryMax, 0, purpose, kept.bytes);
  allRead(memory);
  openAccount(memory).hold(bytes);
}

/** The same of what stays until the plan that reads it is answered. */
export function keep(run: QueryRun, purpose: string, bytes: number): void {
  hold(run, purpose, bytes);
  run.kept.bytes += bytes;
}

/** What takes a plan's memory, for people. */
export function purposeOf(plan: QueryPlan): string {
  if (plan.kind === 'events') return 'The rows';
  if (isBehaviour(plan)) return plan.kind;
  return plan.keys.length === 0 ? 'The measures' : `group by ${plan.keys.map(({ name }) => name).join(', ')}`;
}
