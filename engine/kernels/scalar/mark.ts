const nobody = 0xffffffff;

/** The twin of markRuns; positions are indexes into the arrays. */
export function markRuns(
  firstRows: Uint32Array,
  firstRowsFrom: number,
  slots: Uint32Array,
  slotsFrom: number,
  from: number,
  to: number,
  groups: Uint32Array,
  groupsFrom: number,
  marks: Uint32Array,
  marksFrom: number,
  words: number,
): void {
  let at = groupsFrom;
  for (let row = from, run = 0; row < to; run++) {
    const end = Math.min(firstRows[firstRowsFrom + run + 1], to);
    const slot = slots[slotsFrom + run];
    if (slot === nobody) at += end - row;
    else {
      const place = marksFrom + slot * words;
      for (const last = at + end - row; at < last; at++) marks[place + (groups[at] >>> 5)] |= 1 << (groups[at] & 31);
    }
    row = end;
  }
}

/** The twin of markCodes. */
export function markCodes(
  firstRows: Uint32Array,
  firstRowsFrom: number,
  slots: Uint32Array,
  slotsFrom: number,
  from: number,
  to: number,
  codes: Uint8Array | Uint16Array | Uint32Array,
  codesFrom: number,
  table: Uint32Array,
  tableFrom: number,
  marks: Uint32Array,
  marksFrom: number,
  words: number,
  others: number,
): void {
  let at = codesFrom;
  for (let row = from, run = 0; row < to; run++) {
    const end = Math.min(firstRows[firstRowsFrom + run + 1], to);
    const slot = slots[slotsFrom + run];
    const place = marksFrom + (slot === nobody ? others : slot) * words;
    for (const last = at + end - row; at < last; at++) {
      const code = codes[at];
      if (words > 4) {
        const group = table[tableFrom + code];
        marks[place + (group >>> 5)] |= 1 << (group & 31);
      } else for (let word = 0; word < words; word++) marks[place + word] |= table[tableFrom + code * words + word];
    }
    row = end;
  }
}

/** The twin of markTimes. */
export function markTimes(
  firstRows: Uint32Array,
  firstRowsFrom: number,
  slots: Uint32Array,
  slotsFrom: number,
  from: number,
  to: number,
  offsets: Uint8Array | Uint16Array | Uint32Array,
  offsetsFrom: number,
  origin: number,
  width: number,
  firstGroup: number,
  marks: Uint32Array,
  marksFrom: number,
  words: number,
  others: number,
): void {
  let at = offsetsFrom;
  for (let row = from, run = 0; row < to; run++) {
    const end = Math.min(firstRows[firstRowsFrom + run + 1], to);
    const slot = slots[slotsFrom + run];
    const place = marksFrom + (slot === nobody ? others : slot) * words;
    for (const last = at + end - row; at < last; at++) {
      const group = firstGroup + Math.floor((origin + offsets[at]) / width);
      marks[place + (group >>> 5)] |= 1 << (group & 31);
    }
    row = end;
  }
}

/** The twin of markRows. */
export function markRows(
  firstRows: Uint32Array,
  firstRowsFrom: number,
  slots: Uint32Array,
  slotsFrom: number,
  rows: Uint32Array,
  rowsFrom: number,
  count: number,
  groups: Uint32Array,
  groupsFrom: number,
  marks: Uint32Array,
  marksFrom: number,
  words: number,
): void {
  for (let i = 0, run = 0; i < count; i++) {
    const row = rows[rowsFrom + i];
    while (firstRows[firstRowsFrom + run + 1] <= row) run++;
    const slot = slots[slotsFrom + run];
    if (slot === nobody) continue;
    const group = groups[groupsFrom + i];
    marks[marksFrom + slot * words + (group >>> 5)] |= 1 << (group & 31);
  }
}

/** The twin of countMarks. */
export function countMarks(
  marks: Uint32Array,
  marksFrom: number,
  slots: number,
  words: number,
  counts: Uint32Array,
  countsFrom: number,
): void {
  for (let slot = 0, at = marksFrom; slot < slots; slot++) {
    for (let word = 0; word < words; word++, at++) {
      for (let left = marks[at]; left !== 0; left &= left - 1) counts[countsFrom + 32 * word + lowestBit(left)]++;
    }
  }
}

/** The twin of countMarkedWindows. */
export function countMarkedWindows(
  marks: Uint32Array,
  marksFrom: number,
  rows: number,
  words: number,
  series: number,
  firsts: Uint32Array,
  firstsFrom: number,
  lasts: Uint32Array,
  lastsFrom: number,
  windows: number,
  changes: Uint32Array,
  changesFrom: number,
): void {
  for (let row = 0, at = marksFrom; row < rows * series; row++) {
    const out = changesFrom + (row % series) * (windows + 1);
    let next = 0;
    for (let word = 0; word < words; word++, at++) {
      for (let left = marks[at]; left !== 0; left &= left - 1) {
        const cell = 32 * word + lowestBit(left);
        const last = lasts[lastsFrom + cell] | 0;
        const first = Math.max(firsts[firstsFrom + cell] | 0, next);
        if (first > last) continue;
        changes[out + first]++;
        changes[out + last + 1]--;
        next = last + 1;
      }
    }
  }
}

/** @returns the place of the least bit that is set; one is. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/** The twin of spreadMarks. */
export function spreadMarks(
  marks: Uint32Array,
  marksFrom: number,
  rows: number,
  words: number,
  unit: number,
  mask: Uint32Array,
  maskFrom: number,
  span: number,
): void {
  for (let series = marksFrom; series < marksFrom + rows * words; series += unit) {
    const own = marks.slice(series, series + unit).map((bits, word) => bits & mask[maskFrom + word]);
    marks.set(own, series);
    for (let bit = 0; bit < 32 * unit; bit++) {
      if (((own[bit >>> 5] >>> (bit & 31)) & 1) === 0) continue;
      for (let to = bit; to < Math.min(bit + span, 32 * unit); to++) marks[series + (to >>> 5)] |= 1 << (to & 31);
    }
  }
}
