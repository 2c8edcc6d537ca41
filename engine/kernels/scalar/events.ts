import type { EventKernels } from '../event-kernels.ts';
import { numbersAt, type Views } from './views.ts';

const nobody = 0xffffffff;

/** The twins of the kernels that turn rows into events. */
export function eventKernels(views: () => Views): EventKernels {
  return {
    countRunRows(firstRows, slots, runs, counts) {
      const { u32 } = views();
      for (let run = 0; run < runs; run++) {
        const slot = u32[slots / 4 + run];
        if (slot !== nobody) u32[counts / 4 + slot] += u32[firstRows / 4 + run + 1] - u32[firstRows / 4 + run];
      }
    },
    layOutSlots(counts, slots, starts) {
      const { u32 } = views();
      let start = 0;
      for (let slot = 0; slot < slots; slot++) {
        const own = u32[counts / 4 + slot];
        u32[starts / 4 + slot] = start;
        u32[counts / 4 + slot] = start;
        start += own;
      }
      return (u32[starts / 4 + slots] = start);
    },
    placeEvents(
      firstRows,
      slots,
      rows,
      bits,
      from,
      count,
      codes,
      codeBytes,
      table,
      offsets,
      offsetBytes,
      origin,
      starts,
      next,
      unsorted,
      times,
      notes,
    ) {
      const all = views();
      const { u8, u32, f64 } = all;
      const own = numbersAt(all, offsets, offsetBytes);
      const noteOf = codeBytes === 0 ? null : notesAt(all, codes, codeBytes, table);
      let late = 0;
      eachRun(u32, firstRows, slots, rows, from, count, (slot, first, end) => {
        let place = u32[next / 4 + slot];
        let before = starts !== 0 && place > u32[starts / 4 + slot] ? f64[times / 8 + place - 1] : -Infinity;
        let isLate = false;
        for (let at = first; at < end; at++) {
          if (!isPut(u8, bits, at)) continue;
          const time = origin + own.array[own.from + at];
          f64[times / 8 + place] = time;
          if (time < before) isLate = true;
          before = time;
          if (noteOf !== null) u32[notes / 4 + place] = noteOf(at);
          place++;
        }
        u32[next / 4 + slot] = place;
        if (!isLate) return;
        u8[unsorted + slot] = 1;
        late++;
      });
      return late;
    },
    placeNotes(firstRows, slots, rows, bits, from, count, codes, codeBytes, table, next, notes) {
      const all = views();
      const { u8, u32 } = all;
      const noteOf = notesAt(all, codes, codeBytes, table);
      eachRun(u32, firstRows, slots, rows, from, count, (slot, first, end) => {
        let place = u32[next / 4 + slot];
        for (let at = first; at < end; at++) if (isPut(u8, bits, at)) u32[notes / 4 + place++] = noteOf(at);
      });
    },
  };
}

function isPut(u8: Uint8Array, bits: number, at: number): boolean {
  return bits === 0 || ((u8[bits + (at >> 3)] >> (at & 7)) & 1) === 1;
}

function notesAt(views: Views, codes: number, bytes: number, table: number): (at: number) => number {
  const { array, from } = numbersAt(views, codes, bytes);
  const { u32 } = views;
  return (at) => (table === 0 ? array[from + at] : u32[table / 4 + array[from + at]]);
}

function eachRun(
  u32: Uint32Array,
  firstRows: number,
  slots: number,
  rows: number,
  from: number,
  count: number,
  take: (slot: number, first: number, end: number) => void,
): void {
  for (let at = 0, run = 0; at < count; run++) {
    const end = u32[firstRows / 4 + run + 1];
    const slot = u32[slots / 4 + run];
    const first = at;
    while (at < count && from + (rows === 0 ? at : u32[rows / 4 + at]) < end) at++;
    if (at > first && slot !== nobody) take(slot, first, at);
  }
}
