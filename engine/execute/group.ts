import type { Values } from '../column/values.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';
import { conjunctsOf } from '../plan/visit.ts';
import { isActorKeyReader, type ActorKeyReader } from './actor-key.ts';
import { createActorCounter, isByRows, type ActorCounter } from './best-actors.ts';
import { groupsWanted, keepBestGroups } from './best-groups.ts';
import type { BlockView, OpenSource } from './block-view.ts';
import { conditionOf, type Condition } from './conditions.ts';
import { countActors, countRows, countRuns } from './count-actors.ts';
import { openDenseGroups, type DenseGroups, type DenseRows } from './dense/dense-groups.ts';
import { densePlanOf, type DensePlan } from './dense/dense-plan.ts';
import type { LocalKeyOf } from './dense/local-codes.ts';
import type { Leaves } from './expression.ts';
import { GroupTable } from './group-table.ts';
import { createCellReader, createKeyReader, textReader, type KeyContext, type KeyReader } from './key-reader.ts';
import { leavesOf } from './leaves.ts';
import { rowsBetweenHolds } from './memory.ts';
import { isRepeated, measureKind, newMeasureStates, type MeasureKind } from './measure-state.ts';
import { passingRows } from './passing-rows.ts';
import { scanPiece, type ScanContext } from './scan.ts';
import type { ScanPiece } from './scan-piece.ts';
import { bytesOfSent, createKeySender, createTaskSender, type KeySender, type SentKeys } from './sent-keys.ts';
import { createSliceActors, type RowsOf, type SliceActors } from './slice-actors.ts';
import type { Steps } from './steps.ts';
import type { TextStore } from './text-store.ts';
import type { TimeCells } from './time-windows.ts';
import { commonRows, createListReader, passesOf, type ListCodes, type ListReader } from './unnest.ts';
import { isOfWindows, type PartialWindows, type RowsPass } from './window-groups.ts';

/** What one task found: plain data. */
export interface PartialGroups {
  readonly count: number;
  /** Whose codes the keys are. */
  readonly sender: number;
  readonly keys: readonly SentKeys[];
  readonly states: readonly AggregateState[];
  /** Groups of windows, whose states are those of measures that are of windows. */
  readonly windows: PartialWindows | null;
  /** That all this takes. */
  readonly bytes: number;
  /** How many groups it met beside these, that cannot come out. */
  readonly left: number;
}

/** How one query's rows become keys and measures, in one thread; kept from task to task. */
export interface GroupReaders {
  readonly keys: readonly (KeyReader | ListReader)[];
  readonly measures: readonly MeasureReader[];
  /** The groups of the task that is done. */
  readonly table: GroupTable;
  /** What sends each key's codes, and the number that they bear. */
  readonly senders: readonly KeySender[];
  readonly sender: number;
  readonly plan: GroupedPlan;
  /** The most groups of a task that can come out; null = any. */
  readonly wanted: number | null;
  /** Not null where rows count run by run of one actor, and nothing else is asked of them. */
  readonly runs: ActorKeyReader | null;
  /** Not null where of these only the actors with the most rows, or the fewest, can come out. */
  readonly counter: ActorCounter | null;
  /** Whether there is one group, of which only the number of rows is asked. */
  readonly onlyRows: boolean;
  /** Not null where a measure is of windows. */
  readonly cells: TimeCells | null;
  /** How kernels group within a source, where they can find all keys. */
  readonly dense: { readonly plan: DensePlan; readonly keys: readonly LocalKeyOf[] } | null;
}

interface MeasureReader {
  readonly measure: Measure;
  readonly kind: MeasureKind;
  /** Not null where the measure takes a bare text column by its codes. */
  readonly texts: KeyReader | null;
  readonly filter: readonly Condition[];
}

/**
 * @param cells what key 0 is read as, if not as a bucket.
 * @param sender the number of whoever groups, among those who group for a query.
 */
