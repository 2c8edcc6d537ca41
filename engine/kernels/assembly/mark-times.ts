// Marks as in mark.ts, by times.

const nobody: u32 = 0xffffffff;

// 2^52 + 2^51: whole numbers lie in the low bits of a sum with it, rounded. Why that is the bucket, see evenTo in codes.ts.
const wholes: f64 = 6755399441055744;

// 64-bit shifts look at the low 6 bits of how far alone.
@inline
function bitOfTime(time: f64, inverse: f64): u64 {
  return <u64>1 << reinterpret<u64>(time * inverse + wholes);
}

@inline
function markTimesOf<T>(
  firstRows: usize, slots: usize, from: u32, to: u32, offsets: usize, origin: f64, width: f64, firstGroup: u32,
  marks: usize, words: u32, others: u32
): void {
  const rowBytes = <usize>words << 2;
  const word = <usize>(firstGroup >> 6) << 3;
  const shift = <u64>(firstGroup & 63);
  const begin = origin + 0.5 - width / 2;
  const inverse = 1 / width;
  const begins = f64x2.splat(begin);
  const inverses = f64x2.splat(inverse);
  let run = firstRows;
  let slotAt = slots;
  let at = offsets;
  let row = from;
  while (row < to) {
    const next = load<u32>(run + 4);
    const end = next < to ? next : to;
    const slot = load<u32>(slotAt);
    const last = at + <usize>(end - row) * sizeof<T>();
    let met: u64 = 0;
    if (sizeof<T>() == 4) {
      for (; at + 8 <= last; at += 8) {
        const times = f64x2.add(f64x2.convert_low_i32x4_u(v128.load64_zero(at)), begins);
        const buckets = f64x2.add(f64x2.mul(times, inverses), f64x2.splat(wholes));
        met |= <u64>1 << <u64>i64x2.extract_lane(buckets, 0);
        met |= <u64>1 << <u64>i64x2.extract_lane(buckets, 1);
      }
    }
    for (; at < last; at += sizeof<T>()) met |= bitOfTime(<f64>load<T>(at) + begin, inverse);
    const place = marks + <usize>(slot == nobody ? others : slot) * rowBytes + word;
    store<u64>(place, load<u64>(place) | (met << shift));
    // Groups beyond this word are below 32 · words: then there is another.
    const high = shift == 0 ? 0 : met >> (64 - shift);
    if (high != 0) store<u64>(place, load<u64>(place, 8) | high, 8);
    row = end;
    run += 4;
    slotAt += 4;
  }
}

// Bit n as a u64, for n below 64.
const bits: usize = memory.data<u64>([
  0x1, 0x2, 0x4, 0x8,
  0x10, 0x20, 0x40, 0x80,
  0x100, 0x200, 0x400, 0x800,
  0x1000, 0x2000, 0x4000, 0x8000,
  0x10000, 0x20000, 0x40000, 0x80000,
  0x100000, 0x200000, 0x400000, 0x800000,
  0x1000000, 0x2000000, 0x4000000, 0x8000000,
  0x10000000, 0x20000000, 0x40000000, 0x80000000,
  0x100000000, 0x200000000, 0x400000000, 0x800000000,
  0x1000000000, 0x2000000000, 0x4000000000, 0x8000000000,
  0x10000000000, 0x20000000000, 0x40000000000, 0x80000000000,
  0x100000000000, 0x200000000000, 0x400000000000, 0x800000000000,
  0x1000000000000, 0x2000000000000, 0x4000000000000, 0x8000000000000,
  0x10000000000000, 0x20000000000000, 0x40000000000000, 0x80000000000000,
  0x100000000000000, 0x200000000000000, 0x400000000000000, 0x800000000000000,
  0x1000000000000000, 0x2000000000000000, 0x4000000000000000, 0x8000000000000000,
  0, 0
]);

// Which of four rows are among the last n, at 16 * n.
const lastRows: usize = memory.data<u32>([
  0, 0, 0, 0,
  0, 0, 0, -1,
  0, 0, -1, -1,
  0, -1, -1, -1,
  -1, -1, -1, -1
]);

