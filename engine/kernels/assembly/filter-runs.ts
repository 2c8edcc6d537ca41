import { bitsOfTable, membersOf } from './filter-set';

// Only the ends of runs that belong to the set are read, and of the one before each.

const all: u64 = 0xffffffffffffffff;

/** Sets the bits from `start` to `end`; there is one at least. */
@inline
function setBits(bitmap: usize, start: u32, end: u32): void {
  const last = end - 1;
  let at = bitmap + (<usize>(start >> 6) << 3);
  const lastAt = bitmap + (<usize>(last >> 6) << 3);
  const lead = all << <u64>(start & 63);
  const tail = all >> <u64>(63 - (last & 63));
  // Of one word or two, without a branch; seldom of more.
  const both = lead & tail;
  const isOne = at == lastAt;
  store<u64>(at, load<u64>(at) | select<u64>(both, lead, isOne));
  store<u64>(lastAt, load<u64>(lastAt) | select<u64>(both, tail, isOne));
  for (at += 8; at < lastAt; at += 8) store<u64>(at, all);
}

/** Sets the bits of a run. @returns how many rows it has. */
@inline
function setRun(ends: usize, run: u32, from: u32, to: u32, bitmap: usize): u32 {
  const at = ends + (<usize>run << 2);
  const start = run == 0 ? from : max<u32>(load<u32>(at - 4), from);
  const end = min<u32>(load<u32>(at), to);
  if (start >= end) return 0;
  setBits(bitmap, start - from, end - from);
  return end - start;
}

@inline
function rest<T>(
  ends: usize, codes: usize, first: u32, runs: u32, from: u32, to: u32, table: usize, bitmap: usize
): u32 {
  let found: u32 = 0;
  for (let run = first; run < runs; run++) {
    if (load<u8>(table + <usize>load<T>(codes + <usize>run * sizeof<T>())) == 0) continue;
    found += setRun(ends, run, from, to, bitmap);
  }
  return found;
}

@inline
function bySixteen(ends: usize, codes: usize, whole: u32, from: u32, to: u32, table: usize, bitmap: usize): u32 {
  const low = bitsOfTable(table);
  const high = bitsOfTable(table + 128);
  let found: u32 = 0;
  for (let run: u32 = 0; run < whole; run += 16) {
    let members = membersOf(v128.load(codes + <usize>run), low, high);
    while (members != 0) {
      found += setRun(ends, run + ctz<u32>(members), from, to, bitmap);
      members &= members - 1;
    }
  }
  return found;
}

export function filterCodeRuns(
  ends: usize, codes: usize, codeBytes: u32, runs: u32, from: u32, to: u32, table: usize, bitmap: usize
): u32 {
  for (let at = bitmap, end = bitmap + (<usize>((to - from + 63) >> 6) << 3); at < end; at += 8) store<u64>(at, 0);
  if (codeBytes == 2) return rest<u16>(ends, codes, 0, runs, from, to, table, bitmap);
  if (codeBytes == 4) return rest<u32>(ends, codes, 0, runs, from, to, table, bitmap);
  const whole = runs & ~15;
  return bySixteen(ends, codes, whole, from, to, table, bitmap)
    + rest<u8>(ends, codes, whole, runs, from, to, table, bitmap);
}
