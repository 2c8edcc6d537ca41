/** The partition of a key is the upper 9 bits of this, its place in a table the lower ones. */
@inline
function mixed(low: u32, high: u32): u32 {
  const hash = (low ^ (high * 0x9e3779b1)) * 0x85ebca6b;
  return (hash ^ (hash >> 15)) * 0xc2b2ae35;
}

export function spreadKeys(keys: usize, count: u32, starts: usize, ids: usize, out: usize): void {
  memory.fill(starts, 0, 514 << 2);
  for (let i: u32 = 0; i < count; i++) {
    const key = keys + (<usize>i << 3);
    const id = mixed(load<u32>(key), load<u32>(key, 4)) >> 23;
    store<u16>(ids + (<usize>i << 1), <u16>id);
    const at = starts + (<usize>id << 2);
    store<u32>(at, load<u32>(at, 8) + 1, 8);
  }
  for (let at = starts; at < starts + (513 << 2); at += 4) store<u32>(at, load<u32>(at, 4) + load<u32>(at), 4);
  // Behind the first, each partition's begin moves on to its end, which is the next one's begin.
  for (let i: u32 = 0; i < count; i++) {
    const at = starts + (<usize>load<u16>(ids + (<usize>i << 1)) << 2);
    const to = load<u32>(at, 4);
    store<u32>(at, to + 1, 4);
    store<u64>(out + (<usize>to << 3), load<u64>(keys + (<usize>i << 3)));
  }
}

export function distinctKeys(keys: usize, count: u32, table: usize, places: u32, base: u32): u32 {
  const mask = places - 1;
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const at = keys + (<usize>i << 3);
    const key = load<u64>(at);
    for (let place = mixed(<u32>key, <u32>(key >> 32)) & mask; ; place = (place + 1) & mask) {
      const entry = load<u32>(table + (<usize>place << 2));
      if (entry < base) {
        store<u32>(table + (<usize>place << 2), base + found);
        store<u64>(keys + (<usize>found << 3), key);
        found++;
        break;
      }
      if (load<u64>(keys + (<usize>(entry - base) << 3)) == key) break;
    }
  }
  return found;
}
