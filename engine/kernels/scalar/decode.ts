/**
 * The twin of unpackU8, unpackU16 and unpackU32: value i is bits [i · bits, (i + 1) · bits), least significant first.
 * @param bits 1 … 32. Exactly (count · bits + 7) >> 3 bytes are read.
 * @param to index of the first value in `out`.
 */
export function unpack(
  bytes: Uint8Array,
  at: number,
  bits: number,
  count: number,
  out: Uint8Array | Uint16Array | Uint32Array,
  to: number,
): void {
  // Four bytes hold a value of up to 25 bits that begins anywhere in the first; a longer one takes a fifth.
  const wide = bits > 25;
  const packedBytes = Math.ceil((count * bits) / 8);
  const whole = Math.max(0, Math.min(count, Math.floor(((packedBytes - 4 - (wide ? 1 : 0)) * 8) / bits) + 1));
  if (whole > 0) {
    const words = new DataView(bytes.buffer, bytes.byteOffset + at, packedBytes);
    if (wide) unpackLong(words, bits, whole, out, to);
    else unpackShort(words, bits, whole, out, to);
  }
  unpackEach(bytes, at, bits, whole, count, out, to);
}

function unpackShort(
  words: DataView,
  bits: number,
  count: number,
  out: Uint8Array | Uint16Array | Uint32Array,
  to: number,
): void {
  const mask = (1 << bits) - 1;
  let byte = 0;
  let shift = 0;
  for (let i = to; i < to + count; i++) {
    out[i] = (words.getUint32(byte, true) >>> shift) & mask;
    shift += bits;
    byte += shift >>> 3;
    shift &= 7;
  }
}

function unpackLong(
  words: DataView,
  bits: number,
  count: number,
  out: Uint8Array | Uint16Array | Uint32Array,
  to: number,
): void {
  const mask = bits === 32 ? -1 : (1 << bits) - 1;
  let byte = 0;
  let shift = 0;
  for (let i = to; i < to + count; i++) {
    // The fifth byte comes above the 32 - shift bits of the first four; a shift by 32 would be one by 0.
    const high = (words.getUint8(byte + 4) << 1) << (31 - shift);
    out[i] = ((words.getUint32(byte, true) >>> shift) | high) & mask;
    shift += bits;
    byte += shift >>> 3;
    shift &= 7;
  }
}

/** The last values, whose four bytes would pass what may be read. */
function unpackEach(
  bytes: Uint8Array,
  at: number,
  bits: number,
  from: number,
  count: number,
  out: Uint8Array | Uint16Array | Uint32Array,
  to: number,
): void {
  for (let i = from; i < count; i++) {
    let bit = i * bits;
    let value = 0;
    for (let have = 0; have < bits;) {
      const shift = bit % 8;
      const size = Math.min(8 - shift, bits - have);
      value |= ((bytes[at + Math.floor(bit / 8)] >>> shift) & ((1 << size) - 1)) << have;
      have += size;
      bit += size;
    }
    out[to + i] = value >>> 0;
  }
}
