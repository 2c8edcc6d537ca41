import type { FunnelEvents, FunnelMachine, FunnelTask } from './funnel-events.ts';

/** Called once an entry, with its depth; the machine's `places` tell its events. */
export type EntryTaker = (depth: number) => void;

/**
 * Walks the entries of one actor: with `any` the best attempt over all starts, with `first` that of the first start, with `every` one after another: the next
 * entry is the first start after the last matched event of one that completed (its last required step was done), else after its window.
 * A start is an event of step 1 (`order any`: of any step) that has its holding values.
 */
export function walkEntries(
  task: FunnelTask,
  machine: FunnelMachine,
  events: FunnelEvents,
  from: number,
  to: number,
  take: EntryTaker,
): void {
  if (task.rules.entry === 'any') {
    const depth = machine.best(events, from, to, from, to);
    if (depth > 0) take(depth);
    return;
  }
  const whole = wholeDepth(task);
  let start = nextStart(task, events, from, to);
  while (start < to) {
    const depth = machine.best(events, from, to, start, start + 1);
    if (depth > 0) take(depth);
    if (task.rules.entry === 'first') return;
    let after = start + 1;
    if (depth >= whole)
      for (let step = 0; step < machine.places.length; step += 1) after = Math.max(after, machine.places[step] + 1);
    else {
      const end = events.times[start] + task.rules.window;
      while (after < to && events.times[after] <= end) after += 1;
    }
    start = nextStart(task, events, after, to);
  }
}

/** @returns the depth of an attempt that did all required steps; with `order any` all steps. */
export function wholeDepth(task: FunnelTask): number {
  let depth = task.steps.length;
  if (task.rules.order !== 'any') while (depth > 1 && task.steps[depth - 1].optional) depth -= 1;
  return depth;
}

/** @returns the first place in [from, to) where an attempt may start, or `to`. */
export function nextStart(task: FunnelTask, events: FunnelEvents, from: number, to: number): number {
  const wanted = task.rules.order === 'any' ? 0xffffffff : 1;
  let place = from;
  while (place < to && ((events.steps[place] & wanted) === 0 || (task.holding > 0 && events.holding[place] === 0)))
    place += 1;
  return place;
}

/**
 * Whether the actor has an attempt whose window has not run out at `end` (UTC ms): a start with time + window >= end. With `entry first` only the first start counts.
 */
export function isOpen(task: FunnelTask, events: FunnelEvents, from: number, to: number, end: number): boolean {
  if (task.rules.entry === 'first') {
    const start = nextStart(task, events, from, to);
    return start < to && events.times[start] + task.rules.window >= end;
  }
  for (let place = to - 1; place >= from && events.times[place] + task.rules.window >= end; place -= 1)
    if (nextStart(task, events, place, place + 1) === place) return true;
  return false;
}
