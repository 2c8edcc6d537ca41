import type { CodeRunKernels } from '../code-run-kernels.ts';
import { numbersAt, type NumbersAt, type Views } from './views.ts';

const nobody = 0xffffffff;

/** The twins of the kernels over runs of codes: what they add up is added in the same order. */
export function codeRunKernels(views: () => Views): CodeRunKernels {
  return {
    markCodeRuns(firstRows, slots, from, to, ends, codes, codeBytes, shift, table, marks, words, others) {
      const own = views();
      const { u32 } = own;
      const { array, from: codesFrom } = numbersAt(own, codes, codeBytes);
      let run = 0;
      for (let row = from, entry = 0; row < to; entry++) {
        const end = Math.min(u32[firstRows / 4 + entry + 1], to);
        const slot = u32[slots / 4 + entry];
        const place = marks / 4 + (slot === nobody ? others : slot) * words;
        while (row < end) {
          markCode(u32, place, table / 4, array[codesFrom + run], words);
          row = u32[ends / 4 + run] + shift;
          if (row <= end) run++;
        }
        row = end;
      }
    },
    mergeCodeRuns(ends, codes, codeBytes, otherEnds, others, otherBytes, from, to, size, outEnds, outCodes) {
      const { u32 } = views();
      const one = numbersAt(views(), codes, codeBytes);
      const other = numbersAt(views(), others, otherBytes);
      let count = 0;
      for (let row = from, a = 0, b = 0; row < to;) {
        const endA = u32[ends / 4 + a];
        const endB = u32[otherEnds / 4 + b];
        const end = Math.min(endA, endB);
        if (end > row) {
          u32[outEnds / 4 + count] = end;
          u32[outCodes / 4 + count++] = one.array[one.from + a] * size + other.array[other.from + b];
          row = end;
        }
        if (endA === end) a++;
        if (endB === end) b++;
      }
      return count;
    },
    mixCodeRuns(ends, runs, runBytes, from, to, runSize, codes, codeBytes, codeSize, out, outBytes) {
      const { u32 } = views();
      const own = numbersAt(views(), runs, runBytes);
      const other = numbersAt(views(), codes, codeBytes);
      const mixed = numbersAt(views(), out, outBytes);
      for (let row = from, run = 0; row < to; run++) {
        const code = own.array[own.from + run] * runSize;
        for (const end = Math.min(u32[ends / 4 + run], to); row < end; row++)
          mixed.array[mixed.from + row - from] = code + other.array[other.from + row - from] * codeSize;
      }
    },
    countCodeRuns(ends, codes, codeBytes, from, to, counts) {
      const { u32 } = views();
      const { array, from: codesFrom } = numbersAt(views(), codes, codeBytes);
      for (let row = from, run = 0; row < to; run++) {
        const end = Math.min(u32[ends / 4 + run], to);
        u32[counts / 4 + array[codesFrom + run]] += end - row;
        row = end;
      }
    },
    sumCodeRuns(ends, codes, codeBytes, from, to, values, valueBytes, base, sums) {
      const { u32, f64 } = views();
      const { array, from: codesFrom } = numbersAt(views(), codes, codeBytes);
      const own = numbersAt(views(), values, valueBytes);
      for (let row = from, run = 0; row < to; run++) {
        const end = Math.min(u32[ends / 4 + run], to);
        if (end > row) {
          const sum = (valueBytes === 8 ? sumFloats : sumWhole)(own, row - from, end - from, base);
          f64[sums / 8 + array[codesFrom + run]] += sum;
        }
        row = end;
      }
    },
    filterCodeRuns(ends, codes, codeBytes, runs, from, to, table, bitmap) {
      const { u8, u32 } = views();
      const { array, from: codesFrom } = numbersAt(views(), codes, codeBytes);
      u8.fill(0, bitmap, bitmap + 8 * ((to - from + 63) >> 6));
      let found = 0;
      for (let row = from, run = 0; row < to && run < runs; run++) {
        const end = Math.min(u32[ends / 4 + run], to);
        if (u8[table + array[codesFrom + run]] === 0) {
          row = Math.max(row, end);
          continue;
        }
        for (; row < end; row++, found++) u8[bitmap + ((row - from) >> 3)] |= 1 << ((row - from) & 7);
      }
      return found;
    },
    rankRuns(ends, from, to, bits, ranks) {
      const { u8, u32 } = views();
      let rank = 0;
      for (let row = from, run = 0; row < to; run++) {
        for (const end = Math.min(u32[ends / 4 + run], to); row < end; row++)
          rank += (u8[bits + (row >> 3)] >> (row & 7)) & 1;
        u32[ranks / 4 + run] = rank;
      }
      return rank;
    },
  };
}

function markCode(u32: Uint32Array, place: number, table: number, code: number, words: number): void {
  if (words > 4) {
    const group = u32[table + code];
    u32[place + (group >>> 5)] |= 1 << (group & 31);
  } else for (let word = 0; word < words; word++) u32[place + word] |= u32[table + code * words + word];
}

function sumFloats({ array, from }: NumbersAt, first: number, end: number, base: number): number {
  const sums = [0, 0, 0, 0];
  let at = first;
  for (; at + 4 <= end; at += 4) for (let lane = 0; lane < 4; lane++) sums[lane] += base + array[from + at + lane];
  for (; at < end; at++) sums[0] += base + array[from + at];
  return sums[0] + sums[1] + (sums[2] + sums[3]);
}

function sumWhole({ array, from }: NumbersAt, first: number, end: number, base: number): number {
  let sum = 0;
  for (let at = first; at < end; at++) sum += array[from + at];
  return sum + base * (end - first);
}
