// Local codes of group keys, one key's with another's.

@inline
function codeAt<T>(base: usize, i: u32): u32 {
  return <u32>load<T>(base + <usize>i * sizeof<T>());
}

@inline
function put<T>(base: usize, i: u32, value: u32): void {
  store<T>(base + <usize>i * sizeof<T>(), <T>value);
}

// Eight codes as 16-bit lanes.
@inline
function eightAt<T>(base: usize, i: u32): v128 {
  return sizeof<T>() == 1 ? v128.load_ext<u8>(base + <usize>i) : v128.load(base + (<usize>i << 1));
}

@inline
function mixNarrow<A, B, O>(a: usize, b: usize, count: u32, span: u32, out: usize): void {
  const spans = i16x8.splat(<i16>span);
  const whole = count & ~15;
  let i: u32 = 0;
  for (; i < whole; i += 16) {
    const low = i16x8.add(i16x8.mul(eightAt<A>(a, i), spans), eightAt<B>(b, i));
    const high = i16x8.add(i16x8.mul(eightAt<A>(a, i + 8), spans), eightAt<B>(b, i + 8));
    if (sizeof<O>() == 1) {
      v128.store(out + <usize>i, i8x16.narrow_i16x8_u(low, high));
    } else {
      v128.store(out + (<usize>i << 1), low);
      v128.store(out + (<usize>i << 1), high, 16);
    }
  }
  for (; i < count; i++) put<O>(out, i, codeAt<A>(a, i) * span + codeAt<B>(b, i));
}

@inline
function mixWide<A, B>(a: usize, b: usize, count: u32, span: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) put<u32>(out, i, codeAt<A>(a, i) * span + codeAt<B>(b, i));
}

@inline
function mixWith<A>(a: usize, b: usize, bBytes: u32, count: u32, span: u32, out: usize): void {
  if (bBytes == 1) mixWide<A, u8>(a, b, count, span, out);
  else if (bBytes == 2) mixWide<A, u16>(a, b, count, span, out);
  else mixWide<A, u32>(a, b, count, span, out);
}

export function mixCodes(
  a: usize, aBytes: u32, b: usize, bBytes: u32, count: u32, span: u32, out: usize, outBytes: u32,
): void {
  if (outBytes == 1) mixNarrow<u8, u8, u8>(a, b, count, span, out);
  else if (outBytes == 2) {
    if (aBytes == 1) {
      if (bBytes == 1) mixNarrow<u8, u8, u16>(a, b, count, span, out);
      else mixNarrow<u8, u16, u16>(a, b, count, span, out);
    } else if (bBytes == 1) mixNarrow<u16, u8, u16>(a, b, count, span, out);
    else mixNarrow<u16, u16, u16>(a, b, count, span, out);
  } else if (aBytes == 1) mixWith<u8>(a, b, bBytes, count, span, out);
  else if (aBytes == 2) mixWith<u16>(a, b, bBytes, count, span, out);
  else mixWith<u32>(a, b, bBytes, count, span, out);
}

@inline
function shiftTo<V, O>(values: usize, count: u32, shift: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) put<O>(out, i, codeAt<V>(values, i) + shift);
}

@inline
function shiftFrom<V>(values: usize, count: u32, shift: u32, out: usize, outBytes: u32): void {
  if (outBytes == 1) shiftTo<V, u8>(values, count, shift, out);
  else if (outBytes == 2) shiftTo<V, u16>(values, count, shift, out);
  else shiftTo<V, u32>(values, count, shift, out);
}

export function shiftCodes(values: usize, valueBytes: u32, count: u32, shift: u32, out: usize, outBytes: u32): void {
  if (valueBytes == 1) shiftFrom<u8>(values, count, shift, out, outBytes);
  else if (valueBytes == 2) shiftFrom<u16>(values, count, shift, out, outBytes);
  else shiftFrom<u32>(values, count, shift, out, outBytes);
}

@inline
function markTo<V, O>(codes: usize, validity: usize, first: u32, count: u32, code: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = first + i;
    const valid = (<u32>load<u8>(validity + <usize>(row >> 3)) >> (row & 7)) & 1;
    put<O>(out, i, select<u32>(codeAt<V>(codes, i), code, valid));
  }
}

@inline
function markFrom<V>(codes: usize, validity: usize, first: u32, count: u32, code: u32, out: usize, outBytes: u32): void {
  if (outBytes == 1) markTo<V, u8>(codes, validity, first, count, code, out);
  else if (outBytes == 2) markTo<V, u16>(codes, validity, first, count, code, out);
  else markTo<V, u32>(codes, validity, first, count, code, out);
}

export function markNulls(
  codes: usize, codeBytes: u32, validity: usize, first: u32, count: u32, code: u32, out: usize, outBytes: u32,
): void {
  if (codeBytes == 1) markFrom<u8>(codes, validity, first, count, code, out, outBytes);
  else if (codeBytes == 2) markFrom<u16>(codes, validity, first, count, code, out, outBytes);
  else markFrom<u32>(codes, validity, first, count, code, out, outBytes);
}

// An origin below 0 wraps around, and back with the offset.
@inline
function bucketsTo<V, O>(
  offsets: usize, count: u32, origin: u64, shift: u32, firsts: usize, ends: usize, out: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const time = origin + <u64>codeAt<V>(offsets, i);
    const bucket = load<u32>(firsts + (<usize>(time >> shift) << 2));
    put<O>(out, i, bucket + <u32>(time >= load<u64>(ends + (<usize>bucket << 3))));
  }
}

