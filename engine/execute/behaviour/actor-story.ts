import { createAttemptWalk } from './actor-attempts.ts';
import type { FunnelEvents, FunnelMachine, FunnelTask } from './funnel-events.ts';
import { createFunnelMachine } from './funnel-machine.ts';
import { whyNot, type Reason, type StoryAttempt } from './why-not.ts';

/** What an event did in an attempt that counts. */
export interface Advance {
  /** The place of the attempt among all. */
  readonly attempt: number;
  /** From 0. With `order any`: how many other steps were done before. */
  readonly steps: readonly number[];
}

/** What became of one event: it advanced attempts, or why it did not. */
export type EventStory =
  { readonly kind: 'advances'; readonly advances: readonly Advance[] } | { readonly kind: 'not'; readonly why: Reason };

/** What became of one actor's events. */
export interface ActorStory {
  readonly attempts: readonly StoryAttempt[];
  /** One an event. */
  readonly events: readonly EventStory[];
}

/**
 * Tells what became of each event of one actor, by the attempts that a funnel counts: they are found by the funnel's own
 * machine and walk.
 * @param events all that pass `where`, in the actor's order.
 * @param buckets of the events, with `every`.
 * @param end an attempt is open whose window ends here or later; UTC ms.
 */
export function tellStory(
  task: FunnelTask,
  events: FunnelEvents,
  buckets: Uint32Array | null,
  end: number,
): ActorStory {
  const machine = createFunnelMachine(task);
  const count = events.times.length;
  const attempts: StoryAttempt[] = [];
  createAttemptWalk(task, machine, end, (_, depth, open) => {
    attempts.push({ depth, places: [...machine.places], open });
  })(events, buckets, 0, count);
  const advances = advancesOf(attempts, count);
  const tried = startsTried(task, machine, events);
  const scene = { task, events, attempts, tried };
  return {
    attempts,
    events: advances.map((own, place) =>
      own.length > 0 ? { kind: 'advances', advances: own } : { kind: 'not', why: whyNot(scene, place) },
    ),
  };
}

function advancesOf(attempts: readonly StoryAttempt[], count: number): Advance[][] {
  const advances: Advance[][] = Array.from({ length: count }, () => []);
  attempts.forEach(({ places }, attempt) => {
    const steps = new Map<number, number[]>();
    places.forEach((place, step) => {
      if (place >= 0) steps.set(place, [...(steps.get(place) ?? []), step]);
    });
    for (const [place, own] of steps) advances[place].push({ attempt, steps: own });
  });
  return advances;
}

/** Attempts that do not count are tried for so many starts: each looks at all events of its window. */
const triedMax = 1000;

/** @returns what tells how deep the best attempt gets that starts at an event; null where that is not tried any more. */
function startsTried(
  { rules }: FunnelTask,
  machine: FunnelMachine,
  events: FunnelEvents,
): (place: number) => number | null {
  let tried = 0;
  return (place) => {
    if (tried++ >= triedMax) return null;
    const end = events.times[place] + rules.window;
    let to = place + 1;
    while (to < events.times.length && events.times[to] <= end) to++;
    return machine.best(events, 0, to, place, place + 1);
  };
}
