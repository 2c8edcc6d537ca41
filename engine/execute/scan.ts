import { VarveError } from '../base/errors.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { blockAt } from '../store/block-at.ts';
import { wholeHashSpace, type ActorEntries, type HashRange } from '../store/row-source.ts';
import type { BlockView, OpenSource, SliceSource } from './block-view.ts';
import type { Cohorts } from './cohorts.ts';
import type { Condition } from './conditions.ts';
import type { Evaluator } from './expression.ts';
import { decideBlock, filterRows } from './filter.ts';
import type { FirstKey } from './first-key.ts';
import type { ExecutionStats } from './result.ts';
import type { MemoryAccount } from './memory.ts';
import type { Scratch } from './scratch.ts';
import type { ScanPiece } from './scan-piece.ts';
import { readSlice } from './slice-slots.ts';
import type { Steps } from './steps.ts';

/** What a scan needs beside the sources. */
export interface ScanContext {
  readonly evaluator: Evaluator;
  /** Seed of the actor hash. */
  readonly seed: number;
  readonly conditions: readonly Condition[];
  readonly stats: ExecutionStats;
  readonly scratch: Scratch;
  /** @throws VarveError `cancelled` or `timeout` once the query was called off. */
  readonly check: () => void;
  /** What the task holds counts to the query's memory. */
  readonly memory: MemoryAccount;
  /** Counts rows that were read. */
  readonly countRows: (rows: number) => void;
  /** What rows are still wanted, where there is a limit: others are passed over, also before conditions are tried. */
  readonly first: FirstKey | null;
  /** What is found of a slice's actors before its rows are scanned, where a condition asks for it. */
  readonly cohorts: Cohorts | null;
}

/** Walks the rows of a piece that fulfil the conditions, as `scanSteps` does; those of whole blocks have no slots. */
export function* scanPiece(
  sources: readonly OpenSource[],
  piece: ScanPiece,
  context: ScanContext,
  take: (view: BlockView) => void,
): Steps<void> {
  if (piece.kind === 'slice') return yield* scanSteps(sources, piece.range, context, take);
  const open = sources[piece.source];
  const part = wholeSource(open, piece.source, context.seed);
  const { blocks } = open.source;
  let block = blockAt(blocks, piece.fromRow);
  if (blocks[block].firstRow < piece.fromRow) block++;
  for (; block < blocks.length && blocks[block].firstRow < piece.toRow; block++) {
    scanBlock(part, block, 0, blocks[block].rowCount, context, take);
    yield;
  }
}

/**
 * Walks the rows of one slice that fulfil the conditions, source by source and block by block, at rest behind each.
 * @param take gets each block's rows; what it is given holds until it returns.
 * @throws VarveError `cancelled` at the next block once the query was called off.
 */
export function* scanSteps(
  sources: readonly OpenSource[],
  slice: HashRange,
  context: ScanContext,
  take: (view: BlockView) => void,
): Steps<void> {
  yield* scanParts(partsOf(sources, slice, context), context, take);
}

/** The same of a slice whose parts are known. */
export function* scanParts(
  parts: readonly SliceSource[],
  context: ScanContext,
  take: (view: BlockView) => void,
): Steps<void> {
  for (const part of parts) {
    const { entries, open } = part;
    const { firstRow: from, endRow: to } = entries;
    const { blocks } = open.source;
    for (let block = from < to ? blockAt(open.source.blocks, from) : blocks.length; block < blocks.length; block++) {
      const { firstRow, rowCount } = blocks[block];
      if (firstRow >= to) break;
      const start = Math.max(from - firstRow, 0);
      const end = Math.min(to - firstRow, rowCount);
      if (start >= end) continue;
      scanBlock(part, block, start, end, context, take);
      yield;
    }
  }
}

/**
 * Walks the rows from `start` to `end` of a block that fulfil the conditions.
 * @throws VarveError `cancelled` once the query was called off.
 */
export function scanBlock(
  part: SliceSource,
  block: number,
  start: number,
  end: number,
  context: ScanContext,
  take: (view: BlockView) => void,
): void {
  context.check();
  const { stats, scratch, evaluator, first } = context;
  const { open } = part;
  const left: Condition[] = [];
  let pruned = first?.skips(open, block) ?? false;
  for (const condition of context.conditions) {
    if (pruned) break;
    const verdict = decideBlock(condition, open, block, evaluator.sets);
    if (verdict === 'none') pruned = true;
    if (verdict === 'some') left.push(condition);
  }
  if (pruned) {
    // A block that several slices share is counted by the first of them.
    if (start === 0) stats.blocksPruned++;
    context.countRows(end - start);
    return;
  }
  scratch.reset();
  let view: BlockView = { open, part, block, from: start, length: end - start, rows: null, mask: null, scratch };
  stats.rowsScanned += view.length;
  context.countRows(view.length);
  if (first !== null) {
    if (left.length === 0) first.addStretches(view);
    view = first.narrow(view);
    if (view.length === 0) return;
  }
  for (const condition of left) {
    view = filterRows(condition, view, evaluator);
    if (view.length === 0) return;
  }
  stats.rowsMatched += view.length;
  take(view);
}

/** Nobody asks for the actors of whole blocks; an entry that is asked for all the same is the source's. */
export function wholeSource(open: OpenSource, part: number, seed: number): SliceSource {
  return lazyPart(open, part, seed, () => open.source.readActors(wholeHashSpace));
}

/** @returns a part of a source that reads its actors when they are asked for; it has no slots. */
export function lazyPart(open: OpenSource, part: number, seed: number, read: () => ActorEntries): SliceSource {
  let entries: ActorEntries | null = null;
  let texts: readonly string[] | null = null;
  const own: SliceSource = {
    open,
    part,
    get entries() {
      return (entries ??= read());
    },
    seed,
    slots() {
      throw new VarveError('internal', 'BUG: slots are of slices');
    },
    texts: () => (texts ??= textsOfDictionary(own.entries.texts)),
  };
  return own;
}

/** @returns what each source has in a slice, and which of its actors conditions ask for is found. */
export function partsOf(sources: readonly OpenSource[], slice: HashRange, context: ScanContext): SliceSource[] {
  const { cohorts } = context;
  if (cohorts === null) return partsIn(sources, slice, context);
  const all = partsIn(cohorts.sources, slice, context);
  const isSame = sources.length === all.length && sources.every((open, at) => all[at].open === open);
  const parts = isSame ? all : partsIn(sources, slice, context);
  cohorts.tell(all, parts, context);
  return parts;
}

function partsIn(sources: readonly OpenSource[], slice: HashRange, { seed, scratch }: ScanContext): SliceSource[] {
  const readers = sources.map(({ source }) => source);
  const { entries, slots } = readSlice(readers, slice, scratch.arena);
  return sources.map((open, part) => {
    let texts: readonly string[] | null = null;
    return {
      open,
      part,
      entries: entries[part],
      seed,
      slots,
      texts: () => (texts ??= textsOfDictionary(entries[part].texts)),
    };
  });
}