// 2^23 + 2^22: the same as wholes, of 32-bit floats; times 8, its low bits.
const wholesOf32: f32 = 12582912;
const wholesBytes: u32 = 0x5a000000;

// Where the bits of four times lie, whose buckets are told by 32-bit floats.
@inline
function placesOfFour(at: usize, origin: v128, shift: i32, begin: v128, inverse: v128, table: v128): v128 {
  const times = i32x4.shr_u(i32x4.add(v128.load(at), origin), shift);
  const found = f32x4.add(f32x4.mul(f32x4.add(f32x4.convert_i32x4_s(times), begin), inverse), f32x4.splat(wholesOf32));
  return i32x4.add(i32x4.shl(found, 3), table);
}

@inline
function bitsAt(places: v128): u64 {
  const low = <u64>i64x2.extract_lane(places, 0);
  const high = <u64>i64x2.extract_lane(places, 1);
  return (
    (load<u64>(<usize><u32>low) | load<u64>(<usize>(low >> 32))) |
    (load<u64>(<usize><u32>high) | load<u64>(<usize>(high >> 32)))
  );
}

// markTimes of u32 where all times, and the width, are whole numbers below 2^22 once what zeros the width ends in are
// shifted out: a 32-bit float errs by less than what evenTo in codes.ts asks for.
function markShortTimes(
  firstRows: usize, slots: usize, from: u32, to: u32, offsets: usize, origin: u32, shift: i32, width: f32,
  firstGroup: u32, marks: usize, words: u32, others: u32
): void {
  const rowBytes = <usize>words << 2;
  const word = <usize>(firstGroup >> 6) << 3;
  const turn = <u64>(firstGroup & 63);
  const origins = i32x4.splat(origin);
  const begins = f32x4.splat(<f32>0.5 - width / 2);
  const inverses = f32x4.splat(<f32>1 / width);
  const none = i32x4.splat(<u32>bits + 512);
  const table = i32x4.splat(<u32>bits - wholesBytes);
  let run = firstRows;
  let slotAt = slots;
  let at = offsets;
  let row = from;
  while (row < to) {
    const next = load<u32>(run + 4);
    const end = next < to ? next : to;
    const slot = load<u32>(slotAt);
    const last = at + (<usize>(end - row) << 2);
    let met: u64 = 0;
    for (; at + 16 < last; at += 16) met |= bitsAt(placesOfFour(at, origins, shift, begins, inverses, table));
    // The last four rows, of which some may be met a second time, and those of the run before are not.
    const own = v128.load(lastRows + (<usize>min<u32>(end - row, 4) << 4));
    const places = placesOfFour(last - 16, origins, shift, begins, inverses, table);
    met |= bitsAt(v128.bitselect(places, none, own));
    at = last;
    const place = marks + <usize>(slot == nobody ? others : slot) * rowBytes + word;
    store<u64>(place, load<u64>(place) | (met << turn));
    const beyond = turn == 0 ? 0 : met >> (64 - turn);
    if (beyond != 0) store<u64>(place, load<u64>(place, 8) | beyond, 8);
    row = end;
    run += 4;
    slotAt += 4;
  }
}

export function markTimes(
  firstRows: usize, slots: usize, from: u32, to: u32, offsets: usize, offsetBytes: u32, origin: f64, width: f64,
  groups: u32, firstGroup: u32, marks: usize, words: u32, others: u32
): void {
  if (offsetBytes == 1) markTimesOf<u8>(firstRows, slots, from, to, offsets, origin, width, firstGroup, marks, words, others);
  else if (offsetBytes == 2) markTimesOf<u16>(firstRows, slots, from, to, offsets, origin, width, firstGroup, marks, words, others);
  else {
    const span = width * <f64>groups;
    const shift = span <= 4294967296.0 ? <i32>ctz(<u64>width) : 0;
    if (span / <f64>(<u64>1 << <u64>shift) <= 4194304.0) {
      const short = <f32>(width / <f64>(<u64>1 << <u64>shift));
      const begin = <u32><i64>origin;
      markShortTimes(firstRows, slots, from, to, offsets, begin, shift, short, firstGroup, marks, words, others);
    } else markTimesOf<u32>(firstRows, slots, from, to, offsets, origin, width, firstGroup, marks, words, others);
  }
}
