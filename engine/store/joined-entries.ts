import type { Dictionary } from '../column/dictionary.ts';
import type { DirectoryEntries } from './actor-directory.ts';
import type { ActorEntries } from './row-source.ts';

/** Some consecutive entries of a part of the directory. */
export interface EntriesOfPart {
  readonly entries: DirectoryEntries;
  readonly from: number;
  readonly to: number;
}

/**
 * Joins consecutive entries of the parts of a directory. Each list is made when it is first asked for: a view where the
 * entries lie in one part, else a copy.
 * @param firstEntry number of the first of them within the source.
 * @param firstRow where the rows of the first of them begin. @param endRow where those of the last end.
 */
export function joinEntries(
  parts: readonly EntriesOfPart[],
  firstEntry: number,
  firstRow: number,
  endRow: number,
): ActorEntries {
  const count = parts.reduce((sum, { from, to }) => sum + to - from, 0);
  let firstRows: Uint32Array | null = null;
  let hashes: Uint32Array | null = null;
  let nobody: Uint8Array | null = null;
  let texts: Dictionary | null = null;
  return {
    firstEntry,
    count,
    firstRow,
    endRow,
    parts,
    get firstRows() {
      return (firstRows ??= joinFirstRows(parts, count, endRow));
    },
    get hashes() {
      return (hashes ??= joinHashes(parts, count));
    },
    get nobody() {
      return (nobody ??= joinNobody(parts, count));
    },
    get texts() {
      return (texts ??= joinTexts(parts, count));
    },
  };
}

function joinFirstRows(parts: readonly EntriesOfPart[], count: number, endRow: number): Uint32Array {
  if (parts.length === 1) {
    const { entries, from, to } = parts[0];
    return entries.firstRows.subarray(from, to + 1);
  }
  const firstRows = new Uint32Array(count + 1);
  let at = 0;
  for (const { entries, from, to } of parts) {
    firstRows.set(entries.firstRows.subarray(from, to), at);
    at += to - from;
  }
  firstRows[count] = endRow;
  return firstRows;
}

function joinHashes(parts: readonly EntriesOfPart[], count: number): Uint32Array {
  if (parts.length === 1) return parts[0].entries.hashes.subarray(2 * parts[0].from, 2 * parts[0].to);
  const hashes = new Uint32Array(2 * count);
  let at = 0;
  for (const { entries, from, to } of parts) {
    hashes.set(entries.hashes.subarray(2 * from, 2 * to), 2 * at);
    at += to - from;
  }
  return hashes;
}

function joinNobody(parts: readonly EntriesOfPart[], count: number): Uint8Array {
  if (parts.length === 1) return parts[0].entries.nobody.subarray(parts[0].from, parts[0].to);
  const nobody = new Uint8Array(count);
  let at = 0;
  for (const { entries, from, to } of parts) {
    nobody.set(entries.nobody.subarray(from, to), at);
    at += to - from;
  }
  return nobody;
}

function joinTexts(parts: readonly EntriesOfPart[], count: number): Dictionary {
  const length = parts.reduce(
    (sum, { entries, from, to }) => sum + entries.textOffsets[to] - entries.textOffsets[from],
    0,
  );
  const offsets = new Uint32Array(count + 1);
  const bytes = new Uint8Array(length);
  let at = 0;
  let textAt = 0;
  for (const { entries, from, to } of parts) {
    const start = entries.textOffsets[from];
    for (let entry = from; entry < to; entry++)
      offsets[at + entry - from + 1] = textAt + entries.textOffsets[entry + 1] - start;
    bytes.set(entries.textBytes.subarray(start, entries.textOffsets[to]), textAt);
    at += to - from;
    textAt = offsets[at];
  }
  return { count, offsets, bytes, hashes: null };
}
