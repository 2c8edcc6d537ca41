import { placeByActor } from '../actor-order.ts';
import { readColumn, readSlots, type BlockView } from '../block-view.ts';
import { enlarged } from '../enlarged.ts';
import { leavesOf } from '../leaves.ts';
import { withActorAndTime } from '../with-actor-and-time.ts';
import type { ActorEvents } from './actor-events.ts';
import type { EventNote } from './event-notes.ts';

/** Puts the events of a slice in order on the heap. */
export interface PlainEvents {
  readonly bytes: number;
  /** Forgets all events. */
  clear(): void;
  /** @param dropping passes over events whose first note is 0. */
  add(view: BlockView, read: readonly EventNote[], dropping: boolean): void;
  /** @returns the events in order, until they are forgotten; null where there are none. */
  ordered(slotCount: number): ActorEvents | null;
}

/** @param notes how many are read of each event. */
export function createPlainEvents(notes: number): PlainEvents {
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
  const add = (all: BlockView, read: readonly EventNote[], dropping: boolean): void => {
    const view = withActorAndTime(all);
    if (view.length === 0) return;
    const leaves = leavesOf(view);
    const own = read.map((note) => note.read(view, leaves));
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
    if (isOrdered(slots, times, count))
      return { slotCount, starts, ends: starts.subarray(1), times, notes: noted, placed: null };
    if (order.length < count) {
      order = new Uint32Array(slots.length);
      orderedTimes = new Float64Array(slots.length);
      ordered = noted.map(() => new Uint32Array(slots.length));
    }
    placeByActor(slots, null, times, count, starts, order, orderedTimes);
    noted.forEach((own, note) => takeInOrder(own, order, count, ordered[note]));
    return { slotCount, starts, ends: starts.subarray(1), times: orderedTimes, notes: ordered, placed: null };
  };
  return {
    get bytes() {
      return (12 + 4 * notes) * (slots.length + order.length);
    },
    clear() {
      count = 0;
    },
    add,
    ordered: (slotCount) => (count === 0 ? null : orderAll(slotCount)),
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
