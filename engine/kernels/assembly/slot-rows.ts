// Counts the rows of slots: those of one run lie together, so that each run takes a word or two of a bitmap.

const nobody: u32 = 0xffffffff;
const all: u64 = 0xffffffffffffffff;

/** @returns how many of the bits from `start` to `end` are set; there is one at least. */
@inline
function countBits(bits: usize, start: u32, end: u32): u32 {
  const last = end - 1;
  let at = bits + (<usize>(start >> 6) << 3);
  const lastAt = bits + (<usize>(last >> 6) << 3);
  const lead = all << <u64>(start & 63);
  const tail = all >> <u64>(63 - (last & 63));
  if (at == lastAt) return <u32>popcnt<u64>(load<u64>(at) & lead & tail);
  let found = popcnt<u64>(load<u64>(at) & lead) + popcnt<u64>(load<u64>(lastAt) & tail);
  for (at += 8; at < lastAt; at += 8) found += popcnt<u64>(load<u64>(at));
  return <u32>found;
}

export function countSlotRows(
  firstRows: usize, slots: usize, from: u32, to: u32, bits: usize, first: u32, counts: usize
): void {
  for (let row = from; row < to; firstRows += 4, slots += 4) {
    const end = min<u32>(load<u32>(firstRows, 4), to);
    const slot = load<u32>(slots);
    if (slot != nobody && end > row) {
      const at = counts + (<usize>slot << 2);
      const found = bits == 0 ? end - row : countBits(bits, row - first, end - first);
      store<u32>(at, load<u32>(at) + found);
    }
    row = end;
  }
}
