// Bitmaps are worked on 64 rows at a time; the last bytes one by one, those of the last byte past the end as 0.

const and = 0;
const or = 1;
const andNot = 2;
const not = 3;

@inline
function apply(operation: i32, a: u64, b: u64): u64 {
  if (operation == and) return a & b;
  if (operation == or) return a | b;
  return operation == andNot ? a & ~b : ~a;
}

@inline
function combine(operation: i32, a: usize, b: usize, count: u32, out: usize): u32 {
  const words = count >> 6;
  let found: u64 = 0;
  for (let word: u32 = 0; word < words; word++) {
    const at = <usize>word << 3;
    const bits = apply(operation, load<u64>(a + at), load<u64>(b + at));
    store<u64>(out + at, bits);
    found += popcnt<u64>(bits);
  }
  for (let row = words << 6; row < count; row += 8) {
    const at = <usize>(row >> 3);
    const bits = apply(operation, load<u8>(a + at), load<u8>(b + at)) & maskOf(count - row);
    store<u8>(out + at, <u8>bits);
    found += popcnt<u64>(bits);
  }
  return <u32>found;
}

@inline
function maskOf(rows: u32): u64 {
  return rows >= 8 ? 0xff : (1 << rows) - 1;
}

export function andBitmaps(a: usize, b: usize, count: u32, out: usize): u32 {
  return combine(and, a, b, count, out);
}

export function orBitmaps(a: usize, b: usize, count: u32, out: usize): u32 {
  return combine(or, a, b, count, out);
}

export function andNotBitmaps(a: usize, b: usize, count: u32, out: usize): u32 {
  return combine(andNot, a, b, count, out);
}

export function notBitmap(bitmap: usize, count: u32, out: usize): u32 {
  return combine(not, bitmap, bitmap, count, out);
}

export function countBitmap(bitmap: usize, count: u32): u32 {
  const words = count >> 6;
  let found: u64 = 0;
  for (let word: u32 = 0; word < words; word++) found += popcnt<u64>(load<u64>(bitmap + (<usize>word << 3)));
  for (let row = words << 6; row < count; row += 8) {
    found += popcnt<u64>(<u64>load<u8>(bitmap + <usize>(row >> 3)) & maskOf(count - row));
  }
  return <u32>found;
}

export function bitmapToRows(bitmap: usize, count: u32, rows: usize, first: u32): u32 {
  const words = count >> 6;
  let out = rows;
  for (let word: u32 = 0; word < words; word++) {
    out = list(load<u64>(bitmap + (<usize>word << 3)), first + (word << 6), out);
  }
  for (let row = words << 6; row < count; row += 8) {
    out = list(<u64>load<u8>(bitmap + <usize>(row >> 3)) & maskOf(count - row), first + row, out);
  }
  return <u32>((out - rows) >> 2);
}

@inline
function list(word: u64, base: u32, to: usize): usize {
  let bits = word;
  let out = to;
  while (bits != 0) {
    store<u32>(out, base + <u32>ctz<u64>(bits));
    out += 4;
    bits &= bits - 1;
  }
  return out;
}
