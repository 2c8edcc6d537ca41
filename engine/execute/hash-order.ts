/**
 * Orders things by their 64-bit hashes, which lie evenly in a range of upper words: each goes where its hash says that
 * it lies about, and few meet there.
 * @param hashes low word at 2i, high at 2i + 1.
 * @param tie orders two of one hash.
 * @returns their numbers, ascending by hash.
 */
export function orderByHash(
  hashes: Uint32Array,
  count: number,
  range: { readonly from: number; readonly to: number },
  tie: (a: number, b: number) => number,
): Uint32Array {
  const starts = new Uint32Array(count + 1);
  const scale = count / (range.to - range.from);
  for (let i = 0; i < count; i++) starts[placeOf(hashes[2 * i + 1], range.from, scale, count) + 1]++;
  for (let place = 0; place < count; place++) starts[place + 1] += starts[place];
  const order = new Uint32Array(count);
  const next = starts.slice();
  for (let i = 0; i < count; i++) order[next[placeOf(hashes[2 * i + 1], range.from, scale, count)]++] = i;
  const compare = (a: number, b: number): number =>
    hashes[2 * a + 1] - hashes[2 * b + 1] || hashes[2 * a] - hashes[2 * b] || tie(a, b);
  for (let place = 0; place < count; place++) {
    const from = starts[place];
    const to = starts[place + 1];
    if (to - from === 2) {
      if (compare(order[from], order[from + 1]) > 0) {
        const first = order[from];
        order[from] = order[from + 1];
        order[from + 1] = first;
      }
    } else if (to - from > 2) order.subarray(from, to).sort(compare);
  }
  return order;
}

function placeOf(high: number, from: number, scale: number, count: number): number {
  return Math.min(count - 1, Math.floor((high - from) * scale));
}
