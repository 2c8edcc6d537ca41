import type { ChainEvents } from './chain-pass.ts';
import type { FunnelEvents, FunnelTask } from './funnel-events.ts';

/** One actor's events by holding value, one value after another. */
export interface HeldEvents {
  read(events: FunnelEvents, from: number, to: number): void;
  /** Goes on to the next value. @returns whether there is one. */
  next(): boolean;
  /** The events of this value, and for those without a value between two of them one event that fills no step and excludes and breaks what they do. */
  readonly events: ChainEvents;
  count(): number;
  /** By event of this value: its place in the slice. */
  places(): Int32Array;
  /** @returns the first event of this value at or after a place in the slice. */
  placeOf(place: number): number;
}

/** Makes the room for the events of one actor by holding value; it grows, and is used again. */
export function createHeldEvents(task: FunnelTask): HeldEvents {
  const groups = new Map<number, number>();
  const lastNull = new Int32Array(task.exclude.length);
  const heads: number[] = [];
  const tails: number[] = [];
  let room = 0;
  let [following, gaps, broken, places] = [new Int32Array(), new Uint32Array(), new Uint8Array(), new Int32Array()];
  let source: FunnelEvents | null = null;
  let [base, group, size] = [0, -1, 0];
  const events: ChainEvents = {
    times: new Float64Array(),
    steps: new Uint32Array(),
    exclusions: new Uint32Array(),
  };
  const grow = (count: number): void => {
    if (count <= room) return;
    room = count + (count >> 1);
    following = new Int32Array(room);
    gaps = new Uint32Array(room);
    broken = new Uint8Array(room);
    places = new Int32Array(2 * room);
    events.times = new Float64Array(2 * room);
    events.steps = new Uint32Array(2 * room);
    events.exclusions = new Uint32Array(task.exclude.length > 0 ? 2 * room : 0);
  };
  const add = (time: number, steps: number, exclusions: number, place: number): void => {
    events.times[size] = time;
    events.steps[size] = steps;
    if (task.exclude.length > 0) events.exclusions[size] = exclusions;
    places[size] = place;
    size += 1;
  };
  return {
    events,
    count: () => size,
    places: () => places,
    placeOf(place) {
      let at = 0;
      while (at < size && places[at] < place) at += 1;
      return at;
    },
    read(from, low, high) {
      grow(high - low);
      [source, base, group] = [from, low, -1];
      groups.clear();
      heads.length = 0;
      tails.length = 0;
      lastNull.fill(-1);
      let lastBreak = -1;
      for (let place = low; place < high; place += 1) {
        const code = from.holding[place];
        if (code === 0) {
          for (let x = 0; x < lastNull.length; x += 1)
            if ((from.exclusions[place] & (1 << x)) !== 0) lastNull[x] = place;
          lastBreak = place;
          continue;
        }
        following[place - low] = -1;
        gaps[place - low] = 0;
        broken[place - low] = 0;
        const known = groups.get(code);
        if (known === undefined) {
          groups.set(code, heads.length);
          heads.push(place);
          tails.push(place);
          continue;
        }
        const before = tails[known];
        following[before - low] = place;
        tails[known] = place;
        for (let x = 0; x < lastNull.length; x += 1) if (lastNull[x] > before) gaps[place - low] |= 1 << x;
        broken[place - low] = lastBreak > before ? 1 : 0;
      }
    },
    next() {
      group += 1;
      if (source === null || group >= heads.length) return false;
      size = 0;
      for (let place = heads[group]; place >= 0; place = following[place - base]) {
        const at = place - base;
        if (broken[at] === 1) add(source.times[place], 0, gaps[at], place);
        add(source.times[place], source.steps[place], task.exclude.length > 0 ? source.exclusions[place] : 0, place);
      }
      return true;
    },
  };
}