export function createGroupReaders(
  plan: GroupedPlan,
  cells: TimeCells | null,
  context: KeyContext,
  sender: number,
): GroupReaders {
  const ofWindows = plan.measures.some((_, index) => isOfWindows(measureKind(plan, index)));
  const keys = plan.keys.map((key, index) => {
    if (index === 0 && cells !== null) return createCellReader(cells);
    return key.unnest ? createListReader(key, context) : createKeyReader(key.expr, context);
  });
  const locals = keys.flatMap((key) => ('local' in key && key.local !== undefined ? [key.local] : []));
  const kinds = plan.measures.map((_, index) => measureKind(plan, index));
  const countsRows = plan.measures.every(({ args, filter }, index) => {
    const kind = kinds[index];
    return args.length === 0 && filter === null && kind.kind === 'values' && kind.aggregate.updateRuns !== undefined;
  });
  const wanted = groupsWanted(plan, kinds);
  const runs = countsRows && keys.length === 1 && isActorKeyReader(keys[0]) ? keys[0] : null;
  const counts = runs !== null && wanted !== null && isByRows(plan);
  return {
    plan,
    wanted,
    runs,
    onlyRows: countsRows && keys.length === 0,
    counter: counts ? createActorCounter(runs.store, wanted, plan.order[0].descending) : null,
    cells: ofWindows ? cells : null,
    dense: locals.length < keys.length ? null : { plan: densePlanOf(plan.measures, kinds), keys: locals },
    keys,
    table: new GroupTable(keys.length),
    senders: keys.map((key) => (isActorKeyReader(key) ? createTaskSender(key.store) : createKeySender(key.store))),
    sender,
    measures: plan.measures.map((measure, index) => {
      const kind = measureKind(plan, index);
      const [arg] = measure.args;
      const bare = measure.args.length === 1 && arg.kind === 'column' && arg.type === 'text' ? arg : null;
      const byCode = kind.kind === 'values' && kind.aggregate.updateTexts !== undefined;
      const texts = byCode && bare !== null ? textReader(bare.name, bare, context) : null;
      return { measure, kind, texts, filter: conjunctsOf(measure.filter).map(conditionOf) };
    }),
  };
}

/** Groups the rows of consecutive pieces. */
export function* groupPieces(
  readers: GroupReaders,
  sources: readonly OpenSource[],
  pieces: readonly ScanPiece[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { table } = readers;
  table.clear();
  const states = newMeasureStates(
    readers.measures.map(({ kind }) => kind),
    readers.measures.map(({ measure }) => measure),
  );
  const kinds = readers.measures.map(({ kind }) => kind);
  const counts = (): number[] => readers.keys.map(({ store }) => store.count);
  const { arena } = context.scratch;
  const arenaMark = arena?.used ?? 0;
  const rowsOf: RowsOf = (measure, view) => passingRows(readers.measures[measure].filter, view, context);
  const dense = denseGroups(readers, table, states, rowsOf, context);
  const byCodes = dense !== null && readers.keys.length > 0;
  const actors = createSliceActors(kinds, readers.cells, { table, counts }, arena, byCodes);
  try {
    let unchecked = rowsBetweenHolds;
    const { counter } = readers;
    const counts = counter !== null && context.conditions.length === 0;
    const others = counts ? yield* countActors(readers, counter, sources, pieces, table, states, context) : 0;
    let rows = 0;
    for (const piece of counts ? [] : pieces) {
      let started = actors === null;
      yield* scanPiece(sources, piece, context, (view) => {
        if (readers.onlyRows) {
          rows += view.length;
          return;
        }
        if (!started) actors!.start(view.part.slots().count);
        started = true;
        groupView(readers, dense, table, actors, states, rowsOf, view, context);
        if ((unchecked += view.length) < rowsBetweenHolds) return;
        unchecked = 0;
        context.memory.countGroups(table.count);
        const held = table.bytes + (actors?.bytes ?? 0) + bytesOfReaders(readers) + bytesOfStates(readers, states);
        context.memory.hold(held);
      });
      actors?.end(states);
    }
    countRows(readers, table, states, rows);
    dense?.settle();
    kinds.forEach((kind, index) => {
      if (isRepeated(states, index)) return;
      if (kind.kind === 'slots' && !isOfWindows(kind)) kind.aggregate.grow(states[index], table.count);
      kind.aggregate.seal?.(states[index]);
    });
    const { plan, wanted } = readers;
    const stores = readers.keys.map(({ store }) => store);
    const kept = yield* keepBestGroups(plan, kinds, wanted, table, stores, states, context.evaluator);
    const keys = readers.senders.map((sender, key) => sender.send(kept.codes[key]));
    const windows = actors?.windows(readers.senders) ?? null;
    kinds.forEach((kind, index) => {
      if (isOfWindows(kind)) kind.aggregate.grow(kept.states[index], windows!.count);
    });
    const bytes = keys.reduce((sum, column) => sum + bytesOfSent(column), bytesOfStates(readers, kept.states));
    context.memory.hold(bytesOfReaders(readers));
    context.memory.handOver(bytes, table.count + others);
    const left = table.count - kept.count + others;
    return { count: kept.count, sender: readers.sender, keys, states: kept.states, windows, bytes, left };
  } finally {
    actors?.close();
    arena?.release(arenaMark);
  }
}

/** What codes are given by outlives the task. */
function bytesOfReaders({ keys, measures, senders }: GroupReaders): number {
  const stores = new Set([...keys, ...measures.map(({ texts }) => texts)].map((reader) => reader?.store));
  const sent = senders.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...stores].reduce((sum, store) => sum + (store?.bytes ?? 0), sent);
}

