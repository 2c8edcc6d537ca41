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

// Eight values take as many bytes as one takes bits, so every eighth begins with a byte. Each lies within two bytes: these go
// to a lane of 16 bits, where a product moves the value to the upper end and a shift back to the lower one.

// Where the two bytes of value j lie, of which the first value begins with byte `from`.
@inline
function bytesOf(j: u32, bits: u32, from: u32): i16 {
  const first = from + ((j * bits) >> 3);
  return <i16>(first | ((first + 1) << 8));
}

@inline
function pairsOf(bits: u32, from: u32): v128 {
  let pairs = i16x8.splat(bytesOf(0, bits, from));
  pairs = i16x8.replace_lane(pairs, 1, bytesOf(1, bits, from));
  pairs = i16x8.replace_lane(pairs, 2, bytesOf(2, bits, from));
  pairs = i16x8.replace_lane(pairs, 3, bytesOf(3, bits, from));
  pairs = i16x8.replace_lane(pairs, 4, bytesOf(4, bits, from));
  pairs = i16x8.replace_lane(pairs, 5, bytesOf(5, bits, from));
  pairs = i16x8.replace_lane(pairs, 6, bytesOf(6, bits, from));
  return i16x8.replace_lane(pairs, 7, bytesOf(7, bits, from));
}

// What moves value j to the upper end of 16 bits.
@inline
function factorOf(j: u32, bits: u32): i16 {
  return <i16>(<u32>1 << (16 - bits - ((j * bits) & 7)));
}

@inline
function factorsOf(bits: u32): v128 {
  let factors = i16x8.splat(factorOf(0, bits));
  factors = i16x8.replace_lane(factors, 1, factorOf(1, bits));
  factors = i16x8.replace_lane(factors, 2, factorOf(2, bits));
  factors = i16x8.replace_lane(factors, 3, factorOf(3, bits));
  factors = i16x8.replace_lane(factors, 4, factorOf(4, bits));
  factors = i16x8.replace_lane(factors, 5, factorOf(5, bits));
  factors = i16x8.replace_lane(factors, 6, factorOf(6, bits));
  return i16x8.replace_lane(factors, 7, factorOf(7, bits));
}

// Inlined once a width: shifts and the bytes of lanes are constants then, which takes a third of the time.
@inline
function unpackBytes(packed: usize, bits: u32, count: u32, out: usize): void {
  const bytes: u64 = (<u64>count * bits + 7) >> 3;
  const low = pairsOf(bits, 0);
  const high = pairsOf(bits, bits);
  const factors = factorsOf(bits);
  let i: u32 = 0;
  let at: usize = packed;
  const last = packed + <usize>bytes;
  for (; i + 16 <= count && at + 16 <= last; i += 16) {
    const own = v128.load(at);
    const first = i16x8.shr_u(i16x8.mul(i8x16.swizzle(own, low), factors), 16 - bits);
    const second = i16x8.shr_u(i16x8.mul(i8x16.swizzle(own, high), factors), 16 - bits);
    v128.store(out + <usize>i, i8x16.narrow_i16x8_u(first, second));
    at += <usize>(bits << 1);
  }
  unpack<u8>(at, bits, count - i, out + <usize>i);
}

export function unpackU8(packed: usize, bits: u32, count: u32, out: usize): void {
  if (bits == 1) unpackBytes(packed, 1, count, out);
  else if (bits == 2) unpackBytes(packed, 2, count, out);
  else if (bits == 3) unpackBytes(packed, 3, count, out);
  else if (bits == 4) unpackBytes(packed, 4, count, out);
  else if (bits == 5) unpackBytes(packed, 5, count, out);
  else if (bits == 6) unpackBytes(packed, 6, count, out);
  else if (bits == 7) unpackBytes(packed, 7, count, out);
  else memory.copy(out, packed, <usize>count);
}

@inline
function spread(packed: u64, width: u64, two: u64, one: u64): u64 {
  const word = (packed & two) | (((packed >> (2 * width)) & two) << 32);
  return (word & one) | (((word >> width) & one) << 16);
}

export function unpackU16(packed: usize, bits: u32, count: u32, out: usize): void {
  if (bits == 16) {
    memory.copy(out, packed, <usize>count << 1);
    return;
  }
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
