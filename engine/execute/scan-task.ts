import { limits } from '../base/limits.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import type { EventsPlan } from '../plan/select.ts';
import type { BlockCache } from '../store/block-cache.ts';
import type { HashRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';
import type { OpenSource, SourceTable } from './block-view.ts';
import { conditionsOf } from './conditions.ts';
import { openCohorts, withCohortSources } from './cohorts.ts';
import type { ScanDescriptor } from './derived-descriptor.ts';
import { openDerived } from './derived-source.ts';
import { collectSlices, locateRows, type PartialEvents } from './events.ts';
import { Evaluator } from './expression.ts';
import { findFirst } from './find-first.ts';
import { createGroupReaders, groupPieces, type PartialGroups } from './group.ts';
import { openArena, type Arena } from './arena.ts';
import { behaviourOf } from './behaviour/index.ts';
import { groupedLivesSlices, openGroupedLives } from './grouped-lives.ts';
import type { KeyContext } from './key-reader.ts';
import { newLiveEvents } from './live-events.ts';
import { bytesOfLives, liveSlices, type PartialLives } from './lives.ts';
import { checkCancelled } from './cancel.ts';
import { createRowCounter, numberOfSender, openAccount, type MemoryShare } from './memory.ts';
import { readRows } from './read-rows.ts';
import { newStats, type ExecutionStats } from './result.ts';
import type { ScanContext } from './scan.ts';
import type { ScanPiece } from './scan-piece.ts';
import { createScratch } from './scratch.ts';
import type { Steps } from './steps.ts';
import type { ValueSet } from './value-set.ts';
import type { TimeCells, TimeSpan } from './time-windows.ts';

/** A source of a query; `index` is its place among those of its table. */
export interface ScanSource {
  readonly descriptor: ScanDescriptor;
  readonly index: number;
  readonly table: SourceTable;
  /** The column that holds its actors, if one does. */
  readonly actor: string | null;
}

/** What every task of one query is given: plain data. */
export interface ScanQuery {
  readonly plan: ScanPlan;
  /** The actor column of all sources, where they have the same. */
  readonly actor: string | null;
  /** The answers of the plan's subqueries. */
  readonly sets: readonly ValueSet[];
  /** Seed of the actor hash. */
  readonly seed: number;
  readonly sources: readonly ScanSource[];
  /** What a grouped plan reads its first key as, if not as a bucket. */
  readonly cells: TimeCells | null;
  /** What a plan about behaviour lays buckets by: when the first and the last event were that count. */
  readonly span: TimeSpan | null;
  /** In a SharedArrayBuffer; not 0 once the query was called off. */
  readonly cancelled: Int32Array;
  readonly memory: MemoryShare;
}

/** What a task found and what it cost: plain data. */
export interface ScanResult {
  readonly groups: PartialGroups | null;
  readonly events: PartialEvents | null;
  readonly lives: PartialLives | null;
  readonly stats: ExecutionStats;
  /** Rows that had no value, by function. */
  readonly missing: readonly (readonly [name: string, rows: number])[];
}

/** One query in one thread: what it derives from dictionaries serves all its tasks there. */
export interface Scan {
  /** Scans consecutive pieces. @throws VarveError `cancelled`, `timeout`, `limit`, `data_corrupted`. */
  run(pieces: readonly ScanPiece[]): Steps<ScanResult>;
  /** Gives back the room for kernels and scratch, which the next run takes again: no result lies in it. */
  rest(): void;
  /** Does `findFirst` and reads the rows that it finds. @returns null where it finds none. Throws as `run` does. */
  first(): Steps<ScanResult | null>;
  /** Reads the rows that a plan with a limit wants. @param parts what tasks found by the plan without outputs. */
  late(plan: EventsPlan, parts: readonly PartialEvents[]): Steps<ScanResult>;
}

/**
 * Opens the query's sources in this thread.
 * @param blockCache the cache in which segments' blocks lie; without one, no kernel is used.
 * @param check ends the scan by throwing; else the query's flag does.
 */
export function openScan(
  query: ScanQuery,
  openSource: (descriptor: RowSourceDescriptor) => RowSource,
  blockCache?: () => BlockCache,
  check: () => void = () => checkCancelled(query.cancelled),
): Scan {
  const { plan, sets, seed } = query;
  const open = ({ descriptor, index, table, actor: own }: ScanSource): OpenSource => ({
    source: descriptor.kind === 'derived' ? openDerived(descriptor) : openSource(descriptor),
    index,
    table,
    actor: own,
    derived: new Map(),
  });
  const sources = query.sources.map(open);
  let missing = new Map<string, number>();
  const noteNoValue = (name: string, rows: number): void => void missing.set(name, (missing.get(name) ?? 0) + rows);
  const evaluator = new Evaluator({ timezone: plan.timezone, now: plan.now, seed, noteNoValue, check }, sets);
  const conditions = conditionsOf(timed(plan));
  const cohorts = openCohorts(sources, conditions, evaluator, open, openAccount(query.memory));
  const read = cohorts?.sources ?? sources;
  const shared = {
    evaluator,
    seed,
    conditions,
    cohorts,
    scratch: createScratch(),
    check,
    memory: openAccount(query.memory),
    countRows: createRowCounter(query.memory),
    first: null,
  };
  const keyContext: KeyContext = {
    evaluator,
    timezone: plan.timezone,
    timeMin: sources.reduce((min, { source }) => Math.min(min, source.timeMin), Infinity),
    timeMax: sources.reduce((max, { source }) => Math.max(max, source.timeMax), -Infinity),
    range: plan.range,
    textStores: new Map(),
  };
  const sender = numberOfSender(query.memory);
  const readers = plan.kind === 'grouped' ? createGroupReaders(plan, query.cells, keyContext, sender) : null;
  const behaviour = isBehaviour(plan) ? behaviourOf(plan).open(plan, query.span!, keyContext, sender) : null;
  const groupedLives =
    plan.kind === 'lives' && plan.into !== undefined ? openGroupedLives(plan, keyContext, sender) : null;
  const liveEvents = newLiveEvents();
  const segments = withCohortSources(query.sources, sets).some(({ descriptor }) => descriptor.kind === 'segment');
  const cache = segments ? (blockCache?.() ?? null) : null;
  let arenas: { readonly arena: Arena; readonly masks: Arena } | null = null;
  const told = function* (work: (context: ScanContext) => Steps<Partial<ScanResult> | null>): Steps<ScanResult | null> {
    missing = new Map();
    const before = read.reduce((bytes, { source }) => bytes + source.bytesRead, 0);
    const context: ScanContext = { ...shared, stats: newStats() };
    try {
      const found = yield* work(context);
      if (found === null) return null;
      context.stats.bytesScanned = read.reduce((bytes, { source }) => bytes + source.bytesRead, -before);
      return { groups: null, events: null, lives: null, ...found, stats: context.stats, missing: [...missing] };
    } finally {
      for (const { source } of read) source.release();
    }
  };
  return {
    *run(pieces) {
      if (cache !== null) arenas ??= { arena: openArena(cache), masks: openArena(cache, limits.maskBytes) };
      Object.assign(shared.scratch, arenas);
      const result = yield* told(function* (context) {
        const slices = slicesIn(pieces);
        const grouped = readers === null ? null : yield* groupPieces(readers, sources, pieces, context);
        const made =
          groupedLives === null ? grouped : yield* groupedLivesSlices(groupedLives, sources, slices, context);
        const groups = behaviour === null ? made : yield* behaviour.run(sources, slices, context);
        const events = plan.kind === 'events' ? yield* collectSlices(plan, sources, slices, context) : null;
        const isCut = plan.kind === 'lives' && plan.into === undefined;
        const lives = isCut ? yield* liveSlices(liveEvents, plan, sources, slices, context) : null;
        return { groups, events, lives };
      });
      return result!;
    },
    rest() {
      arenas?.arena.close();
      arenas?.masks.close();
      arenas = null;
      Object.assign(shared.scratch, { arena: null, masks: null });
      shared.scratch.rest();
    },
    first: () =>
      told(function* (context) {
        if (plan.kind !== 'events') return null;
        const found = yield* findFirst(plan, sources, context);
        return found === null ? null : { events: yield* readRows(plan, found, context) };
      }),
    *late(whole, parts) {
      const result = yield* told(function* (context) {
        const found = yield* locateRows(whole, parts, sources, context.memory);
        return { events: yield* readRows(whole, found, context) };
      });
      return result!;
    },
  };
}

function slicesIn(pieces: readonly ScanPiece[]): HashRange[] {
  return pieces.flatMap((piece) => (piece.kind === 'slice' ? [piece.range] : []));
}

/** @returns about the bytes that a result takes. */
export function bytesOfResult({ groups, events, lives }: ScanResult): number {
  return (groups?.bytes ?? 0) + (events?.bytes ?? 0) + (lives === null ? 0 : bytesOfLives(lives));
}

/** With `every`, rows without a time lie in no bucket. */
function timed(plan: ScanPlan): Pick<ScanPlan, 'range' | 'where'> {
  const { range, where } = plan;
  const open = range.since === null && range.until === null;
  return plan.kind === 'grouped' && plan.every !== null && open
    ? { range: { since: -Infinity, until: null }, where }
    : plan;
}
