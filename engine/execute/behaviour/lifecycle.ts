import { scalarAt } from '../../functions/access.ts';
import type { LifecyclePlan } from '../../plan/behaviour.ts';
import type { GroupedPlan } from '../../plan/select.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { OpenSource } from '../block-view.ts';
import type { Finished } from '../finish.ts';
import type { PartialGroups } from '../group.ts';
import type { Grouping } from '../grouping.ts';
import { createNumberStore } from '../key-store.ts';
import { finishMeasure } from '../measure-state.ts';
import { settleGroups, type MergedGroups } from '../merged-groups.ts';
import { partsOf, type ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import type { TimeSpan } from '../time-windows.ts';
import { createEventRoom, type EventRoom } from './actor-events.ts';
import type { Behaviour } from './behaviour.ts';
import { createBucketMarks, type BucketMarks, type Marked } from './bucket-marks.ts';
import { lifecycleAnswer } from './lifecycle-answer.ts';
import { countLifecycle, lifecycleBuckets, newLifecycleCounts, type LifecycleBuckets } from './lifecycle-cells.ts';
import { madeKey, madeMeasure, madePlan } from './made-plan.ts';
import { newRowGrouping, openRowGroups, type RowGrouping } from './row-groups.ts';

/** Who is new, who stays, who comes back and who is gone. */
export const lifecycle: Behaviour<LifecyclePlan> = {
  kind: 'lifecycle',
  grouped: groupedLifecycle,
  // Whether an actor is new is told by all that the table keeps.
  scanned: (plan) => ({ ...plan, range: { since: null, until: plan.range.until } }),
  ordersEvents: () => false,
  open(plan, span, context, sender) {
    const buckets = lifecycleBuckets(plan, span);
    const places = createNumberStore('int');
    const { length } = newLifecycleCounts(buckets);
    for (let place = 0; place < length; place++) places.codeOf(place);
    const scan = {
      buckets,
      room: createEventRoom([]),
      marks: marksOf(buckets, context.timeMin),
      grouping: newRowGrouping(groupedLifecycle(plan), [places], sender),
    };
    return { run: (sources, slices, own) => lifecycleSlices(scan, sources, slices, own) };
  },
  finish: finishLifecycle,
};

/** By the place of a count among all. */
function groupedLifecycle(plan: LifecyclePlan): GroupedPlan {
  return madePlan(plan, [madeKey('place')], [madeMeasure('count', [])]);
}

interface LifecycleScan {
  readonly buckets: LifecycleBuckets;
  readonly room: EventRoom;
  readonly marks: BucketMarks | null;
  readonly grouping: RowGrouping;
}

function* lifecycleSlices(
  scan: LifecycleScan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { buckets, room, marks, grouping } = scan;
  const counts = newLifecycleCounts(buckets);
  try {
    for (const slice of slices) {
      const parts = partsOf(sources, slice, context);
      const marked = marks === null ? null : yield* marks.mark(parts, [[]], context, counts.byteLength);
      if (marked !== null) countMarked(marked, counts);
      else yield* countEvents(scan, sources, slice, context, counts);
      yield;
    }
  } finally {
    room.close();
    marks?.close();
  }
  const groups = openRowGroups(grouping);
  const codes = Uint32Array.from({ length: counts.length }, (_, place) => place + 1).filter(
    (code) => counts[code - 1] > 0,
  );
  const times = Float64Array.from(codes, (code) => counts[code - 1]);
  groups.addCounted({ count: codes.length, codes: [codes], tallies: [times] });
  return groups.partial(context.memory);
}

function* countEvents(
  { buckets, room }: LifecycleScan,
  sources: readonly OpenSource[],
  slice: HashRange,
  context: ScanContext,
  counts: Float64Array,
): Steps<void> {
  const events = yield* room.collect(sources, slice, context, false, counts.byteLength);
  if (events === null) return;
  const { slotCount, starts, ends, times } = events;
  countLifecycle({ actorCount: slotCount, starts, ends, times }, buckets, counts);
}

/** @returns marks of the buckets that events lie in, of what is before them in the first bit; null where a bucket counts in part. */
function marksOf({ bounds, since }: LifecycleBuckets, timeMin: number): BucketMarks | null {
  if (bounds.length < 3 || since > bounds[1]) return null;
  return createBucketMarks(Float64Array.of(Math.min(timeMin, bounds[0] - 1), ...bounds));
}

/** Adds what the marks of a slice say: the third bit is that of the first bucket in range. */
function countMarked({ arena, at, slotCount, words }: Marked, counts: Float64Array): void {
  const before = arena.used;
  const length = 4 * 32 * words;
  const own = arena.take(4 * length);
  const found = new Uint32Array(arena.memory.buffer, own, length).fill(0);
  arena.kernels.countLives(at, slotCount, words, own);
  for (let place = 0; place < counts.length; place++) counts[place] += found[8 + place];
  arena.release(before);
}

function* finishLifecycle(
  plan: LifecyclePlan,
  span: TimeSpan,
  grouping: Grouping,
  merged: MergedGroups,
): Steps<Finished> {
  yield* settleGroups(grouping, merged);
  const { table, stores, states } = merged;
  const buckets = lifecycleBuckets(plan, span);
  const counts = newLifecycleCounts(buckets);
  const places = yield* stores[0].valuesOf(table.codesOfKey(0));
  const found = finishMeasure(grouping.kinds[0], states[0], table.count, undefined);
  for (let group = 0; group < table.count; group++)
    counts[Number(scalarAt(places, group))] = Number(scalarAt(found, group));
  const rows = lifecycleAnswer(plan, buckets, counts);
  return {
    columns: [
      { name: 'time', type: 'time' },
      { name: 'new', type: 'int' },
      { name: 'returning', type: 'int' },
      { name: 'resurrecting', type: 'int' },
      { name: 'dormant', type: 'int' },
      { name: 'partial', type: 'bool' },
    ],
    data: [rows.time, rows.new, rows.returning, rows.resurrecting, rows.dormant, rows.partial],
    rowCount: rows.rowCount,
    approximate: [],
    groups: table.count,
  };
}
