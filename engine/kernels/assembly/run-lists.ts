import { noVarint, readVarint, varintEnd } from './varint';

// The same runs as in runs.ts, of which no row is filled. They take all of the bytes.

@inline
function list<T>(source: usize, sourceBytes: u32, rows: u32, most: u32, ends: usize, codes: usize): i32 {
  const end = source + <usize>sourceBytes;
  let at = source;
  let row: u32 = 0;
  let run: usize = 0;
  while (row < rows) {
    if (at >= end) return -1;
    let count = <u64>load<u8>(at);
    if (count < 128) at++;
    else {
      count = readVarint(at, end);
      if (count == noVarint) return -1;
      at = varintEnd;
    }
    if (count == 0 || count > <u64>(rows - row) || at >= end) return -1;
    let value = <u64>load<u8>(at);
    if (value < 128) at++;
    else {
      value = readVarint(at, end);
      if (value == noVarint) return -1;
      at = varintEnd;
    }
    if (value > <u64>most) return -1;
    row += <u32>count;
    store<u32>(ends + (run << 2), row);
    store<T>(codes + run * sizeof<T>(), <T>value);
    run++;
  }
  return at == end ? <i32>run : -1;
}

export function listRuns(
  source: usize,
  sourceBytes: u32,
  rows: u32,
  most: u32,
  codeBytes: u32,
  ends: usize,
  codes: usize,
): i32 {
  if (codeBytes == 1) return list<u8>(source, sourceBytes, rows, most, ends, codes);
  if (codeBytes == 2) return list<u16>(source, sourceBytes, rows, most, ends, codes);
  return list<u32>(source, sourceBytes, rows, most, ends, codes);
}

/** Up to 56 bits from row `row` on, the rest 0; near the end of the bitmap byte by byte. */
@inline
function bitsFrom(bits: usize, bitBytes: u32, row: u32, count: u32): u64 {
  const byte = row >> 3;
  let word: u64 = 0;
  if (byte + 8 <= bitBytes) word = load<u64>(bits + <usize>byte);
  else for (let i = byte; i < bitBytes; i++) word |= <u64>load<u8>(bits + <usize>i) << ((i - byte) << 3);
  return (word >> (row & 7)) & ((<u64>1 << count) - 1);
}

export function pickRunsF64(source: usize, sourceBytes: u32, rows: u32, validity: usize, out: usize): i32 {
  const end = source + <usize>sourceBytes;
  const bitBytes = (rows + 7) >> 3;
  let at = source;
  let row: u32 = 0;
  let to = out;
  while (row < rows) {
    if (at >= end) return -1;
    let count = <u64>load<u8>(at);
    if (count < 128) at++;
    else {
      count = readVarint(at, end);
      if (count == noVarint) return -1;
      at = varintEnd;
    }
    if (count == 0 || count > <u64>(rows - row) || end - at < 8) return -1;
    const value = load<u64>(at);
    at += 8;
    // Most runs are a value and the rows without one that follow it.
    for (let rest = <u32>count; rest > 0; ) {
      const step = min<u32>(rest, 56);
      for (let own = popcnt<u64>(bitsFrom(validity, bitBytes, row, step)); own > 0; own--) {
        store<u64>(to, value);
        to += 8;
      }
      row += step;
      rest -= step;
    }
  }
  return at == end ? <i32>((to - out) >> 3) : -1;
}
