import { compareBytes } from '../base/compare-text.ts';
import { noSlot, type ActorSlots } from '../store/actor-slots.ts';
import type { HashRange } from '../store/row-source.ts';
import type { TimeRange } from '../plan/select.ts';
import { enlarged } from './enlarged.ts';
import { orderByHash } from './hash-order.ts';
import { eventFlags, type LiveEvents } from './live-events.ts';
import type { SliceSource } from './block-view.ts';
import { isAscending, mergeRuns } from './sort-runs.ts';

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

function makeRoom(lives: Lives, count: number): void {
  if (count <= lives.starts.length) return;
  const length = Math.max(count, 2 * lives.starts.length);
  lives.starts = enlarged(lives.starts, new Float64Array(length));
  lives.lasts = enlarged(lives.lasts, new Float64Array(length));
  lives.events = enlarged(lives.events, new Float64Array(length));
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
 * @param sessionOf receives the life of each event, or `noSession`.
 * @param livesOfRank receives how many lives each actor has, by rank.
 */
export function cutLives(
  cut: Cut,
  events: LiveEvents,
  actors: ActorRanks,
  lives: Lives,
  sessionOf: Uint32Array,
  livesOfRank: Uint32Array,
): void {
  if (cut.gap === null && cut.starting === null && cut.ending === null)
    return wholeLives(cut.starts, events, actors, lives, sessionOf, livesOfRank);
  makeRoom(lives, lives.count + events.count);
  const order = inActorOrder(events, actors);
  const flags = cut.starting === null && cut.ending === null ? null : events.flags;
  walk(cut.gap ?? Infinity, cut.starts, events, flags, order, actors.ranks, lives, sessionOf, livesOfRank);
}

/** @returns the events by (actor's rank, time, stored order); null = they lie so. */
function inActorOrder({ count, slots, times, onlyPart }: LiveEvents, actors: ActorRanks): Uint32Array | null {
  // Rows of one source lie in this order.
  if (onlyPart !== null) return null;
  const { ranks, count: actorCount } = actors;
  const starts = new Uint32Array(actorCount + 1);
  for (let event = 0; event < count; event++) starts[ranks[slots[event]] + 1]++;
  for (let rank = 0; rank < actorCount; rank++) starts[rank + 1] += starts[rank];
  const order = new Uint32Array(count);
  const next = starts.slice();
  for (let event = 0; event < count; event++) order[next[ranks[slots[event]]]++] = event;
  let spare = new Uint32Array(256);
  for (let rank = 0; rank < actorCount; rank++) {
    const from = starts[rank];
    const to = starts[rank + 1];
    if (isAscending(order, from, to, times)) continue;
    if (to - from > spare.length) spare = new Uint32Array(2 * (to - from));
    mergeRuns(order, from, to, times, spare);
  }
  return order;
}

function walk(
  gap: number,
  range: TimeRange,
  { count, slots, times }: LiveEvents,
  flags: Uint8Array | null,
  order: Uint32Array | null,
  ranks: Uint32Array,
  lives: Lives,
  sessionOf: Uint32Array,
  livesOfRank: Uint32Array,
): void {
  const since = range.since ?? -Infinity;
  const until = range.until ?? Infinity;
  const { starts, lasts, events } = lives;
  let slot = noSlot;
  let session = noSession;
  let last = 0;
  let over = false;
  for (let i = 0; i < count; i++) {
    const event = order === null ? i : order[i];
    const time = times[event];
    const flag = flags === null ? 0 : flags[event];
    if (over || slots[event] !== slot || time - last > gap || (flag & eventFlags.starting) !== 0) {
      slot = slots[event];
      if (time >= since && time < until) {
        session = lives.count++;
        starts[session] = time;
        events[session] = 0;
        livesOfRank[ranks[slot]]++;
      } else session = noSession;
    }
    sessionOf[event] = session;
    if (session !== noSession) {
      lasts[session] = time;
      events[session]++;
    }
    last = time;
    over = (flag & eventFlags.ending) !== 0;
  }
}

/** One life an actor needs no order of its events. */
function wholeLives(
  range: TimeRange,
  { count, slots, times }: LiveEvents,
  { ranks, count: actors }: ActorRanks,
  lives: Lives,
  sessionOf: Uint32Array,
  livesOfRank: Uint32Array,
): void {
  const since = range.since ?? -Infinity;
  const until = range.until ?? Infinity;
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
  makeRoom(lives, lives.count + actors);
  const lifeOfRank = new Uint32Array(actors).fill(noSession);
  for (let rank = 0; rank < actors; rank++) {
    if (events[rank] === 0 || firsts[rank] < since || firsts[rank] >= until) continue;
    const life = (lifeOfRank[rank] = lives.count++);
    lives.starts[life] = firsts[rank];
    lives.lasts[life] = lasts[rank];
    lives.events[life] = events[rank];
    livesOfRank[rank] = 1;
  }
  for (let event = 0; event < count; event++) sessionOf[event] = lifeOfRank[ranks[slots[event]]];
}
