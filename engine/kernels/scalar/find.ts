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
