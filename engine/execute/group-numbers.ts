import { GroupTable } from './group-table.ts';
import { stepRows, type Steps } from './steps.ts';

/** Groups numbered anew. */
export interface Numbering {
  readonly of: Uint32Array;
  readonly count: number;
}

/** Numbers the combinations of codes, a list a key, in order of first appearance. */
export function* numbersOf(codes: readonly Uint32Array[], groups: number): Steps<Numbering> {
  const of = new Uint32Array(groups);
  if (codes.length === 0) return { of, count: Math.min(1, groups) };
  const table = new GroupTable(codes.length);
  const largest = codes.map(largestOf);
  for (let at = 0; at < groups; at += stepRows) {
    yield* table.reserve(stepRows);
    const end = at + stepRows;
    table.groupsOf(
      codes.map((own) => own.subarray(at, end)),
      largest,
      of.subarray(at, end),
    );
    yield;
  }
  return { of, count: table.count };
}

/** @returns the largest code, 0 of none. */
export function largestOf(codes: Uint32Array): number {
  let most = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] > most) most = codes[i];
  return most;
}
