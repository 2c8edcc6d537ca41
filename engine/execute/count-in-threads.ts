import { limits } from '../base/limits.ts';
import {
  entriesOf,
  flushKeys,
  rangesOf,
  type KeyPiece,
  type PartitionRange,
  type SpreadKeys,
} from '../functions/aggregates/spread-keys.ts';
import { uniq, type UniqState } from '../functions/aggregates/uniq.ts';
import type { Threads } from '../host/threads.ts';
import type { Grouping } from './grouping.ts';
import { isRepeated } from './measure-state.ts';
import type { MergedGroups } from './merged-groups.ts';
import { isOfWindows } from './window-groups.ts';

/** Some partitions of keys, for any thread of the pool. */
export interface CountCall {
  readonly pieces: readonly KeyPiece[];
  readonly range: PartitionRange;
  readonly groups: number;
}

/** What a thread gives back is a number a group: of more groups that takes longer than to count. */
const groupsMax = 65_536;
/** Ranges for each thread: none waits long for the last one. */
const rangesPerThread = 4;

/** Counts the distinct values of states that hold many, each by ranges of their partitions. */
export async function countInThreads(
  threads: Threads,
  { kinds }: Grouping,
  { states, table, windows }: MergedGroups,
  check: () => void,
): Promise<void> {
  for (const [index, state] of states.entries()) {
    const kind = kinds[index % kinds.length];
    if (kind.kind !== 'values' || (kind.aggregate as unknown) !== uniq || isRepeated(states, index)) continue;
    const groups = Math.max(1, isOfWindows(kind) ? windows.count : table.count);
    const own = state as UniqState;
    if (own.spread === null || groups > groupsMax || entriesOf(own.spread) < limits.poolRowsMin) continue;
    uniq.grow(own, groups);
    own.counts.fill(0);
    await countSpread(threads, own.spread, groups, own.counts, check);
    own.counted = true;
  }
}

async function countSpread(
  threads: Threads,
  spread: SpreadKeys,
  groups: number,
  counts: Float64Array,
  check: () => void,
): Promise<void> {
  flushKeys(spread);
  const all = rangesOf(1).length;
  const ranges = rangesOf(Math.ceil(all / (rangesPerThread * threads.count))).values();
  const lane = async (): Promise<void> => {
    for (const range of ranges) {
      check();
      const call: CountCall = { pieces: spread.pieces, range, groups };
      const found = await threads.run<Float64Array>('execute', 'count', call);
      for (let group = 0; group < groups; group++) counts[group] += found[group];
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: threads.count }, lane));
  for (const settled of lanes) if (settled.status === 'rejected') throw settled.reason;
}
