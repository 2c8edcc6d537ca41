// A value is compared 16 rows at a time: the mask lanes are narrowed to bytes, whose top bits are the bitmap's 16 bits.
// The six comparisons are three and their negations: the bits are flipped.

@inline
function truth<T>(comparison: i32, value: T, constant: T): bool {
  const base = comparison < 2 ? value == constant : comparison == 2 || comparison == 5 ? value < constant : value > constant;
  return base != (flipOf(comparison) != 0);
}

@inline
function flipOf(comparison: i32): u32 {
  return comparison == 1 || comparison == 3 || comparison == 5 ? 0xffff : 0;
}

@inline
function equalMask<T>(at: usize, constant: v128): u32 {
  if (sizeof<T>() == 1) return v128.bitmask<i8>(v128.eq<u8>(v128.load(at), constant));
  if (sizeof<T>() == 2) {
    return v128.bitmask<i8>(v128.narrow<i16>(v128.eq<u16>(v128.load(at), constant), v128.eq<u16>(v128.load(at, 16), constant)));
  }
  return v128.bitmask<i8>(v128.narrow<i16>(
    v128.narrow<i32>(v128.eq<u32>(v128.load(at), constant), v128.eq<u32>(v128.load(at, 16), constant)),
    v128.narrow<i32>(v128.eq<u32>(v128.load(at, 32), constant), v128.eq<u32>(v128.load(at, 48), constant))));
}

@inline
function lessMask<T>(at: usize, constant: v128): u32 {
  if (sizeof<T>() == 1) return v128.bitmask<i8>(v128.lt<u8>(v128.load(at), constant));
  if (sizeof<T>() == 2) {
    return v128.bitmask<i8>(v128.narrow<i16>(v128.lt<u16>(v128.load(at), constant), v128.lt<u16>(v128.load(at, 16), constant)));
  }
  return v128.bitmask<i8>(v128.narrow<i16>(
    v128.narrow<i32>(v128.lt<u32>(v128.load(at), constant), v128.lt<u32>(v128.load(at, 16), constant)),
    v128.narrow<i32>(v128.lt<u32>(v128.load(at, 32), constant), v128.lt<u32>(v128.load(at, 48), constant))));
}

@inline
function greaterMask<T>(at: usize, constant: v128): u32 {
  if (sizeof<T>() == 1) return v128.bitmask<i8>(v128.gt<u8>(v128.load(at), constant));
  if (sizeof<T>() == 2) {
    return v128.bitmask<i8>(v128.narrow<i16>(v128.gt<u16>(v128.load(at), constant), v128.gt<u16>(v128.load(at, 16), constant)));
  }
  return v128.bitmask<i8>(v128.narrow<i16>(
    v128.narrow<i32>(v128.gt<u32>(v128.load(at), constant), v128.gt<u32>(v128.load(at, 16), constant)),
    v128.narrow<i32>(v128.gt<u32>(v128.load(at, 32), constant), v128.gt<u32>(v128.load(at, 48), constant))));
}

@inline
function filter<T>(comparison: i32, values: usize, count: u32, constant: T, bitmap: usize): u32 {
  const splat = v128.splat<T>(constant);
  const flip = flipOf(comparison);
  const whole = count & ~15;
  let found: u32 = 0;
  let row: u32 = 0;
  if (comparison < 2) {
    for (; row < whole; row += 16) found += put(equalMask<T>(values + <usize>row * sizeof<T>(), splat) ^ flip, bitmap, row);
  } else if (comparison == 2 || comparison == 5) {
    for (; row < whole; row += 16) found += put(lessMask<T>(values + <usize>row * sizeof<T>(), splat) ^ flip, bitmap, row);
  } else {
    for (; row < whole; row += 16) found += put(greaterMask<T>(values + <usize>row * sizeof<T>(), splat) ^ flip, bitmap, row);
  }
  for (; row < count; row += 8) {
    const end = min<u32>(count, row + 8);
    let bits: u32 = 0;
    for (let i = row; i < end; i++) {
      if (truth<T>(comparison, load<T>(values + <usize>i * sizeof<T>()), constant)) bits |= 1 << (i - row);
    }
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}

@inline
function put(bits: u32, bitmap: usize, row: u32): u32 {
  store<u16>(bitmap + (row >> 3), <u16>bits);
  return popcnt<u32>(bits);
}

export function filterU8(comparison: i32, values: usize, count: u32, constant: u32, bitmap: usize): u32 {
  return filter<u8>(comparison, values, count, <u8>constant, bitmap);
}

export function filterU16(comparison: i32, values: usize, count: u32, constant: u32, bitmap: usize): u32 {
  return filter<u16>(comparison, values, count, <u16>constant, bitmap);
}

export function filterU32(comparison: i32, values: usize, count: u32, constant: u32, bitmap: usize): u32 {
  return filter<u32>(comparison, values, count, constant, bitmap);
}
