import { pairsOf, type Pairs } from './between-events.ts';
import type { FunnelTask } from './funnel-events.ts';

/** What chains are made of: the events of one actor, or those of them that have one holding value. */
export interface ChainEvents {
  times: Float64Array;
  steps: Uint32Array;
  /** Of length 0 without exclusions. */
  exclusions: Uint32Array;
}

/** No chain. */
export const never = 0x7fffffff;

/** A funnel laid out for passes over its events from the last to the first. */
export interface Chain {
  readonly task: FunnelTask;
  readonly count: number;
  /** Optional steps + 1: the rooms of a step in `ends` and `fresh`. */
  readonly width: number;
  readonly pairs: Pairs;
  readonly optional: Uint8Array;
  /** By step: the next required step, or the last step. */
  readonly required: Int32Array;
  /** By step and number of optional steps from it on: the earliest end of a chain that begins there at a later event, and at this one. */
  readonly ends: Int32Array;
  readonly fresh: Int32Array;
  /** By number of optional steps: the earliest start found. */
  readonly starts: Int32Array;
  /** Room for `deepestLoose`. */
  readonly room: Float64Array;
  /** By exclusion: the steps whose chains it ends when none may go on to them, and the steps it may not fill; for the depth that is looked for. */
  readonly kills: Uint32Array;
  readonly middles: Uint32Array;
  /** By event from `low` on and number of optional steps: the steps from which a chain can be completed. */
  marks: Uint32Array;
}

/** Lays a funnel out; step 1 counts as required. */
export function chainOf(task: FunnelTask): Chain {
  const count = task.steps.length;
  const optional = Uint8Array.from(task.steps, (step, at) => (at > 0 && step.optional ? 1 : 0));
  const width = optional.reduce((sum, each) => sum + each, 1);
  const required = Int32Array.from(optional, (_, step) => {
    let next = step + 1;
    while (next < count - 1 && optional[next] === 1) next += 1;
    return Math.min(next, count - 1);
  });
  return {
    task,
    count,
    width,
    pairs: pairsOf(task.exclude),
    optional,
    required,
    ends: new Int32Array(count * width),
    fresh: new Int32Array(count * width),
    starts: new Int32Array(width),
    room: new Float64Array(count + 1),
    kills: new Uint32Array(task.exclude.length),
    middles: new Uint32Array(task.exclude.length),
    marks: new Uint32Array(0),
  };
}

/** Readies the exclusions for attempts of a depth: a pair holds only where its later step is done. */
export function aimAt(chain: Chain, depth: number): void {
  const { kills, middles, pairs } = chain;
  kills.fill(0);
  middles.fill(0);
  for (let x = 0; x < kills.length; x += 1) if ((pairs.neighbours & (1 << x)) !== 0) kills[x] = 0xffffffff;
  for (let pair = 0; pair < pairs.count; pair += 1) {
    const to = pairs.to[pair];
    if (to >= depth) continue;
    const x = 31 - Math.clz32(pairs.bits[pair]);
    for (let step = pairs.from[pair] + 1; step <= to; step += 1) kills[x] |= 1 << step;
    middles[x] = kills[x] & ~(1 << to);
  }
}

/** @returns the steps of the bits of exclusions, by `kills` or `middles`. */
export function stepsOf(table: Uint32Array, exclusions: number): number {
  let steps = 0;
  for (let left = exclusions; left !== 0; left &= left - 1) steps |= table[31 - Math.clz32(left & -left)];
  return steps;
}

/** @returns the steps to which no chain goes on over this event. */
export function killsAt(chain: Chain, events: ChainEvents, place: number): number {
  if (chain.task.rules.order === 'strict') return -1;
  return events.exclusions.length === 0 ? 0 : stepsOf(chain.kills, events.exclusions[place]);
}

/**
 * Passes over the events [low, high) from the last to the first, keeping for each step the earliest end of a chain from it to `depth`.
 * `starts` then has the earliest start in [startsFrom, startsTo) whose chain ends within the window, -1 = none. With `mark`, `marks` is filled.
 * Steps x events; an event that excludes is between the chains behind it and those before it, and in none that it may not be in.
 */
export function passBack(
  chain: Chain,
  events: ChainEvents,
  depth: number,
  low: number,
  high: number,
  startsFrom: number,
  startsTo: number,
  mark: boolean,
): void {
  const { count, width, ends, fresh, starts, task } = chain;
  const { repeat, window } = task.rules;
  const last = depth === count ? count - 1 : lastStep(chain, depth);
  const reached = 2 ** (last + 1) - 1;
  ends.fill(never);
  starts.fill(-1);
  const excludes = events.exclusions.length > 0;
  for (let place = high - 1; place >= low; place -= 1) {
    let fills = events.steps[place] & reached;
    if (excludes && events.exclusions[place] !== 0) fills &= ~stepsOf(chain.middles, events.exclusions[place]);
    const kills = killsAt(chain, events, place);
    if (fills === 0 && !mark) {
      if (kills !== 0) end(chain, kills);
      continue;
    }
    fresh.fill(never);
    for (let left = fills; left !== 0;) {
      const step = 31 - Math.clz32(left);
      left &= ~(1 << step);
      extend(chain, step, place, depth, last, repeat);
    }
    for (let step = 0; step <= last; step += 1) {
      const killed = (kills & (1 << step)) !== 0;
      if (!killed && (fills & (1 << step)) === 0) continue;
      for (let at = step * width; at < (step + 1) * width; at += 1)
        if (killed || fresh[at] < ends[at]) ends[at] = fresh[at];
    }
    if (mark)
      for (let optional = 0; optional < width; optional += 1) {
        let steps = 0;
        for (let step = 0; step <= last; step += 1) if (fresh[step * width + optional] !== never) steps |= 1 << step;
        chain.marks[(place - low) * width + optional] = steps;
      }
    else if ((fills & 1) !== 0 && place >= startsFrom && place < startsTo)
      for (let optional = 0; optional < width; optional += 1)
        if (fresh[optional] !== never && events.times[fresh[optional]] <= events.times[place] + window)
          starts[optional] = place;
  }
}

/** Ends the chains of these steps. */
function end(chain: Chain, steps: number): void {
  if (steps === -1) {
    chain.ends.fill(never);
    return;
  }
  for (let left = steps & (2 ** chain.count - 1); left !== 0; left &= left - 1) {
    const at = (31 - Math.clz32(left & -left)) * chain.width;
    chain.ends.fill(never, at, at + chain.width);
  }
}

/** @returns the last step that an attempt of a depth may do: the optional ones behind its last required step. */
export function lastStep(chain: Chain, depth: number): number {
  let last = depth - 1;
  while (last + 1 < chain.count && chain.optional[last + 1] === 1) last += 1;
  return last;
}

/** Makes the chains that begin at this event with a step. */
function extend(chain: Chain, step: number, place: number, depth: number, last: number, repeat: boolean): void {
  const { width, ends, fresh, optional } = chain;
  const own = optional[step];
  const to = Math.min(chain.required[step], last);
  for (let more = 0; more + own < width; more += 1) {
    let end = more === 0 && step >= depth - 1 ? place : never;
    for (let next = step + 1; next <= to; next += 1) {
      end = Math.min(end, ends[next * width + more]);
      if (repeat) end = Math.min(end, fresh[next * width + more]);
    }
    fresh[step * width + more + own] = end;
  }
}
