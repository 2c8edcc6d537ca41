export function sumF64(values: usize, count: u32): f64 {
  const end = values + (<usize>(count & ~3) << 3);
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  let at = values;
  for (; at < end; at += 32) {
    first = f64x2.add(first, v128.load(at));
    second = f64x2.add(second, v128.load(at, 16));
  }
  const lanes = f64x2.add(first, second);
  let sum = f64x2.extract_lane(lanes, 0) + f64x2.extract_lane(lanes, 1);
  for (const last = values + (<usize>count << 3); at < last; at += 8) sum += load<f64>(at);
  return sum;
}

// pmin(a, b) is b < a ? b : a, so a NaN on the right never wins.
export function minF64(values: usize, count: u32): f64 {
  const end = values + (<usize>(count & ~1) << 3);
  let lanes = f64x2.splat(Infinity);
  let at = values;
  for (; at < end; at += 16) lanes = f64x2.pmin(lanes, v128.load(at));
  let least = lesser(f64x2.extract_lane(lanes, 0), f64x2.extract_lane(lanes, 1));
  if (count & 1) least = lesser(least, load<f64>(at));
  return least;
}

export function maxF64(values: usize, count: u32): f64 {
  const end = values + (<usize>(count & ~1) << 3);
  let lanes = f64x2.splat(-Infinity);
  let at = values;
  for (; at < end; at += 16) lanes = f64x2.pmax(lanes, v128.load(at));
  let greatest = greater(f64x2.extract_lane(lanes, 0), f64x2.extract_lane(lanes, 1));
  if (count & 1) greatest = greater(greatest, load<f64>(at));
  return greatest;
}

@inline
function lesser(a: f64, b: f64): f64 {
  return b < a ? b : a;
}

@inline
function greater(a: f64, b: f64): f64 {
  return a < b ? b : a;
}

export function sumU32(values: usize, count: u32): f64 {
  const end = values + (<usize>(count & ~3) << 2);
  let lanes = i64x2.splat(0);
  let at = values;
  for (; at < end; at += 16) {
    const four = v128.load(at);
    lanes = i64x2.add(lanes, i64x2.add(i64x2.extend_low_i32x4_u(four), i64x2.extend_high_i32x4_u(four)));
  }
  let sum = i64x2.extract_lane(lanes, 0) + i64x2.extract_lane(lanes, 1);
  for (const last = values + (<usize>count << 2); at < last; at += 4) sum += <i64>load<u32>(at);
  return <f64>sum;
}

export function minU32(values: usize, count: u32): u32 {
  const end = values + (<usize>(count & ~3) << 2);
  let lanes = i32x4.splat(-1);
  let at = values;
  for (; at < end; at += 16) lanes = i32x4.min_u(lanes, v128.load(at));
  let least = min<u32>(
    min<u32>(<u32>i32x4.extract_lane(lanes, 0), <u32>i32x4.extract_lane(lanes, 1)),
    min<u32>(<u32>i32x4.extract_lane(lanes, 2), <u32>i32x4.extract_lane(lanes, 3)));
  for (const last = values + (<usize>count << 2); at < last; at += 4) least = min<u32>(least, load<u32>(at));
  return least;
}

export function maxU32(values: usize, count: u32): u32 {
  const end = values + (<usize>(count & ~3) << 2);
  let lanes = i32x4.splat(0);
  let at = values;
  for (; at < end; at += 16) lanes = i32x4.max_u(lanes, v128.load(at));
  let greatest = max<u32>(
    max<u32>(<u32>i32x4.extract_lane(lanes, 0), <u32>i32x4.extract_lane(lanes, 1)),
    max<u32>(<u32>i32x4.extract_lane(lanes, 2), <u32>i32x4.extract_lane(lanes, 3)));
  for (const last = values + (<usize>count << 2); at < last; at += 4) greatest = max<u32>(greatest, load<u32>(at));
  return greatest;
}

// Four sums, so that no read waits for the one before it.
export function prefetch(from: usize, bytes: usize): u32 {
  const end = from + bytes;
  let at = from & ~63;
  let a: u32 = 0;
  let b: u32 = 0;
  let c: u32 = 0;
  let d: u32 = 0;
  for (; at + 192 < end; at += 256) {
    a += load<u32>(at);
    b += load<u32>(at, 64);
    c += load<u32>(at, 128);
    d += load<u32>(at, 192);
  }
  for (; at < end; at += 64) a += load<u32>(at);
  return a + b + c + d;
}
