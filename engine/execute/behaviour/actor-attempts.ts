import { isOpen, nextStart, walkEntries } from './funnel-entries.ts';
import { noEvents, type FunnelEvents, type FunnelMachine, type FunnelTask } from './funnel-events.ts';

/** Called once an attempt that counts; the machine's `places` tell its events. @param open its window has not run out. */
export type AttemptTaker = (events: FunnelEvents, depth: number, open: boolean) => void;

/** Walks the attempts of one actor that count, whose events are the places [from, to). @param buckets of the events, with `every`. */
export type AttemptWalk = (events: FunnelEvents, buckets: Uint32Array | null, from: number, to: number) => void;

/**
 * Makes the walk over actors' attempts that count: that of each entry, and with `every` and entry any the best of those
 * that began in each bucket, of which an actor counts in each once.
 * @param end an attempt is open whose window ends here or later; UTC ms.
 */
export function createAttemptWalk(
  task: FunnelTask,
  machine: FunnelMachine,
  end: number,
  take: AttemptTaker,
): AttemptWalk {
  const { rules } = task;
  let own = noEvents;
  let open = false;
  // Where entries are counted, each is open by itself.
  const taken = (depth: number): void =>
    take(own, depth, rules.entry === 'every' ? own.times[machine.places[0]] + rules.window >= end : open);
  return (events, buckets, from, to) => {
    own = events;
    if (buckets === null || rules.entry !== 'any') {
      open = rules.entry !== 'every' && isOpen(task, events, from, to, end);
      walkEntries(task, machine, events, from, to, taken);
      return;
    }
    for (let starts = nextStart(task, events, from, to); starts < to; starts = nextStart(task, events, starts, to)) {
      const startsTo = endOfBucket(buckets, starts, to);
      // An actor counts once a bucket, by the attempts that began in it.
      open = isOpen(task, events, starts, startsTo, end);
      const depth = machine.best(events, from, to, starts, startsTo);
      if (depth > 0) taken(depth);
      starts = startsTo;
    }
  };
}

function endOfBucket(buckets: Uint32Array, from: number, to: number): number {
  let at = from + 1;
  while (at < to && buckets[at] === buckets[from]) at++;
  return at;
}
