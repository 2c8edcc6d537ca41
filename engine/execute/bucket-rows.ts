/**
 * Writes 1 + the bucket of each row's time to `out`: a guess by the mean length of a bucket, then steps to the right one.
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
  for (let i = 0; i < out.length; i++) {
    const time = base + values[rows === null ? from + i : rows[i]];
    let bucket = Math.floor((time - first) * perMs);
    if (bucket > last) bucket = last;
    if (bucket < 0) bucket = 0;
    while (bucket > 0 && time < bounds[bucket]) bucket--;
    while (bucket < last && time >= bounds[bucket + 1]) bucket++;
    out[i] = bucket + 1;
  }
}
