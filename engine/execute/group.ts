import type { Values } from '../column/values.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';
import { conjunctsOf } from '../plan/visit.ts';
import { readSlots, type BlockView, type OpenSource } from './block-view.ts';
import { conditionOf, type Condition } from './conditions.ts';
import { openDenseGroups, type DenseGroups } from './dense/dense-groups.ts';
import { densePlanOf, type DensePlan } from './dense/dense-plan.ts';
import type { LocalKeyOf } from './dense/local-codes.ts';
import type { Leaves } from './expression.ts';
import { filterRows } from './filter.ts';
import { GroupTable } from './group-table.ts';
import { createCellReader, createKeyReader, textReader, type KeyContext, type KeyReader } from './key-reader.ts';
import { leavesOf } from './leaves.ts';
import { isRepeated, measureKind, newMeasureStates, type MeasureKind } from './measure-state.ts';
import { scanPiece, type ScanContext } from './scan.ts';
import type { ScanPiece } from './scan-piece.ts';
import { bytesOfSent, createKeySender, type KeySender, type SentKeys } from './sent-keys.ts';
import { stepRows, type Steps } from './steps.ts';
import type { TextStore } from './text-store.ts';
import type { TimeCells } from './time-windows.ts';
import { commonRows, createListReader, passesOf, type ListCodes, type ListReader } from './unnest.ts';
import { isOfWindows, windowPasses, type PartialWindows, type WindowPass } from './window-groups.ts';

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
}

