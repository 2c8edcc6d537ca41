// Floats in the language's order: NaN equals NaN and stands after all numbers, 0 equals -0. With a constant that is a
// number, six comparisons are equal, less, less or equal and their negations (flip), of which those of > and >= hold
// for NaN too. With a NaN as constant a row is known by whether it equals itself.

const equal = 0;
const less = 1;
const lessOrEqual = 2;
const isNumber = 3;
const never = 4;

// The kind is a constant wherever this is inlined, so one comparison is left.
@inline
function test(kind: i32, value: v128, constant: v128): u32 {
  if (kind == equal) return i64x2.bitmask(f64x2.eq(value, constant));
  if (kind == less) return i64x2.bitmask(f64x2.lt(value, constant));
  if (kind == lessOrEqual) return i64x2.bitmask(f64x2.le(value, constant));
  return kind == isNumber ? i64x2.bitmask(f64x2.eq(value, value)) : 0;
}

@inline
function run(kind: i32, values: usize, count: u32, constant: f64, flip: u32, bitmap: usize): u32 {
  const splat = f64x2.splat(constant);
  const whole = count & ~7;
  let found: u32 = 0;
  let row: u32 = 0;
  for (; row < whole; row += 8) {
    const at = values + (<usize>row << 3);
    const bits = (test(kind, v128.load(at), splat) | (test(kind, v128.load(at, 16), splat) << 2)
      | (test(kind, v128.load(at, 32), splat) << 4) | (test(kind, v128.load(at, 48), splat) << 6)) ^ flip;
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  if (row < count) {
    let bits: u32 = 0;
    for (let i = row; i < count; i++) {
      const value = f64x2.splat(load<f64>(values + (<usize>i << 3)));
      bits |= ((test(kind, value, splat) ^ flip) & 1) << (i - row);
    }
    store<u8>(bitmap + (row >> 3), <u8>bits);
    found += popcnt<u32>(bits);
  }
  return found;
}

export function filterF64(comparison: i32, values: usize, count: u32, constant: f64, bitmap: usize): u32 {
  if (constant != constant) {
    // 3 and 4 are <= and >: every row, and none.
    if (comparison == 3 || comparison == 4) return run(never, values, count, 0, comparison == 3 ? 0xff : 0, bitmap);
    return run(isNumber, values, count, 0, comparison == 0 || comparison == 5 ? 0xff : 0, bitmap);
  }
  if (comparison < 2) return run(equal, values, count, constant, comparison == 1 ? 0xff : 0, bitmap);
  if (comparison == 2 || comparison == 5) return run(less, values, count, constant, comparison == 5 ? 0xff : 0, bitmap);
  return run(lessOrEqual, values, count, constant, comparison == 4 ? 0xff : 0, bitmap);
}
