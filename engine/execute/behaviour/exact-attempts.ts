import { noEvents, type FunnelEvents, type FunnelMachine, type FunnelTask } from './funnel-events.ts';
import { isClear, isSeen, pairsOf, type Pairs } from './between-events.ts';

/** What a search carries along. */
interface Search {
  readonly task: FunnelTask;
  readonly check: () => void;
  /** Events tried since the last check. */
  looked: number;
  readonly count: number;
  readonly pairs: Pairs;
  /** Places of the attempt that is tried, and of the best. */
  readonly tried: Int32Array;
  readonly places: Int32Array;
  /** By step and event of the window: 1 + the optional steps with which it was tried; see `memo`. */
  visited: Uint8Array;
  /** Whether what can follow an event at a step does not depend on the events before it. */
  memo: boolean;
  events: FunnelEvents;
  from: number;
  to: number;
  /** The last event may be as late as this. */
  end: number;
  /** First place of `visited`. */
  base: number;
  width: number;
  code: number;
  /** Of the best attempt: depth x 64 + optional steps. */
  score: number;
  /** No attempt reaches more. */
  limit: number;
}

/**
 * Makes a machine for every rule of the orders loose and strict. It tries events in the order in which attempts are preferred,
 * and each pair of step and event once a start, so that a start costs at most the steps times the square of the events in its window.
 * An event with another holding value is looked past: it neither excludes nor breaks `strict`; one without a value does both.
 * Step 1 is never optional; an optional step that is skipped is later than any event; between events that grace has turned round lies what lies between their places.
 * @param check called now and then.
 */
export function createExactMachine(task: FunnelTask, check: () => void): FunnelMachine {
  const count = task.steps.length;
  const search: Search = {
    task,
    check,
    looked: 0,
    count,
    pairs: pairsOf(task.exclude),
    tried: new Int32Array(count).fill(-1),
    places: new Int32Array(count).fill(-1),
    visited: new Uint8Array(0),
    memo: true,
    events: noEvents,
    from: 0,
    to: 0,
    end: 0,
    base: 0,
    width: 0,
    code: 0,
    score: 0,
    limit: 0,
  };
  return {
    places: search.places,
    best(events, from, to, startsFrom, startsTo) {
      search.events = events;
      search.from = from;
      search.to = to;
      search.score = 0;
      search.places.fill(-1);
      readActor(search);
      for (
        let start = Math.max(from, startsFrom);
        start < Math.min(to, startsTo) && search.score < search.limit;
        start += 1
      )
        if ((events.steps[start] & 1) !== 0) tryStart(search, start);
      return search.score >> 6;
    },
  };
}

/** Learns what the actor's events could reach at most, and whether one fills several steps. */
function readActor(search: Search): void {
  const { task, events, count } = search;
  let all = 0;
  let several = false;
  for (let place = search.from; place < search.to; place += 1) {
    const fills = events.steps[place];
    all |= fills;
    several ||= (fills & (fills - 1)) !== 0;
  }
  let depth = 0;
  let optional = 0;
  for (let step = 0; step < count; step += 1)
    if (step > 0 && task.steps[step].optional) optional += (all >>> step) & 1;
    else if ((all >>> step) & 1) depth = step + 1;
    else break;
  search.limit = depth * 64 + optional;
  const loose = task.rules.order === 'loose' || task.rules.grace === null;
  search.memo = loose && !search.pairs.spanning && !(several && !task.rules.repeat && task.rules.grace !== null);
}

function tryStart(search: Search, start: number): void {
  const { task, events } = search;
  search.code = task.holding > 0 ? events.holding[start] : 1;
  if (search.code === 0) return;
  search.end = events.times[start] + task.rules.window;
  const earliest = events.times[start] - (task.rules.grace ?? 0) * search.count;
  search.base = start;
  if (task.rules.grace !== null)
    while (search.base > search.from && events.times[search.base - 1] >= earliest) search.base -= 1;
  if (search.memo) {
    let last = start;
    while (last < search.to && events.times[last] <= search.end) last += 1;
    search.width = last - search.base;
    if (search.visited.length < search.width * search.count)
      search.visited = new Uint8Array(2 * search.width * search.count);
    search.visited.fill(0, 0, search.width * search.count);
  }
  search.tried[0] = start;
  follow(search, 0, 1, 0);
  search.tried[0] = -1;
}

/** Goes on from the last step done, having done required steps to `depth` and so many optional ones. */
function follow(search: Search, step: number, depth: number, optional: number): void {
  const { task, tried } = search;
  if (search.memo) {
    const at = step * search.width + tried[step] - search.base;
    if (search.visited[at] > optional) return;
    search.visited[at] = optional + 1;
  }
  const score = depth * 64 + optional;
  if (score > search.score && (task.rules.order !== 'strict' || isConsecutive(search))) {
    search.score = score;
    search.places.set(tried);
  }
  for (let next = step + 1; next < search.count; next += 1) {
    tryEvents(search, step, next, depth, optional);
    if (search.score >= search.limit || !task.steps[next].optional) return;
  }
}

function tryEvents(search: Search, step: number, next: number, depth: number, optional: number): void {
  const { task, tried, events } = search;
  const { repeat, grace, order } = task.rules;
  const before = tried[step];
  const isOptional = task.steps[next].optional;
  let place = before;
  if (grace !== null) while (place > search.from && events.times[place - 1] >= events.times[before] - grace) place -= 1;
  for (; place < search.to && events.times[place] <= search.end; place += 1) {
    if ((search.looked = (search.looked + 1) & 0xfffff) === 0) search.check();
    if (place > before + 1) {
      const between = place - 1;
      if (isSeen(events, between, search.code)) {
        if (search.pairs.neighbours !== 0 && (events.exclusions[between] & search.pairs.neighbours) !== 0) return;
        if (order === 'strict' && grace === null) return;
      }
    }
    if ((events.steps[place] & (1 << next)) === 0) continue;
    if (task.holding > 0 && events.holding[place] !== search.code) continue;
    if (!repeat && isUsed(search, place, next)) continue;
    if (place < before && !isClear(events, place, before, search.pairs.neighbours, search.code)) continue;
    if (!pairsHold(search, place, next)) continue;
    tried[next] = place;
    follow(search, next, isOptional ? depth : next + 1, optional + (isOptional ? 1 : 0));
    tried[next] = -1;
    if (search.score >= search.limit) return;
  }
}

function isUsed(search: Search, place: number, steps: number): boolean {
  for (let step = 0; step < steps; step += 1) if (search.tried[step] === place) return true;
  return false;
}

function pairsHold(search: Search, place: number, step: number): boolean {
  const { tried, events, pairs } = search;
  for (let pair = 0; pair < pairs.count; pair += 1) {
    if (pairs.to[pair] !== step || tried[pairs.from[pair]] < 0) continue;
    const other = tried[pairs.from[pair]];
    if (!isClear(events, Math.min(other, place), Math.max(other, place), pairs.bits[pair], search.code)) return false;
  }
  return true;
}

/** Whether the events tried lie side by side. */
function isConsecutive(search: Search): boolean {
  if (search.task.rules.grace === null) return true;
  let least = search.to;
  let last = -1;
  for (let step = 0; step < search.count; step += 1)
    if (search.tried[step] >= 0) {
      least = Math.min(least, search.tried[step]);
      last = Math.max(last, search.tried[step]);
    }
  for (let place = least + 1; place < last; place += 1)
    if (isSeen(search.events, place, search.code) && !isUsed(search, place, search.count)) return false;
  return true;
}
