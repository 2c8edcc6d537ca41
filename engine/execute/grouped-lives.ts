import type { Values } from '../column/values.ts';
import type { Found } from '../functions/aggregates/kernel-form.ts';
import type { Pointer } from '../kernels/kernels.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, LivesPlan, Measure } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import type { Arena } from './arena.ts';
import type { OpenSource, SliceSource } from './block-view.ts';
import { createEventRoom, type EventRoom } from './behaviour/actor-events.ts';
import { createEventKeyReader } from './behaviour/event-key.ts';
import { keyNote, type EventNote } from './behaviour/event-notes.ts';
import { newRowGrouping, openRowGroups, type RowGrouping, type RowGroups } from './behaviour/row-groups.ts';
import { cutLives, type CutLives, type LifeNumber } from './cut-lives.ts';
import { trueRows, type Leaves } from './expression.ts';
import type { PartialGroups } from './group.ts';
import { createKeyReader, type KeyContext, type KeyReader } from './key-reader.ts';
import type { KeyStore } from './key-store.ts';
import { partsOf, type ScanContext } from './scan.ts';
import { doAll, type Steps } from './steps.ts';

/** What a column of lives is made of: a number of theirs, or a note of their events. */
type LifeColumn =
  | { readonly kind: 'number'; readonly leaf: LifeNumber }
  | { readonly kind: 'note'; readonly list: number; readonly last: boolean; readonly reader: KeyReader };

/** Lives that each task groups, in one thread; kept from task to task. */
export interface GroupedLives {
  readonly plan: LivesPlan;
  readonly into: GroupedPlan;
  readonly columns: ReadonlyMap<string, LifeColumn>;
  readonly room: EventRoom;
  readonly grouping: RowGrouping;
  readonly stores: readonly KeyStore[];
  /** How many events each actor has is all that is read, which directories tell. */
  readonly isCounted: boolean;
}

/** Groups that are counted in a table of all codes of their key. */
const codesMax = 65_536;
const eventsLeaf: LifeNumber = 4;

/** @param sender the number of whoever groups, among those who group for a query. */
export function openGroupedLives(plan: LivesPlan, context: KeyContext, sender: number): GroupedLives {
  const into = plan.into!;
  const notes: EventNote[] = [];
  const columns = new Map<string, LifeColumn>();
  for (const { name, expr } of plan.outputs) {
    if (expr.kind === 'key') columns.set(name, { kind: 'number', leaf: expr.index as LifeNumber });
    if (expr.kind !== 'measure') continue;
    const measure = plan.measures[expr.index];
    const reader = createEventKeyReader(measure.args[0], context);
    const list = notes.push(keyNote(reader)) - 1;
    columns.set(name, { kind: 'note', list, last: measure.name === 'last', reader });
  }
  const stores = into.keys.map(({ expr }) => {
    const column = expr.kind === 'column' ? columns.get(expr.name) : undefined;
    return column?.kind === 'note' ? column.reader.store : createKeyReader(expr, context).store;
  });
  const { gap, where, range, starts } = plan;
  const whole = [range.since, range.until, starts.since, starts.until].every((end) => end === null);
  const counts = [...columns.values()].every((column) => column.kind === 'number' && column.leaf === eventsLeaf);
  return {
    plan,
    into,
    columns,
    room: createEventRoom(notes),
    grouping: newRowGrouping(into, stores, sender),
    stores,
    isCounted: gap === null && where === null && whole && counts,
  };
}

