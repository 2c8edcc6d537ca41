import type { EventsPlan } from '../plan/select.ts';
import { readColumn, type BlockView, type OpenSource } from './block-view.ts';
import { slackRows, wantedRows } from './events.ts';
import { decideBlock } from './filter.ts';
import { createFirstKey, firstSortKey, inOrderOfFirst, sourceKey } from './first-key.ts';
import { scanBlock, wholeSource, type ScanContext } from './scan.ts';
import type { Steps } from './steps.ts';

/** Blocks between two rests: decoding so many takes some ms, and to rest takes as long as looking through one. */
export const restBlocks = 8;
/** Room for rows that are found. */
const foundAtFirst = 1024;

/** Rows of a source, ascending within it. */
export interface FoundRows {
  readonly open: OpenSource;
  readonly rows: Uint32Array;
}

/**
 * Finds the rows that may be among the first of a plan that goes by time and has no condition but on the time: from the
 * newest source on (the oldest), and of each only the stretches that reach the bound. Only times are read, and where rows
 * lie: who their actors are is not asked.
 * @returns the rows, or null where so many have the time of the last one wanted that more than the time has to tell.
 */
export function* findFirst(
  plan: EventsPlan,
  sources: readonly OpenSource[],
  context: ScanContext,
): Steps<FoundRows[] | null> {
  const most = wantedRows(plan)!;
  const first = createFirstKey(plan, most);
  // The stretches of a source are known before its blocks are walked.
  const own = { ...context, first: { ...first, addStretches: () => undefined } };
  const found = newFound();
  const sign = firstSortKey(plan).descending ? -1 : 1;
  for (const open of inOrderOfFirst(plan, sources)) {
    const part = wholeSource(open, 0, context.seed);
    // Those that follow end earlier still, or begin later.
    if (sourceKey(plan, open) > first.bound()) break;
    const { blocks } = open.source;
    for (let block = 0; block < blocks.length; block++) {
      if (context.conditions.some((condition) => decideBlock(condition, open, block, []) !== 'all')) continue;
      if (first.skips(open, block)) continue;
      const { rowCount: length } = blocks[block];
      first.addStretches({ open, part, block, from: 0, length, rows: null, mask: null, scratch: context.scratch });
      if (block % restBlocks === 0) yield;
    }
    let tooMany = false;
    for (let block = 0; block < blocks.length && !tooMany; block++) {
      scanBlock(part, block, 0, blocks[block].rowCount, own, (view) => {
        const times = readColumn(view, 'time', 'time');
        first.add(times);
        found.add(view, times.kind === 'number' ? times.values : new Float64Array(view.length).fill(Infinity), sign);
        if (found.count > 2 * most + slackRows) found.trim(first.bound());
        tooMany = found.count > 2 * most + slackRows;
      });
      if (block % restBlocks === 0) yield;
    }
    if (tooMany) return null;
  }
  found.trim(first.bound());
  return found.bySource();
}

/** Rows that were met: what they are ordered by, and where they lie. */
interface Found {
  readonly count: number;
  add(view: BlockView, times: Float64Array, sign: number): void;
  /** Lets go of rows above the bound. */
  trim(bound: number): void;
  bySource(): FoundRows[];
}

function newFound(): Found {
  const sources: OpenSource[] = [];
  let keys = new Float64Array(foundAtFirst);
  let sourceOf = new Uint32Array(foundAtFirst);
  let rowOf = new Uint32Array(foundAtFirst);
  let count = 0;
  return {
    get count() {
      return count;
    },
    add({ open, block, from, length, rows }, times, sign) {
      if (sources[sources.length - 1] !== open) sources.push(open);
      if (count + length > keys.length) {
        const size = 2 * (count + length);
        const grow = <T extends Float64Array | Uint32Array>(old: T, larger: T): T => (larger.set(old), larger);
        keys = grow(keys, new Float64Array(size));
        sourceOf = grow(sourceOf, new Uint32Array(size));
        rowOf = grow(rowOf, new Uint32Array(size));
      }
      const { firstRow } = open.source.blocks[block];
      for (let i = 0; i < length; i++, count++) {
        keys[count] = sign * times[i];
        sourceOf[count] = sources.length - 1;
        rowOf[count] = firstRow + (rows === null ? from + i : rows[i]);
      }
    },
    trim(bound) {
      let kept = 0;
      for (let at = 0; at < count; at++) {
        if (keys[at] > bound) continue;
        keys[kept] = keys[at];
        sourceOf[kept] = sourceOf[at];
        rowOf[kept++] = rowOf[at];
      }
      count = kept;
    },
    bySource() {
      const found: FoundRows[] = [];
      // Sources were met one after another, and their rows in order.
      for (let from = 0, to = 0; from < count; from = to) {
        while (to < count && sourceOf[to] === sourceOf[from]) to++;
        found.push({ open: sources[sourceOf[from]], rows: rowOf.slice(from, to) });
      }
      return found;
    },
  };
}
