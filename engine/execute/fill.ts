import { bucketBoundaries } from '../base/calendar.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Scalar } from '../column/values.ts';
import type { GroupedPlan } from '../plan/select.ts';

/** Groups as columns: `keys[k][g]`, `measures[m][g]`. */
export interface GroupColumns {
  readonly keys: readonly (readonly Scalar[])[];
  readonly measures: readonly (readonly Scalar[])[];
  readonly count: number;
  /** With `every`: whether a written end of the range, or the present, cuts the group's bucket. */
  readonly partial: readonly boolean[] | null;
}

/**
 * With `every`, gives each group that occurs each bucket of the range: from `since`, else the first bucket that has a
 * row, to `until`, else now if `since` is given, else the last such bucket. Counts of an empty bucket are 0, other measures null.
 * @throws VarveError `limit` beyond filledRowsMax rows.
 */
export function fillBuckets(plan: GroupedPlan, groups: Omit<GroupColumns, 'partial'>): GroupColumns {
  const { every } = plan;
  if (every === null) return { ...groups, partial: null };
  const starts = groups.keys[0]!.map(Number);
  const { since, until } = plan.written;
  // Without other keys there is one group, which occurs also where no event is: its buckets are those of a written range.
  if (starts.length === 0 && (since === null || plan.keys.length > 1)) return { ...groups, partial: [] };
  const first = since ?? starts.reduce((a, b) => Math.min(a, b));
  const last = until ?? (since !== null && Number.isFinite(since) ? plan.now : null);
  const lastStart = starts.reduce((a, b) => Math.max(a, b), -Infinity);
  const end = Math.max(last ?? lastStart + 1, lastStart + 1);
  if (end <= first) return { ...groups, partial: [] };
  const bounds = bucketBoundaries(first, end, every, plan.timezone, limits.filledRowsMax);
  const series = new Map<string, Map<number, number>>(starts.length === 0 ? [['[]', new Map()]] : []);
  for (let group = 0; group < groups.count; group++) {
    const name = JSON.stringify(groups.keys.slice(1).map((key) => textOfKey(key[group]!)));
    let members = series.get(name);
    if (members === undefined) series.set(name, (members = new Map()));
    members.set(starts[group]!, group);
  }
  const bucketCount = bounds.length - 1;
  if (series.size * bucketCount > limits.filledRowsMax) {
    throw new VarveError(
      'limit',
      `every makes ${series.size * bucketCount} rows, at most ${limits.filledRowsMax} are filled (filledRowsMax).`,
      { hint: 'Take wider buckets, or narrow the range with since and until.' },
    );
  }
  const keys: Scalar[][] = groups.keys.map(() => []);
  const measures: Scalar[][] = groups.measures.map(() => []);
  const partial: boolean[] = [];
  for (const members of series.values()) {
    const sample = members.values().next().value!;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      const group = members.get(bounds[bucket]!);
      keys.forEach((key, index) => key.push(index === 0 ? bounds[bucket]! : groups.keys[index]![sample]!));
      measures.forEach((measure, index) =>
        measure.push(
          group === undefined ? (plan.measures[index]!.emptyIsZero ? 0 : null) : groups.measures[index]![group]!,
        ),
      );
      partial.push(isCut(bounds[bucket]!, bounds[bucket + 1]!, since, until, plan.now));
    }
  }
  return { keys, measures, count: partial.length, partial };
}

/** A bucket is cut by a written end within it, or by the present. */
function isCut(start: number, end: number, since: number | null, until: number | null, now: number): boolean {
  return (since !== null && since > start) || (until !== null && until < end) || (now > start && now < end);
}

function textOfKey(value: Scalar): string | null {
  return value === null
    ? null
    : `${typeof value}:${Array.isArray(value) ? value.map((item) => textOfKey(item as Scalar)).join() : String(value)}`;
}
