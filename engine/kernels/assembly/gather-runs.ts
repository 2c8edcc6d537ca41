// What rows that lie together hold is copied at once.

const all: u64 = 0xffffffffffffffff;

/** Copies bytes by the widest words that they hold: the last one may go over some of those before once more. */
@inline
function copy(from: usize, to: usize, bytes: usize): void {
  if (bytes >= 16) {
    const last = bytes - 16;
    for (let at: usize = 0; at < last; at += 16) v128.store(to + at, v128.load(from + at));
    v128.store(to + last, v128.load(from + last));
  } else if (bytes >= 8) {
    const last = bytes - 8;
    store<u64>(to, load<u64>(from));
    store<u64>(to + last, load<u64>(from + last));
  } else if (bytes >= 4) {
    const last = bytes - 4;
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, load<u32>(from + last));
  } else {
    for (let at: usize = 0; at < bytes; at++) store<u8>(to + at, load<u8>(from + at));
  }
}

export function gatherRuns(values: usize, valueBytes: u32, bits: usize, count: u32, out: usize): u32 {
  const bytes = <usize>valueBytes;
  let to = out;
  for (let row: u32 = 0; row < count; row += 64, bits += 8, values += bytes << 6) {
    let left = load<u64>(bits);
    if (left == all) {
      copy(values, to, bytes << 6);
      to += bytes << 6;
      continue;
    }
    let from = values;
    while (left != 0) {
      const skipped = ctz<u64>(left);
      left >>= skipped;
      const run = ctz<u64>(~left);
      left >>= run;
      from += <usize>skipped * bytes;
      const own = <usize>run * bytes;
      copy(from, to, own);
      from += own;
      to += own;
    }
  }
  return <u32>((to - out) / bytes);
}
