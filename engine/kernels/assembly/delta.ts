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
