import type { Values } from '../column/values.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { ActorAggregate, Aggregate, AggregateState } from '../functions/aggregates/aggregate.ts';
import type { ArgumentShape } from '../functions/scalars/scalar.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, Measure } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { readSlots, type BlockView, type OpenSource } from './block-view.ts';
import { conditionOf, conjunctsOf, type Condition } from './conditions.ts';
import type { Leaves } from './expression.ts';
import { filterRows } from './filter.ts';
import { GroupTable } from './group-table.ts';
import { createKeyReader, textReader, type KeyContext, type KeyReader } from './key-reader.ts';
import { createKeyStore, type KeyColumn, type KeyStore } from './key-store.ts';
import { leavesOf } from './leaves.ts';
import { scanSlice, type ScanContext } from './scan.ts';
import type { TextStore } from './text-store.ts';

/** What one task found: plain data. */
export interface PartialGroups {
  readonly count: number;
  readonly keys: readonly KeyColumn[];
  readonly states: readonly AggregateState[];
}

/** How one query's rows become keys and measures, in one thread; kept from task to task. */
export interface GroupReaders {
  readonly keys: readonly KeyReader[];
  readonly measures: readonly MeasureReader[];
}

interface MeasureReader {
  readonly measure: Measure;
  readonly aggregate: Aggregate;
  /** Not null where the measure counts actors. */
  readonly ofActors: ActorAggregate | null;
  /** Not null where the measure takes a bare text column by its codes. */
  readonly texts: KeyReader | null;
  readonly filter: readonly Condition[];
}

/** @param actor the table's actor column. */
export function createGroupReaders(plan: GroupedPlan, actor: string | null, context: KeyContext): GroupReaders {
  return {
    keys: plan.keys.map(({ expr }) => createKeyReader(expr, context)),
    measures: plan.measures.map((measure) => {
      const aggregate = aggregateFunctions.get(measure.name)!;
      const ofActors = actorAggregateOf(measure, actor);
      const [arg] = measure.args;
      const bare = arg?.kind === 'column' && arg.type === 'text' ? arg : null;
      const texts =
        ofActors === null && bare !== null && aggregate.updateTexts !== undefined
          ? textReader(bare.name, bare, context)
          : null;
      return { measure, aggregate, ofActors, texts, filter: conjunctsOf(measure.filter).map(conditionOf) };
    }),
  };
}

/** @returns what counts in a measure's stead where its argument is the event's actor, whose slots are at hand. */
function actorAggregateOf({ name, args }: Measure, actor: string | null): ActorAggregate | null {
  const { ofActors } = aggregateFunctions.get(name)!;
  const [arg] = args;
  return ofActors !== undefined && arg !== undefined && isActor(arg, actor) ? ofActors : null;
}

/** The actor column is the actor: its values are distinct exactly where their canonical texts are. */
function isActor(expr: Expr, actor: string | null): boolean {
  return expr.kind === 'actor' || (expr.kind === 'column' && expr.name === actor && !expr.type.startsWith('list'));
}

/** Groups the rows of consecutive slices. */
export function groupSlices(
  readers: GroupReaders,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): PartialGroups {
  const table = new GroupTable(readers.keys.length);
  const states = readers.measures.map(newState);
  const counting = readers.measures.some(({ ofActors }) => ofActors !== null);
  for (const slice of slices) {
    let started = !counting;
    scanSlice(sources, slice, context, (view) => {
      if (!started) {
        started = true;
        const slotCount = view.part.slots().count;
        readers.measures.forEach(({ ofActors }, index) => ofActors?.startSlice(states[index], slotCount));
      }
      groupView(readers, table, states, view, context);
    });
  }
  readers.measures.forEach(({ aggregate, ofActors }, index) => {
    if (ofActors !== null) ofActors.seal(states[index]);
    else aggregate.seal?.(states[index]);
  });
  return {
    count: table.count,
    keys: readers.keys.map(({ store }, key) => store.columnOf(table.codesOfKey(key))),
    states,
  };
}

