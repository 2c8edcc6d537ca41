import { noVarint, readVarint, varintEnd } from './varint';

// A run: varint rows, then its value. What a run fills ends within the rows that are left.

@inline
function fill<T>(value: T, count: u32, out: usize): void {
  const end = out + <usize>count * sizeof<T>();
  let at = out;
  if (<usize>count * sizeof<T>() >= 16) {
    const lanes = v128.splat<T>(value);
    for (const last = end - 16; at <= last; at += 16) v128.store(at, lanes);
  }
  for (; at < end; at += sizeof<T>()) store<T>(at, value);
}

@inline
function decode<T>(source: usize, sourceBytes: u32, rows: u32, most: u32, out: usize): i32 {
  const end = source + <usize>sourceBytes;
  let at = source;
  let row: u32 = 0;
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
    fill<T>(<T>value, <u32>count, out + <usize>row * sizeof<T>());
    row += <u32>count;
  }
  return <i32>(at - source);
}

export function decodeRunsU8(source: usize, sourceBytes: u32, rows: u32, most: u32, out: usize): i32 {
  return decode<u8>(source, sourceBytes, rows, most, out);
}

export function decodeRunsU16(source: usize, sourceBytes: u32, rows: u32, most: u32, out: usize): i32 {
  return decode<u16>(source, sourceBytes, rows, most, out);
}

export function decodeRunsU32(source: usize, sourceBytes: u32, rows: u32, most: u32, out: usize): i32 {
  return decode<u32>(source, sourceBytes, rows, most, out);
}

// Values are moved as words of 64 bits, so that every NaN keeps its own.
export function decodeRunsF64(source: usize, sourceBytes: u32, rows: u32, out: usize): i32 {
  const end = source + <usize>sourceBytes;
  let at = source;
  let row: u32 = 0;
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
    fill<u64>(load<u64>(at), <u32>count, out + (<usize>row << 3));
    at += 8;
    row += <u32>count;
  }
  return <i32>(at - source);
}
