import { compareBytes } from '../base/compare-text.ts';
import { placeByActor } from './actor-order.ts';
import { noSlot, type ActorSlots } from '../store/actor-slots.ts';
import type { HashRange } from '../store/row-source.ts';
import type { TimeRange } from '../plan/select.ts';
import { enlarged } from './enlarged.ts';
import { orderByHash } from './hash-order.ts';
import { eventFlags, roomToOrder, type LiveEvents } from './live-events.ts';
import type { SliceSource } from './block-view.ts';

/** The session of an event whose session is none of the answer's. */
export const noSession = 0xffffffff;

/** Lives cut so far, one a place: in the order of the actors' hashes, then of time. */
export interface Lives {
  count: number;
  starts: Float64Array;
  lasts: Float64Array;
  events: Float64Array;
}

/** @returns lives without any. */
export function newLives(): Lives {
  return { count: 0, starts: new Float64Array(256), lasts: new Float64Array(256), events: new Float64Array(256) };
}

/** @returns the number of a life that is added. */
function addLife(lives: Lives, start: number, last: number, events: number): number {
  const life = lives.count++;
  if (life === lives.starts.length) {
    lives.starts = enlarged(lives.starts, new Float64Array(2 * life));
    lives.lasts = enlarged(lives.lasts, new Float64Array(2 * life));
    lives.events = enlarged(lives.events, new Float64Array(2 * life));
  }
  lives.starts[life] = start;
  lives.lasts[life] = last;
  lives.events[life] = events;
  return life;
}

/** How lives are cut: `gap` null = one life an actor. */
export interface Cut {
  readonly gap: number | null;
  readonly starting: unknown;
  readonly ending: unknown;
  readonly starts: TimeRange;
}

/** The actors of one slice in the order of (hash, text): those of the parts that have events. */
export interface ActorRanks {
  readonly count: number;
  /** By slot. */
  readonly ranks: Uint32Array;
  /** By rank: where the actor's text and hash are, a part and an entry of it. */
  readonly parts: readonly SliceSource[];
  readonly partOf: Uint32Array;
  readonly entryOf: Uint32Array;
}

/** @param parts those that have events. */
export function rankActors(
  parts: readonly SliceSource[],
  { slots, count: slotCount }: ActorSlots,
  slice: HashRange,
): ActorRanks {
  const number = new Uint32Array(slotCount);
  const partOf = new Uint32Array(slotCount);
  const entryOf = new Uint32Array(slotCount);
  const hashes = new Uint32Array(2 * slotCount);
  let count = 0;
  parts.forEach(({ part, entries }, index) => {
    const own = slots[part];
    for (let entry = 0; entry < own.length; entry++) {
      const slot = own[entry];
      if (slot === noSlot || number[slot] !== 0) continue;
      partOf[count] = index;
      entryOf[count] = entry;
      hashes[2 * count] = entries.hashes[2 * entry];
      hashes[2 * count + 1] = entries.hashes[2 * entry + 1];
      number[slot] = ++count;
    }
  });
  const order = orderByHash(hashes, count, slice, (a, b) => {
    const x = parts[partOf[a]].entries.texts;
    const y = parts[partOf[b]].entries.texts;
    const p = entryOf[a];
    const q = entryOf[b];
    return compareBytes(x.bytes, x.offsets[p], x.offsets[p + 1], y.bytes, y.offsets[q], y.offsets[q + 1]);
  });
  const rankOf = new Uint32Array(count);
  for (let rank = 0; rank < count; rank++) rankOf[order[rank]] = rank;
  const ranks = number.map((own) => (own === 0 ? 0 : rankOf[own - 1]));
  return { count, ranks, parts, partOf: order.map((own) => partOf[own]), entryOf: order.map((own) => entryOf[own]) };
}

/**
 * Cuts one slice's events into lives, which are added.
 * @param sessionOf receives the life of each event, or `noSession`; null = nobody asks.
 * @param livesOfRank receives how many lives each actor has, by rank.
 */
