// Rows become events of their actors: those of slot s lie from starts[s] to next[s], in the order in which they are put.

const nobody: u32 = 0xffffffff;

export function countRunRows(firstRows: usize, slots: usize, runs: u32, counts: usize): void {
  for (let run: u32 = 0; run < runs; run++, firstRows += 4, slots += 4) {
    const slot = load<u32>(slots);
    if (slot == nobody) continue;
    const at = counts + (<usize>slot << 2);
    store<u32>(at, load<u32>(at) + load<u32>(firstRows, 4) - load<u32>(firstRows));
  }
}

export function layOutSlots(counts: usize, slots: u32, starts: usize): u32 {
  let start: u32 = 0;
  for (let slot: u32 = 0; slot < slots; slot++, counts += 4, starts += 4) {
    const own = load<u32>(counts);
    store<u32>(starts, start);
    store<u32>(counts, start);
    start += own;
  }
  store<u32>(starts, start);
  return start;
}

@inline
function noteAt<C>(codes: usize, at: usize, table: usize): u32 {
  const code = <u32>load<C>(codes + at * sizeof<C>());
  return table == 0 ? code : load<u32>(table + (<usize>code << 2));
}

@inline
function timeAt<O>(offsets: usize, at: usize, origin: f64): f64 {
  return origin + <f64>load<O>(offsets + at * sizeof<O>());
}

@inline
function lastTime(times: usize, starts: usize, slot: u32, place: u32): f64 {
  return place > load<u32>(starts + (<usize>slot << 2)) ? load<f64>(times + ((<usize>place - 1) << 3)) : -Infinity;
}

// Those of the 64 bits from `base` on that lie from `first` to `end`.
@inline
function bitsWithin(bits: usize, base: u32, first: u32, end: u32): u64 {
  let own = load<u64>(bits + (base >> 3));
  if (base < first) own &= <u64>-1 << <u64>(first - base);
  if (end - base < 64) own &= (<u64>1 << <u64>(end - base)) - 1;
  return own;
}

@inline
function endOfRun(rows: usize, from: u32, first: u32, count: u32, end: u32): u32 {
  if (rows == 0) return min<u32>(end - from, count);
  let at = first;
  while (at < count && from + load<u32>(rows + (<usize>at << 2)) < end) at++;
  return at;
}

// `hasNotes` is told when it is compiled.
@inline
function placeOf<C, O>(
  firstRows: usize, slots: usize, rows: usize, bits: usize, from: u32, count: u32, codes: usize, hasNotes: bool,
  table: usize, offsets: usize, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize, notes: usize
): u32 {
  let late: u32 = 0;
  let end: u32 = 0;
  while (end < count) {
    const first = end;
    end = endOfRun(rows, from, first, count, load<u32>(firstRows, 4));
    const slot = load<u32>(slots);
    firstRows += 4;
    slots += 4;
    if (end == first || slot == nobody) continue;
    const nextAt = next + (<usize>slot << 2);
    let place = load<u32>(nextAt);
    let before = starts == 0 ? -Infinity : lastTime(times, starts, slot, place);
    let isLate: u32 = 0;
    if (bits == 0) {
      for (let at = first; at < end; at++, place++) {
        const time = timeAt<O>(offsets, at, origin);
        store<f64>(times + (<usize>place << 3), time);
        isLate |= <u32>(time < before);
        before = time;
        if (hasNotes) store<u32>(notes + (<usize>place << 2), noteAt<C>(codes, at, table));
      }
    } else {
      for (let base = first & ~63; base < end; base += 64) {
        let own = bitsWithin(bits, base, first, end);
        while (own != 0) {
          const at = base + <u32>ctz(own);
          own &= own - 1;
          const time = timeAt<O>(offsets, at, origin);
          store<f64>(times + (<usize>place << 3), time);
          isLate |= <u32>(time < before);
          before = time;
          if (hasNotes) store<u32>(notes + (<usize>place << 2), noteAt<C>(codes, at, table));
          place++;
        }
      }
    }
    store<u32>(nextAt, place);
    if (isLate != 0) {
      store<u8>(unsorted + <usize>slot, 1);
      late++;
    }
  }
  return late;
}

function placeBy<O>(
  firstRows: usize, slots: usize, rows: usize, bits: usize, from: u32, count: u32, codes: usize, codeBytes: u32,
  table: usize, offsets: usize, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize, notes: usize
): u32 {
  if (codeBytes == 0)
    return placeOf<u8, O>(firstRows, slots, rows, bits, from, count, codes, false, table, offsets, origin, starts, next, unsorted, times, notes);
  if (codeBytes == 1)
    return placeOf<u8, O>(firstRows, slots, rows, bits, from, count, codes, true, table, offsets, origin, starts, next, unsorted, times, notes);
  if (codeBytes == 2)
    return placeOf<u16, O>(firstRows, slots, rows, bits, from, count, codes, true, table, offsets, origin, starts, next, unsorted, times, notes);
  return placeOf<u32, O>(firstRows, slots, rows, bits, from, count, codes, true, table, offsets, origin, starts, next, unsorted, times, notes);
}

export function placeEvents(
  firstRows: usize, slots: usize, rows: usize, bits: usize, from: u32, count: u32, codes: usize, codeBytes: u32,
  table: usize, offsets: usize, offsetBytes: u32, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize,
  notes: usize
): u32 {
  if (offsetBytes == 1)
    return placeBy<u8>(firstRows, slots, rows, bits, from, count, codes, codeBytes, table, offsets, origin, starts, next, unsorted, times, notes);
  if (offsetBytes == 2)
    return placeBy<u16>(firstRows, slots, rows, bits, from, count, codes, codeBytes, table, offsets, origin, starts, next, unsorted, times, notes);
  if (offsetBytes == 4)
    return placeBy<u32>(firstRows, slots, rows, bits, from, count, codes, codeBytes, table, offsets, origin, starts, next, unsorted, times, notes);
  return placeBy<f64>(firstRows, slots, rows, bits, from, count, codes, codeBytes, table, offsets, origin, starts, next, unsorted, times, notes);
}

@inline
function placeNotesOf<C>(
  firstRows: usize, slots: usize, rows: usize, bits: usize, from: u32, count: u32, codes: usize, table: usize,
  next: usize, notes: usize
): void {
  let end: u32 = 0;
  while (end < count) {
    const first = end;
    end = endOfRun(rows, from, first, count, load<u32>(firstRows, 4));
    const slot = load<u32>(slots);
    firstRows += 4;
    slots += 4;
    if (end == first || slot == nobody) continue;
    let out = notes + (<usize>load<u32>(next + (<usize>slot << 2)) << 2);
    if (bits == 0) for (let at = first; at < end; at++, out += 4) store<u32>(out, noteAt<C>(codes, at, table));
    else
      for (let base = first & ~63; base < end; base += 64) {
        let own = bitsWithin(bits, base, first, end);
        while (own != 0) {
          store<u32>(out, noteAt<C>(codes, base + <u32>ctz(own), table));
          own &= own - 1;
          out += 4;
        }
      }
  }
}

export function placeNotes(
  firstRows: usize, slots: usize, rows: usize, bits: usize, from: u32, count: u32, codes: usize, codeBytes: u32,
  table: usize, next: usize, notes: usize
): void {
  if (codeBytes == 1) placeNotesOf<u8>(firstRows, slots, rows, bits, from, count, codes, table, next, notes);
  else if (codeBytes == 2) placeNotesOf<u16>(firstRows, slots, rows, bits, from, count, codes, table, next, notes);
  else placeNotesOf<u32>(firstRows, slots, rows, bits, from, count, codes, table, next, notes);
}
