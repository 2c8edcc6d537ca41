// Sixteen 8-bit codes are looked up at once. Members that lie within 32 codes are two vectors of a byte a code, looked up
// by the distance from the first (an index beyond 15 gives 0). Any set of 8-bit codes is 256 bits, also two vectors: the
// byte by code >> 3 in both, the bit in it by code & 7.

@inline
function member(at: usize): u32 {
  return i8x16.bitmask(i8x16.ne(v128.load(at), i8x16.splat(0)));
}

/** The set as bits, code by code. */
@inline
export function bitsOfTable(table: usize): v128 {
  let low: u64 = 0;
  let high: u64 = 0;
  for (let i: u32 = 0; i < 4; i++) {
    low |= <u64>member(table + (<usize>i << 4)) << (i << 4);
    high |= <u64>member(table + 64 + (<usize>i << 4)) << (i << 4);
  }
  return i64x2.replace_lane(i64x2.splat(low), 1, high);
}

export function filterSetU8(codes: usize, count: u32, table: usize, bitmap: usize): u32 {
  let first: u32 = 256;
  let last: u32 = 0;
  for (let i: u32 = 0; i < 256; i += 16) {
    const members = member(table + <usize>i);
    if (members == 0) continue;
    if (first == 256) first = i + ctz<u32>(members);
    last = i + 31 - clz<u32>(members);
  }
  // The distance of a code below the first wraps round: it has to be beyond both vectors.
  first = min<u32>(first, 224);
  const found = last < first + 32 ? near(codes, count, table, first, bitmap) : anywhere(codes, count, table, bitmap);
  return found + rest<u8>(codes, count & ~15, count, table, bitmap);
}

@inline
function near(codes: usize, count: u32, table: usize, first: u32, bitmap: usize): u32 {
  const zero = i8x16.splat(0);
  const low = i8x16.ne(v128.load(table + <usize>first), zero);
  const high = i8x16.ne(v128.load(table + <usize>first, 16), zero);
  const lowest = i8x16.splat(<i8>first);
  const sixteen = i8x16.splat(16);
  let found: u32 = 0;
  for (let row: u32 = 0, whole = count & ~15; row < whole; row += 16) {
    const distance = i8x16.sub(v128.load(codes + <usize>row), lowest);
    const bits = i8x16.bitmask(v128.or(i8x16.swizzle(low, distance), i8x16.swizzle(high, i8x16.sub(distance, sixteen))));
    store<u16>(bitmap + (row >> 3), <u16>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}

/** Which of sixteen codes belong to a set of any: a bit each. */
@inline
export function membersOf(code: v128, low: v128, high: v128): u32 {
  const byte = i8x16.shr_u(code, 3);
  const set = v128.or(i8x16.swizzle(low, byte), i8x16.swizzle(high, i8x16.sub(byte, i8x16.splat(16))));
  const bitOf = i8x16.swizzle(i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128), v128.and(code, i8x16.splat(7)));
  return i8x16.bitmask(i8x16.ne(v128.and(set, bitOf), i8x16.splat(0)));
}

@inline
function anywhere(codes: usize, count: u32, table: usize, bitmap: usize): u32 {
  const low = bitsOfTable(table);
  const high = bitsOfTable(table + 128);
  let found: u32 = 0;
  for (let row: u32 = 0, whole = count & ~15; row < whole; row += 16) {
    const bits = membersOf(v128.load(codes + <usize>row), low, high);
    store<u16>(bitmap + (row >> 3), <u16>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}

export function filterSetU16(codes: usize, count: u32, table: usize, bitmap: usize): u32 {
  return rest<u16>(codes, 0, count, table, bitmap);
}

export function filterSetU32(codes: usize, count: u32, table: usize, bitmap: usize): u32 {
  return rest<u32>(codes, 0, count, table, bitmap);
}

@inline
function one<T>(codes: usize, row: u32, table: usize): u32 {
  return <u32>load<u8>(table + <usize>load<T>(codes + <usize>row * sizeof<T>()));
}

@inline
function rest<T>(codes: usize, from: u32, count: u32, table: usize, bitmap: usize): u32 {
  let found: u32 = 0;
  let row = from;
  for (const whole = count & ~7; row < whole; row += 8) {
    const bits = one<T>(codes, row, table) | (one<T>(codes, row + 1, table) << 1) | (one<T>(codes, row + 2, table) << 2)
      | (one<T>(codes, row + 3, table) << 3) | (one<T>(codes, row + 4, table) << 4) | (one<T>(codes, row + 5, table) << 5)
      | (one<T>(codes, row + 6, table) << 6) | (one<T>(codes, row + 7, table) << 7);
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  if (row < count) {
    let bits: u32 = 0;
    for (let i = row; i < count; i++) bits |= one<T>(codes, i, table) << (i - row);
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}
