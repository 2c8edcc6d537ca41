// Rows of marks as in mark.ts, counted by how their bits follow each other.

@inline
function add(counts: usize, place: u32): void {
  const at = counts + (<usize>place << 2);
  store<u32>(at, load<u32>(at) + 1);
}

// The bits of a series in the 64 from `word` · 64 on, of those below `end`.
@inline
function bitsBelow(row: usize, word: u32, end: u32): u64 {
  const first = word << 6;
  if (first >= end) return 0;
  const own = load<u64>(row + (<usize>word << 3));
  return end - first >= 64 ? own : own & ((<u64>1 << <u64>(end - first)) - 1);
}

export function countReturns(
  marks: usize, slots: u32, words: u32, cohorts: u32, complete: u32, periods: u32, recurring: u32, after: u32, counts: usize
): void {
  const rowBytes = <usize>words << 2;
  const long = words >> 2;
  for (let slot: u32 = 0; slot < slots; slot++) {
    const begun = marks + <usize>slot * rowBytes;
    const returned = begun + (rowBytes >> 1);
    let last: i32 = -1;
    if (after != 0)
      for (let word = long; word > 0; word--) {
        const own = bitsBelow(returned, word - 1, complete);
        if (own == 0) continue;
        last = <i32>((word << 6) - 1 - <u32>clz(own));
        break;
      }
    for (let word: u32 = 0; word < long; word++) {
      let left = bitsBelow(begun, word, cohorts);
      let isOver = false;
      while (left != 0) {
        const cohort = (word << 6) + <u32>ctz(left);
        left &= left - 1;
        const cells = counts + (<usize>(cohort * (periods + 1)) << 2);
        add(cells, 0);
        if (after != 0) {
          const most = min<i32>(<i32>periods, last - <i32>cohort);
          for (let period: i32 = 1; period <= most; period++) add(cells, <u32>period);
        } else {
          const end = <u32>min<u64>(<u64>complete, <u64>cohort + <u64>periods + 1);
          for (let at = word; at << 6 < end; at++) {
            let found = bitsBelow(returned, at, end);
            // Those up to the cohort's own are no period behind it.
            if (at == word) found &= ~(((<u64>1 << <u64>(cohort & 63)) << 1) - 1);
            while (found != 0) {
              add(cells, (at << 6) + <u32>ctz(found) - cohort);
              found &= found - 1;
            }
          }
        }
        if (recurring == 0) {
          isOver = true;
          break;
        }
      }
      if (isOver) break;
    }
  }
}

@inline
function addBits(counts: usize, first: u32, kind: u32, bits: u64): void {
  let left = bits;
  while (left != 0) {
    add(counts, ((first + <u32>ctz(left)) << 2) + kind);
    left &= left - 1;
  }
}

export function countLives(marks: usize, slots: u32, words: u32, counts: usize): void {
  const long = words >> 1;
  let at = marks;
  for (let slot: u32 = 0; slot < slots; slot++) {
    let before: u64 = 0;
    let isKnown = false;
    for (let word: u32 = 0; word < long; word++, at += 8) {
      const own = load<u64>(at);
      const behind = (own << 1) | before;
      before = own >> 63;
      let fresh: u64 = 0;
      if (!isKnown && own != 0) {
        fresh = own & (0 - own);
        isKnown = true;
      }
      const first = word << 6;
      addBits(counts, first, 0, fresh);
      addBits(counts, first, 1, own & behind);
      addBits(counts, first, 2, own & ~behind & ~fresh);
      addBits(counts, first, 3, behind & ~own);
    }
  }
}
