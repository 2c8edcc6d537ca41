import { addStep, bucketStart } from './calendar.ts';
import { isTime, keyOf, type Cell } from './cells.ts';
import type { World } from './evaluate.ts';
import type { Group } from './evaluate-expr.ts';
import type { Moment, Query } from './tree.ts';

/** A group of now beside the same of then; one of them may have no rows. */
export interface Pair {
  readonly now: Group;
  readonly then: Group;
}

/** @returns the query a calendar step earlier. */
export function earlier(query: Query, world: World): Query {
  const back = (moment: Moment): Moment => ({ ...moment, ms: addStep(query.zone, moment.ms, query.compare!, -1) });
  return { ...query, since: back(query.since!), until: back(query.until ?? { text: 'now', ms: world.now }) };
}

/** Matches groups by their keys, and with `every` by the bucket moved on by the step. */
export function pairsOf(query: Query, now: readonly Group[], then: readonly Group[]): Pair[] {
  const moved = new Map(
    then.map((group): [string, Group] => {
      const keys = group.keys.map((key, index) =>
        query.every !== null && index === query.keys.length ? movedOn(query, key) : key,
      );
      return [keys.map(keyOf).join(), { ...group, keys }];
    }),
  );
  const pairs = now.map((group): Pair => {
    const name = group.keys.map(keyOf).join();
    const other = moved.get(name) ?? { ...group, rows: [] };
    moved.delete(name);
    return { now: group, then: other };
  });
  return [...pairs, ...[...moved.values()].map((then): Pair => ({ now: { ...then, rows: [] }, then }))];
}

function movedOn(query: Query, bucket: Cell): Cell {
  if (bucket === null || !isTime(bucket)) return bucket;
  return { ms: bucketStart(query.zone, addStep(query.zone, bucket.ms, query.compare!, 1), query.every!) };
}

/** @returns `now / then − 1`, null where `then` is 0 or null. */
export function changeOf(now: Cell, then: Cell): Cell {
  if (now === null || then === null || Number(then) === 0) return null;
  return Number(now) / Number(then) - 1;
}