function newState({ measure, aggregate, ofActors }: MeasureReader): AggregateState {
  return ofActors?.newState() ?? aggregate.newState(measure.args.map(shapeOf));
}

/** An aggregate may want a constant argument before the first row. */
function shapeOf(arg: Expr): ArgumentShape {
  return { type: arg.type, constant: arg.kind === 'literal' ? arg.value : undefined };
}

function groupView(
  readers: GroupReaders,
  table: GroupTable,
  states: readonly AggregateState[],
  view: BlockView,
  context: ScanContext,
): void {
  const leaves = leavesOf(view);
  const codes = readers.keys.map((reader) => reader.read(view, leaves));
  const groups = view.scratch.words(codes.length === 0 ? 0 : view.length);
  table.groupsOf(
    codes,
    readers.keys.map(({ store }) => store.count),
    groups,
  );
  const grouping = codes.length === 0 ? null : groups;
  let slots: Uint32Array | null = null;
  readers.measures.forEach((reader, index) => {
    const state = states[index];
    const { aggregate, ofActors, measure } = reader;
    const rows = passingRows(reader.filter, view, context);
    if (ofActors !== null) {
      ofActors.grow(state, table.count);
      slots ??= readSlots(view);
      ofActors.update(state, slots, grouping, rows, view.length);
      return;
    }
    aggregate.grow(state, table.count);
    if (reader.texts !== null) updateTexts(reader, state, view, leaves, grouping, rows);
    else {
      const args = measure.args.map((arg) => context.evaluator.evaluate(arg, leaves));
      aggregate.update(state, args, grouping, rows, view.length);
    }
  });
}

function updateTexts(
  { aggregate, texts }: MeasureReader,
  state: AggregateState,
  view: BlockView,
  leaves: Leaves,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
): void {
  const store = texts!.store as TextStore;
  const codes = texts!.read(view, leaves);
  aggregate.updateTexts!(state, { codes, count: store.count, hashes: store.hashes() }, groups, rows, view.length);
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

/** The groups of all tasks so far. */
export interface MergedGroups {
  readonly table: GroupTable;
  readonly stores: readonly KeyStore[];
  readonly states: readonly AggregateState[];
}

/** @returns groups without any. */
export function newMergedGroups(plan: GroupedPlan, actor: string | null): MergedGroups {
  return {
    table: new GroupTable(plan.keys.length),
    stores: plan.keys.map(({ type }) => createKeyStore(type)),
    states: plan.measures.map((measure) => {
      const ofActors = actorAggregateOf(measure, actor);
      if (ofActors !== null) return ofActors.newState();
      return aggregateFunctions.get(measure.name)!.newState(measure.args.map(shapeOf));
    }),
  };
}

/** Adds one task's groups. Called in the order of the tasks, whoever did them. */
export function mergeGroups(plan: GroupedPlan, actor: string | null, into: MergedGroups, from: PartialGroups): void {
  const codes = from.keys.map((column, key) => {
    const own = new Uint32Array(from.count);
    into.stores[key].codesOfColumn(column, own);
    return own;
  });
  const groupMap = new Uint32Array(from.count);
  into.table.groupsOf(
    codes,
    into.stores.map(({ count }) => count),
    groupMap,
  );
  plan.measures.forEach((measure, index) => {
    const aggregate = actorAggregateOf(measure, actor) ?? aggregateFunctions.get(measure.name)!;
    aggregate.grow(into.states[index], into.table.count);
    aggregate.merge(into.states[index], from.states[index], groupMap);
  });
}

/** @returns a measure's value for each group. */
export function finishMeasure(measure: Measure, actor: string | null, state: AggregateState, groups: number): Values {
  const aggregate = actorAggregateOf(measure, actor) ?? aggregateFunctions.get(measure.name)!;
  aggregate.grow(state, groups);
  return aggregate.finish(state, groups);
}
