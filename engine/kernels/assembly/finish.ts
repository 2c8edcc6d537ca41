// What is left to do when the values of a block are there: rows without one, fractions, and what may not occur.

@inline
function clear<T>(values: usize, validity: usize, count: u32): void {
  for (let row: u32 = 0; row < count; row += 8) {
    const bits = <u32>load<u8>(validity + <usize>(row >> 3));
    if (bits == 255) continue;
    const last = min<u32>(count - row, 8);
    for (let i: u32 = 0; i < last; i++) {
      const at = values + <usize>(row + i) * sizeof<T>();
      store<T>(at, load<T>(at) & (0 - <T>((bits >> i) & 1)));
    }
  }
}

export function clearNullsU8(values: usize, validity: usize, count: u32): void {
  clear<u8>(values, validity, count);
}

export function clearNullsU16(values: usize, validity: usize, count: u32): void {
  clear<u16>(values, validity, count);
}

export function clearNullsU32(values: usize, validity: usize, count: u32): void {
  clear<u32>(values, validity, count);
}

export function clearNulls64(values: usize, validity: usize, count: u32): void {
  clear<u64>(values, validity, count);
}

@inline
function divide<T>(ints: usize, count: u32, base: f64, power: f64, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<f64>(out + (<usize>i << 3), (base + <f64>load<T>(ints + <usize>i * sizeof<T>())) / power);
  }
}

export function divideU8(ints: usize, count: u32, base: f64, power: f64, out: usize): void {
  divide<u8>(ints, count, base, power, out);
}

export function divideU16(ints: usize, count: u32, base: f64, power: f64, out: usize): void {
  divide<u16>(ints, count, base, power, out);
}

export function divideU32(ints: usize, count: u32, base: f64, power: f64, out: usize): void {
  divide<u32>(ints, count, base, power, out);
}

export function divideF64(ints: usize, count: u32, base: f64, power: f64, out: usize): void {
  divide<f64>(ints, count, base, power, out);
}

@inline
function greatest<T>(values: usize, count: u32): u32 {
  const end = values + <usize>count * sizeof<T>();
  const end16 = values + ((<usize>count * sizeof<T>()) & ~15);
  let lanes = i32x4.splat(0);
  let at = values;
  for (; at < end16; at += 16) lanes = sizeof<T>() == 1 ? i8x16.max_u(lanes, v128.load(at)) : i16x8.max_u(lanes, v128.load(at));
  let most: u32 = 0;
  for (; at < end; at += sizeof<T>()) most = max<u32>(most, <u32>load<T>(at));
  let low = <u64>i64x2.extract_lane(lanes, 0);
  let high = <u64>i64x2.extract_lane(lanes, 1);
  for (let lane: u32 = 0; lane < 8 / sizeof<T>(); lane++) {
    most = max<u32>(most, max<u32>(<u32>(<T>low), <u32>(<T>high)));
    low >>= 8 * sizeof<T>();
    high >>= 8 * sizeof<T>();
  }
  return most;
}

export function maxU8(values: usize, count: u32): u32 {
  return greatest<u8>(values, count);
}

export function maxU16(values: usize, count: u32): u32 {
  return greatest<u16>(values, count);
}

export function areSafeInts(values: usize, count: u32): i32 {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<f64>(values + (<usize>i << 3));
    if (!(abs<f64>(value) <= 9007199254740991) || trunc<f64>(value) != value) return 0;
  }
  return 1;
}
