import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import { entryAt, isRange, type BlockView, type OpenSource, type SliceSource } from '../block-view.ts';
import type { Condition } from '../conditions.ts';
import { bucketKey } from '../dense/bucket-key.ts';
import { denseViewOf, rowsAt, type LocalKey } from '../dense/local-codes.ts';
import { narrowedBy } from '../filter.ts';
import { openGrowingRegion, type GrowingRegion } from '../growing-region.ts';
import { scanParts, type ScanContext } from '../scan.ts';
import type { Steps } from '../steps.ts';
import { roomToKeep } from './event-notes.ts';

/** Rows of a view that are marked in a series of their own. */
export type MarkedRows = readonly Condition[];

/** Which buckets the actors of a slice have events in: no order is needed, a bit a bucket will do. */
export interface BucketMarks {
  /**
   * Marks the events of a slice.
   * @param series what each series is of; no condition = all rows.
   * @param beside bytes that the task holds beside the marks.
   * @returns where the marks are, good until the next slice; null where they cannot be made: buckets or actors are too
   * many, there is no memory of kernels, or times are not told by them.
   */
  mark(
    parts: readonly SliceSource[],
    series: readonly MarkedRows[],
    context: ScanContext,
    beside: number,
  ): Steps<Marked | null>;
  readonly bytes: number;
  close(): void;
}

/** Rows of marks, a row a slot. */
export interface Marked {
  readonly arena: Arena;
  readonly at: Pointer;
  readonly slotCount: number;
  /** u32 a row: series follow each other, each of as many. */
  readonly words: number;
}

/** Marks of one slice: 8 MiB. */
const wordsMax = 2_097_152;
/** A block's rows take so much of an arena at most: a list, codes, groups and entries. */
const viewBytesMax = 4 * 1024 * 1024;

/** @param bounds ascending starts of buckets, and the end of the last; every event lies within. */
export function createBucketMarks(bounds: Float64Array): BucketMarks {
  const keyOf = bucketKey(bounds);
  let region: GrowingRegion | null = null;
  let keeper: Arena | null = null;
  let keys = new Map<OpenSource, LocalKey | null>();
  const unit = 2 * Math.ceil(Math.max(1, bounds.length - 1) / 64);
  const keyFor = (view: BlockView, arena: Arena): LocalKey | null => {
    if (keeper !== arena) {
      keeper = arena;
      keys = new Map();
    }
    let key = keys.get(view.open);
    if (key === undefined) {
      const made = keyOf(view, 32 * unit, roomToKeep(arena), arena);
      keys.set(view.open, (key = made === 'no room' ? null : made));
    }
    return key;
  };
  return {
    *mark(parts, series, context, beside) {
      const { arena } = context.scratch;
      const slotCount = parts[0]?.slots().count ?? 0;
      const words = unit * series.length;
      if (arena === null || arena.room < viewBytesMax || words * (slotCount + 1) > wordsMax) return null;
      region ??= openGrowingRegion(arena);
      const at = region.take(4 * words * (slotCount + 1));
      if (at === null) return null;
      context.memory.hold(beside + region.bytes);
      new Uint32Array(arena.memory.buffer, at, words * (slotCount + 1)).fill(0);
      let isMarked = true;
      yield* scanParts(parts, context, (view) => {
        const key = isMarked ? keyFor(view, arena) : null;
        isMarked = key !== null;
        series.forEach((conditions, place) => {
          const before = arena.used;
          const own = isMarked ? narrowedBy(conditions, view, context.evaluator) : null;
          if (own !== null && own.length > 0)
            isMarked = markView(own, key!, arena, at, words, 32 * unit * place, slotCount);
          arena.release(before);
        });
      });
      return isMarked ? { arena, at, slotCount, words } : null;
    },
    get bytes() {
      return region?.bytes ?? 0;
    },
    close() {
      region?.close();
      region = null;
    },
  };
}

/**
 * Marks the rows of a view.
 * @param firstBit that of the first bucket. @param others the row of marks of rows without an actor.
 * @returns false where kernels cannot tell the buckets.
 */
function markView(
  view: BlockView,
  key: LocalKey,
  arena: Arena,
  marks: Pointer,
  words: number,
  firstBit: number,
  others: number,
): boolean {
  const { kernels, memory } = arena;
  const dense = denseViewOf(view, arena);
  const { firstRows, slots } = view.part.slots();
  const [runs, own] = [firstRows[view.part.part], slots[view.part.part]];
  const { firstRow } = view.open.source.blocks[view.block];
  const rows = rowsAt(dense);
  const listed = rows === null ? null : new Uint32Array(memory.buffer, rows, view.length);
  const first = firstRow + (listed === null ? view.from : listed[0]);
  const end = firstRow + (listed === null ? view.from + view.length : listed[view.length - 1] + 1);
  const entry = entryAt(runs, first);
  const last = entryAt(runs, end - 1) + 1;
  const [runsAt, slotsAt] = [arena.place(runs.subarray(entry, last + 1)), arena.place(own.subarray(entry, last))];
  const firstCode = new Uint32Array(1);
  key.translate(new Uint32Array(1), firstCode);
  const bit = firstBit + firstCode[0] - 1;
  const times = isRange(view) && key.size <= 64 ? (key.readTimes?.(dense) ?? null) : null;
  if (times !== null) {
    const { offsets, offsetBytes, origin, width } = times;
    kernels.markTimes(
      runsAt,
      slotsAt,
      first,
      end,
      offsets,
      offsetBytes,
      origin,
      width,
      key.size,
      bit,
      marks,
      words,
      others,
    );
    return true;
  }
  const codes = key.read(dense);
  if (codes === null) return false;
  const groups = arena.take(4 * view.length);
  kernels.shiftCodes(codes.at, codes.bytes, view.length, bit, groups, 4);
  if (rows === null) kernels.markRuns(runsAt, slotsAt, first, end, groups, marks, words);
  else {
    const places = arena.take(4 * view.length);
    kernels.shiftCodes(rows, 4, view.length, firstRow, places, 4);
    kernels.markRows(runsAt, slotsAt, places, view.length, groups, marks, words);
  }
  return true;
}
