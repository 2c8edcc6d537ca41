import { addSteps } from '../base/calendar.ts';
import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import { isNullAt, numberAt, textAt } from '../functions/access.ts';
import { castText } from '../functions/scalars/cast.ts';
import { expandWindows } from './expand-windows.ts';
import type { GroupedPlan } from '../plan/select.ts';
import type { Evaluator } from './expression.ts';
import {
  behind,
  boundsOf,
  columnAt,
  fillBuckets,
  isCut,
  lengthWithin,
  type BucketColumns,
  type ColumnAt,
  type GroupColumns,
} from './fill.ts';
import type { Grouping } from './grouping.ts';
import { keyType, type KeyStore } from './key-store.ts';
import { finishMeasure } from './measure-state.ts';
import type { MergedGroups } from './merged-groups.ts';
import type { Groups } from './regroup.ts';
import type { Steps } from './steps.ts';
import { takeRows } from './take-rows.ts';
import { shiftedBack, type TimeWindows } from './time-windows.ts';
import { applyTops, othersCode, type CellMarks, type ToppedGroups } from './top.ts';

/** Groups as columns, with what only some answers have. */
export interface AnswerColumns extends GroupColumns {
  /** ms that the group's bucket, or the range, is long. */
  readonly spans: Values;
  /** With `compare`, the same of then. */
  readonly spansOfThen: Values;
  /** With `every`: 1 where the bucket is cut. */
  readonly partial: Uint8Array | null;
}

/** Makes columns of merged states: tops, windows, measures, empty buckets. */
export function* answerColumns(
  grouping: Grouping,
  merged: MergedGroups,
  evaluator: Evaluator,
): Steps<{ readonly groups: AnswerColumns; readonly states: Groups['states'] }> {
  const { plan, windows } = grouping;
  const { stores } = merged;
  const met: Groups = {
    // An answer without keys has its one row also when no event passed.
    count: plan.keys.length === 0 ? 1 : merged.table.count,
    codes: plan.keys.map((_, key) => merged.table.codesOfKey(key)),
    states: merged.states,
  };
  const numbers = windows === null ? null : yield* numbersByCode(stores[0]);
  const marks = windows === null ? null : marksOf(windows, numbers!);
  const topped = yield* applyTops(grouping, met, stores, marks, evaluator);
  const buckets =
    windows === null
      ? null
      : yield* expandWindows(grouping, windows, topped, numbers!, numbers!.subarray(1), merged.windows);
  const groups = buckets ?? topped;
  const starts: Values | null =
    buckets === null ? null : numberValues(Float64Array.from(groups.codes[0], (code) => buckets.shown[code - 1]));
  const columns = yield* columnsOf(grouping, groups, stores, starts, evaluator);
  const { states } = groups;
  if (plan.every === null) {
    const length = wholeSpan(grouping, met);
    const [spans, spansOfThen] = [length, wholeSpanOfThen(plan) ?? length].map((own) =>
      numberValues(new Float64Array(columns.count).fill(own)),
    ) as [Values, Values];
    return { groups: { ...columns, spans, spansOfThen, partial: null }, states };
  }
  const kept = groups.kept;
  const codes = kept === null ? groups.codes : groups.codes.map((own) => kept.map((group) => own[group]));
  const shown = buckets?.shown ?? boundsOf(grouping, (yield* numbersByCode(stores[0])).subarray(1));
  return { groups: bucketAnswer(grouping, yield* fillBuckets(plan, columns, codes, shown)), states };
}

/** The store of buckets or cells: @returns the starts or numbers of those that have a row, by code; 0 stands for none. */
function* numbersByCode(store: KeyStore): Steps<Float64Array> {
  const codes = Uint32Array.from({ length: store.count + 1 }, (_, code) => code);
  const values = yield* store.valuesOf(codes);
  return values.kind === 'number' ? values.values : new Float64Array(codes.length);
}

function marksOf(windows: TimeWindows, numbers: Float64Array): CellMarks {
  return {
    shown: Uint8Array.from(numbers, (cell) => (isShown(windows, cell) ? 1 : 0)),
    inRange: Uint8Array.from(numbers, (cell) => windows.inRange[cell]),
  };
}

/** A bucket of then may have none of now to stand beside. */
function isShown({ from, to, buckets }: TimeWindows, cell: number): boolean {
  for (let window = from[cell]; window <= to[cell]; window++) if (buckets[window] >= 0) return true;
  return false;
}

function numberValues(values: Float64Array): Values {
  return { kind: 'number', length: values.length, values, nulls: null };
}

