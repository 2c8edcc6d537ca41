// A row of marks is `words` u32 of a slot: bit g of it says that the slot was met in group g. `words` is even.

const nobody: u32 = 0xffffffff;

@inline
function mark(row: usize, group: u32): void {
  const at = row + (<usize>(group >> 6) << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << <u64>(group & 63)));
}

export function markRuns(
  firstRows: usize, slots: usize, from: u32, to: u32, groups: usize, marks: usize, words: u32
): void {
  const rowBytes = <usize>words << 2;
  let run = firstRows;
  let slotAt = slots;
  let group = groups;
  let row = from;
  while (row < to) {
    const next = load<u32>(run + 4);
    const end = next < to ? next : to;
    const slot = load<u32>(slotAt);
    const last = group + (<usize>(end - row) << 2);
    if (slot != nobody) {
      const place = marks + <usize>slot * rowBytes;
      if (words == 2) {
        let met: u64 = load<u64>(place);
        for (; group < last; group += 4) met |= <u64>1 << <u64>load<u32>(group);
        store<u64>(place, met);
      } else if (words == 4) {
        let low: u64 = load<u64>(place);
        let high: u64 = load<u64>(place, 8);
        for (; group < last; group += 4) {
          const own = load<u32>(group);
          const bit = <u64>1 << <u64>(own & 63);
          const isHigh = <u64>0 - <u64>(own >> 6);
          low |= bit & ~isHigh;
          high |= bit & isHigh;
        }
        store<u64>(place, low);
        store<u64>(place, high, 8);
      } else {
        for (; group < last; group += 4) mark(place, load<u32>(group));
      }
    }
    group = last;
    row = end;
    run += 4;
    slotAt += 4;
  }
}

@inline
function markCodesOf<T>(
  firstRows: usize, slots: usize, from: u32, to: u32, codes: usize, table: usize, marks: usize, words: u32, others: u32
): void {
  const rowBytes = <usize>words << 2;
  let run = firstRows;
  let slotAt = slots;
  let at = codes;
  let row = from;
  while (row < to) {
    const next = load<u32>(run + 4);
    const end = next < to ? next : to;
    const slot = load<u32>(slotAt);
    const place = marks + <usize>(slot == nobody ? others : slot) * rowBytes;
    const last = at + <usize>(end - row) * sizeof<T>();
    if (words == 2) {
      let met: u64 = load<u64>(place);
      for (; at < last; at += sizeof<T>()) met |= load<u64>(table + (<usize>load<T>(at) << 3));
      store<u64>(place, met);
    } else if (words == 4) {
      let met = v128.load(place);
      for (; at < last; at += sizeof<T>()) met = v128.or(met, v128.load(table + (<usize>load<T>(at) << 4)));
      v128.store(place, met);
    } else {
      for (; at < last; at += sizeof<T>()) mark(place, load<u32>(table + (<usize>load<T>(at) << 2)));
    }
    row = end;
    run += 4;
    slotAt += 4;
  }
}

export function markCodes(
  firstRows: usize, slots: usize, from: u32, to: u32, codes: usize, codeBytes: u32, table: usize, marks: usize,
  words: u32, others: u32
): void {
  if (codeBytes == 1) markCodesOf<u8>(firstRows, slots, from, to, codes, table, marks, words, others);
  else if (codeBytes == 2) markCodesOf<u16>(firstRows, slots, from, to, codes, table, marks, words, others);
  else markCodesOf<u32>(firstRows, slots, from, to, codes, table, marks, words, others);
}

export function markRows(
  firstRows: usize, slots: usize, rows: usize, count: u32, groups: usize, marks: usize, words: u32
): void {
  const rowBytes = <usize>words << 2;
  let run = firstRows;
  let slotAt = slots;
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(rows + (<usize>i << 2));
    while (load<u32>(run + 4) <= row) {
      run += 4;
      slotAt += 4;
    }
    const slot = load<u32>(slotAt);
    if (slot != nobody) mark(marks + <usize>slot * rowBytes, load<u32>(groups + (<usize>i << 2)));
  }
}

/** Adds 1 to the count of each set bit. */
@inline
function countBits(bits: u64, counts: usize): void {
  let left = bits;
  while (left != 0) {
    const at = counts + (<usize>ctz(left) << 2);
    store<u32>(at, load<u32>(at) + 1);
    left &= left - 1;
  }
}

// Of 16 groups, the counts of at most 255 rows of marks, a byte each.
@inline
function addLanes(lanes: v128, counts: usize): void {
  const low = i16x8.extend_low_i8x16_u(lanes);
  const high = i16x8.extend_high_i8x16_u(lanes);
  v128.store(counts, i32x4.add(v128.load(counts), i32x4.extend_low_i16x8_u(low)));
  v128.store(counts, i32x4.add(v128.load(counts, 16), i32x4.extend_high_i16x8_u(low)), 16);
  v128.store(counts, i32x4.add(v128.load(counts, 32), i32x4.extend_low_i16x8_u(high)), 32);
  v128.store(counts, i32x4.add(v128.load(counts, 48), i32x4.extend_high_i16x8_u(high)), 48);
}