/** How one query's rows become keys and measures, in one thread; kept from task to task. */
export interface GroupReaders {
  readonly keys: readonly (KeyReader | ListReader)[];
  readonly measures: readonly MeasureReader[];
  /** What sends each key's codes, and the number that they bear. */
  readonly senders: readonly KeySender[];
  readonly sender: number;
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
  return {
    cells: ofWindows ? cells : null,
    dense: ofWindows || locals.length < keys.length ? null : { plan: densePlanOf(plan.measures, kinds), keys: locals },
    keys,
    senders: keys.map(({ store }) => createKeySender(store)),
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
  const table = new GroupTable(readers.keys.length);
  const windowTable = new GroupTable(readers.keys.length);
  const states = newMeasureStates(
    readers.measures.map(({ kind }) => kind),
    readers.measures.map(({ measure }) => measure),
  );
  const mark = context.scratch.arena?.used ?? 0;
  const dense = denseGroups(readers, table, states, context);
  const counting = readers.measures.some(({ kind }) => kind.kind === 'slots');
  let unchecked = stepRows;
  for (const piece of pieces) {
    let started = !counting;
    yield* scanPiece(sources, piece, context, (view) => {
      if (!started) {
        started = true;
        const slotCount = view.part.slots().count;
        readers.measures.forEach(({ kind }, index) => {
          if (kind.kind === 'slots') kind.aggregate.startSlice(states[index], slotCount);
        });
      }
      groupView(readers, dense, table, windowTable, states, view, context);
      if ((unchecked += view.length) < stepRows) return;
      unchecked = 0;
      context.memory.countGroups(table.count);
      context.memory.hold(table.bytes + windowTable.bytes + bytesOfReaders(readers) + bytesOfStates(readers, states));
    });
  }
  dense?.settle();
  context.scratch.arena?.release(mark);
  readers.measures.forEach(({ kind }, index) => {
    if (!isRepeated(states, index)) kind.aggregate.seal?.(states[index]);
  });
  const keys = readers.senders.map((sender, key) => sender.send(table.codesOfKey(key)));
  const windows: PartialWindows | null =
    readers.cells === null
      ? null
      : { count: windowTable.count, windows: windowTable.codesOfKey(0), keys: columnsBehind(readers, windowTable) };
  const bytes = keys.reduce((sum, column) => sum + bytesOfSent(column), bytesOfStates(readers, states));
  context.memory.hold(bytesOfReaders(readers));
  context.memory.handOver(bytes, table.count);
  return { count: table.count, sender: readers.sender, keys, states, windows, bytes };
}

/** Their codes are those of groups, which are sent before them. */
function columnsBehind({ senders }: GroupReaders, table: GroupTable): SentKeys[] {
  return senders.slice(1).map((sender, key) => sender.send(table.codesOfKey(key + 1)));
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
  context: ScanContext,
): DenseGroups | null {
  const { arena } = context.scratch;
  if (arena === null || readers.dense === null) return null;
  return openDenseGroups(
    {
      ...readers.dense,
      table,
      codeCounts: () => readers.keys.map(({ store }) => store.count),
      filter: (measure, view) => passingRows(readers.measures[measure].filter, view, context),
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
  states: readonly AggregateState[],
  view: BlockView,
  context: ScanContext,
): boolean {
  const arena = view.scratch.arena!;
  const mark = arena.used;
  const rows = dense.take(view);
  if (rows !== null) {
    const leaves = leavesOf(view);
    let slots: Uint32Array | null = null;
    let groups: Uint32Array | null | undefined;
    readers.measures.forEach((reader, index) => {
      if (rows.isTaken(index) || isRepeated(states, index)) return;
      groups ??= rows.groups();
      const input = readInput(reader, view, leaves, context, () => (slots ??= readSlots(view)));
      updateMeasure(reader, states[index], input, groups, input.rows, table.count);
    });
  }
  arena.release(mark);
  return rows !== null;
}

function groupView(
  readers: GroupReaders,
  dense: DenseGroups | null,
  table: GroupTable,
  windowTable: GroupTable,
  states: readonly AggregateState[],
  view: BlockView,
  context: ScanContext,
): void {
  if (dense !== null && groupDensely(readers, dense, table, states, view, context)) return;
  const leaves = leavesOf(view);
  const keys = readers.keys.map((reader) => reader.read(view, leaves));
  const counts = readers.keys.map(({ store }) => store.count);
  let slots: Uint32Array | null = null;
  const slotsOfRows = (): Uint32Array => (slots ??= readSlots(view));
  const codes = keys.filter((key) => key instanceof Uint32Array);
  if (codes.length === keys.length) {
    const groups = keys.length === 0 ? null : view.scratch.words(view.length);
    table.groupsOf(codes, counts, groups ?? view.scratch.words(0));
    readers.measures.forEach((reader, index) => {
      if (isOfWindows(reader.kind) || isRepeated(states, index)) return;
      const input = readInput(reader, view, leaves, context, slotsOfRows);
      updateMeasure(reader, states[index], input, groups, input.rows, table.count);
    });
    if (readers.cells !== null) {
      const passes = windowPasses(readers.cells, codes, counts, windowTable);
      updateInPasses(readers, states, view, leaves, context, slotsOfRows, passes, windowTable, true);
    }
    return;
  }
  const passes = groupPasses(keys, counts, table, view);
  updateInPasses(readers, states, view, leaves, context, slotsOfRows, passes, table, false);
}

/** Groups the rows of each pass over lists. */
function* groupPasses(
  keys: readonly (Uint32Array | ListCodes)[],
  counts: readonly number[],
  table: GroupTable,
  view: BlockView,
): Generator<WindowPass> {
  const groups = view.scratch.words(view.length);
  for (const { rows, codes, groups: found } of passesOf(keys, view)) {
    table.groupsOf(codes, counts, found);
    for (let i = 0; i < rows.length; i++) groups[rows[i]] = found[i];
    yield { rows, groups };
  }
}

/** @param ofWindows whether the passes are those of windows, or of lists. */
function updateInPasses(
  readers: GroupReaders,
  states: readonly AggregateState[],
  view: BlockView,
  leaves: Leaves,
  context: ScanContext,
  slotsOfRows: () => Uint32Array,
  passes: Iterable<WindowPass>,
  table: GroupTable,
  ofWindows: boolean,
): void {
  const inputs = readers.measures.map((reader) =>
    isOfWindows(reader.kind) === ofWindows ? readInput(reader, view, leaves, context, slotsOfRows) : null,
  );
  for (const pass of passes) {
    readers.measures.forEach((reader, index) => {
      const input = inputs[index];
      if (input === null || isRepeated(states, index)) return;
      const rows = input.rows === null ? pass.rows : commonRows(input.rows, pass.rows);
      updateMeasure(reader, states[index], input, pass.groups, rows, table.count);
    });
    context.check();
  }
}

/** What a measure takes of a view. */
interface MeasureInput {
  /** Places in the view of the rows that count; null = all. */
  readonly rows: Uint32Array | null;
  readonly rowCount: number;
  /** By the kind of the measure: its arguments, one of these as codes, or the slots of actors. */
  readonly args: readonly Values[];
  readonly codes: Uint32Array | null;
}

function readInput(
  { measure, kind, texts, filter }: MeasureReader,
  view: BlockView,
  leaves: Leaves,
  context: ScanContext,
  slotsOfRows: () => Uint32Array,
): MeasureInput {
  const rows = passingRows(filter, view, context);
  const own = { rows, rowCount: view.length };
  if (kind.kind === 'slots') return { ...own, args: [], codes: slotsOfRows() };
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
  if (kind.kind === 'slots') kind.aggregate.update(state, codes!, groups, rows, rowCount);
  else if (texts === null) kind.aggregate.update(state, args, groups, rows, rowCount);
  else {
    const store = texts.store as TextStore;
    const coded = { codes: codes!, count: store.count, hashes: store.hashes() };
    kind.aggregate.updateTexts!(state, coded, groups, rows, rowCount);
  }
}

/** @returns which of the view's rows fulfil a measure's filter, as places in the view; null = all. */
function passingRows(filter: readonly Condition[], view: BlockView, context: ScanContext): Uint32Array | null {
  let passing = view;
  for (const condition of filter) passing = filterRows(condition, passing, context.evaluator);
  if (passing.length === view.length) return null;
  const rows = passing.rows!;
  const places = view.scratch.words(rows.length);
  if (view.rows === null) for (let i = 0; i < rows.length; i++) places[i] = rows[i] - view.from;
  else {
    for (let i = 0, at = 0; i < rows.length; i++, at++) {
      while (view.rows[at] !== rows[i]) at++;
      places[i] = at;
    }
  }
  return places;
}
