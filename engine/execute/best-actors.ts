import { limits } from '../base/limits.ts';
import { noSlot } from '../store/actor-slots.ts';
import type { GroupedPlan } from '../plan/select.ts';
import type { ActorStore } from './actor-store.ts';
import type { SliceSource } from './block-view.ts';
import { enlarged } from './enlarged.ts';

/** Actors of one task that can come out, by their codes, each with how many rows it has. */
export interface CountedActors {
  readonly codes: Uint32Array;
  readonly rows: Uint32Array | Float64Array;
  /** How many others the task met. */
  readonly left: number;
}

/**
 * Counts the rows of whole slices by their actors, where no more is asked than the first ones by that count: the
 * directory knows it, and what is worse than the best so far is dropped as it is met.
 */
export interface ActorCounter {
  /** Adds all rows of a slice. @returns how many these are. */
  add(parts: readonly SliceSource[]): number;
  /** Ends the task. */
  take(): CountedActors;
  /** How many actors were met in the task. */
  readonly met: number;
  readonly bytes: number;
}

/** @returns whether the first thing that orders the groups is how many rows they have, which is all they are asked. */
export function isByRows({ order }: GroupedPlan): boolean {
  return order.length > 0 && order[0].expr.kind === 'measure';
}

/**
 * Makes what counts for the tasks of one query in one thread. No actor lies in two tasks: what one of them has seen
 * bounds the next.
 * @param most how many actors can come out. @param descending whether these have the most rows, or the fewest.
 */
export function createActorCounter(store: ActorStore, most: number, descending: boolean): ActorCounter {
  const sign = descending ? 1 : -1;
  const roomMin = Math.max(1024, Math.min(4 * most, limits.sliceActorsMax));
  let counts = new Float64Array(limits.sliceActorsMax);
  let codes = new Uint32Array(roomMin);
  /** Of the same actors; the more the better. */
  let worths = new Float64Array(roomMin);
  let length = 0;
  let least = -Infinity;
  let nobody = 0;
  let met = 0;
  const drop = (): void => {
    if (most === 0 || length <= most) return;
    const sorted = worths.slice(0, length).sort();
    least = Math.max(least, sorted[length - most]);
    let kept = 0;
    for (let i = 0; i < length; i++) {
      if (worths[i] < least) continue;
      codes[kept] = codes[i];
      worths[kept++] = worths[i];
    }
    length = kept;
  };
  const makeRoom = (): void => {
    drop();
    if (2 * length <= codes.length) return;
    codes = enlarged(codes, new Uint32Array(2 * codes.length));
    worths = enlarged(worths, new Float64Array(2 * worths.length));
  };
  return {
    add(parts) {
      const { count } = parts[0].slots();
      if (counts.length < count) counts = new Float64Array(2 * count);
      counts.fill(0, 0, count);
      let before = 0;
      let rows = 0;
      for (const part of parts) {
        const own = store.slotsOf(part);
        const { firstRows } = own;
        ({ before } = own);
        nobody += addRows(counts, own.slots, firstRows);
        rows += firstRows[own.slots.length] - firstRows[0];
      }
      met += count;
      for (let from = 0; from < count;) {
        if (length === codes.length) makeRoom();
        const end = Math.min(count, from + codes.length - length);
        length = keepWorthy(counts, from, end, sign, least, before + 1, codes, worths, length);
        from = end;
      }
      return rows;
    },
    take() {
      drop();
      const some = nobody > 0 ? 1 : 0;
      const own = new Uint32Array(some + length);
      const rows = new Float64Array(some + length);
      own.set(codes.subarray(0, length), some);
      for (let i = 0; i < length; i++) rows[some + i] = sign * worths[i];
      if (some === 1) rows[0] = nobody;
      const left = met - length;
      length = 0;
      nobody = 0;
      met = 0;
      return { codes: own, rows, left };
    },
    get met() {
      return met;
    },
    get bytes() {
      return counts.byteLength + codes.byteLength + worths.byteLength;
    },
  };
}

/** @returns how many of the rows are nobody's. */
function addRows(counts: Float64Array, slots: Uint32Array, firstRows: Uint32Array): number {
  let nobody = 0;
  let first = firstRows[0];
  for (let entry = 0; entry < slots.length; entry++) {
    const end = firstRows[entry + 1];
    const slot = slots[entry];
    if (slot === noSlot) nobody += end - first;
    else counts[slot] += end - first;
    first = end;
  }
  return nobody;
}

/** Keeps slots that are not worse than the least. @returns how many are kept then. */
function keepWorthy(
  counts: Float64Array,
  from: number,
  to: number,
  sign: number,
  least: number,
  firstCode: number,
  codes: Uint32Array,
  worths: Float64Array,
  length: number,
): number {
  let kept = length;
  for (let slot = from; slot < to; slot++) {
    const worth = sign * counts[slot];
    if (worth < least) continue;
    codes[kept] = firstCode + slot;
    worths[kept++] = worth;
  }
  return kept;
}
