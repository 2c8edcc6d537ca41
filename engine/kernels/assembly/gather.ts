@inline
function gather<T>(from: usize, rows: usize, count: u32, out: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    store<T>(out + <usize>i * sizeof<T>(), load<T>(from + <usize>load<u32>(rows + (<usize>i << 2)) * sizeof<T>()));
  }
}

export function gatherU8(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u8>(from, rows, count, out);
}

export function gatherU16(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u16>(from, rows, count, out);
}

export function gatherU32(from: usize, rows: usize, count: u32, out: usize): void {
  gather<u32>(from, rows, count, out);
}

export function gatherF64(from: usize, rows: usize, count: u32, out: usize): void {
  gather<f64>(from, rows, count, out);
}

/** @returns where the next value goes. */
@inline
function pickWord(bits: u64, wanted: u64, values: usize, to: usize): usize {
  let left = bits & wanted;
  let out = to;
  while (left != 0) {
    const before = popcnt<u64>(bits & ((left & (0 - left)) - 1));
    store<u64>(out, load<u64>(values + (<usize>before << 3)));
    out += 8;
    left &= left - 1;
  }
  return out;
}

export function pickRankedF64(values: usize, bits: usize, wanted: usize, count: u32, out: usize): u32 {
  const words = count >> 6;
  let from = values;
  let to = out;
  for (let word: u32 = 0; word < words; word++) {
    const at = <usize>word << 3;
    const own = load<u64>(bits + at);
    to = pickWord(own, load<u64>(wanted + at), from, to);
    from += <usize>popcnt<u64>(own) << 3;
  }
  for (let row = words << 6; row < count; row += 8) {
    const at = <usize>(row >> 3);
    const rows = count - row;
    const own = <u64>load<u8>(bits + at) & (rows >= 8 ? 0xff : (1 << rows) - 1);
    to = pickWord(own, <u64>load<u8>(wanted + at), from, to);
    from += <usize>popcnt<u64>(own) << 3;
  }
  return <u32>((to - out) >> 3);
}
