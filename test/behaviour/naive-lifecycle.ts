import { bucketStarts, calendarStep, type SmallEvent, type Times } from './histories.ts';

/** time, new, returning, resurrecting, dormant, partial */
export type LifecycleRow = readonly (number | boolean)[];

/** The same from what the language says, bucket by bucket and actor by actor. */
export function naiveLifecycle(all: readonly SmallEvent[], question: Times): LifecycleRow[] {
  const { since, until, now, calendar } = question;
  const events = all.filter(({ time }) => until === null || time < until);
  const actors = [...new Set(events.map(({ actor }) => actor))];
  return bucketStarts(question, events).map((start) => {
    const end = calendarStep(start, calendar, 1);
    const before = calendarStep(start, calendar, -1);
    const counts = { new: 0, returning: 0, resurrecting: 0, dormant: 0 };
    for (const actor of actors) {
      const times = events.filter((event) => event.actor === actor).map(({ time }) => time);
      const isCounted = times.some((time) => time >= start && time < end && (since === null || time >= since));
      const isHere = times.some((time) => time >= start && time < end);
      const wasBefore = times.some((time) => time < start);
      const wasJustBefore = times.some((time) => time >= before && time < start);
      if (isCounted) counts[!wasBefore ? 'new' : wasJustBefore ? 'returning' : 'resurrecting']++;
      if (wasJustBefore && !isHere) counts.dormant++;
    }
    const partial = (since !== null && since > start) || (until !== null && until < end) || (now > start && now < end);
    return [start, counts.new, counts.returning, counts.resurrecting, counts.dormant, partial];
  });
}
