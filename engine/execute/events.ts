import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { narrowed, readPlace, type BlockView, type OpenSource } from './block-view.ts';
import { createColumnBuilder, type ColumnBuilder } from './column-builder.ts';
import { rowsOf } from './filter.ts';
import { checkRowCount, type Finished } from './finish.ts';
import { leavesOf } from './leaves.ts';
import type { MemoryAccount } from './memory.ts';
import { scanSteps, type ScanContext } from './scan.ts';
import { candidateRows, sortedRows, sortSteps, type SortColumn } from './sort.ts';
import type { Steps } from './steps.ts';
import { takeRows } from './take-rows.ts';

/** Rows that one task found: the plan's outputs, then the columns that order them. Plain data. */
export interface PartialEvents {
  readonly columns: readonly Values[];
  readonly rowCount: number;
  /** About what it takes. */
  readonly bytes: number;
}

const time: Expr = { kind: 'column', name: 'time', type: 'time' };
/** Beyond a multiple of what is wanted, rows that cannot be among it are let go of. */
const slackRows = 4096;

/** The first rows so far, in whatever order they were met. */
interface TopRows {
  readonly add: (columns: readonly Values[]) => void;
  /** No row whose first sort key is above this is wanted any more. */
  readonly bound: () => number;
  readonly bytes: () => number;
  readonly finish: () => PartialEvents;
}

/** @returns how many rows are wanted, null = all. */
function wantedRows(plan: EventsPlan): number | null {
  return plan.limit === null ? null : plan.offset + plan.limit;
}

interface PlainSortColumn extends SortColumn {
  readonly values: Values;
}

/** The columns after the outputs: `order by`, then time, then the place in stored order. */
function sortColumnsOf(plan: EventsPlan, columns: readonly Values[]): PlainSortColumn[] {
  return columns.map((values, index) => ({ values, descending: plan.order[index]?.descending ?? false }));
}

function createTopRows(plan: EventsPlan): TopRows {
  const outputs = plan.outputs.length;
  const most = wantedRows(plan);
  let builders: ColumnBuilder[] | null = null;
  let bound = Infinity;
  const columns = (): Values[] => builders!.map((builder) => builder.build());
  const restart = (values: readonly Values[]): void => {
    builders = values.map((column) => {
      const builder = createColumnBuilder();
      builder.append(column);
      return builder;
    });
  };
  const trim = (): void => {
    const all = columns();
    const rows = sortedRows(sortColumnsOf(plan, all.slice(outputs)), all[0].length, null, most);
    if (most !== null && rows.length === most && most > 0) {
      bound = boundOf(sortColumnsOf(plan, all.slice(outputs))[0], rows[most - 1]) ?? bound;
    }
    restart(all.map((column) => takeRows(column, rows)));
  };
  return {
    add(values) {
      if (builders === null) restart(values);
      else values.forEach((column, index) => builders![index].append(column));
      const { length } = builders![0];
      if (most === null) checkRowCount(length);
      else if (length > 2 * most + slackRows) trim();
    },
    bound: () => bound,
    bytes: () => builders?.reduce((sum, builder) => sum + builder.bytes, 0) ?? 0,
    finish() {
      if (builders === null) return { columns: [], rowCount: 0, bytes: 0 };
      if (most !== null && builders[0].length > most) trim();
      const all = columns();
      return {
        columns: all,
        rowCount: all[0].length,
        bytes: builders.reduce((sum, builder) => sum + builder.bytes, 0),
      };
    },
  };
}

/** @returns the row's value, turned where it descends; null where it is no finite number. */
function boundOf({ values, descending }: PlainSortColumn, row: number): number | null {
  if (values.kind !== 'number' || (values.nulls !== null && values.nulls[row] === 1)) return null;
  const value = values.values[row];
  return Number.isFinite(value) ? (descending ? -value : value) : null;
}

