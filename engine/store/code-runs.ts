import { listTextRuns, type TextRuns } from '../column/block-runs.ts';
import type { Vector } from '../column/vector.ts';
import { cacheKinds } from './block-cache.ts';
import type { CacheRecord } from './cache-record.ts';
import type { Derived } from './derived-record.ts';

type Codes = TextRuns['codes'];

/** A block of a text column in which rows of one code lie together. */
export type CodeRuns = TextRuns;

/** Rows of a run on average: with fewer, going by runs is no less work. */
const runRowsMin = 6;

/** @returns the runs of a text vector; null where these are short, some row has no text, or it is another vector. */
export function codeRunsOf(vector: Vector): CodeRuns | null {
  if (vector.kind !== 'text' || vector.validity !== null || vector.length === 0) return null;
  const { codes, length } = vector;
  if (changeOften(codes)) return null;
  const ends = new Uint32Array(Math.max(1, Math.floor(length / runRowsMin)));
  const runs = findEnds(codes, wordsOf(codes), ends);
  if (runs < 0) return null;
  const own = codes instanceof Uint8Array ? new Uint8Array(runs) : new Uint16Array(runs);
  const values = codes instanceof Uint32Array ? new Uint32Array(runs) : own;
  for (let run = 0; run < runs; run++) values[run] = codes[ends[run] - 1];
  return { ends: ends.slice(0, runs), codes: values };
}

/** Rows by which it is seen that codes change from row to row. */
const trialRows = 512;

/** @returns whether the first rows say that to look at all of them is in vain. */
function changeOften(codes: Codes): boolean {
  if (codes.length < 2 * trialRows) return false;
  let changes = 0;
  for (let row = 1; row < trialRows; row++) if (codes[row] !== codes[row - 1]) changes++;
  return 2 * changes > trialRows;
}

/** @returns whole words of the codes, empty where they are as wide, or do not begin with one. */
function wordsOf(codes: Codes): Uint32Array {
  const whole = codes instanceof Uint32Array || codes.byteOffset % 4 !== 0 ? 0 : codes.byteLength >> 2;
  return new Uint32Array(codes.buffer, whole === 0 ? 0 : codes.byteOffset, whole);
}

/** @returns how many runs there are, or -1 where they are more than there is room for. */
function findEnds(codes: Codes, words: Uint32Array, ends: Uint32Array): number {
  const perWord = 4 / codes.BYTES_PER_ELEMENT;
  const ones = perWord === 4 ? 0x01010101 : 0x00010001;
  let runs = 0;
  let row = 1;
  let code = codes[0];
  while (row < codes.length) {
    const word = row / perWord;
    // A word of the same code throughout is passed at once.
    if (row % perWord === 0 && word < words.length && words[word] === Math.imul(code, ones) >>> 0) {
      row += perWord;
      continue;
    }
    if (codes[row] !== code) {
      if (runs === ends.length - 1) return -1;
      ends[runs++] = row;
      code = codes[row];
    }
    row++;
  }
  ends[runs++] = codes.length;
  return runs;
}

/** What `codeRunsOf` says of a block. */
export const codeRuns: Derived<CodeRuns | null> = {
  kind: cacheKinds.runs,
  ofBytes(encoding, bytes, rows, entries, room) {
    const runs = listTextRuns(encoding, bytes, rows, entries, room);
    return runs === null || runs.ends.length * runRowsMin > rows ? null : recordFromRuns(runs);
  },
  ofVector: (vector) => recordFromRuns(codeRunsOf(vector)),
  fromRecord: ({ arrays }) =>
    arrays[0] === null ? null : { ends: arrays[0] as Uint32Array, codes: arrays[1] as Codes },
};

/** @returns runs, or that there are none, as a record. */
function recordFromRuns(runs: CodeRuns | null): CacheRecord {
  return { numbers: [], arrays: runs === null ? [null, null] : [runs.ends, runs.codes] };
}
