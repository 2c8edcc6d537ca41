import type { Pointer } from '../../kernels/kernels.ts';
import type { CodeRuns } from '../../store/code-runs.ts';
import { joinRuns, roomOfRuns, runsOfView, type RunCodes, type RunRoom } from './key-runs.ts';
import { bytesFor, type DenseView, type LocalCodes, type LocalKey } from './local-codes.ts';

/**
 * Mixes the local codes of all keys. Keys whose codes lie in runs are mixed as such: no code is made a row for them.
 * @param runs of each key, where it has such.
 * @returns the combination of local codes of each row, or null where a key cannot be read that way.
 */
export function combinationsOf(
  keys: readonly LocalKey[],
  runs: readonly (CodeRuns | null)[],
  dense: DenseView,
): LocalCodes | null {
  if (keys.length === 0) return { at: 0, bytes: 0 };
  const { arena, view } = dense;
  const { length } = view;
  // By turns: what a key's codes are mixed with lies in one, what comes of it in the other.
  const rooms = keys.length === 1 ? [] : [arena.take(4 * length), arena.take(4 * length)];
  const runRooms: RunRoom[] = [];
  let known: LocalCodes | null = null;
  let knownRuns: RunCodes | null = null;
  let size = 1;
  for (const [key, { size: own, read }] of keys.entries()) {
    // One of them has codes of rows to be mixed with.
    const asRuns = key === keys.length - 1 && known === null ? null : (runs[key] ?? null);
    const ownRuns = asRuns === null ? null : runsOfView(view, asRuns, arena);
    size *= own;
    const at = rooms[key & 1];
    if (ownRuns !== null) {
      if (known !== null) known = mixRuns(ownRuns, 1, known, own, size, dense, at);
      else if (knownRuns === null) knownRuns = ownRuns;
      else knownRuns = joinRuns(knownRuns, ownRuns, own, arena, (runRooms[key & 1] ??= roomOfRuns(length, arena)));
      continue;
    }
    const mark = arena.used;
    const codes = read(dense);
    if (codes === null) return null;
    if (known === null && knownRuns === null) {
      known = codes;
      continue;
    }
    if (known === null) known = mixRuns(knownRuns!, own, codes, 1, size, dense, at);
    else {
      const bytes = Math.max(bytesFor(size), known.bytes, codes.bytes);
      arena.kernels.mixCodes(known.at, known.bytes, codes.at, codes.bytes, length, own, at, bytes);
      known = { at, bytes };
    }
    arena.release(mark);
  }
  return known;
}

function mixRuns(
  { ends, codes: runs, bytes: runBytes, from, to }: RunCodes,
  runSize: number,
  codes: LocalCodes,
  codeSize: number,
  size: number,
  { arena }: DenseView,
  at: Pointer,
): LocalCodes {
  const bytes = Math.max(2, bytesFor(size), codes.bytes);
  arena.kernels.mixCodeRuns(ends, runs, runBytes, from, to, runSize, codes.at, codes.bytes, codeSize, at, bytes);
  return { at, bytes };
}
