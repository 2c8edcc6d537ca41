// Sixteen places at a time: where the first and the last byte of what is sought stand, the rest is compared.

@inline
function isAt(place: usize, text: usize, length: u32): bool {
  for (let i: u32 = 0; i < length; i++) {
    if (load<u8>(place + <usize>i) != load<u8>(text + <usize>i)) return false;
  }
  return true;
}

export function findBytes(bytes: usize, count: u32, text: usize, length: u32): i32 {
  if (length > count) return -1;
  const reach = length - 1;
  const places = count - reach;
  const first = i8x16.splat(load<i8>(text));
  const last = i8x16.splat(load<i8>(text + <usize>reach));
  const whole = places & ~15;
  let at: u32 = 0;
  for (; at < whole; at += 16) {
    const place = bytes + <usize>at;
    let found: u32 = i8x16.bitmask(v128.and(i8x16.eq(v128.load(place), first), i8x16.eq(v128.load(place + <usize>reach), last)));
    for (; found != 0; found &= found - 1) {
      const own = at + ctz<u32>(found);
      if (isAt(bytes + <usize>own, text, length)) return <i32>own;
    }
  }
  for (; at < places; at++) {
    if (isAt(bytes + <usize>at, text, length)) return <i32>at;
  }
  return -1;
}

export function countUpTo(list: usize, count: u32, value: u32): u32 {
  let low: u32 = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (load<u32>(list + (<usize>middle << 2)) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
