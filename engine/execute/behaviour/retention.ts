import type { Values } from '../../column/values.ts';
import { scalarAt } from '../../functions/access.ts';
import type { RetentionPlan } from '../../plan/behaviour.ts';
import type { GroupedPlan } from '../../plan/select.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { OpenSource } from '../block-view.ts';
import type { Finished } from '../finish.ts';
import type { PartialGroups } from '../group.ts';
import type { Grouping } from '../grouping.ts';
import type { KeyContext, KeyReader } from '../key-reader.ts';
import { createEventKeyReader } from './event-key.ts';
import { conditionsOf } from '../conditions.ts';
import { createNumberStore } from '../key-store.ts';
import { finishMeasure } from '../measure-state.ts';
import { settleGroups, type MergedGroups } from '../merged-groups.ts';
import { partsOf, type ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import type { TimeSpan } from '../time-windows.ts';
import { createEventRoom, type ActorEvents, type EventRoom } from './actor-events.ts';
import type { Behaviour } from './behaviour.ts';
import { createBucketMarks, type BucketMarks, type Marked, type MarkedRows } from './bucket-marks.ts';
import { eventBuckets } from './event-buckets.ts';
import { conditionsNote, keyNote } from './event-notes.ts';
import { keyFamilies } from './key-families.ts';
import { madeKey, madeMeasure, madePlan, passingAny } from './made-plan.ts';
import { layCells, retentionAnswer } from './retention-answer.ts';
import { beginCells, newRetentionCells, nextCells, retentionFlags, type RetentionCells } from './retention-cells.ts';
import { retentionRange, type RetentionRange } from './retention-range.ts';
import { newRowGrouping, openRowGroups, type RowGrouping, type RowGroups } from './row-groups.ts';

/** Who comes back, and when. */
export const retention: Behaviour<RetentionPlan> = {
  kind: 'retention',
  grouped: groupedRetention,
  scanned: ({ start, returning, where, ...plan }) => ({
    ...plan,
    start,
    returning,
    where: returning === null ? where : passingAny(where, [start, returning]),
  }),
  ordersEvents: ({ keys }) => keys.length > 0,
  open(plan, span, context, sender) {
    const scan = openRetention(plan, span, context, sender);
    return { run: (sources, slices, own) => retentionSlices(scan, sources, slices, own) };
  },
  finish: finishRetention,
};

function groupedRetention(plan: RetentionPlan): GroupedPlan {
  return madePlan(plan, [...plan.keys, madeKey('cohort'), madeKey('period')], [madeMeasure('count', [])]);
}

/** Cells that are counted in a table of them all. */
const cellsMax = 262_144;

interface RetentionScan {
  readonly plan: RetentionPlan;
  readonly range: RetentionRange;
  readonly keys: readonly KeyReader[];
  readonly grouping: RowGrouping;
  readonly room: EventRoom;
  /** Null where actors are told apart by more than whether they came, or there are too many cells. */
  readonly marks: BucketMarks | null;
  readonly cells: RetentionCells;
}

function openRetention(plan: RetentionPlan, span: TimeSpan, context: KeyContext, sender: number): RetentionScan {
  const { start, returning, periods } = plan;
  const range = retentionRange(plan, span);
  const keys = plan.keys.map(({ expr }) => createEventKeyReader(expr, context));
  // A period behind the last bucket is nobody's.
  const counted = [range.cohorts, Math.min(periods + 1, range.bounds.length)].map((count) => {
    const store = createNumberStore('int');
    for (let number = 0; number < count; number++) store.codeOf(number);
    return store;
  });
  const { evaluator } = context;
  const flags =
    returning === null
      ? conditionsNote([start], evaluator, retentionFlags.returning)
      : conditionsNote([start, returning], evaluator);
  return {
    plan,
    range,
    keys,
    grouping: newRowGrouping(groupedRetention(plan), [...keys.map(({ store }) => store), ...counted], sender),
    room: createEventRoom([flags, ...keys.map(keyNote)]),
    marks: keys.length === 0 && range.cohorts * (periods + 1) <= cellsMax ? createBucketMarks(range.bounds) : null,
    cells: newRetentionCells({ periods }, Math.max(0, range.bounds.length - 1)),
  };
}

function* retentionSlices(
  scan: RetentionScan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { plan, range, grouping, room, marks } = scan;
  const series = seriesOf(plan);
  const countsLength = range.cohorts * (plan.periods + 1);
  const bytesOfCounts = marks === null ? 0 : 8 * countsLength;
  let counts: Float64Array | null = null;
  const groups = openRowGroups(grouping);
  try {
    for (const slice of slices) {
      const marked =
        marks === null
          ? null
          : yield* marks.mark(partsOf(sources, slice, context), series, context, groups.bytes + bytesOfCounts);
      if (marked !== null) {
        counts ??= new Float64Array(countsLength);
        countMarked(scan, marked, counts);
      } else {
        const events = yield* room.collect(sources, slice, context, true, groups.bytes + bytesOfCounts);
        if (events !== null) addCells(scan, events, groups);
      }
      yield;
    }
    if (counts !== null) addCounts(scan, counts, groups);
    return groups.partial(context.memory);
  } finally {
    room.close();
    marks?.close();
  }
}

/** What is marked: start events, and return events. */
function seriesOf({ start, returning }: RetentionPlan): MarkedRows[] {
  const none = { since: null, until: null };
  return [start, returning].map((where) => (where === null ? [] : conditionsOf({ range: none, where })));
}

/** Adds what the marks of a slice say, a number a cohort and period. */
function countMarked({ plan, range }: RetentionScan, marked: Marked, counts: Float64Array): void {
  const { arena, at, slotCount, words } = marked;
  const { periods, mode, within } = plan;
  const before = arena.used;
  const own = arena.take(4 * counts.length);
  const found = new Uint32Array(arena.memory.buffer, own, counts.length).fill(0);
  const [recurring, after] = [mode === 'recurring' ? 1 : 0, within === 'after' ? 1 : 0];
  arena.kernels.countReturns(at, slotCount, words, range.cohorts, range.complete, periods, recurring, after, own);
  for (let cell = 0; cell < counts.length; cell++) counts[cell] += found[cell];
  arena.release(before);
}

function addCounts({ plan }: RetentionScan, counts: Float64Array, groups: RowGroups): void {
  const width = plan.periods + 1;
  const cohorts = new Uint32Array(counts.length);
  const periods = new Uint32Array(counts.length);
  const times = new Float64Array(counts.length);
  let count = 0;
  for (let cell = 0; cell < counts.length; cell++) {
    if (counts[cell] === 0) continue;
    cohorts[count] = Math.floor(cell / width) + 1;
    periods[count] = (cell % width) + 1;
    times[count++] = counts[cell];
  }
  const codes = [cohorts.subarray(0, count), periods.subarray(0, count)];
  groups.addCounted({ count, codes, tallies: [times.subarray(0, count)] });
}

function addCells({ plan, range, keys, cells }: RetentionScan, events: ActorEvents, groups: RowGroups): void {
  const { slotCount, starts, ends, times, notes } = events;
  const buckets = new Int32Array(starts[slotCount]);
  eventBuckets(times, buckets.length, range.bounds, buckets);
  const own = { actorCount: slotCount, starts, ends, buckets, flags: notes[0] };
  const { periods, mode, within } = plan;
  const rules = { periods, recurring: mode === 'recurring', after: within === 'after', complete: range.complete };
  beginCells(cells);
  for (let some = true; some;) {
    some = nextCells(own, rules, cells);
    const { count, places, cohorts } = cells;
    if (count === 0) continue;
    const ofKeys = keys.map((_, key) => {
      const codes = new Uint32Array(count);
      for (let row = 0; row < count; row++) codes[row] = notes[1 + key][places[row]];
      return codes;
    });
    // Stores have been given numbers in their order: code n + 1 is that of n.
    const ofNumber = (numbers: Uint32Array): Uint32Array => numbers.slice(0, count).map((number) => number + 1);
    groups.add({ count, codes: [...ofKeys, ofNumber(cohorts), ofNumber(cells.periods)], args: [[]], rows: [null] });
  }
}

function* finishRetention(
  plan: RetentionPlan,
  span: TimeSpan,
  grouping: Grouping,
  merged: MergedGroups,
): Steps<Finished> {
  yield* settleGroups(grouping, merged);
  const { table, stores, states } = merged;
  const range = retentionRange(plan, span);
  const keyCount = plan.keys.length;
  const families = yield* keyFamilies(keyCount, merged);
  const numbers = function* (key: number): Steps<Float64Array> {
    const values = yield* stores[key].valuesOf(table.codesOfKey(key));
    return Float64Array.from({ length: table.count }, (_, group) => Number(scalarAt(values, group)));
  };
  const actors = finishMeasure(grouping.kinds[0], states[0], table.count, undefined);
  const counted = {
    count: table.count,
    groups: families.of,
    cohorts: yield* numbers(keyCount),
    periods: yield* numbers(keyCount + 1),
    actors: Float64Array.from({ length: table.count }, (_, group) => Number(scalarAt(actors, group))),
  };
  const rows = retentionAnswer(
    layCells(counted, families.count, range, plan.periods),
    families.count,
    range,
    plan.periods,
  );
  const keys: Values[] = [];
  for (let key = 0; key < keyCount; key++)
    keys.push(yield* stores[key].valuesOf(rows.groups.map((family) => families.codes[key][family])));
  return {
    columns: [
      ...plan.keys.map(({ name, type }) => ({ name, type })),
      { name: 'cohort', type: 'time' },
      { name: 'actors', type: 'int' },
      { name: 'period', type: 'int' },
      { name: 'retained', type: 'int' },
      { name: 'rate', type: 'float' },
    ],
    data: [...keys, rows.cohort, rows.actors, rows.period, rows.retained, rows.rate],
    rowCount: rows.rowCount,
    approximate: [],
    groups: table.count,
  };
}
