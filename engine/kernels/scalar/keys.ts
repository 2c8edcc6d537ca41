/** The partition of a key is the upper 9 bits of this, its place in a table the lower ones. */
function mixed(low: number, high: number): number {
  const hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
}

/** The twin of spreadKeys; positions are indexes into the arrays. */
export function spreadKeys(
  words: Uint32Array,
  keys: number,
  count: number,
  starts: number,
  halves: Uint16Array,
  ids: number,
  out: number,
): void {
  words.fill(0, starts, starts + 514);
  for (let i = 0; i < count; i++) {
    const id = mixed(words[keys + 2 * i], words[keys + 2 * i + 1]) >>> 23;
    halves[ids + i] = id;
    words[starts + id + 2]++;
  }
  for (let at = starts; at < starts + 513; at++) words[at + 1] += words[at];
  for (let i = 0; i < count; i++) {
    const to = words[starts + halves[ids + i] + 1]++;
    words[out + 2 * to] = words[keys + 2 * i];
    words[out + 2 * to + 1] = words[keys + 2 * i + 1];
  }
}

/** The twin of distinctKeys; positions are indexes into the array. */
export function distinctKeys(
  words: Uint32Array,
  keys: number,
  count: number,
  table: number,
  places: number,
  base: number,
): number {
  const mask = places - 1;
  let found = 0;
  for (let i = 0; i < count; i++) {
    const low = words[keys + 2 * i];
    const high = words[keys + 2 * i + 1];
    for (let place = mixed(low, high) & mask; ; place = (place + 1) & mask) {
      const entry = words[table + place];
      if (entry < base) {
        words[table + place] = base + found;
        words[keys + 2 * found] = low;
        words[keys + 2 * found + 1] = high;
        found++;
        break;
      }
      const known = keys + 2 * (entry - base);
      if (words[known] === low && words[known + 1] === high) break;
    }
  }
  return found;
}
