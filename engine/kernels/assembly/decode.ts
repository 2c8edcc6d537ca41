// A value of up to 32 bits begins within a byte, so eight bytes from there hold it. Near the end eight bytes would pass
// what may be read: there they are put together one by one.

@inline
function unpack<T>(packed: usize, bits: u32, count: u32, out: usize): void {
  const mask: u64 = (<u64>1 << bits) - 1;
  const bytes: u64 = (<u64>count * bits + 7) >> 3;
  const whole: u32 = bytes < 8 ? 0 : min<u32>(count, <u32>(((bytes - 8) << 3) / bits) + 1);
  let bit: u64 = 0;
  let i: u32 = 0;
  for (; i < whole; i++) {
    store<T>(out + <usize>i * sizeof<T>(), <T>((load<u64>(packed + <usize>(bit >> 3)) >> (bit & 7)) & mask));
    bit += bits;
  }
  for (; i < count; i++) {
    let word: u64 = 0;
    const from = bit >> 3;
    const to = min<u64>(bytes, from + 8);
    for (let byte = from; byte < to; byte++) word |= <u64>load<u8>(packed + <usize>byte) << ((byte - from) << 3);
    store<T>(out + <usize>i * sizeof<T>(), <T>((word >> (bit & 7)) & mask));
    bit += bits;
  }
}

export function unpackU8(packed: usize, bits: u32, count: u32, out: usize): void {
  unpack<u8>(packed, bits, count, out);
}

export function unpackU16(packed: usize, bits: u32, count: u32, out: usize): void {
  unpack<u16>(packed, bits, count, out);
}

export function unpackU32(packed: usize, bits: u32, count: u32, out: usize): void {
  unpack<u32>(packed, bits, count, out);
}
