import { bytesFor, elementsAt, type LocalKeyOf } from './local-codes.ts';

/** Stretches that a table of a source's time may have. */
const stretchesMax = 262_144;

/**
 * The bucket of each row's time: code c is the source's first bucket and c more. A table says in which bucket each
 * stretch of 2^n ms begins, the longest that no bucket is shorter than: at most one ends in it.
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
    let shortest = to - origin + 1;
    for (let bucket = first; bucket < first + size; bucket++)
      shortest = Math.min(shortest, bounds[bucket + 1] - bounds[bucket]);
    const shift = Math.floor(Math.log2(shortest));
    const stretches = Math.floor((to - origin) / 2 ** shift) + 1;
    if (shift < 0 || shift > 52 || stretches > stretchesMax) return null;
    const firsts = room.take(4 * stretches);
    const ends = room.take(8 * size);
    if (firsts === null || ends === null) return 'no room';
    const { kernels, memory } = arena;
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
    const bytes = bytesFor(size);
    return {
      size,
      read(dense) {
        const { view } = dense;
        const vector = view.open.source.readBlock('time', view.block);
        if (vector.kind !== 'int' || vector.validity !== null) return null;
        if (vector.values instanceof Float64Array || vector.values instanceof BigInt64Array) return null;
        const own = vector.values.BYTES_PER_ELEMENT;
        const offsets = elementsAt(dense, vector.values, own);
        const at = dense.arena.take(view.length * bytes);
        kernels.bucketCodes(offsets, own, view.length, vector.base - origin, shift, firsts, ends, at, bytes);
        return { at, bytes };
      },
      translate(locals, out) {
        for (let i = 0; i < locals.length; i++) out[i] = first + locals[i] + 1;
      },
    };
  };
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
