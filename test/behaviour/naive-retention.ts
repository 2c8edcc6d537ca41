import { calendarStart, calendarStep, bucketStarts, ofActor, type SmallEvent, type Times } from './histories.ts';

/** What is asked of small histories. */
export interface RetentionQuestion extends Times {
  readonly periods: number;
  readonly recurring: boolean;
  readonly after: boolean;
  readonly grouped: boolean;
}

/** group, cohort, actors, period, retained, rate */
export type RetentionRow = readonly (string | number | null)[];

/** @returns keys as an answer has them. */
export function groupsOf(keys: readonly (string | null)[]): (string | null)[] {
  const texts = [...new Set(keys.filter((key) => key !== null))].sort((a, b) =>
    Buffer.compare(Buffer.from(a), Buffer.from(b)),
  );
  return keys.includes(null) ? [...texts, null] : texts;
}

/** @returns the events of a range. */
export function within(events: readonly SmallEvent[], { since, until }: Times): SmallEvent[] {
  return events.filter(({ time }) => (since === null || time >= since) && (until === null || time < until));
}

/** The same from what the language says: sets of actors a bucket, asked one by one. */
export function naiveRetention(all: readonly SmallEvent[], question: RetentionQuestion): RetentionRow[] {
  const { calendar, until, now, periods, recurring, after, grouped } = question;
  const events = within(all, question);
  const starts = bucketStarts(question, events);
  const end = until === null ? now : Math.min(until, now);
  const actors = [...new Set(events.map(({ actor }) => actor))];
  const bucketOf = (event: SmallEvent): number => calendarStart(event.time, calendar);
  const isOver = (start: number): boolean => calendarStep(start, calendar, 1) <= end;
  // Who is in which cohort by which event.
  const members = starts.map((start) =>
    actors.flatMap((actor) => {
      const own = ofActor(events, actor).filter(({ starting }) => starting);
      const maker = recurring ? own.find((event) => bucketOf(event) === start) : own[0];
      return maker !== undefined && bucketOf(maker) === start ? [{ actor, group: grouped ? maker.node : null }] : [];
    }),
  );
  const returns = (actor: string, start: number): boolean =>
    ofActor(events, actor).some((event) => {
      if (!event.ending) return false;
      const bucket = bucketOf(event);
      return after ? bucket >= start && isOver(bucket) : bucket === start;
    });
  const rows: RetentionRow[] = [];
  const groups = grouped ? groupsOf(members.flat().map(({ group }) => group)) : [null];
  for (const group of groups) {
    const cells: { period: number; actors: number; retained: number | null }[] = [];
    starts.forEach((start, cohort) => {
      const own = members[cohort]!.filter((member) => member.group === group);
      for (let period = 0; period <= periods; period++) {
        const other = calendarStep(start, calendar, period);
        const kept = period === 0 ? own.length : own.filter(({ actor }) => returns(actor, other)).length;
        const retained = isOver(other) ? kept : null;
        cells.push({ period, actors: own.length, retained });
        rows.push([group, start, own.length, period, retained, ratio(retained, own.length)]);
      }
    });
    if (starts.length === 0) continue;
    for (let period = 0; period <= periods; period++) {
      const known = cells.filter((cell) => cell.period === period && cell.retained !== null);
      const sum = known.reduce((size, cell) => size + cell.actors, 0);
      const retained = known.length === 0 ? null : known.reduce((kept, cell) => kept + cell.retained!, 0);
      rows.push([group, null, sum, period, retained, ratio(retained, sum)]);
    }
  }
  return rows;
}

function ratio(part: number | null, of: number): number | null {
  return part === null || of === 0 ? null : part / of;
}
