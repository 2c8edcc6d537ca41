/**
 * The twin of findBytes, over a view of the whole memory.
 * @param at where the bytes begin; @param count how many; @param text where what is sought begins; @param length of it.
 */
export function findBytes(bytes: Uint8Array, at: number, count: number, text: number, length: number): number {
  for (let place = 0; place + length <= count; place++) {
    let same = 0;
    while (same < length && bytes[at + place + same] === bytes[text + same]) same++;
    if (same === length) return place;
  }
  return -1;
}

/** The twin of countUpTo. @param from where the list begins. */
export function countUpTo(list: Uint32Array, from: number, count: number, value: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[from + middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
