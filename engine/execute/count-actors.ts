import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import type { ActorKeyReader } from './actor-key.ts';
import type { ActorCounter } from './best-actors.ts';
import type { BlockView, OpenSource } from './block-view.ts';
import type { GroupReaders } from './group.ts';
import type { GroupTable } from './group-table.ts';
import type { KeyStore } from './key-store.ts';
import { isRepeated } from './measure-state.ts';
import { partsOf, type ScanContext } from './scan.ts';
import type { ScanPiece } from './scan-piece.ts';
import type { Steps } from './steps.ts';

/** Adds the rows of a view run by run of one actor. */
export function countRuns(
  { measures }: GroupReaders,
  reader: ActorKeyReader,
  table: GroupTable,
  states: readonly AggregateState[],
  view: BlockView,
): void {
  const { codes, lengths } = reader.readRuns(view);
  countGroups(measures, table, reader.store, states, codes, lengths, view.scratch.words(codes.length));
}

/** Adds rows to the only group; where there are none, there is no group. */
export function countRows(
  { measures }: GroupReaders,
  table: GroupTable,
  states: readonly AggregateState[],
  rows: number,
): void {
  if (rows === 0) return;
  const groups = new Uint32Array(1);
  table.groupsOf([], [], groups);
  addCounts(measures, states, groups, Float64Array.of(rows), table.count);
}

/**
 * Counts all rows by their actors, and makes groups of those that can come out.
 * @returns how many others there are.
 */
export function* countActors(
  { measures, runs }: GroupReaders,
  counter: ActorCounter,
  sources: readonly OpenSource[],
  pieces: readonly ScanPiece[],
  table: GroupTable,
  states: readonly AggregateState[],
  context: ScanContext,
): Steps<number> {
  const { stats, memory } = context;
  for (const piece of pieces) {
    if (piece.kind !== 'slice' || sources.length === 0) continue;
    context.check();
    const rows = counter.add(partsOf(sources, piece.range, context));
    stats.rowsScanned += rows;
    stats.rowsMatched += rows;
    context.countRows(rows);
    memory.countGroups(counter.met);
    memory.hold(counter.bytes);
    yield;
  }
  const { codes, rows, left } = counter.take();
  countGroups(measures, table, runs!.store, states, codes, rows, new Uint32Array(codes.length));
  return left;
}

/** @param groups receives the groups of the codes. */
function countGroups(
  measures: GroupReaders['measures'],
  table: GroupTable,
  store: KeyStore,
  states: readonly AggregateState[],
  codes: Uint32Array,
  rows: Uint32Array | Float64Array,
  groups: Uint32Array,
): void {
  table.groupsOf([codes], [store.count], groups);
  addCounts(measures, states, groups, rows, table.count);
}

function addCounts(
  measures: GroupReaders['measures'],
  states: readonly AggregateState[],
  groups: Uint32Array,
  rows: Uint32Array | Float64Array,
  groupCount: number,
): void {
  measures.forEach(({ kind }, index) => {
    if (kind.kind !== 'values' || isRepeated(states, index)) return;
    kind.aggregate.grow(states[index], groupCount);
    kind.aggregate.updateRuns!(states[index], groups, rows);
  });
}
