import type { Values } from '../column/values.ts';
import type { LivesPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { readColumn, readSlots, withOwnRows, type BlockView, type OpenSource } from './block-view.ts';
import { enlarged } from './enlarged.ts';
import { leavesOf } from './leaves.ts';
import { scanSteps, type ScanContext } from './scan.ts';
import type { Steps } from './steps.ts';
import { withActorAndTime } from './with-actor-and-time.ts';

/** An event begins a session, or ends one behind itself. */
export const eventFlags = { starting: 1, ending: 2 } as const;

/**
 * The events of one slice, in the order that their sources and their rows have: of one actor, events of one time stand
 * in stored order. Events of nobody, or of no time, are not among them.
 */
export interface LiveEvents {
  count: number;
  slots: Uint32Array;
  times: Float64Array;
  /** `eventFlags`; empty when the plan has neither. */
  flags: Uint8Array;
  /** Blocks they came from: events `firsts[v] … firsts[v + 1])` are the rows of view v. */
  views: BlockView[];
  firsts: number[];
  /** The one part that all came from, or null. */
  onlyPart: number | null;
  /** Room for what is derived of them. */
  order: Uint32Array;
  orderedTimes: Float64Array;
  sessionOf: Uint32Array;
  /** Bytes that the task holds beside all this. */
  heldBeside: number;
}

/** Makes room for events, used again from slice to slice. */
export function newLiveEvents(): LiveEvents {
  return {
    count: 0,
    slots: new Uint32Array(1024),
    times: new Float64Array(1024),
    flags: new Uint8Array(0),
    views: [],
    firsts: [0],
    onlyPart: null,
    order: new Uint32Array(0),
    orderedTimes: new Float64Array(0),
    sessionOf: new Uint32Array(0),
    heldBeside: 0,
  };
}

/** @returns the bytes that the events take. */
export function bytesOfEvents({ slots, flags, order, sessionOf }: LiveEvents): number {
  // Beside the slots stand the times; beside the order, times once more.
  return 12 * slots.length + flags.length + 12 * order.length + 4 * sessionOf.length;
}

/** @returns room to put the events in another order. */
export function roomToOrder(events: LiveEvents): Pick<LiveEvents, 'order' | 'orderedTimes'> {
  const { length } = events.slots;
  if (events.order.length < length) {
    events.order = new Uint32Array(length);
    events.orderedTimes = new Float64Array(length);
  }
  return events;
}

/** @returns room for the session of each event. */
export function roomForSessions(events: LiveEvents): Uint32Array {
  const { length } = events.slots;
  if (events.sessionOf.length < length) events.sessionOf = new Uint32Array(length);
  return events.sessionOf;
}

/** Collects the slice's events that pass. */
export function* collectEvents(
  plan: LivesPlan,
  sources: readonly OpenSource[],
  slice: HashRange,
  context: ScanContext,
  into: LiveEvents,
): Steps<void> {
  into.count = 0;
  into.views = [];
  into.firsts = [0];
  into.onlyPart = null;
  yield* scanSteps(sources, slice, context, (view) => addView(plan, view, context, into));
}

function addView(plan: LivesPlan, all: BlockView, context: ScanContext, into: LiveEvents): void {
  const view = withActorAndTime(all);
  const { length } = view;
  if (length === 0) return;
  const at = into.count;
  if (at + length > into.slots.length) {
    makeRoom(into, at + length);
    context.memory.hold(into.heldBeside + bytesOfEvents(into));
  }
  into.slots.set(readSlots(view), at);
  const times = readColumn(view, 'time', 'time');
  if (times.kind === 'number') into.times.set(times.values, at);
  if (plan.starting !== null || plan.ending !== null) {
    if (into.flags.length < into.slots.length) into.flags = enlarged(into.flags, new Uint8Array(into.slots.length));
    into.flags.fill(0, at, at + length);
    const leaves = leavesOf(view);
    if (plan.starting !== null)
      mark(context.evaluator.evaluate(plan.starting, leaves), eventFlags.starting, into.flags, at);
    if (plan.ending !== null) mark(context.evaluator.evaluate(plan.ending, leaves), eventFlags.ending, into.flags, at);
  }
  const { part } = view.part;
  into.onlyPart = at === 0 || into.onlyPart === part ? part : null;
  into.count = at + length;
  into.firsts.push(into.count);
  // The scratch that the rows lie in is taken back before the next block.
  into.views.push(withOwnRows(view));
}

function makeRoom(events: LiveEvents, count: number): void {
  const length = Math.max(count, 2 * events.slots.length);
  events.slots = enlarged(events.slots, new Uint32Array(length));
  events.times = enlarged(events.times, new Float64Array(length));
}

function mark(values: Values, flag: number, flags: Uint8Array, at: number): void {
  if (values.kind !== 'bool') return;
  for (let i = 0; i < values.length; i++)
    if (values.values[i] === 1 && (values.nulls === null || values.nulls[i] === 0)) flags[at + i] |= flag;
}
