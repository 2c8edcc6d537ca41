import { createRandom, type Random } from '../../data/random.ts';

/** A funnel that many small histories are asked for. */
export interface Shape {
  readonly id: number;
  /** The kinds of events that fill each step. */
  readonly steps: readonly (readonly string[])[];
  /** ms. */
  readonly window: number;
}

export interface AgreeEvent {
  readonly actor: string;
  readonly shape: number;
  /** UTC ms. */
  readonly time: number;
  readonly kind: string;
}

export interface Histories {
  readonly shapes: readonly Shape[];
  /** By actor, in order of time, equal times as they are to be stored. */
  readonly actors: ReadonlyMap<string, readonly AgreeEvent[]>;
  /** All of them in the order in which they are stored, which is not that of time. */
  readonly stored: readonly AgreeEvent[];
}

const casesOfShape = 50;
/** Histories lie around the end of a month, so that many are in two partitions. */
const middle = Date.UTC(2026, 2, 1);
/** Fills no step. */
const otherKind = 'X';

/** Draws small histories with equal times, events for several steps, steps that come twice and times at the ends of windows. */
export function makeHistories(cases: number, seed: number): Histories {
  const random = createRandom(seed);
  const shapes: Shape[] = [];
  const actors = new Map<string, readonly AgreeEvent[]>();
  for (let id = 0; actors.size < cases; id++) {
    const grain = pick(random, [1, 250, 1000, 60_000, 3_600_000]);
    const shape = makeShape(random, id, grain);
    shapes.push(shape);
    for (let count = 0; count < casesOfShape && actors.size < cases; count++) {
      const actor = `a${actors.size}`;
      actors.set(actor, makeHistory(random, shape, actor, grain));
    }
  }
  return { shapes, actors, stored: mix(random, [...actors.values()]) };
}

function makeShape(random: Random, id: number, grain: number): Shape {
  const count = 2 + random.integer(random.chance(0.2) ? 9 : 4);
  const kinds = Array.from({ length: count }, (_, step) => String.fromCharCode(65 + step));
  const [repeats, overlaps] = [random.chance(0.3), random.chance(0.3)];
  const steps = kinds.map((kind) => {
    const own = repeats && random.chance(0.5) ? pick(random, kinds) : kind;
    const other = pick(random, kinds);
    return overlaps && random.chance(0.5) && other !== own ? [own, other] : [own];
  });
  const window = grain * (1 + random.integer(2 * count)) + (grain > 1 ? pick(random, [-1, 0, 0, 0, 1]) : 0);
  return { id, steps, window };
}

function makeHistory(random: Random, { id, steps }: Shape, actor: string, grain: number): AgreeEvent[] {
  const count = 1 + random.integer(3 * steps.length);
  const [inOrder, equal] = [pick(random, [0, 0.5, 0.9]), pick(random, [0.1, 0.4, 0.8])];
  const isStrict = random.chance(0.5);
  let time = middle - grain * random.integer(2 * count);
  let step = 0;
  return Array.from({ length: count }, () => {
    if (!random.chance(equal)) time += grain * (1 + random.integer(3));
    if (random.chance(inOrder)) step = (step + 1) % steps.length;
    else step = random.integer(steps.length);
    const kind = random.chance(isStrict ? 0.02 : 0.2) ? otherKind : pick(random, steps[step]!);
    return { actor, shape: id, time, kind };
  });
}

/** Takes events of all histories in turn by chance; half of the histories are told from behind, as late events are. */
function mix(random: Random, histories: readonly (readonly AgreeEvent[])[]): AgreeEvent[] {
  const left = histories.map((events) => (random.chance(0.5) ? [...events] : [...events].reverse()));
  const stored: AgreeEvent[] = [];
  while (left.length > 0) {
    const at = random.integer(left.length);
    const next = left[at]!.shift();
    if (next !== undefined) stored.push(next);
    else {
      left[at] = left.at(-1)!;
      left.pop();
    }
  }
  return stored;
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[random.integer(from.length)]!;
}
