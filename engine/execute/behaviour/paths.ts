import type { Values } from '../../column/values.ts';
import { scalarAt } from '../../functions/access.ts';
import type { PathsPlan } from '../../plan/behaviour.ts';
import type { Expr } from '../../plan/expr.ts';
import type { GroupedPlan, GroupKey } from '../../plan/select.ts';
import type { HashRange } from '../../store/row-source.ts';
import type { OpenSource } from '../block-view.ts';
import type { Finished } from '../finish.ts';
import type { PartialGroups } from '../group.ts';
import type { Grouping } from '../grouping.ts';
import type { KeyContext, KeyReader } from '../key-reader.ts';
import { createEventKeyReader } from './event-key.ts';
import { createNumberStore } from '../key-store.ts';
import { finishMeasure } from '../measure-state.ts';
import { settleGroups, type MergedGroups } from '../merged-groups.ts';
import type { ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import { createEventRoom, type ActorEvents, type EventRoom } from './actor-events.ts';
import type { Behaviour, TextsOf } from './behaviour.ts';
import { bytesOfEdgeActors, endActors, firstOfActors, newEdgeActors, type EdgeActors } from './edge-actors.ts';
import { conditionsNote, keyNote } from './event-notes.ts';
import { madeColumn, madeKey, madeMeasure, madePlan } from './made-plan.ts';
import { othersText, pathsAnswer } from './paths-answer.ts';
import { foldNodes, foldOf, type PathFold } from './paths-fold.ts';
import {
  beginPaths,
  countNodes,
  newPathEdges,
  newPathNodes,
  nextEdges,
  type PathEvents,
  type PathRules,
} from './paths-steps.ts';
import { openPathTable } from './path-table.ts';
import { newRowGrouping, openRowGroups, type RowGrouping, type RowGroups } from './row-groups.ts';

/** Which way actors go. */
export const paths: Behaviour<PathsPlan> = {
  kind: 'paths',
  known: allNodes,
  first: (plan) => (plan.told === undefined ? { ...plan, told: null } : null),
  joined: (plan, answer) => ({ ...plan, told: largestNodes(plan, answer) }),
  grouped: groupedPaths,
  scanned: (plan) => plan,
  ordersEvents: () => true,
  open(plan, _, context, sender) {
    const scan = openPaths(plan, context, sender);
    return { run: (sources, slices, own) => pathSlices(scan, sources, slices, own) };
  },
  finish: (plan, _, grouping, merged) =>
    plan.told === null ? finishNodes(grouping, merged) : finishEdges(grouping, merged),
};

const textKey = (name: string): GroupKey => ({
  name,
  expr: madeColumn(name, 'text'),
  unnest: false,
  top: null,
  type: 'text',
});

/** By step and node first, and once it is known which are told apart, by step, source and target. */
function groupedPaths(plan: PathsPlan): GroupedPlan {
  if (plan.told === null) return madePlan(plan, [madeKey('step'), textKey('node')], [madeMeasure('count', [])]);
  return madePlan(
    plan,
    [madeKey('step'), textKey('source'), textKey('target')],
    [
      madeMeasure('count', []),
      madeMeasure('count', [], madeColumn('first', 'bool')),
      madeMeasure('sum', [madeColumn('ms', 'float')]),
    ],
  );
}

interface PathScan {
  readonly plan: PathsPlan;
  readonly rules: PathRules;
  /** Null while nodes are counted. */
  readonly fold: PathFold | null;
  readonly store: KeyReader['store'];
  readonly grouping: RowGrouping;
  readonly room: EventRoom;
}

function openPaths(plan: PathsPlan, context: KeyContext, sender: number): PathScan {
  const { node, starting, ending, gap, depth } = plan;
  const reader = createEventKeyReader(node, context);
  const steps = createNumberStore('int');
  for (let step = 1; step <= depth + 1; step++) steps.codeOf(step);
  const conditions: readonly Expr[] = [starting ?? ending].filter((expr) => expr !== null);
  const ends = starting === null && ending !== null;
  // The bit of `ending` is the second.
  const flags = conditionsNote(conditions, context.evaluator, 0, ends ? 1 : 0);
  const told = plan.told ?? null;
  const stores = [steps, reader.store, ...(told === null ? [] : [reader.store])];
  return {
    plan,
    rules: { gap, depth, from: starting !== null ? 'starting' : ends ? 'ending' : 'first' },
    fold:
      told === null
        ? null
        : foldOf(
            told.map((texts) => codesOf(reader, texts)),
            codesOf(reader, [othersText])[0],
          ),
    store: reader.store,
    grouping: newRowGrouping(groupedPaths(plan), stores, sender),
    room: createEventRoom([keyNote(reader), ...(conditions.length > 0 ? [flags] : [])]),
  };
}

/** Where a column has no more texts than are told apart, these are all. */
function allNodes(plan: PathsPlan, textsOf: TextsOf): PathsPlan {
  const { node, limit, depth, told } = plan;
  const texts = told === undefined && node.kind === 'column' && node.type === 'text' ? textsOf(node.name, limit) : null;
  return texts === null ? plan : { ...plan, told: Array.from({ length: depth + 1 }, () => texts) };
}

/** @returns the codes of texts in a reader's store. */
function codesOf({ store }: KeyReader, texts: readonly string[]): Uint32Array {
  const codes = new Uint32Array(texts.length);
  const own = Uint32Array.from(texts, (_, at) => at);
  if (texts.length > 0) store.codesOf({ kind: 'coded', length: texts.length, codes: own, texts, nulls: null }, codes);
  return codes;
}

function* pathSlices(
  scan: PathScan,
  sources: readonly OpenSource[],
  slices: readonly HashRange[],
  context: ScanContext,
): Steps<PartialGroups> {
  const { grouping, room, fold } = scan;
  const groups = openRowGroups(grouping);
  const known = newEdgeActors();
  const table = openPathTable(scan.rules, fold, context.scratch.arena);
  try {
    for (const slice of slices) {
      const events = yield* room.collect(
        sources,
        slice,
        context,
        false,
        groups.bytes + bytesOfEdgeActors(known) + (table?.bytes ?? 0),
      );
      if (events === null) continue;
      if (!(table?.add(events, scan.store.count + 1) ?? false)) {
        const own = pathEvents(events);
        if (fold === null) addNodes(scan, own, groups);
        else addEdges(scan, own, fold, known, groups);
      }
      yield;
    }
    table?.addTo(groups);
    return groups.partial(context.memory);
  } finally {
    table?.close();
    room.close();
  }
}

const none = new Uint32Array(0);

function pathEvents({ slotCount, starts, ends, times, notes: [nodes, flags] }: ActorEvents): PathEvents {
  return { actorCount: slotCount, starts, ends, times, nodes, flags: flags ?? none };
}

function addNodes({ rules }: PathScan, events: PathEvents, groups: RowGroups): void {
  const found = newPathNodes(rules);
  beginPaths(found);
  while (countNodes(events, rules, found)) {
    const { count, steps, nodes } = found;
    groups.add({ count, codes: [steps.slice(0, count), nodes.slice(0, count)], args: [[]], rows: [null] });
  }
}

function addEdges({ rules }: PathScan, events: PathEvents, fold: PathFold, known: EdgeActors, groups: RowGroups): void {
  const found = newPathEdges(rules);
  beginPaths(found);
  while (nextEdges(events, rules, fold, found)) {
    const { count, steps, sources, targets } = found;
    const nulls = new Uint8Array(count);
    const values = found.ms.slice(0, count);
    for (let row = 0; row < count; row++) {
      if (targets[row] !== 0) continue;
      nulls[row] = 1;
      values[row] = 0;
    }
    const ms: Values = { kind: 'number', length: count, values, nulls };
    groups.add({
      count,
      codes: [steps.slice(0, count), sources.slice(0, count), targets.slice(0, count)],
      args: [[], [], [ms]],
      rows: [null, firstOfActors(known, found), null],
    });
  }
  endActors(known, events.actorCount);
}

function* finishNodes(grouping: Grouping, merged: MergedGroups): Steps<Finished> {
  yield* settleGroups(grouping, merged);
  const { table, stores, states } = merged;
  const data: Values[] = [];
  for (const [key, store] of stores.entries()) data.push(yield* store.valuesOf(table.codesOfKey(key)));
  data.push(finishMeasure(grouping.kinds[0], states[0], table.count, undefined));
  return {
    columns: [
      { name: 'step', type: 'int' },
      { name: 'node', type: 'text' },
      { name: 'events', type: 'int' },
    ],
    data,
    rowCount: table.count,
    approximate: [],
  };
}

/** @returns the texts of the largest nodes of each step. */
function largestNodes({ depth, limit }: PathsPlan, { data, rowCount }: Finished): string[][] {
  const [steps, nodes, events] = data.map((values) =>
    Array.from({ length: rowCount }, (_, row) => scalarAt(values, row)),
  );
  const counted = {
    count: rowCount,
    steps: Float64Array.from(steps, Number),
    codes: Uint32Array.from(nodes, (_, row) => row),
    events: Float64Array.from(events, Number),
  };
  const textOf = (row: number): string => String(nodes[row]);
  return foldNodes(counted, depth + 1, limit, textOf).map((rows) => Array.from(rows, textOf));
}

function* finishEdges(grouping: Grouping, merged: MergedGroups): Steps<Finished> {
  yield* settleGroups(grouping, merged);
  const { table, stores, states } = merged;
  const { count } = table;
  const numbers = (values: Values): Float64Array =>
    Float64Array.from({ length: count }, (_, group) => Number(scalarAt(values, group) ?? 0));
  const measures = grouping.kinds.map((kind, index) => numbers(finishMeasure(kind, states[index], count, undefined)));
  // Source and target have stores of their own: texts are what they have in common.
  const texts: string[] = [];
  const known = new Map<string, number>();
  const named = function* (key: number): Steps<Uint32Array> {
    const values = yield* stores[key].valuesOf(table.codesOfKey(key));
    return Uint32Array.from({ length: count }, (_, group) => {
      const text = scalarAt(values, group);
      if (text === null) return 0;
      let code = known.get(String(text));
      if (code === undefined) known.set(String(text), (code = texts.push(String(text))));
      return code;
    });
  };
  const steps = numbers(yield* stores[0].valuesOf(table.codesOfKey(0)));
  const [sources, targets] = [yield* named(1), yield* named(2)];
  const [events, actors, ms] = measures;
  const rows = pathsAnswer({ count, steps, sources, targets, events, actors, ms }, (code) => texts[code - 1]);
  return {
    columns: [
      { name: 'step', type: 'int' },
      { name: 'source', type: 'text' },
      { name: 'target', type: 'text' },
      { name: 'events', type: 'int' },
      { name: 'actors', type: 'int' },
      { name: 'avg_time', type: 'float' },
    ],
    data: [rows.step, rows.source, rows.target, rows.events, rows.actors, rows.avg_time],
    rowCount: rows.rowCount,
    approximate: [],
    groups: count,
  };
}