export function countMarks(marks: usize, slots: u32, words: u32, counts: usize): void {
  const rowBytes = <usize>words << 2;
  if (words > 8) {
    for (let slot: u32 = 0; slot < slots; slot++) {
      const row = marks + <usize>slot * rowBytes;
      for (let word: u32 = 0; word < words; word += 2) {
        const bits = load<u64>(row + (<usize>word << 2));
        if (bits != 0) countBits(bits, counts + (<usize>word << 7));
      }
    }
    return;
  }
  const bitOf = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const first = i8x16(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1);
  const second = i8x16.add(first, i8x16.splat(2));
  const third = i8x16.add(first, i8x16.splat(4));
  const fourth = i8x16.add(first, i8x16.splat(6));
  for (let word: u32 = 0; word < words; word += 2) {
    const out = counts + (<usize>word << 7);
    for (let slot: u32 = 0; slot < slots; ) {
      const end = slots - slot > 255 ? slot + 255 : slots;
      let a = i8x16.splat(0);
      let b = i8x16.splat(0);
      let c = i8x16.splat(0);
      let d = i8x16.splat(0);
      for (; slot < end; slot++) {
        const bits = v128.load64_splat(marks + <usize>slot * rowBytes + (<usize>word << 2));
        a = i8x16.sub(a, i8x16.eq(v128.and(i8x16.swizzle(bits, first), bitOf), bitOf));
        b = i8x16.sub(b, i8x16.eq(v128.and(i8x16.swizzle(bits, second), bitOf), bitOf));
        c = i8x16.sub(c, i8x16.eq(v128.and(i8x16.swizzle(bits, third), bitOf), bitOf));
        d = i8x16.sub(d, i8x16.eq(v128.and(i8x16.swizzle(bits, fourth), bitOf), bitOf));
      }
      addLanes(a, out);
      addLanes(b, out + 64);
      addLanes(c, out + 128);
      addLanes(d, out + 192);
    }
  }
}

// The bits of one series moved up by less than 64 and joined with what they were, from the last word to the first.
@inline
function spreadBy(series: usize, last: usize, step: u64): void {
  for (let at = last; at > series; at -= 8) {
    const own = load<u64>(at);
    store<u64>(at, own | (own << step) | (load<u64>(at - 8) >> (64 - step)));
  }
  const own = load<u64>(series);
  store<u64>(series, own | (own << step));
}

export function spreadMarks(marks: usize, rows: u32, words: u32, unit: u32, mask: usize, span: u32): void {
  const seriesBytes = <usize>unit << 2;
  const end = marks + <usize>rows * (<usize>words << 2);
  for (let series = marks; series < end; series += seriesBytes) {
    if (unit == 4) {
      let low = load<u64>(series) & load<u64>(mask);
      let high = load<u64>(series, 8) & load<u64>(mask, 8);
      for (let have: u32 = 1; have < span; ) {
        const step = min<u32>(min<u32>(have, span - have), 63);
        high |= (high << <u64>step) | (low >> <u64>(64 - step));
        low |= low << <u64>step;
        have += step;
      }
      store<u64>(series, low);
      store<u64>(series, high, 8);
      continue;
    }
    const last = series + seriesBytes - 8;
    for (let at: usize = 0; at < seriesBytes; at += 8) store<u64>(series + at, load<u64>(series + at) & load<u64>(mask + at));
    for (let have: u32 = 1; have < span; ) {
      const step = min<u32>(min<u32>(have, span - have), 63);
      spreadBy(series, last, <u64>step);
      have += step;
    }
  }
}

export function countMarkedWindows(
  marks: usize, rows: u32, words: u32, series: u32, firsts: usize, lasts: usize, windows: u32, changes: usize
): void {
  const rowBytes = <usize>words << 2;
  const changeBytes = <usize>(windows + 1) << 2;
  let row = marks;
  for (let number: u32 = 0; number < rows; number++) {
    for (let one: u32 = 0; one < series; one++) {
      const out = changes + <usize>one * changeBytes;
      // Windows below this one have met the row already.
      let next: i32 = 0;
      for (let word: u32 = 0; word < words; word += 2) {
        let left = load<u64>(row + (<usize>word << 2));
        while (left != 0) {
          const bit = <usize>(word << 5) + <usize>ctz(left);
          left &= left - 1;
          const last = load<i32>(lasts + (bit << 2));
          if (last < next) continue;
          const own = load<i32>(firsts + (bit << 2));
          const first = own > next ? own : next;
          if (first > last) continue;
          const begin = out + (<usize>first << 2);
          store<u32>(begin, load<u32>(begin) + 1);
          const end = out + (<usize>(last + 1) << 2);
          store<u32>(end, load<u32>(end) - 1);
          next = last + 1;
        }
      }
      row += rowBytes;
    }
  }
}