/** Collects the rows of consecutive slices: all, or those that may be among the wanted ones. */
export function* collectSlices(
  plan: EventsPlan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialEvents> {
  const top = createTopRows(plan);
  const first = plan.order[0] ?? { expr: time, descending: false };
  const byTime = first.expr.kind === 'column' && first.expr.name === 'time' && first.expr.type === 'time';
  const sign = first.descending ? -1 : 1;
  // With `order by` on the time, a block of later (earlier) times than the last row wanted is not read.
  const skip = (timeMin: number, timeMax: number): boolean =>
    sign * (first.descending ? timeMax : timeMin) > top.bound();
  const own = { ...context, skip: byTime && wantedRows(plan) !== null ? skip : null };
  for (const slice of slices)
    yield* scanSteps(sources, slice, own, (view) => {
      collectView(plan, view, context, top);
      context.memory.hold(top.bytes());
    });
  const found = top.finish();
  context.memory.hold(0);
  context.memory.handOver(found.bytes, 0);
  return found;
}

function collectView(plan: EventsPlan, all: BlockView, context: ScanContext, top: TopRows): void {
  const { evaluator } = context;
  let view = all;
  const most = wantedRows(plan);
  if (most !== null) {
    view = withinBound(plan, view, context, top.bound());
    if (view.length === 0 || most === 0) return;
    if (view.length > 8 * most) view = firstByFirstKey(plan, view, context, most);
    if (view.length > most) {
      const keys = sortColumnsOf(plan, sortValues(plan, view, context));
      const picked = sortedRows(keys, view.length, null, most).sort();
      const rows = rowsOf(view);
      view = narrowed(
        view,
        Uint32Array.from(picked, (at) => rows[at]),
      );
    }
  }
  const leaves = leavesOf(view);
  top.add([...plan.outputs.map(({ expr }) => evaluator.evaluate(expr, leaves)), ...sortValues(plan, view, context)]);
}

/** Drops rows that cannot be wanted by the first sort key alone, before anything else is read of them. */
function firstByFirstKey(plan: EventsPlan, view: BlockView, { evaluator }: ScanContext, most: number): BlockView {
  const first = plan.order[0] ?? { expr: time, descending: false };
  const values = evaluator.evaluate(first.expr, leavesOf(view));
  const places = view.scratch.words(view.length);
  for (let i = 0; i < places.length; i++) places[i] = i;
  const picked = candidateRows({ values, descending: first.descending }, places, most);
  const rows = rowsOf(view);
  return narrowed(
    view,
    picked.map((at) => rows[at]),
  );
}

function withinBound(plan: EventsPlan, view: BlockView, { evaluator }: ScanContext, bound: number): BlockView {
  if (bound === Infinity) return view;
  const first = plan.order[0] ?? { expr: time, descending: false };
  const values = evaluator.evaluate(first.expr, leavesOf(view));
  if (values.kind !== 'number') return view;
  const sign = first.descending ? -1 : 1;
  const rows = rowsOf(view);
  const kept = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (values.nulls !== null && values.nulls[i] === 1) continue;
    // NaN is above or below every bound by its rank, so it stays.
    if (!(sign * values.values[i] > bound)) kept[count++] = rows[i];
  }
  return narrowed(view, kept.slice(0, count));
}

function sortValues(plan: EventsPlan, view: BlockView, { evaluator }: ScanContext): Values[] {
  const leaves = leavesOf(view);
  return [
    ...plan.order.map(({ expr }) => evaluator.evaluate(expr, leaves)),
    evaluator.evaluate(time, leaves),
    ...readPlace(view),
  ];
}

/** Joins what the tasks found, in their order, to the answer. */
export function* finishEvents(
  plan: EventsPlan,
  parts: readonly PartialEvents[],
  memory: MemoryAccount,
): Steps<Finished> {
  const columns = plan.outputs.map(({ name, expr }) => ({ name, type: expr.type }));
  const found = parts.filter(({ rowCount }) => rowCount > 0);
  const rowCount = found.reduce((sum, part) => sum + part.rowCount, 0);
  if (wantedRows(plan) === null) checkRowCount(rowCount);
  if (rowCount === 0)
    return { columns, data: columns.map(() => ({ kind: 'null', length: 0 })), rowCount: 0, approximate: [] };
  // All once more as one, and a number a row and sort key for the order.
  const keys = found[0].columns.length - columns.length;
  memory.hold(found.reduce((sum, { bytes }) => sum + bytes, 0) + rowCount * (8 * keys + 8));
  const joined: Values[] = [];
  for (let index = 0; index < found[0].columns.length; index++) {
    const builder = createColumnBuilder();
    for (const part of found) {
      builder.append(part.columns[index]);
      yield;
    }
    joined.push(builder.build());
  }
  const order = sortColumnsOf(plan, joined.slice(columns.length));
  const sorted = yield* sortSteps(order, rowCount, null, wantedRows(plan));
  const rows = sorted.subarray(plan.offset);
  const data: Values[] = [];
  for (let index = 0; index < columns.length; index++) {
    data.push(takeRows(joined[index], rows));
    yield;
  }
  const tables = plan.from.length > 1 ? tablesOf(joined[columns.length + plan.order.length + 1], rows) : {};
  return { columns, data, rowCount: rows.length, approximate: [], ...tables };
}

/** A source that is made of rows of several keeps their order where times are equal. */
function tablesOf(tables: Values, rows: Uint32Array): Pick<Finished, 'tables'> {
  if (tables.kind !== 'number') return {};
  return { tables: Float64Array.from(rows, (row) => tables.values[row]) };
}
