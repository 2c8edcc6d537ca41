import { deepestLoose } from '../../kernels/scalar/funnels.ts';
import { aimAt, chainOf, killsAt, lastStep, passBack, type Chain, type ChainEvents } from './chain-pass.ts';
import type { FunnelMachine, FunnelTask } from './funnel-events.ts';
import { createHeldEvents } from './held-events.ts';

/** @returns whether passes over the events decide: equal times as stored, and every exclusion's meaning known from the depth alone. */
export function isChainTask(task: FunnelTask): boolean {
  if (task.rules.order === 'any' || task.rules.grace !== null) return false;
  return task.exclude.every(({ between }) => {
    if (between === null) return true;
    const [from, to] = [Math.min(between.from, between.to), Math.max(between.from, between.to)];
    if (from === to || (from > 0 && task.steps[from].optional) || task.steps[to].optional) return false;
    return !task.rules.repeat || to === from + 1;
  });
}

/**
 * Makes the machine of the orders loose and strict with exclusions, holding and optional steps, where `isChainTask`.
 * For each depth from the greatest down, one pass back over the events tells the earliest start of a chain so deep, with how many optional steps; a second
 * one, over the window of that start, marks from where it can be completed; then the earliest marked event is taken at each step.
 */
export function createChainMachine(task: FunnelTask): FunnelMachine {
  const chain = chainOf(task);
  const places = new Int32Array(chain.count).fill(-1);
  const tried = new Int32Array(chain.count);
  const held = task.holding > 0 ? createHeldEvents(task) : null;
  return {
    places,
    best(events, from, to, startsFrom, startsTo) {
      places.fill(-1);
      const first = Math.max(from, startsFrom);
      if (held === null) return solve(chain, events, first, to, first, startsTo, places, 0) >> 6;
      let best = 0;
      held.read(events, first, to);
      while (held.next()) {
        const score = solve(chain, held.events, 0, held.count(), 0, held.placeOf(startsTo), tried, best);
        if (score === 0) continue;
        const start = held.places()[tried[0]];
        if (score === best && start > places[0]) continue;
        best = score;
        for (let step = 0; step < chain.count; step += 1)
          places[step] = tried[step] < 0 ? -1 : held.places()[tried[step]];
      }
      return best >> 6;
    },
  };
}

/** @returns depth x 64 + optional steps of the best attempt, 0 = none that is as good as `least`; `places` are its events. */
function solve(
  chain: Chain,
  events: ChainEvents,
  from: number,
  to: number,
  startsFrom: number,
  startsTo: number,
  places: Int32Array,
  least: number,
): number {
  const limit = limitOf(chain, events, from, to, startsTo);
  for (let depth = limit; depth > 0 && depth >= least >> 6; depth -= 1) {
    if (chain.optional[depth - 1] === 1) continue;
    aimAt(chain, depth);
    passBack(chain, events, depth, from, to, startsFrom, startsTo, false);
    let optional = chain.width - 1;
    while (optional >= 0 && chain.starts[optional] < 0) optional -= 1;
    if (optional < 0) continue;
    const score = depth * 64 + optional;
    if (score < least) return 0;
    choose(chain, events, depth, optional, chain.starts[optional], to, places);
    return score;
  }
  return 0;
}

/** @returns a depth that no attempt exceeds. */
function limitOf(chain: Chain, events: ChainEvents, from: number, to: number, startsTo: number): number {
  const { task, count, optional } = chain;
  // What options forbid only makes chains fewer.
  if (chain.width === 1) {
    const { window, repeat } = task.rules;
    return deepestLoose(events.times, events.steps, chain.room, from, to, startsTo, count, window, repeat);
  }
  let all = 0;
  for (let place = from; place < to; place += 1) all |= events.steps[place];
  let limit = 0;
  while (limit < count && ((all & (1 << limit)) !== 0 || (limit > 0 && optional[limit] === 1))) limit += 1;
  return limit;
}

/** Fills `places` with the earliest events of an attempt known to exist. */
function choose(
  chain: Chain,
  events: ChainEvents,
  depth: number,
  optional: number,
  start: number,
  to: number,
  places: Int32Array,
): void {
  const end = events.times[start] + chain.task.rules.window;
  let high = start + 1;
  while (high < to && events.times[high] <= end) high += 1;
  const needed = (high - start) * chain.width;
  if (chain.marks.length < needed) chain.marks = new Uint32Array(needed + (needed >> 1));
  passBack(chain, events, depth, start, high, 0, 0, true);
  places.fill(-1);
  places[0] = start;
  const last = lastStep(chain, depth);
  let [step, place, left] = [0, start, optional];
  while (step < depth - 1 || left > 0) {
    const to = Math.min(chain.required[step], last);
    let next = step + 1;
    let found = -1;
    for (; next <= to; next += 1) {
      found = earliest(chain, events, start, high, place, next, left);
      if (found >= 0) break;
    }
    step = next;
    place = found;
    left -= chain.optional[next];
    places[next] = found;
  }
}

/** @returns the earliest event after one to which a chain can go on, -1 = none. */
function earliest(
  chain: Chain,
  events: ChainEvents,
  start: number,
  high: number,
  before: number,
  step: number,
  optional: number,
): number {
  const { width, marks, task } = chain;
  for (let place = task.rules.repeat ? before : before + 1; place < high; place += 1) {
    if ((marks[(place - start) * width + optional] & (1 << step)) !== 0) return place;
    if (place > before && (killsAt(chain, events, place) & (1 << step)) !== 0) return -1;
  }
  return -1;
}
