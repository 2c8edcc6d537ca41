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

// Eight values take as many bytes as one takes bits, so every eighth begins with a byte. They are spread within words:
// halves of what is packed move to halves of the word, halves of those to quarters, and so on.

export function unpackU8(packed: usize, bits: u32, count: u32, out: usize): void {
  const width = <u64>bits;
  const bytes: u64 = (<u64>count * width + 7) >> 3;
  const four: u64 = (<u64>1 << (4 * width)) - 1;
  const two = ((<u64>1 << (2 * width)) - 1) * 0x0000000100000001;
  const one = ((<u64>1 << width) - 1) * 0x0001000100010001;
  let i: u32 = 0;
  let at: u64 = 0;
  for (; i + 8 <= count && at + 8 <= bytes; i += 8) {
    let word = load<u64>(packed + <usize>at);
    word = (word & four) | (((word >> (4 * width)) & four) << 32);
    word = (word & two) | (((word >> (2 * width)) & two) << 16);
    word = (word & one) | (((word >> width) & one) << 8);
    store<u64>(out + <usize>i, word);
    at += width;
  }
  unpack<u8>(packed + <usize>at, bits, count - i, out + <usize>i);
}

@inline
function spread(packed: u64, width: u64, two: u64, one: u64): u64 {
  const word = (packed & two) | (((packed >> (2 * width)) & two) << 32);
  return (word & one) | (((word >> width) & one) << 16);
}

export function unpackU16(packed: usize, bits: u32, count: u32, out: usize): void {
  const width = <u64>bits;
  const bytes: u64 = (<u64>count * width + 7) >> 3;
  const two: u64 = (<u64>1 << (2 * width)) - 1;
  const one = ((<u64>1 << width) - 1) * 0x0000000100000001;
  // The second four begin in the middle of a byte where the width is odd.
  const half = <usize>(width >> 1);
  const shift = (width & 1) << 2;
  let i: u32 = 0;
  let at: u64 = 0;
  for (; i + 8 <= count && at + 16 <= bytes; i += 8) {
    const from = packed + <usize>at;
    const to = out + (<usize>i << 1);
    store<u64>(to, spread(load<u64>(from), width, two, one));
    store<u64>(to, spread(load<u64>(from + half) >> shift, width, two, one), 8);
    at += width;
  }
  unpack<u16>(packed + <usize>at, bits, count - i, out + (<usize>i << 1));
}

export function unpackU32(packed: usize, bits: u32, count: u32, out: usize): void {
  unpack<u32>(packed, bits, count, out);
}
