@inline
function isSameText(a: usize, b: usize, length: u32): bool {
  let at: usize = 0;
  const words = <usize>(length & ~7);
  for (; at < words; at += 8) {
    if (load<u64>(a + at) != load<u64>(b + at)) return false;
  }
  for (; at < <usize>length; at++) {
    if (load<u8>(a + at) != load<u8>(b + at)) return false;
  }
  return true;
}

export function assignSlots(
  hashes: usize, empty: usize, offsets: usize, texts: usize, count: u32, low: u32, high: u32, scale: f64,
  table: usize, places: u32, stray: u32, known: usize, slots: u32, out: usize
): i32 {
  const least = (<u64>high << 32) | <u64>low;
  const mask = places - 1;
  let next = slots;
  for (let entry: u32 = 0; entry < count; entry++) {
    const to = out + (<usize>entry << 2);
    if (load<u8>(empty + <usize>entry) != 0) {
      store<u32>(to, 0xffffffff);
      continue;
    }
    const hash = load<u64>(hashes + (<usize>entry << 3));
    const from = load<u32>(offsets + (<usize>entry << 2));
    const length = load<u32>(offsets + (<usize>entry << 2), 4) - from;
    const text = texts + <usize>from;
    let place = <u32>(<f64>(hash - least) * scale) & mask;
    let away: u32 = 0;
    while (true) {
      const met = load<u32>(table + (<usize>place << 2));
      if (met == 0) {
        const own = known + (<usize>next << 4);
        store<u64>(own, hash);
        store<u32>(own, <u32>text, 8);
        store<u32>(own, length, 12);
        store<u32>(to, next);
        store<u32>(table + (<usize>place << 2), ++next);
        break;
      }
      const other = known + (<usize>(met - 1) << 4);
      if (load<u64>(other) == hash && load<u32>(other, 12) == length && isSameText(<usize>load<u32>(other, 8), text, length)) {
        store<u32>(to, met - 1);
        break;
      }
      if (++away > stray) return -1;
      place = (place + 1) & mask;
    }
  }
  return <i32>next;
}
