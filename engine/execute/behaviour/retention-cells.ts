/** What an event is to a retention: both bits may be set. */
export const retentionFlags = { start: 1, returning: 2 } as const;

/** Events of one slice in the order (actor, time, stored): those of actor r are the places [`starts[r]`, `ends[r]`). */
export interface RetentionEvents {
  readonly actorCount: number;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
  /** The bucket of each event; below 0 = in none, such an event counts for nothing. */
  readonly buckets: Int32Array;
  /** `retentionFlags`. */
  readonly flags: Uint8Array | Uint32Array;
}

export interface RetentionRules {
  /** Periods behind that of the cohort. */
  readonly periods: number;
  /** An actor is in a cohort for every bucket with a start event, else in that of its first one. */
  readonly recurring: boolean;
  /** A later complete bucket will do for a period, else only its own. */
  readonly after: boolean;
  /** So many of the first buckets are complete. */
  readonly complete: number;
}

/**
 * Rows that say: the actor whose event at `places[i]` made it one of cohort `cohorts[i]` was retained in period
 * `periods[i]`. Each says so once. Period 0 is there for each cohort of each actor, other periods where their bucket is
 * complete. The room is bounded: what finds no place comes with the next filling.
 */
export interface RetentionCells {
  count: number;
  readonly places: Uint32Array;
  readonly cohorts: Uint32Array;
  readonly periods: Uint32Array;
  /** Where to go on: an actor, and one of its cohorts. */
  actor: number;
  cohort: number;
  /** The first of the actor's return buckets that may be behind that cohort. */
  nextReturn: number;
  /** The actor's buckets with a start event and the first such event of each; and its complete ones with a return event. */
  cohortCount: number;
  readonly startBuckets: Uint32Array;
  readonly startPlaces: Uint32Array;
  returnCount: number;
  readonly returnBuckets: Uint32Array;
}

/**
 * Makes room for cells.
 * @param bucketCount buckets that events may lie in.
 * @param rows of a filling; at least one cohort of an actor fits always.
 */
export function newRetentionCells(
  { periods }: Pick<RetentionRules, 'periods'>,
  bucketCount: number,
  rows = 65_536,
): RetentionCells {
  const room = Math.max(rows, Math.min(periods, bucketCount) + 1);
  return {
    count: 0,
    places: new Uint32Array(room),
    cohorts: new Uint32Array(room),
    periods: new Uint32Array(room),
    actor: 0,
    cohort: 0,
    nextReturn: 0,
    cohortCount: 0,
    startBuckets: new Uint32Array(bucketCount),
    startPlaces: new Uint32Array(bucketCount),
    returnCount: 0,
    returnBuckets: new Uint32Array(bucketCount),
  };
}

/** @returns the bytes that the room takes. */
export function bytesOfCells({ places, startBuckets }: RetentionCells): number {
  return 12 * (places.length + startBuckets.length);
}

/** Begins with the events of another slice. */
export function beginCells(cells: RetentionCells): void {
  cells.actor = 0;
  cells.cohort = 0;
  cells.count = 0;
}

/**
 * Fills the room with the next cells of a slice's events: `while (nextCells(…))` sees all of them.
 * @returns false when there were none left.
 */
export function nextCells(events: RetentionEvents, rules: RetentionRules, cells: RetentionCells): boolean {
  const { actorCount } = events;
  const room = cells.places.length;
  const widest = Math.min(rules.periods, cells.startBuckets.length) + 1;
  cells.count = 0;
  while (cells.actor < actorCount) {
    if (cells.cohort === 0) noteBuckets(events, rules, cells);
    while (cells.cohort < cells.cohortCount) {
      if (cells.count + widest > room) return true;
      if (rules.after) addAfter(rules, cells);
      else addOn(rules, cells);
      cells.cohort++;
    }
    cells.actor++;
    cells.cohort = 0;
  }
  return cells.count > 0;
}

/** An actor's events ascend in time, so its buckets do. */
function noteBuckets(events: RetentionEvents, { recurring, complete }: RetentionRules, cells: RetentionCells): void {
  const { starts, ends, buckets, flags } = events;
  const { startBuckets, startPlaces, returnBuckets } = cells;
  const to = ends[cells.actor];
  let lastStart = -1;
  let lastReturn = -1;
  let cohortCount = 0;
  let returnCount = 0;
  for (let at = starts[cells.actor]; at < to; at++) {
    const bucket = buckets[at];
    if (bucket < 0) continue;
    const own = flags[at];
    if ((own & 1) !== 0 && bucket !== lastStart && (recurring || cohortCount === 0)) {
      startBuckets[cohortCount] = bucket;
      startPlaces[cohortCount++] = at;
      lastStart = bucket;
    }
    if ((own & 2) !== 0 && bucket !== lastReturn && bucket < complete) {
      returnBuckets[returnCount++] = bucket;
      lastReturn = bucket;
    }
  }
  cells.cohortCount = cohortCount;
  cells.returnCount = returnCount;
  cells.nextReturn = 0;
}

/** Adds period 0 of a cohort, and each whose own bucket has a return event. */
function addOn({ periods }: RetentionRules, cells: RetentionCells): void {
  const { returnBuckets, returnCount } = cells;
  const bucket = cells.startBuckets[cells.cohort];
  const place = cells.startPlaces[cells.cohort];
  addCell(cells, place, bucket, 0);
  let at = cells.nextReturn;
  while (at < returnCount && returnBuckets[at] <= bucket) at++;
  // Cohorts ascend: what is not behind this one is behind no later one.
  cells.nextReturn = at;
  for (; at < returnCount && returnBuckets[at] - bucket <= periods; at++)
    addCell(cells, place, bucket, returnBuckets[at] - bucket);
}

/** Adds period 0 of a cohort, and each whose bucket is not behind the last with a return event. */
function addAfter({ periods }: RetentionRules, cells: RetentionCells): void {
  const bucket = cells.startBuckets[cells.cohort];
  const place = cells.startPlaces[cells.cohort];
  addCell(cells, place, bucket, 0);
  if (cells.returnCount === 0) return;
  const last = Math.min(periods, cells.returnBuckets[cells.returnCount - 1] - bucket);
  for (let period = 1; period <= last; period++) addCell(cells, place, bucket, period);
}

function addCell(cells: RetentionCells, place: number, cohort: number, period: number): void {
  const at = cells.count++;
  cells.places[at] = place;
  cells.cohorts[at] = cohort;
  cells.periods[at] = period;
}
