import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import { isRange } from '../block-view.ts';
import { bytesFor, elementsAt, type DenseView, type EvenTimes, type LocalKey, type LocalKeyOf } from './local-codes.ts';

/** Stretches that a table of a source's time may have. */
const stretchesMax = 262_144;
/** Times from a bucket's start that division by a bucket's length is exact for. */
const evenMax = 2 ** 51;

/**
 * The bucket of each row's time: code c is the source's first bucket and c more. Buckets of one length are told by
 * division; of others, a table says in which each stretch of 2^n ms begins, the longest that no bucket is shorter than: at most one ends in it.
 * @param bounds ascending starts of buckets, and the end of the last; every time of a view lies within. Bucket b has
 * code b + 1 in its store.
 */
export function bucketKey(bounds: Float64Array): LocalKeyOf {
  return ({ open, block }, most, room, arena) => {
    const { source } = open;
    const last = bounds.length - 2;
    if (last < 0 || source.blocks[block].untimed === true || source.columnType('time') !== 'time') return null;
    const from = Math.max(source.timeMin, bounds[0]);
    const to = Math.min(source.timeMax, bounds[last + 1] - 1);
    if (!(from <= to)) return null;
    const first = bucketAt(bounds, from);
    const size = bucketAt(bounds, to) - first + 1;
    if (size > most) return null;
    const origin = bounds[first];
    const even = evenWidth(bounds, first, size);
    if (even !== null && to - origin < evenMax) {
      const codes = bucketsOf(first, size, (own, offsets, offsetBytes, length, base, at, bytes) =>
        own.kernels.evenBucketCodes(offsets, offsetBytes, length, base - origin, even, at, bytes),
      );
      const readTimes = (dense: DenseView): EvenTimes | null => {
        const times = isRange(dense.view) ? offsetsOf(dense) : null;
        return times === null ? null : { ...times, origin: times.base - origin, width: even };
      };
      return { ...codes, readTimes };
    }
    let shortest = to - origin + 1;
    for (let bucket = first; bucket < first + size; bucket++)
      shortest = Math.min(shortest, bounds[bucket + 1] - bounds[bucket]);
    const shift = Math.floor(Math.log2(shortest));
    const stretches = Math.floor((to - origin) / 2 ** shift) + 1;
    if (shift < 0 || shift > 52 || stretches > stretchesMax) return null;
    const firsts = room.take(4 * stretches);
    const ends = room.take(8 * size);
    if (firsts === null || ends === null) return 'no room';
    const { memory } = arena;
    const stretchOf = new Uint32Array(memory.buffer, firsts, stretches);
    for (let stretch = 0, bucket = first; stretch < stretches; stretch++) {
      while (bounds[bucket + 1] <= origin + stretch * 2 ** shift) bucket++;
      stretchOf[stretch] = bucket - first;
    }
    const words = new Uint32Array(memory.buffer, ends, 2 * size);
    for (let bucket = 0; bucket < size; bucket++) {
      const end = bounds[first + bucket + 1] - origin;
      words[2 * bucket] = end % 2 ** 32;
      words[2 * bucket + 1] = Math.floor(end / 2 ** 32);
    }
    return bucketsOf(first, size, (own, offsets, offsetBytes, length, base, at, bytes) =>
      own.kernels.bucketCodes(offsets, offsetBytes, length, base - origin, shift, firsts, ends, at, bytes),
    );
  };
}

/** Finds the buckets of times, which are offsets from `base`: codes of `bytes` each. */
type FindBuckets = (
  arena: Arena,
  offsets: Pointer,
  offsetBytes: number,
  length: number,
  base: number,
  at: Pointer,
  bytes: number,
) => void;

function bucketsOf(first: number, size: number, find: FindBuckets): LocalKey {
  const bytes = bytesFor(size);
  return {
    size,
    read(dense) {
      const times = offsetsOf(dense);
      if (times === null) return null;
      const { view, arena } = dense;
      const at = arena.take(view.length * bytes);
      find(arena, times.offsets, times.offsetBytes, view.length, times.base, at, bytes);
      return { at, bytes };
    },
    translate(locals, out) {
      for (let i = 0; i < locals.length; i++) out[i] = first + locals[i] + 1;
    },
  };
}

/** @returns the times of a view's rows as they lie in its block, from `base` on; null where some row has none, or they are wide. */
function offsetsOf(
  dense: DenseView,
): { readonly offsets: Pointer; readonly offsetBytes: number; readonly base: number } | null {
  const { open, block } = dense.view;
  const vector = open.source.readBlock('time', block);
  if (vector.kind !== 'int' || vector.validity !== null) return null;
  const { values, base } = vector;
  if (values instanceof Float64Array || values instanceof BigInt64Array) return null;
  const offsetBytes = values.BYTES_PER_ELEMENT;
  const offsets = elementsAt(dense, values, offsetBytes);
  // What is picked out lies in the cache already.
  if (isRange(dense.view)) dense.arena.kernels.prefetch(offsets, dense.view.length * offsetBytes);
  return { offsets, offsetBytes, base };
}

/** @returns the length of each of `size` buckets, or null where they differ. */
function evenWidth(bounds: Float64Array, first: number, size: number): number | null {
  const width = bounds[first + 1] - bounds[first];
  for (let bucket = first + 1; bucket < first + size; bucket++)
    if (bounds[bucket + 1] - bounds[bucket] !== width) return null;
  return width;
}

/** @returns the bucket that a time lies in. */
function bucketAt(bounds: Float64Array, time: number): number {
  let low = 0;
  let high = bounds.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (bounds[middle] <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
