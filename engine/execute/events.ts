import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { narrowed, readPlace, sourceRows, type BlockView, type OpenSource } from './block-view.ts';
import { createColumnBuilder, type ColumnBuilder } from './column-builder.ts';
import { rowsOf } from './filter.ts';
import { checkRowCount, type Finished } from './finish.ts';
import { createFirstKey, firstSortKey, inOrderOfFirst } from './first-key.ts';
import type { Leaves } from './expression.ts';
import { leavesOf } from './leaves.ts';
import type { FoundRows } from './find-first.ts';
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
export const slackRows = 4096;

/** The first rows so far, in whatever order they were met. */
interface TopRows {
  readonly add: (columns: readonly Values[]) => void;
  readonly bytes: () => number;
  readonly finish: () => PartialEvents;
}

/** @returns how many rows are wanted, null = all. */
export function wantedRows(plan: EventsPlan): number | null {
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

/** Collects the rows of consecutive slices: all, or those that may be among the wanted ones. */
export function* collectSlices(
  plan: EventsPlan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialEvents> {
  const top = createTopRows(plan);
  const most = wantedRows(plan);
  const first = most === null ? null : createFirstKey(plan, most);
  const own = { ...context, first };
  // Those that can have the first rows come first, so that of others few are looked at.
  for (const slice of slices)
    yield* scanSteps(first === null ? sources : inOrderOfFirst(plan, sources), slice, own, (view) => {
      collectView(plan, view, own, top);
      context.memory.hold(top.bytes());
    });
  const found = top.finish();
  context.memory.hold(0);
  context.memory.handOver(found.bytes, 0);
  return found;
}

function collectView(plan: EventsPlan, all: BlockView, context: ScanContext, top: TopRows): void {
  let view = all;
  const most = wantedRows(plan);
  if (most !== null) {
    view = withinBound(plan, view, context);
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
  const columns = valuesOfView(plan, view, context);
  context.first?.add(columns[plan.outputs.length]);
  top.add(columns);
}

/** @returns the plan's outputs of a view's rows, then what orders its rows. */
export function valuesOfView(plan: EventsPlan, view: BlockView, context: ScanContext): Values[] {
  const leaves = leavesOf(view);
  const outputs = plan.outputs.map(({ expr }) => context.evaluator.evaluate(expr, leaves));
  return [...outputs, ...sortValues(plan, view, context, leaves)];
}

/** Drops rows that cannot be wanted by the first sort key alone, before anything else is read of them. */
function firstByFirstKey(plan: EventsPlan, view: BlockView, { evaluator }: ScanContext, most: number): BlockView {
  const first = firstSortKey(plan);
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

function withinBound(plan: EventsPlan, view: BlockView, { evaluator, first: key }: ScanContext): BlockView {
  const bound = key?.bound() ?? Infinity;
  if (bound === Infinity) return view;
  const first = firstSortKey(plan);
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

function sortValues(
  plan: EventsPlan,
  view: BlockView,
  { evaluator }: ScanContext,
  leaves: Leaves = leavesOf(view),
): Values[] {
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
  const { joined, rows } = yield* firstOf(plan, parts, memory);
  if (joined.length === 0)
    return { columns, data: columns.map(() => ({ kind: 'null', length: 0 })), rowCount: 0, approximate: [] };
  const data: Values[] = [];
  for (let index = 0; index < columns.length; index++) {
    data.push(takeRows(joined[index], rows));
    yield;
  }
  const tables = plan.from.length > 1 ? tablesOf(joined[columns.length + plan.order.length + 1], rows) : {};
  return { columns, data, rowCount: rows.length, approximate: [], ...tables };
}

/** What tasks found as one: its columns, and those of its rows that the plan wants, in their order. */
interface FirstRows {
  /** None where nothing was found. */
  readonly joined: readonly Values[];
  readonly rows: Uint32Array;
}

function* firstOf(plan: EventsPlan, parts: readonly PartialEvents[], memory: MemoryAccount): Steps<FirstRows> {
  const found = parts.filter(({ rowCount }) => rowCount > 0);
  const rowCount = found.reduce((sum, part) => sum + part.rowCount, 0);
  if (wantedRows(plan) === null) checkRowCount(rowCount);
  if (rowCount === 0) return { joined: [], rows: new Uint32Array(0) };
  // All once more as one, and a number a row and sort key for the order.
  const keys = found[0].columns.length - plan.outputs.length;
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
  const order = sortColumnsOf(plan, joined.slice(plan.outputs.length));
  const sorted = yield* sortSteps(order, rowCount, null, wantedRows(plan));
  return { joined, rows: sorted.subarray(plan.offset) };
}

/**
 * @param parts what tasks found by a plan without outputs.
 * @returns where the rows lie that the plan wants, by source.
 */
export function* locateRows(
  plan: EventsPlan,
  parts: readonly PartialEvents[],
  sources: readonly OpenSource[],
  memory: MemoryAccount,
): Steps<FoundRows[]> {
  // The offset counts once, when they are read.
  const { joined, rows } = yield* firstOf({ ...plan, outputs: [], offset: 0, limit: wantedRows(plan) }, parts, memory);
  if (joined.length === 0) return [];
  const [tables, arrivals] = [joined[joined.length - 4], joined[joined.length - 1]];
  if (tables.kind !== 'number' || arrivals.kind !== 'number') return [];
  const found: FoundRows[] = [];
  for (const open of sources) {
    const first = open.index * sourceRows;
    const own = rows.filter((row) => {
      const at = arrivals.values[row] - first;
      return tables.values[row] === open.table.index && at >= 0 && at < sourceRows;
    });
    if (own.length > 0) found.push({ open, rows: own.map((row) => arrivals.values[row] - first).sort() });
  }
  return found;
}

/** A source that is made of rows of several keeps their order where times are equal. */
function tablesOf(tables: Values, rows: Uint32Array): Pick<Finished, 'tables'> {
  if (tables.kind !== 'number') return {};
  return { tables: Float64Array.from(rows, (row) => tables.values[row]) };
}
