import type { HashRange } from '../../store/row-source.ts';
import { readColumn, readSlots, type BlockView, type OpenSource } from '../block-view.ts';
import { enlarged } from '../enlarged.ts';
import { scanSteps, type ScanContext } from '../scan.ts';
import { placeByActor } from '../actor-order.ts';
import type { Steps } from '../steps.ts';
import { withActorAndTime } from '../with-actor-and-time.ts';

/**
 * Events of one slice in the order (actor, time, stored order): those of slot s are the places
 * [`starts[s]`, `starts[s + 1]`). Arrays may be longer than there are events.
 */
export interface ActorEvents {
  readonly slotCount: number;
  readonly starts: Uint32Array;
  readonly times: Float64Array;
  /** What was noted of each event, a list a note. */
  readonly notes: readonly Uint32Array[];
}

/**
 * Reads what is noted of a view's rows: all of them have an actor and a time.
 * @returns for each note a u32 a row; in the scratch.
 */
export type ReadNotes = (view: BlockView) => readonly Uint32Array[];

/** Room for the events of a slice, used again from slice to slice. */
export interface EventRoom {
  /**
   * @param dropping passes over events whose first note is 0.
   * @param beside bytes that the task holds beside the room.
   */
  collect(
    sources: readonly OpenSource[],
    slice: HashRange,
    context: ScanContext,
    read: ReadNotes,
    dropping: boolean,
    beside: number,
  ): Steps<ActorEvents | null>;
  readonly bytes: number;
}

/** @param notes how many are read of each event. */
export function createEventRoom(notes: number): EventRoom {
  let count = 0;
  let slots = new Uint32Array(1024);
  let times = new Float64Array(1024);
  const noted = Array.from({ length: notes }, () => new Uint32Array(1024));
  let order = new Uint32Array(0);
  let orderedTimes = new Float64Array(0);
  let ordered: Uint32Array[] = [];
  const makeRoom = (least: number): void => {
    if (least <= slots.length) return;
    const length = Math.max(least, 2 * slots.length);
    slots = enlarged(slots, new Uint32Array(length));
    times = enlarged(times, new Float64Array(length));
    noted.forEach((own, note) => (noted[note] = enlarged(own, new Uint32Array(length))));
  };
  const add = (all: BlockView, read: ReadNotes, dropping: boolean): void => {
    const view = withActorAndTime(all);
    if (view.length === 0) return;
    const own = read(view);
    makeRoom(count + view.length);
    const ownSlots = readSlots(view);
    const ownTimes = readColumn(view, 'time', 'time');
    if (ownTimes.kind !== 'number') return;
    if (dropping) {
      count = addNoted(own, ownSlots, ownTimes.values, noted, slots, times, count);
      return;
    }
    slots.set(ownSlots, count);
    times.set(ownTimes.values, count);
    own.forEach((values, note) => noted[note].set(values, count));
    count += view.length;
  };
  const orderAll = (slotCount: number): ActorEvents => {
    const starts = new Uint32Array(slotCount + 1);
    for (let event = 0; event < count; event++) starts[slots[event] + 1]++;
    for (let slot = 0; slot < slotCount; slot++) starts[slot + 1] += starts[slot];
    if (isOrdered(slots, times, count)) return { slotCount, starts, times, notes: noted };
    if (order.length < count) {
      order = new Uint32Array(slots.length);
      orderedTimes = new Float64Array(slots.length);
      ordered = noted.map(() => new Uint32Array(slots.length));
    }
    placeByActor(slots, null, times, count, starts, order, orderedTimes);
    noted.forEach((own, note) => takeInOrder(own, order, count, ordered[note]));
    return { slotCount, starts, times: orderedTimes, notes: ordered };
  };
  const bytes = (): number => (12 + 4 * notes) * (slots.length + order.length);
  return {
    *collect(sources, slice, context, read, dropping, beside) {
      count = 0;
      let slotCount = 0;
      yield* scanSteps(sources, slice, context, (view) => {
        slotCount = view.part.slots().count;
        add(view, read, dropping);
        context.memory.hold(beside + bytes());
      });
      if (count === 0) return null;
      const ordered = orderAll(slotCount);
      context.memory.hold(beside + bytes());
      return ordered;
    },
    get bytes() {
      return bytes();
    },
  };
}

function addNoted(
  own: readonly Uint32Array[],
  ownSlots: Uint32Array,
  ownTimes: ArrayLike<number>,
  noted: readonly Uint32Array[],
  slots: Uint32Array,
  times: Float64Array,
  from: number,
): number {
  const [first] = own;
  let at = from;
  for (let row = 0; row < ownSlots.length; row++) {
    if (first[row] === 0) continue;
    slots[at] = ownSlots[row];
    times[at] = ownTimes[row];
    for (let note = 0; note < own.length; note++) noted[note][at] = own[note][row];
    at++;
  }
  return at;
}

function isOrdered(slots: Uint32Array, times: Float64Array, count: number): boolean {
  for (let event = 1; event < count; event++) {
    const before = slots[event - 1];
    const own = slots[event];
    if (own < before || (own === before && times[event] < times[event - 1])) return false;
  }
  return true;
}

function takeInOrder(values: Uint32Array, order: Uint32Array, count: number, out: Uint32Array): void {
  for (let place = 0; place < count; place++) out[place] = values[order[place]];
}
