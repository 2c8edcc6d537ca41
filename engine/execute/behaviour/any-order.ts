import { isClear, isSeen, pairsOf, type Pairs } from './between-events.ts';
import { createHeldEvents } from './held-events.ts';
import { noEvents, type FunnelEvents, type FunnelMachine, type FunnelTask } from './funnel-events.ts';

interface Search {
  readonly task: FunnelTask;
  readonly check: () => void;
  /** Events taken since the last check. */
  taken: number;
  readonly count: number;
  readonly pairs: Pairs;
  readonly places: Int32Array;
  /** By step: the event that fills it in what is tried, -1 = none. */
  readonly owners: Int32Array;
  /** The events tried, in time. */
  readonly tried: Int32Array;
  /** By step: the next event that fills it. */
  readonly next: Float64Array;
  events: FunnelEvents;
  to: number;
  end: number;
  code: number;
  depth: number;
  looked: number;
}

/**
 * Makes the machine of `order any`: an attempt starts at an event of any step, and is as deep as the different steps that it and later events in its window do.
 * Optional steps count like others, grace has no meaning. Without exclusions the events are taken as they come, each when it still finds a step,
 * maybe by moving others to other steps they fill: sets of events that can fill different steps are a matroid (transversal), so that finds the most and the earliest.
 * @param check called now and then.
 */
export function createAnyOrderMachine(task: FunnelTask, check: () => void): FunnelMachine {
  const count = task.steps.length;
  const search: Search = {
    task,
    check,
    taken: 0,
    count,
    pairs: pairsOf(task.exclude),
    places: new Int32Array(count).fill(-1),
    owners: new Int32Array(count),
    tried: new Int32Array(count),
    next: new Float64Array(count),
    events: noEvents,
    to: 0,
    end: 0,
    code: 0,
    depth: 0,
    looked: 0,
  };
  const held = task.holding > 0 ? createHeldEvents(task) : null;
  const free = new Uint32Array();
  const places = new Int32Array(count).fill(-1);
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      const first = Math.max(from, startsFrom);
      places.fill(-1);
      if (held === null) {
        solve(search, events, to, first, Math.min(to, startsTo));
        places.set(search.places);
        return search.depth;
      }
      let depth = 0;
      held.read(events, first, to);
      while (held.next()) {
        solve(search, { ...held.events, holding: free }, held.count(), 0, held.placeOf(startsTo));
        if (search.depth === 0 || search.depth < depth) continue;
        if (search.depth === depth && held.places()[search.places[0]] > places[0]) continue;
        depth = search.depth;
        for (let at = 0; at < count; at += 1)
          places[at] = search.places[at] < 0 ? -1 : held.places()[search.places[at]];
      }
      return depth;
    },
  };
}

function solve(search: Search, events: FunnelEvents, to: number, first: number, last: number): void {
  search.events = events;
  search.to = to;
  search.depth = 0;
  search.places.fill(-1);
  if (search.task.exclude.length > 0) excludedStarts(search, first, last);
  else boundedStarts(search, first, last);
}

/** Walks only from starts whose window holds more different steps than were reached. */
function boundedStarts(search: Search, first: number, last: number): void {
  const { next, events, count } = search;
  const { steps, times } = events;
  // Forward, with a place for each step that only moves on.
  next.fill(first);
  for (let start = first; start < last && search.depth < count; start += 1) {
    if (steps[start] === 0) continue;
    const end = times[start] + search.task.rules.window;
    let bound = 0;
    for (let step = 0; step < count; step += 1) {
      let place = Math.max(next[step], start);
      while (place < search.to && (steps[place] & (1 << step)) === 0) place += 1;
      next[step] = place;
      if (place < search.to && times[place] <= end) bound += 1;
    }
    if (bound > search.depth) walk(search, start);
  }
}

