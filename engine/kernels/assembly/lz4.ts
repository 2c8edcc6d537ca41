// LZ4 block format: https://github.com/lz4/lz4/blob/dev/doc/lz4_Block_format.md
// Lengths are kept as u64: a run of 255s cannot wrap around, so every check compares true sizes.

export function decodeLz4(source: usize, sourceBytes: u32, target: usize, targetBytes: u32): i32 {
  const length: u64 = sourceBytes;
  const room: u64 = targetBytes;
  let at: u64 = 0;
  let written: u64 = 0;
  while (at < length) {
    const token = <u32>load<u8>(source + <usize>at);
    at++;
    let literals: u64 = token >> 4;
    if (literals == 15) {
      let byte: u32;
      do {
        if (at >= length) return -1;
        byte = load<u8>(source + <usize>at);
        at++;
        literals += byte;
      } while (byte == 255);
    }
    if (literals > length - at || literals > room - written) return -1;
    copyLiterals(target + <usize>written, source + <usize>at, <usize>literals, length - at >= 16 && room - written >= 16);
    at += literals;
    written += literals;
    if (at == length) return <i32>written;
    if (length - at < 2) return -1;
    const offset = <u64>load<u16>(source + <usize>at);
    at += 2;
    if (offset == 0 || offset > written) return -1;
    let matched: u64 = token & 15;
    if (matched == 15) {
      let byte: u32;
      do {
        if (at >= length) return -1;
        byte = load<u8>(source + <usize>at);
        at++;
        matched += byte;
      } while (byte == 255);
    }
    matched += 4;
    if (matched > room - written) return -1;
    copyMatch(target + <usize>written, <usize>offset, <usize>matched, target + <usize>room);
    written += matched;
  }
  return -1;
}

// Most are a few bytes: 16 are copied where the rooms allow it, and what comes next writes over those too many.
@inline
function copyLiterals(to: usize, from: usize, length: usize, roomy: bool): void {
  if (length <= 16 && roomy) v128.store(to, v128.load(from));
  else memory.copy(to, from, length);
}

// A match may overlap what it writes; then it repeats its first `offset` bytes.
@inline
function copyMatch(to: usize, offset: usize, length: usize, limit: usize): void {
  const end = to + length;
  let at = to;
  if (offset >= 16 && limit - end >= 16) {
    for (; at < end; at += 16) v128.store(at, v128.load(at - offset));
    return;
  }
  if (offset >= 8) {
    for (; at + 8 <= end; at += 8) store<u64>(at, load<u64>(at - offset));
  }
  for (; at < end; at++) store<u8>(at, load<u8>(at - offset));
}