/** Cuts and groups the lives of the actors of consecutive slices. */
export function* groupedLivesSlices(
  own: GroupedLives,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { plan, room, grouping, columns } = own;
  const groups = openRowGroups(grouping);
  const isTold = own.isCounted && !sources.some(({ source }) => source.blocks.some(({ untimed }) => untimed === true));
  try {
    for (const slice of slices) {
      if (isTold && addCounted(own, partsOf(sources, slice, context), context, groups)) {
        yield;
        continue;
      }
      const events = yield* room.collect(sources, slice, context, false, groups.bytes);
      if (events === null) continue;
      const lives = cutLives(events, plan.gap, plan.starts, columns.size + 2);
      const { arena } = context.scratch;
      if (lives.placed === null || !addByKernels(own, lives, arena!, groups)) addLives(own, lives, context, groups);
      lives.close();
      context.memory.hold(room.bytes + groups.bytes);
      yield;
    }
    return groups.partial(context.memory);
  } finally {
    room.close();
  }
}

/** Groups lives whose only key has few codes, and of which only counts and sums of numbers are asked. @returns whether that is so. */
function addByKernels(own: GroupedLives, lives: CutLives, arena: Arena, groups: RowGroups): boolean {
  const { into, columns } = own;
  const column = keyColumn(own);
  if (column === null || lives.count === 0) return false;
  const { placed } = lives;
  const [codes, size] =
    column.kind === 'note'
      ? [placed!.notes(column.list, column.last), column.reader.store.count + 1]
      : [placed!.sizes(), arena.kernels.maxU32(placed!.sizes(), lives.count) + 1];
  if (size > codesMax || !into.measures.every((_, index) => isTallied(own, index))) return false;
  const numbers = ({ args: [arg] }: Measure): Pointer | null => {
    const number = arg?.kind === 'column' ? columns.get(arg.name) : undefined;
    return number?.kind === 'number' ? placed!.numbers(number.leaf) : null;
  };
  tally(own, codes, size, lives.count, (measure) => ({ at: numbers(measure), bytes: 8 }), arena, groups);
  return true;
}

/** Groups actors by how many events they have, from what directories say. @returns false where no kernel can. */
function addCounted(
  own: GroupedLives,
  parts: readonly SliceSource[],
  context: ScanContext,
  groups: RowGroups,
): boolean {
  const { arena } = context.scratch;
  const column = keyColumn(own);
  if (arena === null || column?.kind !== 'number') return false;
  if (!own.into.measures.every((_, index) => isTallied(own, index))) return false;
  const count = parts[0]?.slots().count ?? 0;
  if (count === 0) return true;
  const { kernels, memory } = arena;
  const before = arena.used;
  try {
    if (16 * count + 32 * codesMax > arena.room) return false;
    const counts = arena.take(4 * count);
    new Uint32Array(memory.buffer, counts, count).fill(0);
    let rows = 0;
    for (const part of parts) {
      const { slots, firstRows } = part.slots();
      const runs = slots[part.part];
      if (8 * runs.length + 64 > arena.room) return false;
      const mark = arena.used;
      kernels.countRunRows(arena.place(firstRows[part.part]), arena.place(runs), runs.length, counts);
      arena.release(mark);
      rows += part.entries.endRow - part.entries.firstRow;
    }
    const size = kernels.maxU32(counts, count) + 1;
    if (size > codesMax) return false;
    context.check();
    context.stats.rowsScanned += rows;
    context.stats.rowsMatched += rows;
    context.countRows(rows);
    tally(own, counts, size, count, () => ({ at: counts, bytes: 4 }), arena, groups);
    return true;
  } finally {
    arena.release(before);
  }
}

/** @returns what the only key is, where that is a note or how many events there are; else null. */
function keyColumn({ into: { keys }, columns }: GroupedLives): LifeColumn | null {
  if (keys.length !== 1 || keys[0].expr.kind !== 'column') return null;
  const column = columns.get(keys[0].expr.name);
  return column !== undefined && (column.kind === 'note' || column.leaf === eventsLeaf) ? column : null;
}

