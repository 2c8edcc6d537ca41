/**
 * Writes 1 + the bucket of each row's time to `out`: mostly that of the row before, since rows lie in order of their
 * actors and then in time; else a guess by the mean length of a bucket, then steps to the right one.
 * @param bounds ascending starts of buckets, and the end of the last; every time lies within.
 */
export function bucketRows(
  values: Uint8Array | Uint16Array | Uint32Array | Float64Array,
  base: number,
  { from, rows }: { readonly from: number; readonly rows: Uint32Array | null },
  bounds: Float64Array,
  out: Uint32Array,
): void {
  const first = bounds[0];
  const last = bounds.length - 2;
  const perMs = (last + 1) / (bounds[last + 1] - first);
  let bucket = 0;
  let start = bounds[0];
  let end = bounds[1];
  for (let i = 0; i < out.length; i++) {
    const time = base + values[rows === null ? from + i : rows[i]];
    if (time < start || time >= end) {
      bucket = Math.max(0, Math.min(last, Math.floor((time - first) * perMs)));
      while (bucket > 0 && time < bounds[bucket]) bucket--;
      while (bucket < last && time >= bounds[bucket + 1]) bucket++;
      start = bounds[bucket];
      end = bounds[bucket + 1];
    }
    out[i] = bucket + 1;
  }
}
