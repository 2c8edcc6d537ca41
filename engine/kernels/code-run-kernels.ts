import type { Pointer } from './kernels.ts';

/**
 * Kernels over runs of equal codes: `ends` (u32, ascending) tells the row that each run ends before, `codes` of
 * `codeBytes` (1, 2 or 4) what its rows hold. The first run holds row `from`, or ends there.
 */
export interface CodeRunKernels {
  /**
   * The same as markCodes, for codes that come as runs.
   * @param shift is added to `ends`: the row that these are counted from.
   */
  markCodeRuns(
    firstRows: Pointer,
    slots: Pointer,
    from: number,
    to: number,
    ends: Pointer,
    codes: Pointer,
    codeBytes: number,
    shift: number,
    table: Pointer,
    marks: Pointer,
    words: number,
    others: number,
  ): void;
  /**
   * Joins two lists of runs over the same rows into runs of `code * size + other`: one ends where either does.
   * @param others the codes of the second list, of `otherBytes` each.
   * @param outEnds receives u32 ends, with room for as many as both lists have. @param outCodes receives as many u32 codes.
   * @returns how many runs there are.
   */
  mergeCodeRuns(
    ends: Pointer,
    codes: Pointer,
    codeBytes: number,
    otherEnds: Pointer,
    others: Pointer,
    otherBytes: number,
    from: number,
    to: number,
    size: number,
    outEnds: Pointer,
    outCodes: Pointer,
  ): number;
  /**
   * Mixes runs with codes that lie row by row: `out[i] = run's code * runSize + codes[i] * codeSize`.
   * @param codes those of the rows from `from` on, of `codeBytes` each. @param outBytes 2 or 4, for which nothing is beyond.
   */
  mixCodeRuns(
    ends: Pointer,
    runs: Pointer,
    runBytes: number,
    from: number,
    to: number,
    runSize: number,
    codes: Pointer,
    codeBytes: number,
    codeSize: number,
    out: Pointer,
    outBytes: number,
  ): void;
  /** Adds to `counts[code]`, u32, how many rows from `from` to `to` hold the code. */
  countCodeRuns(ends: Pointer, codes: Pointer, codeBytes: number, from: number, to: number, counts: Pointer): void;
  /**
   * Adds `base + value` of the rows from `from` to `to` to `sums[code]`, f64. The values of a run are added up first:
   * unsigned ones as whole numbers, floats by four.
   * @param values those of the rows from `from` on, of `valueBytes` each: 1, 2 or 4 unsigned, 8 = f64.
   */
  sumCodeRuns(
    ends: Pointer,
    codes: Pointer,
    codeBytes: number,
    from: number,
    to: number,
    values: Pointer,
    valueBytes: number,
    base: number,
    sums: Pointer,
  ): void;
  /**
   * Tells of the rows from `from` to `to` whether their code belongs to a set.
   * @param runs that there are, from the one of row `from` on. @param table as for filterSetU8.
   * @param bitmap receives whole words of 64 rows: bit i & 7 of byte i >> 3 is that of row `from` + i, those past the end 0.
   * @returns how many rows are true.
   */
  filterCodeRuns(
    ends: Pointer,
    codes: Pointer,
    codeBytes: number,
    runs: number,
    from: number,
    to: number,
    table: Pointer,
    bitmap: Pointer,
  ): number;
  /**
   * Ends of the same runs where only rows count whose bit is set: how many there are from `from` to each end, or to `to`.
   * @param bits of rows from 0 on. @param ranks receives a u32 a run.
   * @returns how many there are in all.
   */
  rankRuns(ends: Pointer, from: number, to: number, bits: Pointer, ranks: Pointer): number;
}
