// LEB128 numbers of at most eight bytes, as ByteReader reads them.

/** What `readVarint` gives for one that is cut off or too long: more than any limit that it is compared with. */
export const noVarint: u64 = u64.MAX_VALUE;

/** Where the number that `readVarint` read last ends. */
export let varintEnd: usize = 0;

/** Reads a number of any length: callers read those of one byte themselves. */
export function readVarint(from: usize, end: usize): u64 {
  let value: u64 = 0;
  let at = from;
  for (let shift: u64 = 0; shift < 56; shift += 7) {
    if (at >= end) return noVarint;
    const byte = <u64>load<u8>(at);
    at++;
    value |= (byte & 127) << shift;
    if (byte < 128) {
      varintEnd = at;
      return value <= 9007199254740991 ? value : noVarint;
    }
  }
  return noVarint;
}

/** Running sums: out[0] = start, out[i + 1] = out[i] + number i. */
export function sumVarints(source: usize, sourceBytes: u32, count: u32, least: u32, start: u32, most: u32, out: usize): i32 {
  const end = source + <usize>sourceBytes;
  const room: u64 = most;
  let at = source;
  let sum: u64 = start;
  store<u32>(out, start);
  for (let i: u32 = 0; i < count; i++) {
    if (at >= end) return -1;
    let value = <u64>load<u8>(at);
    if (value < 128) at++;
    else {
      value = readVarint(at, end);
      if (value == noVarint) return -1;
      at = varintEnd;
    }
    sum += value;
    if (value < <u64>least || sum > room) return -1;
    store<u32>(out + (<usize>i << 2), <u32>sum, 4);
  }
  return <i32>(at - source);
}

/** The same of lengths + 1, where 0 stands for an entry without text. */
export function sumTextLengths(source: usize, sourceBytes: u32, count: u32, most: u32, out: usize, empty: usize): i32 {
  const end = source + <usize>sourceBytes;
  const room: u64 = most;
  let at = source;
  let sum: u64 = 0;
  store<u32>(out, 0);
  for (let i: u32 = 0; i < count; i++) {
    if (at >= end) return -1;
    let value = <u64>load<u8>(at);
    if (value < 128) at++;
    else {
      value = readVarint(at, end);
      if (value == noVarint) return -1;
      at = varintEnd;
    }
    const none = value == 0;
    store<u8>(empty + <usize>i, <u8>none);
    if (!none) sum += value - 1;
    if (sum > room) return -1;
    store<u32>(out + (<usize>i << 2), <u32>sum, 4);
  }
  return <i32>(at - source);
}