/** @returns whether a measure is a count, or is told by the sum of a number of lives. */
function isTallied({ into, columns, grouping }: GroupedLives, index: number): boolean {
  const { args, filter } = into.measures[index];
  const kind = grouping.kinds[index];
  if (kind.kind !== 'values' || filter !== null || args.length > 1) return false;
  const form = kind.aggregate.kernels;
  if (form === undefined || (form.part !== null && form.part !== 'sum')) return false;
  const [arg] = args;
  return arg === undefined || (arg.kind === 'column' && columns.get(arg.name)?.kind === 'number');
}

/** @param codes u32 a life, below `size`; of a key of numbers, the numbers. 0 of these is nobody's. */
function tally(
  { into, grouping, stores: [store], columns }: GroupedLives,
  codes: Pointer,
  size: number,
  count: number,
  valuesOf: (measure: Measure) => { readonly at: Pointer | null; readonly bytes: number },
  arena: Arena,
  groups: RowGroups,
): void {
  const { kernels, memory } = arena;
  const before = arena.used;
  const countsAt = arena.take(4 * size);
  const counts = new Uint32Array(memory.buffer, countsAt, size).fill(0);
  kernels.groupCount(codes, 4, count, countsAt, 0);
  const [key] = into.keys;
  const isNote = key.expr.kind === 'column' && columns.get(key.expr.name)?.kind === 'note';
  const found: number[] = [];
  for (let code = 0; code < size; code++) if (counts[code] > 0 && (isNote || code > 0)) found.push(code);
  const own = new Uint32Array(found);
  if (!isNote) {
    const values = Float64Array.from(found);
    store.codesOf({ kind: 'number', length: values.length, values, nulls: null }, own);
  }
  const met = Uint32Array.from(found, (code) => counts[code]);
  const tallies = into.measures.map((measure, index): Found => {
    const kind = grouping.kinds[index];
    const isSum = kind.kind === 'values' && kind.aggregate.kernels!.part === 'sum';
    const { at, bytes } = valuesOf(measure);
    if (!isSum || at === null) return { counts: met, numbers: new Float64Array(found.length), pairs: null };
    const sumsAt = arena.take(8 * size);
    const sums = new Float64Array(memory.buffer, sumsAt, size).fill(0);
    kernels.groupSum(codes, 4, at, bytes, count, 0, sumsAt, 0);
    return { counts: met, numbers: Float64Array.from(found, (code) => sums[code]), pairs: null };
  });
  groups.addCounted({ count: found.length, codes: [own], tallies });
  arena.release(before);
}

/** Groups lives row by row. */
function addLives({ into, columns, stores }: GroupedLives, lives: CutLives, context: ScanContext, groups: RowGroups): void {
  const { count } = lives;
  if (count === 0) return;
  const { evaluator } = context;
  const known = new Map<string, Values>();
  const valuesOf = (column: LifeColumn): Values =>
    column.kind === 'number'
      ? { kind: 'number', length: count, values: lives.numbers(column.leaf), nulls: null }
      : doAll(column.reader.store.valuesOf(lives.notes(column.list, column.last)));
  const leaves: Leaves = {
    length: count,
    leaf(expr: Expr) {
      const name = expr.kind === 'column' ? expr.name : '';
      let values = known.get(name);
      if (values === undefined) known.set(name, (values = valuesOf(columns.get(name)!)));
      return values;
    },
  };
  const codes = into.keys.map(({ expr }, key) => {
    const column = expr.kind === 'column' ? columns.get(expr.name) : undefined;
    if (column?.kind === 'note') return lives.notes(column.list, column.last);
    const own = new Uint32Array(count);
    stores[key].codesOf(evaluator.evaluate(expr, leaves), own);
    return own;
  });
  const all = Uint32Array.from({ length: count }, (_, row) => row);
  groups.add({
    count,
    codes,
    args: into.measures.map(({ args }) => args.map((arg) => evaluator.evaluate(arg, leaves))),
    rows: into.measures.map(({ filter }) =>
      filter === null ? null : trueRows(evaluator.evaluate(filter, leaves), all),
    ),
  });
}