@inline
function bucketsFrom<V>(
  offsets: usize, count: u32, origin: u64, shift: u32, firsts: usize, ends: usize, out: usize, outBytes: u32,
): void {
  if (outBytes == 1) bucketsTo<V, u8>(offsets, count, origin, shift, firsts, ends, out);
  else if (outBytes == 2) bucketsTo<V, u16>(offsets, count, origin, shift, firsts, ends, out);
  else bucketsTo<V, u32>(offsets, count, origin, shift, firsts, ends, out);
}

export function bucketCodes(
  offsets: usize, offsetBytes: u32, count: u32, origin: f64, shift: u32, firsts: usize, ends: usize, out: usize,
  outBytes: u32,
): void {
  const from = <u64>(<i64>origin);
  if (offsetBytes == 1) bucketsFrom<u8>(offsets, count, from, shift, firsts, ends, out, outBytes);
  else if (offsetBytes == 2) bucketsFrom<u16>(offsets, count, from, shift, firsts, ends, out, outBytes);
  else bucketsFrom<u32>(offsets, count, from, shift, firsts, ends, out, outBytes);
}

// Four values as 32-bit lanes.
@inline
function fourAt<T>(base: usize, i: u32): v128 {
  if (sizeof<T>() == 4) return v128.load(base + (<usize>i << 2));
  if (sizeof<T>() == 2) return v128.load_ext<u16>(base + (<usize>i << 1));
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(base + <usize>i)));
}

// 2^52 + 2^51: whole numbers lie in the low bits of a sum with it, rounded.
const wholes: f64 = 6755399441055744;

@inline
function evenAt<V>(offsets: usize, i: u32, from: v128, inverse: v128): v128 {
  const four = fourAt<V>(offsets, i);
  const magic = f64x2.splat(wholes);
  const low = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(four), from), inverse);
  const next = v128.shuffle<u32>(four, four, 2, 3, 2, 3);
  const high = f64x2.mul(f64x2.add(f64x2.convert_low_i32x4_u(next), from), inverse);
  return v128.shuffle<u32>(f64x2.add(low, magic), f64x2.add(high, magic), 0, 2, 4, 6);
}

// floor(t / width) is (t + 1/2 - width/2) / width rounded: that is 1 / (2 * width) at least from where it rounds
// otherwise, which is more than the product errs by.
@inline
function evenTo<V, O>(offsets: usize, count: u32, origin: f64, width: f64, out: usize): void {
  const from = f64x2.splat(origin + 0.5 - width / 2);
  const inverse = f64x2.splat(1 / width);
  const whole = count & ~15;
  let i: u32 = 0;
  for (; i < whole; i += 16) {
    const a = evenAt<V>(offsets, i, from, inverse);
    const b = evenAt<V>(offsets, i + 4, from, inverse);
    const c = evenAt<V>(offsets, i + 8, from, inverse);
    const d = evenAt<V>(offsets, i + 12, from, inverse);
    const at = out + <usize>i * sizeof<O>();
    if (sizeof<O>() == 4) {
      v128.store(at, a);
      v128.store(at, b, 16);
      v128.store(at, c, 32);
      v128.store(at, d, 48);
    } else {
      const low = i16x8.narrow_i32x4_u(a, b);
      const high = i16x8.narrow_i32x4_u(c, d);
      if (sizeof<O>() == 2) {
        v128.store(at, low);
        v128.store(at, high, 16);
      } else v128.store(at, i8x16.narrow_i16x8_u(low, high));
    }
  }
  for (; i < count; i++) put<O>(out, i, <u32>((origin + <f64>codeAt<V>(offsets, i)) / width));
}

@inline
function evenFrom<V>(offsets: usize, count: u32, origin: f64, width: f64, out: usize, outBytes: u32): void {
  if (outBytes == 1) evenTo<V, u8>(offsets, count, origin, width, out);
  else if (outBytes == 2) evenTo<V, u16>(offsets, count, origin, width, out);
  else evenTo<V, u32>(offsets, count, origin, width, out);
}

export function evenBucketCodes(
  offsets: usize, offsetBytes: u32, count: u32, origin: f64, width: f64, out: usize, outBytes: u32,
): void {
  if (offsetBytes == 1) evenFrom<u8>(offsets, count, origin, width, out, outBytes);
  else if (offsetBytes == 2) evenFrom<u16>(offsets, count, origin, width, out, outBytes);
  else evenFrom<u32>(offsets, count, origin, width, out, outBytes);
}

@inline
function mapFrom<V>(codes: usize, count: u32, map: usize, out: usize): u32 {
  let zeros: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const mapped = load<u32>(map + (<usize>codeAt<V>(codes, i) << 2));
    store<u32>(out + (<usize>i << 2), mapped - 1);
    zeros += <u32>(mapped == 0);
  }
  return zeros;
}

export function mapCodes(codes: usize, codeBytes: u32, count: u32, map: usize, out: usize): u32 {
  if (codeBytes == 1) return mapFrom<u8>(codes, count, map, out);
  return codeBytes == 2 ? mapFrom<u16>(codes, count, map, out) : mapFrom<u32>(codes, count, map, out);
}

export function validRows(rows: usize, count: u32, validity: usize, outRows: usize, outPlaces: usize): u32 {
  let found: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(rows + (<usize>i << 2));
    store<u32>(outRows + (<usize>found << 2), row);
    store<u32>(outPlaces + (<usize>found << 2), i);
    found += (<u32>load<u8>(validity + <usize>(row >> 3)) >> (row & 7)) & 1;
  }
  return found;
}