function begin(search: Search, start: number): boolean {
  const { events, task } = search;
  if (events.steps[start] === 0) return false;
  search.code = events.holding.length > 0 ? events.holding[start] : 1;
  search.end = events.times[start] + task.rules.window;
  search.owners.fill(-1);
  return search.code !== 0;
}

function walk(search: Search, start: number): void {
  if (!begin(search, start)) return;
  const { events, tried, count, task, owners } = search;
  let depth = 0;
  for (let place = start; place < search.to && events.times[place] <= search.end && depth < count; place += 1) {
    const fills = events.steps[place];
    if (fills === 0 || (events.holding.length > 0 && events.holding[place] !== search.code)) continue;
    if (task.rules.repeat) {
      for (let step = 0; step < count; step += 1)
        if ((fills & (1 << step)) !== 0 && owners[step] < 0) {
          owners[step] = place;
          tried[depth] = place;
          depth += 1;
        }
    } else if (augment(search, place)) {
      tried[depth] = place;
      depth += 1;
    }
  }
  if (depth > search.depth) keep(search, depth);
}

/** Finds a step for an event, moving others (Kuhn). @returns whether there is one. */
function augment(search: Search, place: number): boolean {
  search.looked = 0;
  return moveTo(search, place);
}

function moveTo(search: Search, place: number): boolean {
  const { events, owners, count } = search;
  for (let step = 0; step < count; step += 1) {
    if ((events.steps[place] & ~search.looked & (1 << step)) === 0) continue;
    search.looked |= 1 << step;
    if (owners[step] < 0 || moveTo(search, owners[step])) {
      owners[step] = place;
      return true;
    }
  }
  return false;
}

function keep(search: Search, depth: number): void {
  search.depth = depth;
  search.places.fill(-1);
  for (let at = 0; at < depth; at += 1) search.places[at] = search.tried[at];
}

/** Tries every choice of events from each start. */
function excludedStarts(search: Search, first: number, last: number): void {
  for (let start = first; start < last && search.depth < search.count; start += 1) {
    if (!begin(search, start)) continue;
    const best = search.depth;
    for (let step = 0; step < search.count; step += 1)
      if ((search.events.steps[start] & (1 << step)) !== 0) take(search, start, step, 0, best);
  }
}

/** Takes an event for a step, and goes on; `least` is the depth that an earlier start reached. */
function take(search: Search, place: number, step: number, depth: number, least: number): void {
  const { events, owners, tried, count, task, pairs } = search;
  if ((search.taken = (search.taken + 1) & 0xffff) === 0) search.check();
  for (let pair = 0; pair < pairs.count; pair += 1) {
    const other = pairs.from[pair] === step ? pairs.to[pair] : pairs.to[pair] === step ? pairs.from[pair] : -1;
    if (other < 0 || owners[other] < 0) continue;
    if (!isClear(events, owners[other], place, pairs.bits[pair], search.code)) return;
  }
  owners[step] = place;
  tried[depth] = place;
  const reached = depth + 1;
  if (
    reached > Math.max(search.depth, least) ||
    (reached === search.depth && reached > least && isEarlier(search, reached))
  )
    keep(search, reached);
  for (let after = place; after < search.to && events.times[after] <= search.end; after += 1) {
    if (
      after > place + 1 &&
      (events.exclusions[after - 1] & pairs.neighbours) !== 0 &&
      isSeen(events, after - 1, search.code)
    )
      break;
    if (after === place && !task.rules.repeat) continue;
    if (events.holding.length > 0 && events.holding[after] !== search.code) continue;
    for (let next = 0; next < count; next += 1)
      if ((events.steps[after] & (1 << next)) !== 0 && owners[next] < 0) take(search, after, next, reached, least);
  }
  owners[step] = -1;
}

function isEarlier(search: Search, depth: number): boolean {
  for (let at = 0; at < depth; at += 1)
    if (search.tried[at] !== search.places[at]) return search.tried[at] < search.places[at];
  return false;
}