/** @param starts takes the place of key 0. */
function* columnsOf(
  grouping: Grouping,
  { count, codes, states, kept, ranks }: ToppedGroups,
  stores: readonly KeyStore[],
  starts: Values | null,
  evaluator: Evaluator,
): Steps<GroupColumns> {
  const { plan, kinds } = grouping;
  const taken = (values: Values): Values => (kept === null ? values : takeRows(values, kept));
  const measures: Values[] = [];
  for (const [index, state] of states.entries()) {
    const at = index % kinds.length;
    measures.push(taken(finishMeasure(kinds[at], state, count, plan.measures[at].span)));
    yield;
  }
  const columns = (of: (own: Uint32Array, index: number) => Steps<Values>): ColumnAt[] =>
    plan.keys.map((_, index) => {
      if (index === 0 && starts !== null) return columnAt(taken(starts));
      const column: ColumnAt = (rows) => of(rows === null ? codes[index] : pick(codes[index], rows), index);
      return kept === null ? column : behind(column, kept);
    });
  return {
    count: kept?.length ?? count,
    // A text is made of a key's code only where it comes out: of many groups, few may.
    keys: columns((own, index) => {
      const key = plan.keys[index];
      return key.top?.others === true
        ? withOthers(stores[index], own, keyType(key), evaluator)
        : stores[index].valuesOf(own);
    }),
    orders: columns((own, index) => stores[index].orderOf(own)),
    ranks: ranks.map((own) => (own === null ? null : taken(numberValues(Float64Array.from(own))))),
    measures,
  };
}

/** A key's values as text, and `(others)` for the rest. */
function* withOthers(store: KeyStore, codes: Uint32Array, type: ColumnType, evaluator: Evaluator): Steps<Values> {
  const rest = othersCode(store);
  const values = yield* store.valuesOf(codes.map((code) => (code === rest ? 0 : code)));
  const cast = type === 'text' ? values : castText.evaluate([values], evaluator.context, [undefined, type], 'text');
  const texts = Array.from(codes, (code, group) => {
    if (code === rest) return '(others)';
    return code === 0 ? '' : textAt(cast, group);
  });
  const nulls = codes.some((code) => code === 0) ? Uint8Array.from(codes, (code) => (code === 0 ? 1 : 0)) : null;
  return { kind: 'text', length: codes.length, values: texts, nulls };
}

/** The length of the range without `every`: from a written `since`, else the first event, to `until`, now or the last. */
function wholeSpan({ plan, measures, kinds, passing }: Grouping, { states, count }: Groups): number {
  const { since, until } = plan.written;
  if (since !== null) return Math.max(0, (until ?? plan.now) - since);
  if (passing !== null) return Math.max(0, (until ?? passing.timeMax) - passing.timeMin);
  if (kinds.length === measures) return 0;
  const extreme = (index: number, best: (a: number, b: number) => number): number => {
    const values = finishMeasure(kinds[index], states[index], count, undefined);
    let found = NaN;
    for (let group = 0; group < count; group++) {
      if (isNullAt(values, group)) continue;
      found = Number.isNaN(found) ? numberAt(values, group) : best(found, numberAt(values, group));
    }
    return found;
  };
  const length = (until ?? extreme(measures + 1, Math.max)) - extreme(measures, Math.min);
  return length > 0 ? length : 0;
}

/** @returns the length of the range that `compare` looks at; null without it. */
function wholeSpanOfThen(plan: GroupedPlan): number | null {
  if (plan.compare === null) return null;
  const { since, until } = shiftedBack(plan, plan.written);
  return since === null || until === null ? null : Math.max(0, until - since);
}

function bucketAnswer(grouping: Grouping, columns: BucketColumns): AnswerColumns {
  const { plan, tableBegin } = grouping;
  const { bounds } = columns;
  const buckets = Math.max(0, bounds.length - 1);
  const spans = new Float64Array(buckets);
  const cut = new Uint8Array(buckets);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = bounds[bucket];
    const end = bounds[bucket + 1];
    const from = plan.trailing === null ? start : addSteps(end, plan.trailing, -1, plan.timezone);
    spans[bucket] = lengthWithin(plan, from, end);
    cut[bucket] = isCut(plan, [start, end], from, tableBegin) ? 1 : 0;
  }
  const before = spansBefore(grouping, bounds, spans);
  const { count, buckets: bucketOf } = columns;
  const spanOf = new Float64Array(count);
  const spanOfThen = new Float64Array(count);
  const partial = new Uint8Array(count);
  for (let row = 0; row < count; row++) {
    const bucket = bucketOf[row];
    spanOf[row] = spans[bucket];
    spanOfThen[row] = before[bucket];
    partial[row] = cut[bucket];
  }
  return { ...columns, spans: numberValues(spanOf), spansOfThen: numberValues(spanOfThen), partial };
}

/** The lengths of the buckets of then; where a bucket has none to stand beside, its own: nothing happened in it. */
function spansBefore({ plan, windows }: Grouping, bounds: Float64Array, spans: Float64Array): Float64Array {
  if (plan.compare === null || windows === null || windows.then === null) return spans;
  const { starts, ends } = windows.then;
  const shifted = { ...plan, written: shiftedBack(plan, plan.written) };
  const first = windows.bounds.indexOf(bounds[0]);
  return spans.map((span, bucket) => {
    const [start, end] = [starts[first + bucket], ends[first + bucket]];
    if (!(start < end)) return span;
    return lengthWithin(shifted, plan.trailing === null ? start : addSteps(end, plan.trailing, -1, plan.timezone), end);
  });
}

function pick(codes: Uint32Array, rows: Uint32Array): Uint32Array {
  const own = new Uint32Array(rows.length);
  for (let at = 0; at < own.length; at++) own[at] = codes[rows[at]];
  return own;
}
