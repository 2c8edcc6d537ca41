// Groups of 128 differences: u8 bits, f64 the least, the differences less that, bit-packed. An offset is at most 2^53
// when a group begins and changes by less than 2^54 a row, so sums of 64 bits do not wrap within a group.

const groupRows: u32 = 128;
const safeMax: f64 = 9007199254740991;

/** Up to eight bytes from `at` on that lie before `end`. */
function loadBefore(at: usize, end: usize): u64 {
  let word: u64 = 0;
  for (let byte: usize = 0; byte < 8 && at + byte < end; byte++) word |= <u64>load<u8>(at + byte) << (<u64>byte << 3);
  return word;
}

// Steps that small take no sum of a group beyond 32 bits.
const narrowStepMax: f64 = 131072;
const narrowBitsMax: u64 = 16;
const zeros = i32x4.splat(0);

// Four values in the low bits become four of 16 bits.
@inline
function spread(packed: u64, width: u64, two: u64, one: u64): u64 {
  const word = (packed & two) | (((packed >> (2 * width)) & two) << 32);
  return (word & one) | (((word >> width) & one) << 16);
}

// Running sums of four differences, behind what came before in all lanes.
@inline
function sums(differences: v128, before: v128): v128 {
  const pairs = i32x4.add(differences, v128.shuffle<i32>(zeros, differences, 0, 4, 5, 6));
  return i32x4.add(i32x4.add(pairs, v128.shuffle<i32>(zeros, pairs, 0, 1, 4, 5)), before);
}

@inline
function lastOf(lanes: v128): v128 {
  return v128.shuffle<i32>(lanes, lanes, 3, 3, 3, 3);
}

// A whole group of small differences, eight at a time. Returns the last offset, or -1 where one lies outside of 16 bits.
function decodeNarrow(packed: usize, width: u64, step: i32, offset: i32, out: usize): i32 {
  const two: u64 = (<u64>1 << (2 * width)) - 1;
  const one = ((<u64>1 << width) - 1) * 0x0000000100000001;
  // The second four begin in the middle of a byte where the width is odd.
  const half = <usize>(width >> 1);
  const shift = (width & 1) << 2;
  const steps = i32x4.splat(step);
  let before = i32x4.splat(offset);
  let lowest = before;
  let highest = before;
  let at = packed;
  for (const end = out + (groupRows << 1); out < end; out += 16) {
    const words = i64x2.replace_lane(
      i64x2.splat(spread(load<u64>(at), width, two, one)), 1, spread(load<u64>(at + half) >> shift, width, two, one)
    );
    const low = sums(i32x4.add(i32x4.extend_low_i16x8_u(words), steps), before);
    const high = sums(i32x4.add(i32x4.extend_high_i16x8_u(words), steps), lastOf(low));
    before = lastOf(high);
    lowest = i32x4.min_s(lowest, i32x4.min_s(low, high));
    highest = i32x4.max_s(highest, i32x4.max_s(low, high));
    v128.store(out, i16x8.narrow_i32x4_u(low, high));
    at += <usize>width;
  }
  const outside = v128.or(lowest, i32x4.gt_s(highest, i32x4.splat(65535)));
  return i32x4.bitmask(outside) != 0 ? -1 : i32x4.extract_lane(before, 0);
}

@inline
function decode<T>(source: usize, sourceBytes: u32, rows: u32, first: f64, add: f64, most: f64, out: usize): i32 {
  const end = source + <usize>sourceBytes;
  if (!(first >= 0 && first <= most)) return -1;
  const last = <i64>most;
  let at = source;
  let offset = <i64>first;
  let to = out;
  if (isFloat<T>()) store<f64>(to, add + first);
  else store<T>(to, <T>offset);
  to += sizeof<T>();
  for (let start: u32 = 1; start < rows; start += groupRows) {
    const count = min<u32>(groupRows, rows - start);
    if (end - at < 9) return -1;
    const bits = <u64>load<u8>(at);
    const least = load<f64>(at, 1);
    if (bits > 32 || !(abs<f64>(least) <= safeMax) || trunc<f64>(least) != least) return -1;
    at += 9;
    const packedBytes = <usize>((<u64>count * bits + 7) >> 3);
    if (end - at < packedBytes) return -1;
    const step = <i64>least;
    if (sizeof<T>() == 2 && count == groupRows && bits <= narrowBitsMax && abs<f64>(least) <= narrowStepMax) {
      // Sixteen bytes from any eight of these values lie before the end.
      if (end - at >= packedBytes + 16) {
        const sum = decodeNarrow(at, bits, <i32>step, <i32>offset, to);
        if (sum < 0) return -1;
        offset = <i64>sum;
        to += groupRows << 1;
        at += packedBytes;
        continue;
      }
    }
    const mask: u64 = (<u64>1 << bits) - 1;
    let lowest = offset;
    let highest = offset;
    let bit: u64 = 0;
    // Eight bytes from any of these values' first one lie before the end.
    const inside = end - at >= packedBytes + 8 ? count : 0;
    let i: u32 = 0;
    for (; i < inside; i++) {
      offset += step + <i64>((load<u64>(at + <usize>(bit >> 3)) >> (bit & 7)) & mask);
      lowest = min<i64>(lowest, offset);
      highest = max<i64>(highest, offset);
      if (isFloat<T>()) store<f64>(to, add + <f64>offset);
      else store<T>(to, <T>offset);
      to += sizeof<T>();
      bit += bits;
    }
    for (; i < count; i++) {
      offset += step + <i64>((loadBefore(at + <usize>(bit >> 3), end) >> (bit & 7)) & mask);
      lowest = min<i64>(lowest, offset);
      highest = max<i64>(highest, offset);
      if (isFloat<T>()) store<f64>(to, add + <f64>offset);
      else store<T>(to, <T>offset);
      to += sizeof<T>();
      bit += bits;
    }
    if (lowest < 0 || highest > last) return -1;
    at += packedBytes;
  }
  return <i32>(at - source);
}

export function decodeDeltaU8(source: usize, sourceBytes: u32, rows: u32, first: f64, out: usize): i32 {
  return decode<u8>(source, sourceBytes, rows, first, 0, 255, out);
}

export function decodeDeltaU16(source: usize, sourceBytes: u32, rows: u32, first: f64, out: usize): i32 {
  return decode<u16>(source, sourceBytes, rows, first, 0, 65535, out);
}

export function decodeDeltaU32(source: usize, sourceBytes: u32, rows: u32, first: f64, out: usize): i32 {
  return decode<u32>(source, sourceBytes, rows, first, 0, 4294967295, out);
}

export function decodeDeltaF64(
  source: usize, sourceBytes: u32, rows: u32, first: f64, add: f64, most: f64, out: usize): i32 {
  return decode<f64>(source, sourceBytes, rows, first, add, most, out);
}
