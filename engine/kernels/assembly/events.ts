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

// The same loop with codes and without: `hasNotes` is told when it is compiled.
@inline
function placeRun<C, O>(
  slot: u32, first: usize, end: usize, codes: usize, table: usize, keep: u32, hasNotes: bool, offsets: usize, origin: f64,
  starts: usize, next: usize, unsorted: usize, times: usize, notes: usize
): u32 {
  const nextAt = next + (<usize>slot << 2);
  let place = load<u32>(nextAt);
  let before = lastTime(times, starts, slot, place);
  let isLate: u32 = 0;
  for (let at = first; at < end; at++) {
    const time = timeAt<O>(offsets, at, origin);
    store<f64>(times + (<usize>place << 3), time);
    isLate |= <u32>(time < before);
    before = time;
    if (hasNotes) {
      const note = noteAt<C>(codes, at, table);
      store<u32>(notes + (<usize>place << 2), note);
      place += keep | <u32>(note != 0);
    } else place++;
  }
  store<u32>(nextAt, place);
  if (isLate != 0) store<u8>(unsorted + <usize>slot, 1);
  return isLate;
}

@inline
function placeOf<C, O>(
  firstRows: usize, slots: usize, rows: usize, from: u32, count: u32, codes: usize, hasNotes: bool, table: usize,
  dropping: u32, offsets: usize, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize, notes: usize
): u32 {
  const keep = 1 - dropping;
  let late: u32 = 0;
  let at: u32 = 0;
  while (at < count) {
    const end = load<u32>(firstRows, 4);
    const slot = load<u32>(slots);
    const first = at;
    if (rows == 0) at = min<u32>(end - from, count);
    else while (at < count && from + load<u32>(rows + (<usize>at << 2)) < end) at++;
    if (at > first && slot != nobody)
      late += placeRun<C, O>(slot, first, at, codes, table, keep, hasNotes, offsets, origin, starts, next, unsorted, times, notes);
    firstRows += 4;
    slots += 4;
  }
  return late;
}

function placeBy<O>(
  firstRows: usize, slots: usize, rows: usize, from: u32, count: u32, codes: usize, codeBytes: u32, table: usize,
  dropping: u32, offsets: usize, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize, notes: usize
): u32 {
  if (codeBytes == 0)
    return placeOf<u8, O>(firstRows, slots, rows, from, count, codes, false, table, 0, offsets, origin, starts, next, unsorted, times, notes);
  if (codeBytes == 1)
    return placeOf<u8, O>(firstRows, slots, rows, from, count, codes, true, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
  if (codeBytes == 2)
    return placeOf<u16, O>(firstRows, slots, rows, from, count, codes, true, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
  return placeOf<u32, O>(firstRows, slots, rows, from, count, codes, true, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
}

export function placeEvents(
  firstRows: usize, slots: usize, rows: usize, from: u32, count: u32, codes: usize, codeBytes: u32, table: usize,
  dropping: u32, offsets: usize, offsetBytes: u32, origin: f64, starts: usize, next: usize, unsorted: usize, times: usize,
  notes: usize
): u32 {
  if (offsetBytes == 1)
    return placeBy<u8>(firstRows, slots, rows, from, count, codes, codeBytes, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
  if (offsetBytes == 2)
    return placeBy<u16>(firstRows, slots, rows, from, count, codes, codeBytes, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
  if (offsetBytes == 4)
    return placeBy<u32>(firstRows, slots, rows, from, count, codes, codeBytes, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
  return placeBy<f64>(firstRows, slots, rows, from, count, codes, codeBytes, table, dropping, offsets, origin, starts, next, unsorted, times, notes);
}

@inline
function placeNotesOf<C>(
  firstRows: usize, slots: usize, rows: usize, from: u32, count: u32, codes: usize, table: usize, dropCodes: usize,
  dropBytes: u32, dropTable: usize, next: usize, notes: usize
): void {
  let at: u32 = 0;
  while (at < count) {
    const end = load<u32>(firstRows, 4);
    const slot = load<u32>(slots);
    const first = at;
    if (rows == 0) at = min<u32>(end - from, count);
    else while (at < count && from + load<u32>(rows + (<usize>at << 2)) < end) at++;
    if (at > first && slot != nobody) {
      let place = load<u32>(next + (<usize>slot << 2));
      for (let own: usize = first; own < <usize>at; own++) {
        store<u32>(notes + (<usize>place << 2), noteAt<C>(codes, own, table));
        let keep: u32 = 1;
        if (dropBytes == 1) keep = <u32>(noteAt<u8>(dropCodes, own, dropTable) != 0);
        else if (dropBytes == 2) keep = <u32>(noteAt<u16>(dropCodes, own, dropTable) != 0);
        else if (dropBytes == 4) keep = <u32>(noteAt<u32>(dropCodes, own, dropTable) != 0);
        place += keep;
      }
    }
    firstRows += 4;
    slots += 4;
  }
}

export function placeNotes(
  firstRows: usize, slots: usize, rows: usize, from: u32, count: u32, codes: usize, codeBytes: u32, table: usize,
  dropCodes: usize, dropBytes: u32, dropTable: usize, next: usize, notes: usize
): void {
  if (codeBytes == 1)
    placeNotesOf<u8>(firstRows, slots, rows, from, count, codes, table, dropCodes, dropBytes, dropTable, next, notes);
  else if (codeBytes == 2)
    placeNotesOf<u16>(firstRows, slots, rows, from, count, codes, table, dropCodes, dropBytes, dropTable, next, notes);
  else placeNotesOf<u32>(firstRows, slots, rows, from, count, codes, table, dropCodes, dropBytes, dropTable, next, notes);
}