function bytesOfStates({ measures }: GroupReaders, states: readonly AggregateState[]): number {
  return measures.reduce(
    (sum, { kind }, index) => (isRepeated(states, index) ? sum : sum + kind.aggregate.bytes(states[index])),
    0,
  );
}

/** Opens dense groups in the task's arena; null where the plan has no use for them, or there is no arena. */
function denseGroups(
  readers: GroupReaders,
  table: GroupTable,
  states: readonly AggregateState[],
  filter: RowsOf,
  { scratch: { arena } }: ScanContext,
): DenseGroups | null {
  if (arena === null || readers.dense === null) return null;
  return openDenseGroups(
    {
      ...readers.dense,
      table,
      codeCounts: () => readers.keys.map(({ store }) => store.count),
      filter,
      add(measure, groups, found) {
        const { kind } = readers.measures[measure];
        if (kind.kind !== 'values' || isRepeated(states, measure)) return;
        kind.aggregate.grow(states[measure], table.count);
        kind.aggregate.kernels!.add(states[measure], groups, found);
      },
    },
    arena,
  );
}

/** @returns whether the view was grouped by kernels, measures that these do not keep included. */
function groupDensely(
  readers: GroupReaders,
  dense: DenseGroups,
  table: GroupTable,
  actors: SliceActors | null,
  states: readonly AggregateState[],
  rowsOf: RowsOf,
  view: BlockView,
  context: ScanContext,
): boolean {
  const arena = view.scratch.arena!;
  const mark = arena.used;
  const rows = dense.take(view);
  if (rows !== null) {
    const densely = readers.keys.length > 0 && actors !== null;
    const named = densely && actors.addDense(view, rows, rowsOf);
    // Where kernels keep states, what is counted is a part of these.
    if (!named || readers.dense!.plan.inputs.length > 0) rows.count();
    if (!isAllTaken(readers, rows, densely)) {
      const isDone = (index: number): boolean => isTaken(readers, rows, densely, index);
      updateMeasures(readers, actors, states, view, leavesOf(view), context, rows.groups(), table, isDone);
    }
  }
  arena.release(mark);
  return rows !== null;
}

function isTaken({ measures }: GroupReaders, rows: DenseRows, densely: boolean, index: number): boolean {
  return rows.isTaken(index) || (densely && measures[index].kind.kind === 'slots');
}

function isAllTaken(readers: GroupReaders, rows: DenseRows, densely: boolean): boolean {
  for (let index = 0; index < readers.measures.length; index++)
    if (!isTaken(readers, rows, densely, index)) return false;
  return true;
}

/** @param isDone whether a measure has the view's rows already. */
function updateMeasures(
  readers: GroupReaders,
  actors: SliceActors | null,
  states: readonly AggregateState[],
  view: BlockView,
  leaves: Leaves,
  context: ScanContext,
  groups: Uint32Array | null,
  table: GroupTable,
  isDone: (measure: number) => boolean,
): void {
  readers.measures.forEach((reader, index) => {
    if (isDone(index) || isOfWindows(reader.kind) || isRepeated(states, index)) return;
    const input = readInput(reader, view, leaves, context);
    if (reader.kind.kind === 'slots') actors!.add(index, view, groups, input.rows);
    else updateMeasure(reader, states[index], input, groups, input.rows, table.count);
  });
}