export function cutLives(
  cut: Cut,
  events: LiveEvents,
  actors: ActorRanks,
  lives: Lives,
  sessionOf: Uint32Array | null,
  livesOfRank: Uint32Array,
): void {
  if (cut.gap === null && cut.starting === null && cut.ending === null)
    return wholeLives(cut.starts, events, actors, lives, sessionOf, livesOfRank);
  const ordered = inActorOrder(events, actors);
  const flags = cut.starting === null && cut.ending === null ? null : events.flags;
  walk(cut.gap ?? Infinity, cut.starts, ordered, flags, lives, sessionOf, livesOfRank);
}

/** Events by (actor's rank, time, stored order): those of rank r are `starts[r] … starts[r + 1])`. */
interface OrderedEvents {
  readonly starts: Uint32Array;
  readonly times: Float64Array;
  /** Which event stands at each place; null = they lie so. */
  readonly order: Uint32Array | null;
}

function inActorOrder(events: LiveEvents, { ranks, count: actorCount }: ActorRanks): OrderedEvents {
  const { count, slots, times, onlyPart } = events;
  const starts = new Uint32Array(actorCount + 1);
  for (let event = 0; event < count; event++) starts[ranks[slots[event]] + 1]++;
  for (let rank = 0; rank < actorCount; rank++) starts[rank + 1] += starts[rank];
  // Rows of one source lie in this order.
  if (onlyPart !== null) return { starts, times, order: null };
  const { order, orderedTimes } = roomToOrder(events);
  placeByActor(slots, ranks, times, count, starts, order, orderedTimes);
  return { starts, times: orderedTimes, order };
}

function walk(
  gap: number,
  range: TimeRange,
  { starts, times, order }: OrderedEvents,
  flags: Uint8Array | null,
  lives: Lives,
  sessionOf: Uint32Array | null,
  livesOfRank: Uint32Array,
): void {
  for (let rank = 0; rank < livesOfRank.length; rank++) {
    const end = starts[rank + 1];
    for (let from = starts[rank]; from < end;) {
      const to = endOfSession(gap, times, order, flags, from, end);
      const session = isIn(times[from], range) ? addLife(lives, times[from], times[to - 1], to - from) : noSession;
      if (session !== noSession) livesOfRank[rank]++;
      if (sessionOf !== null) for (let at = from; at < to; at++) sessionOf[order === null ? at : order[at]] = session;
      from = to;
    }
  }
}

/** @returns where the session that begins at a place ends. */
function endOfSession(
  gap: number,
  times: Float64Array,
  order: Uint32Array | null,
  flags: Uint8Array | null,
  from: number,
  end: number,
): number {
  let at = from + 1;
  if (flags === null) {
    while (at < end && times[at] - times[at - 1] <= gap) at++;
    return at;
  }
  for (; at < end && times[at] - times[at - 1] <= gap; at++) {
    const before = flags[order === null ? at - 1 : order[at - 1]];
    const own = flags[order === null ? at : order[at]];
    if ((before & eventFlags.ending) !== 0 || (own & eventFlags.starting) !== 0) break;
  }
  return at;
}

function isIn(time: number, { since, until }: TimeRange): boolean {
  return (since === null || time >= since) && (until === null || time < until);
}

/** One life an actor needs no order of its events. */
function wholeLives(
  range: TimeRange,
  { count, slots, times }: LiveEvents,
  { ranks, count: actors }: ActorRanks,
  lives: Lives,
  sessionOf: Uint32Array | null,
  livesOfRank: Uint32Array,
): void {
  const firsts = new Float64Array(actors).fill(Infinity);
  const lasts = new Float64Array(actors).fill(-Infinity);
  const events = new Float64Array(actors);
  for (let event = 0; event < count; event++) {
    const rank = ranks[slots[event]];
    const time = times[event];
    events[rank]++;
    if (time < firsts[rank]) firsts[rank] = time;
    if (time > lasts[rank]) lasts[rank] = time;
  }
  const lifeOfRank = new Uint32Array(actors).fill(noSession);
  for (let rank = 0; rank < actors; rank++) {
    if (events[rank] === 0 || !isIn(firsts[rank], range)) continue;
    lifeOfRank[rank] = addLife(lives, firsts[rank], lasts[rank], events[rank]);
    livesOfRank[rank] = 1;
  }
  if (sessionOf !== null)
    for (let event = 0; event < count; event++) sessionOf[event] = lifeOfRank[ranks[slots[event]]];
}
