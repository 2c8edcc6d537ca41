import type { FunnelTask } from '../../engine/execute/behaviour/funnel-events.ts';

/** One event of a small history, written for the eye. */
export interface HistoryEvent {
  readonly time: number;
  /** Steps it fills. */
  readonly fills: readonly number[];
  /** Exclusions it fulfils. */
  readonly excludes: readonly number[];
  /** Its holding values; null = one of them is null. */
  readonly held: string | null;
}

export interface Attempt {
  readonly depth: number;
  readonly optional: number;
  readonly places: readonly number[];
}

/** Evaluates funnels by trying every choice of events; it knows nothing of how the machine works. */
export function bestByForce(
  task: FunnelTask,
  history: readonly HistoryEvent[],
  mayStart: (place: number) => boolean,
): Attempt | null {
  const count = task.steps.length;
  const chosen: number[] = Array.from({ length: count }, () => -1);
  let best: Attempt | null = null;
  const choose = (step: number): void => {
    if (step === count) {
      const attempt = judge(task, history, chosen, mayStart);
      if (attempt !== null && (best === null || isBetter(attempt, best))) best = attempt;
      return;
    }
    for (let place = -1; place < history.length; place += 1) {
      if (place >= 0 && !history[place]!.fills.includes(step)) continue;
      chosen[step] = place;
      choose(step + 1);
    }
    chosen[step] = -1;
  };
  choose(0);
  return best;
}

function isBetter(one: Attempt, other: Attempt): boolean {
  if (one.depth !== other.depth) return one.depth > other.depth;
  if (one.optional !== other.optional) return one.optional > other.optional;
  for (const [at, place] of one.places.entries()) {
    const [mine, its] = [place, other.places[at]!].map((each) => (each < 0 ? Infinity : each));
    if (mine !== its) return mine! < its!;
  }
  return false;
}

/** @returns the attempt that a choice makes, or null when it obeys not every option. */
function judge(
  task: FunnelTask,
  history: readonly HistoryEvent[],
  chosen: readonly number[],
  mayStart: (place: number) => boolean,
): Attempt | null {
  const { rules } = task;
  const done = chosen.map((_, step) => step).filter((step) => chosen[step]! >= 0);
  if (done.length === 0) return null;
  if (rules.order === 'any') done.sort((a, b) => chosen[a]! - chosen[b]!);
  else {
    if (chosen[0]! < 0) return null;
    // No required step is skipped.
    for (let step = 0; step < done.at(-1)!; step += 1)
      if (chosen[step]! < 0 && !task.steps[step]!.optional) return null;
  }
  const places = done.map((step) => chosen[step]!);
  if (!mayStart(places[0]!)) return null;
  const held = history[places[0]!]!.held;
  if (task.holding > 0 && (held === null || places.some((place) => history[place]!.held !== held))) return null;
  if (!rules.repeat && new Set(places).size < places.length) return null;
  if (places.some((place) => history[place]!.time > history[places[0]!]!.time + rules.window)) return null;
  for (let at = 1; at < places.length && rules.order !== 'any'; at += 1) {
    const [before, place] = [places[at - 1]!, places[at]!];
    const follows =
      rules.grace === null ? place >= before : history[place]!.time >= history[before]!.time - rules.grace;
    if (!follows) return null;
  }
  const isThere = (event: HistoryEvent): boolean => task.holding === 0 || event.held === null || event.held === held;
  const between = (one: number, other: number): HistoryEvent[] =>
    history.slice(Math.min(one, other) + 1, Math.max(one, other)).filter(isThere);
  for (const [x, exclusion] of task.exclude.entries()) {
    const spans: [number, number][] = [];
    if (exclusion.between === null)
      for (let at = 1; at < places.length; at += 1) spans.push([places[at - 1]!, places[at]!]);
    else spans.push([chosen[exclusion.between.from]!, chosen[exclusion.between.to]!]);
    if (
      spans.some(
        ([one, other]) => one >= 0 && other >= 0 && between(one, other).some((event) => event.excludes.includes(x)),
      )
    )
      return null;
  }
  if (rules.order === 'strict') {
    const own = new Set(places);
    for (let place = Math.min(...places); place < Math.max(...places); place += 1) {
      const event = history[place]!;
      if (own.has(place) || !isThere(event)) continue;
      return null;
    }
  }
  if (rules.order === 'any') return { depth: done.length, optional: 0, places };
  const required = done.filter((step) => step === 0 || !task.steps[step]!.optional);
  return { depth: required.at(-1)! + 1, optional: done.length - required.length, places: [...chosen] };
}

/** The entries of a history, as `entry` says. */
export function entriesByForce(task: FunnelTask, history: readonly HistoryEvent[]): Attempt[] {
  if (task.rules.entry === 'any') {
    const best = bestByForce(task, history, () => true);
    return best === null ? [] : [best];
  }
  const starts = history
    .map((event, place) => ({ event, place }))
    .filter(
      ({ event }) =>
        (task.rules.order === 'any' ? event.fills.length > 0 : event.fills.includes(0)) &&
        (task.holding === 0 || event.held !== null),
    );
  const entries: Attempt[] = [];
  let [afterPlace, afterTime] = [-1, -Infinity];
  for (const { event, place } of starts) {
    if (place <= afterPlace || event.time <= afterTime) continue;
    const entry = bestByForce(task, history, (at) => at === place);
    if (entry === null) continue;
    entries.push(entry);
    if (task.rules.entry === 'first') break;
    const whole =
      task.rules.order === 'any'
        ? task.steps.length
        : task.steps.findLastIndex((step, at) => at === 0 || !step.optional) + 1;
    if (entry.depth === whole) afterPlace = Math.max(place, ...entry.places);
    else afterTime = event.time + task.rules.window;
  }
  return entries;
}
