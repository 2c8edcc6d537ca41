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
  const mask = bits === 32 ? 0xffffffff : (1 << bits) - 1;
  let held = 0;
  let holding = 0;
  let next = at;
  for (let i = 0; i < count; i++) {
    // At most 7 bits are held over; those of a last byte that do not fit into 32 fall off the shift and are held again.
    let low = held;
    let have = holding;
    while (have < bits) {
      const byte = bytes[next++];
      low |= byte << have;
      held = byte;
      have += 8;
    }
    const left = have - bits;
    out[to + i] = (low & mask) >>> 0;
    held = have === holding ? held >>> bits : held >>> (8 - left);
    holding = left;
  }
}
