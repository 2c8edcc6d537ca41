import { sessionNumbers } from '../kernels/behaviour-kernels.ts';
import { noteOfSession } from '../kernels/scalar/sessions.ts';
import type { Pointer } from '../kernels/kernels.ts';
import type { TimeRange } from '../plan/select.ts';
import type { ActorEvents } from './behaviour/actor-events.ts';

/** The numbers of a life, by the index of their leaves. */
export type LifeNumber = 1 | 2 | 3 | 4;

/** Lives that were cut out of the events of a slice, slot by slot. */
export interface CutLives {
  readonly count: number;
  /** @returns one of their numbers: start, last, duration, events. */
  numbers(leaf: LifeNumber): Float64Array;
  /** @returns the first, or the last, note of each that is not 0. */
  notes(list: number, last: boolean): Uint32Array;
  /** Where kernels find these, when they are asked for; null = they lie on the heap. */
  readonly placed: {
    numbers(leaf: LifeNumber): Pointer;
    sizes(): Pointer;
    notes(list: number, last: boolean): Pointer;
  } | null;
  /** Gives their room back. */
  close(): void;
}

const kinds = {
  1: sessionNumbers.start,
  2: sessionNumbers.last,
  3: sessionNumbers.duration,
  4: sessionNumbers.events,
} as const;

/**
 * Cuts lives: a session ends where more than `gap` ms pass; null = one an actor. Those that begin outside of `starts` are left out.
 * @param lists how many different numbers and notes of them are asked for at most.
 */
export function cutLives(
  events: ActorEvents,
  gap: number | null,
  { since, until }: TimeRange,
  lists: number,
): CutLives {
  const [from, to] = [since ?? -Infinity, until ?? Infinity];
  return cutInPlace(events, gap ?? Infinity, from, to, lists) ?? cutOnHeap(events, gap ?? Infinity, from, to);
}

/** @returns null where events lie on the heap, or there is no room. */
function cutInPlace(
  events: ActorEvents,
  gap: number,
  since: number,
  until: number,
  lists: number,
): CutLives | null {
  if (events.placed === null) return null;
  const { kernels, arena, starts, ends, times, notes } = events.placed;
  const most = events.starts[events.slotCount];
  const places = arena.beside(8 * most);
  if (places === null) return null;
  const firsts = places.at;
  const lasts = firsts + 4 * most;
  const count = kernels.cutSessions(starts, ends, events.slotCount, times, gap, since, until, firsts, lasts);
  const room = arena.beside(8 * count * lists + 8);
  if (room === null) {
    places.free();
    return null;
  }
  const known = new Map<string, Pointer>();
  const made = (name: string, make: (out: Pointer) => void): Pointer => {
    let at = known.get(name);
    if (at !== undefined) return at;
    at = room.at + 8 * count * known.size;
    make(at);
    known.set(name, at);
    return at;
  };
  const placed = {
    numbers: (leaf: LifeNumber) =>
      made(`number ${leaf}`, (out) => kernels.numberSessions(times, firsts, lasts, count, kinds[leaf], out)),
    sizes: () => made('sizes', (out) => kernels.sizeSessions(firsts, lasts, count, out)),
    notes: (list: number, last: boolean) =>
      made(`note ${list} ${last}`, (out) =>
        kernels.noteSessions(times, firsts, lasts, count, notes[list], last ? 1 : 0, out),
      ),
  };
  const { buffer } = arena.memory;
  return {
    count,
    numbers: (leaf) => new Float64Array(buffer, placed.numbers(leaf), count).slice(),
    notes: (list, last) => new Uint32Array(buffer, placed.notes(list, last), count).slice(),
    placed,
    close() {
      places.free();
      room.free();
    },
  };
}

function cutOnHeap(events: ActorEvents, gap: number, since: number, until: number): CutLives {
  const { slotCount, starts, ends, times, notes } = events;
  const firsts: number[] = [];
  const lasts: number[] = [];
  for (let slot = 0; slot < slotCount; slot++) {
    for (let first = starts[slot], next = first; first < ends[slot]; first = next) {
      next = first + 1;
      while (next < ends[slot] && times[next] - times[next - 1] <= gap) next++;
      if (times[first] < since || times[first] >= until) continue;
      firsts.push(first);
      lasts.push(next - 1);
    }
  }
  const numberOf = {
    1: (first: number) => times[first],
    2: (_: number, last: number) => times[last],
    3: (first: number, last: number) => times[last] - times[first],
    4: (first: number, last: number) => last - first + 1,
  } as const;
  return {
    count: firsts.length,
    numbers: (leaf) => Float64Array.from(firsts, (first, life) => numberOf[leaf](first, lasts[life])),
    notes: (list, last) =>
      Uint32Array.from(firsts, (first, life) => noteOfSession(times, 0, notes[list], 0, first, lasts[life], last)),
    placed: null,
    close: () => undefined,
  };
}
