import type { Expr } from '../../plan/expr.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { OpenSource } from '../block-view.ts';
import type { PartialGroups } from '../group.ts';
import { createNumberStore, type NumberStore } from '../key-store.ts';
import type { KeyContext } from '../key-reader.ts';
import type { ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import { createAttemptWalk } from './actor-attempts.ts';
import { createEventRoom, type ActorEvents, type EventRoom } from './actor-events.ts';
import { AttemptRows, groupedFunnel, type MadeAttempts } from './attempt-rows.ts';
import type { FunnelEvents, FunnelMachine, FunnelTask } from './funnel-events.ts';
import { foundAttempts, isPlainFunnel } from './found-attempts.ts';
import { createFunnelMachine } from './funnel-machine.ts';
import { createFunnelReaders, type FunnelReaders } from './funnel-readers.ts';
import { newRowGrouping, openRowGroups, type RowGrouping } from './row-groups.ts';

/** One funnel in one thread; kept from task to task. */
export interface FunnelScan {
  readonly plan: FunnelPlan;
  readonly readers: FunnelReaders;
  readonly task: FunnelTask;
  readonly machine: FunnelMachine;
  readonly room: EventRoom;
  readonly grouping: RowGrouping;
  readonly steps: NumberStore;
  /** An attempt is open whose window ends here or later; UTC ms. */
  readonly end: number;
}

/** Opens a funnel in this thread. */
export function openFunnel(plan: FunnelPlan, context: KeyContext, sender: number): FunnelScan {
  const grouped = groupedFunnel(plan);
  const bucket: Expr | null = plan.every === null ? null : grouped.keys[plan.keys.length].expr;
  const readers = createFunnelReaders(plan, bucket, context);
  const steps = createNumberStore('int');
  for (let step = 1; step <= plan.steps.length; step++) steps.codeOf(step);
  const grouping = newRowGrouping(grouped, [...readers.keys.map(({ store }) => store), steps], sender);
  const { rules, exclude } = plan;
  const task: FunnelTask = { steps: plan.steps, rules, exclude, holding: plan.holding.length };
  const machine = createFunnelMachine(task, context.evaluator.context.check);
  const end = plan.written.until ?? plan.now;
  return { plan, readers, task, machine, room: createEventRoom(readers.notes), grouping, steps, end };
}

/** Finds the attempts of the actors of consecutive slices. */
export function* funnelSlices(
  scan: FunnelScan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { plan, end, readers, room, grouping } = scan;
  const isPlain = isPlainFunnel(plan);
  const groups = openRowGroups(grouping);
  try {
    for (const slice of slices) {
      const events = yield* room.collect(sources, slice, context, readers.drops, groups.bytes);
      if (events === null) continue;
      const rows = (isPlain ? foundAttempts(plan, end, events) : null) ?? attemptsOf(scan, events);
      if (rows.count > 0) groups.add({ count: rows.count, codes: codesOf(scan, events, rows), ...rows.measures() });
      rows.close();
      yield;
    }
    return groups.partial(context.memory);
  } finally {
    room.close();
  }
}

/** @returns the codes of all keys of the rows. */
function codesOf(
  { readers: { places: notes, keys }, plan }: FunnelScan,
  events: ActorEvents,
  rows: MadeAttempts,
): Uint32Array[] {
  const { count, places, firsts, steps } = rows;
  const codes = keys.map((_, key) => {
    const own = events.notes[notes.keys + key];
    // The bucket is that of the attempt, whatever the keys are of.
    const from = key < plan.keys.length ? places : firsts;
    const out = new Uint32Array(count);
    for (let row = 0; row < count; row++) out[row] = own[from[row]];
    return out;
  });
  // The store has been given the numbers of steps in their order: each is its own code.
  return [...codes, steps.subarray(0, count)];
}

const none = new Uint32Array(0);

function attemptsOf(scan: FunnelScan, events: ActorEvents): AttemptRows {
  const { plan, task, machine, readers, end } = scan;
  const notes = readers.places;
  const own: FunnelEvents = {
    times: events.times,
    steps: events.notes[notes.steps],
    exclusions: plan.exclude.length === 0 ? none : events.notes[notes.exclusions],
    holding: plan.holding.length === 0 ? none : events.notes[notes.holding],
  };
  const rows = new AttemptRows();
  const buckets = plan.every === null ? null : events.notes[notes.keys + plan.keys.length];
  const walk = createAttemptWalk(task, machine, end, (_, depth, open) =>
    addAttempt(rows, plan, machine, own, depth, open),
  );
  for (let slot = 0; slot < events.slotCount; slot++) {
    const from = events.starts[slot];
    const to = events.ends[slot];
    if (from < to) walk(own, buckets, from, to);
  }
  return rows;
}

function addAttempt(
  rows: AttemptRows,
  { steps, rules, at }: FunnelPlan,
  { places }: FunnelMachine,
  { times }: FunnelEvents,
  depth: number,
  open: boolean,
): void {
  const count = rules.order === 'any' ? depth : steps.length;
  let first = -1;
  let last = -1;
  let deepest = -1;
  for (let step = 0; step < count; step++) {
    if (places[step] < 0) continue;
    if (first < 0) first = places[step];
    last = places[step];
    deepest = step;
  }
  let before = -1;
  for (let step = 0; step <= deepest; step++) {
    const place = places[step];
    if (place < 0) continue;
    const ms = before < 0 ? NaN : times[place] - times[before];
    const key = at === 'first' ? first : at === 'last' ? last : place;
    rows.add(step + 1, key, first, ms, !open, open && step === deepest);
    if (rules.order === 'any' || !steps[step].optional) before = place;
  }
}
