/**
 * The twin of decodeLz4, over any bytes. Never reads or writes beyond what is named.
 * Source: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
 * @returns the bytes written, or -1 when the block is malformed or does not fit.
 */
export function decodeLz4Block(
  source: Uint8Array,
  from: number,
  sourceBytes: number,
  target: Uint8Array,
  to: number,
  targetBytes: number,
): number {
  const end = from + sourceBytes;
  const limit = to + targetBytes;
  let at = from;
  let out = to;
  while (at < end) {
    const token = source[at++];
    let literals = token >> 4;
    if (literals === 15) {
      let byte = 255;
      while (byte === 255) {
        if (at >= end) return -1;
        byte = source[at++];
        literals += byte;
      }
    }
    if (literals > end - at || literals > limit - out) return -1;
    for (let i = 0; i < literals; i++) target[out + i] = source[at + i];
    at += literals;
    out += literals;
    if (at === end) return out - to;
    if (end - at < 2) return -1;
    const offset = source[at] | (source[at + 1] << 8);
    at += 2;
    if (offset === 0 || offset > out - to) return -1;
    let matched = token & 15;
    if (matched === 15) {
      let byte = 255;
      while (byte === 255) {
        if (at >= end) return -1;
        byte = source[at++];
        matched += byte;
      }
    }
    matched += 4;
    if (matched > limit - out) return -1;
    for (let i = 0; i < matched; i++) target[out + i] = target[out + i - offset];
    out += matched;
  }
  return -1;
}
