// A value lies in a range when its distance from the range's lower end, modulo the width, is at most that of the upper
// end: one comparison for both ends. 64 rows at a time make a word of the bitmap.

@inline
function withinMask<T>(at: usize, low: v128, span: v128): u32 {
  if (sizeof<T>() == 1) return i8x16.bitmask(within<T>(at, low, span));
  if (sizeof<T>() == 2) return i8x16.bitmask(i8x16.narrow_i16x8_s(within<T>(at, low, span), within<T>(at + 16, low, span)));
  return i8x16.bitmask(i8x16.narrow_i16x8_s(
    i16x8.narrow_i32x4_s(within<T>(at, low, span), within<T>(at + 16, low, span)),
    i16x8.narrow_i32x4_s(within<T>(at + 32, low, span), within<T>(at + 48, low, span))));
}

@inline
function within<T>(at: usize, low: v128, span: v128): v128 {
  return v128.le<T>(v128.sub<T>(v128.load(at), low), span);
}

@inline
function filter<T>(values: usize, count: u32, low: T, span: T, bitmap: usize): u32 {
  const lows = v128.splat<T>(low);
  const spans = v128.splat<T>(span);
  const step = <usize>16 * sizeof<T>();
  const whole = count & ~63;
  let found: u64 = 0;
  let at = values;
  let row: u32 = 0;
  for (; row < whole; row += 64) {
    const bits = <u64>withinMask<T>(at, lows, spans) | (<u64>withinMask<T>(at + step, lows, spans) << 16)
      | (<u64>withinMask<T>(at + 2 * step, lows, spans) << 32) | (<u64>withinMask<T>(at + 3 * step, lows, spans) << 48);
    store<u64>(bitmap + (row >> 3), bits);
    found += popcnt<u64>(bits);
    at += 4 * step;
  }
  for (; row < count; row += 8) {
    const end = min<u32>(count, row + 8);
    let bits: u32 = 0;
    for (let i = row; i < end; i++) {
      if (<T>(load<T>(values + <usize>i * sizeof<T>()) - low) <= span) bits |= 1 << (i - row);
    }
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  return <u32>found;
}

export function filterRangeU8(values: usize, count: u32, low: u32, high: u32, bitmap: usize): u32 {
  return filter<u8>(values, count, <u8>low, <u8>(high - low), bitmap);
}

export function filterRangeU16(values: usize, count: u32, low: u32, high: u32, bitmap: usize): u32 {
  return filter<u16>(values, count, <u16>low, <u16>(high - low), bitmap);
}

export function filterRangeU32(values: usize, count: u32, low: u32, high: u32, bitmap: usize): u32 {
  return filter<u32>(values, count, low, high - low, bitmap);
}

// Of rows that a bitmap has, sixteen at a time are compared where it has one of them: a cache line of the widest values.
// Which these are is listed first, so that no branch waits for a value: many lines are fetched at once.

/** Lists a piece of a word, if it has a row. */
@inline
function listPiece(bits: u64, shift: u64, piece: u32, to: usize): usize {
  store<u16>(to, <u16>(piece + <u32>(shift >> 4)));
  return to + (<usize>(((bits >> shift) & 0xffff) != 0) << 1);
}

@inline
function filterWithin<T>(values: usize, count: u32, low: T, span: T, within: usize, room: usize, bitmap: usize): u32 {
  const whole = count & ~63;
  let end = room;
  for (let row: u32 = 0; row < whole; row += 64) {
    const bits = load<u64>(within + (row >> 3));
    store<u64>(bitmap + (row >> 3), 0);
    if (bits == 0) continue;
    const piece = row >> 4;
    end = listPiece(bits, 0, piece, end);
    end = listPiece(bits, 16, piece, end);
    end = listPiece(bits, 32, piece, end);
    end = listPiece(bits, 48, piece, end);
  }
  const lows = v128.splat<T>(low);
  const spans = v128.splat<T>(span);
  let found: u32 = 0;
  for (let at = room; at < end; at += 2) {
    const piece = <usize>load<u16>(at);
    const bits = <u32>load<u16>(within + (piece << 1)) & withinMask<T>(values + (piece << 4) * sizeof<T>(), lows, spans);
    store<u16>(bitmap + (piece << 1), <u16>bits);
    found += popcnt<u32>(bits);
  }
  for (let row = whole; row < count; row += 8) {
    let left = <u32>load<u8>(within + (row >> 3));
    let bits: u32 = 0;
    while (left != 0) {
      const bit = left & (0 - left);
      if (<T>(load<T>(values + <usize>(row + ctz<u32>(left)) * sizeof<T>()) - low) <= span) bits |= bit;
      left ^= bit;
    }
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}

export function filterRangeWithinU8(
  values: usize, count: u32, low: u32, high: u32, within: usize, room: usize, bitmap: usize
): u32 {
  return filterWithin<u8>(values, count, <u8>low, <u8>(high - low), within, room, bitmap);
}

export function filterRangeWithinU16(
  values: usize, count: u32, low: u32, high: u32, within: usize, room: usize, bitmap: usize
): u32 {
  return filterWithin<u16>(values, count, <u16>low, <u16>(high - low), within, room, bitmap);
}

export function filterRangeWithinU32(
  values: usize, count: u32, low: u32, high: u32, within: usize, room: usize, bitmap: usize
): u32 {
  return filterWithin<u32>(values, count, low, high - low, within, room, bitmap);
}