function groupView(
  readers: GroupReaders,
  dense: DenseGroups | null,
  table: GroupTable,
  actors: SliceActors | null,
  states: readonly AggregateState[],
  rowsOf: RowsOf,
  view: BlockView,
  context: ScanContext,
): void {
  if (readers.runs !== null) {
    countRuns(readers, readers.runs, table, states, view);
    return;
  }
  if (dense !== null && groupDensely(readers, dense, table, actors, states, rowsOf, view, context)) return;
  const leaves = leavesOf(view);
  const keys = readers.keys.map((reader) => reader.read(view, leaves));
  const counts = readers.keys.map(({ store }) => store.count);
  const codes = keys.filter((key) => key instanceof Uint32Array);
  if (codes.length < keys.length) {
    updateInPasses(readers, actors, states, view, leaves, context, groupPasses(keys, counts, table, view), table);
    return;
  }
  const groups = keys.length === 0 ? null : view.scratch.words(view.length);
  table.groupsOf(codes, counts, groups ?? view.scratch.words(0));
  updateMeasures(readers, actors, states, view, leaves, context, groups, table, () => false);
  if (readers.cells !== null) actors!.addCells(view, codes, rowsOf);
}

/** Groups the rows of each pass over lists. */
function* groupPasses(
  keys: readonly (Uint32Array | ListCodes)[],
  counts: readonly number[],
  table: GroupTable,
  view: BlockView,
): Generator<RowsPass> {
  const groups = view.scratch.words(view.length);
  for (const { rows, codes, groups: found } of passesOf(keys, view)) {
    table.groupsOf(codes, counts, found);
    for (let i = 0; i < rows.length; i++) groups[rows[i]] = found[i];
    yield { rows, groups };
  }
}

function updateInPasses(
  readers: GroupReaders,
  actors: SliceActors | null,
  states: readonly AggregateState[],
  view: BlockView,
  leaves: Leaves,
  context: ScanContext,
  passes: Iterable<RowsPass>,
  table: GroupTable,
): void {
  const inputs = readers.measures.map((reader) => readInput(reader, view, leaves, context));
  for (const pass of passes) {
    readers.measures.forEach((reader, index) => {
      if (isRepeated(states, index)) return;
      const input = inputs[index];
      const rows = input.rows === null ? pass.rows : commonRows(input.rows, pass.rows);
      if (reader.kind.kind === 'slots') actors!.add(index, view, pass.groups, rows);
      else updateMeasure(reader, states[index], input, pass.groups, rows, table.count);
    });
    context.check();
  }
}

/** What a measure takes of a view. */
interface MeasureInput {
  /** Places in the view of the rows that count; null = all. */
  readonly rows: Uint32Array | null;
  readonly rowCount: number;
  /** By the kind of the measure: its arguments, one of these as codes, or nothing where it is of actors. */
  readonly args: readonly Values[];
  readonly codes: Uint32Array | null;
}

function readInput(
  { measure, kind, texts, filter }: MeasureReader,
  view: BlockView,
  leaves: Leaves,
  context: ScanContext,
): MeasureInput {
  const rows = passingRows(filter, view, context);
  const own = { rows, rowCount: view.length };
  if (kind.kind === 'slots') return { ...own, args: [], codes: null };
  if (texts !== null) return { ...own, args: [], codes: texts.read(view, leaves) };
  return { ...own, args: measure.args.map((arg) => context.evaluator.evaluate(arg, leaves)), codes: null };
}

function updateMeasure(
  { kind, texts }: MeasureReader,
  state: AggregateState,
  { rowCount, args, codes }: MeasureInput,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  groupCount: number,
): void {
  kind.aggregate.grow(state, groupCount);
  if (kind.kind === 'slots') return;
  if (texts === null) kind.aggregate.update(state, args, groups, rows, rowCount);
  else {
    const store = texts.store as TextStore;
    const coded = { codes: codes!, count: store.count, hashes: store.hashes() };
    kind.aggregate.updateTexts!(state, coded, groups, rows, rowCount);
  }
}
