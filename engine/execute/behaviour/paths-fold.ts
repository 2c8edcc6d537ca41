import { compareTexts } from '../../base/compare-text.ts';

/** Which nodes are told apart at each step, in the codes of whoever makes the edges. */
export interface PathFold {
  /** By step − 1, up to that behind the last: by code, 1 = the node is told apart; a code beyond is not. */
  readonly kept: readonly Uint8Array[];
  /** The code of `(others)`. */
  readonly others: number;
}

/** How many paths have a node at a step: a row a step and node that occur. */
export interface CountedNodes {
  readonly count: number;
  /** From 1. */
  readonly steps: ArrayLike<number>;
  readonly codes: ArrayLike<number>;
  readonly events: ArrayLike<number>;
}

/**
 * Chooses the nodes that are told apart: of each step the `limit` largest by events, ties by text.
 * @param steps that nodes stand at: those of a path and one more, which its last edge leads to.
 * @returns codes by step − 1, the largest first.
 */
export function foldNodes(
  { count, steps: stepOf, codes, events }: CountedNodes,
  steps: number,
  limit: number,
  textOf: (code: number) => string,
): Uint32Array[] {
  const ofStep = Array.from({ length: steps }, (): number[] => []);
  for (let row = 0; row < count; row++) ofStep[stepOf[row] - 1].push(row);
  return ofStep.map((rows) => {
    const least = leastKept(rows, events, limit);
    const largest = rows.filter((row) => events[row] >= least);
    largest.sort((a, b) => events[b] - events[a] || compareTexts(textOf(codes[a]), textOf(codes[b])));
    return Uint32Array.from(largest.slice(0, limit), (row) => codes[row]);
  });
}

/** Nodes of fewer events are none of the largest: their texts need not be made. */
function leastKept(rows: readonly number[], events: ArrayLike<number>, limit: number): number {
  if (rows.length <= limit) return 0;
  const sorted = Float64Array.from(rows, (row) => events[row]).sort();
  return limit === 0 ? Infinity : sorted[sorted.length - limit];
}

/**
 * Makes the fold that edges are made with.
 * @param codes those told apart at each step, in the codes of whoever makes the edges.
 */
export function foldOf(codes: readonly ArrayLike<number>[], others: number): PathFold {
  return {
    kept: codes.map((own) => {
      let length = 0;
      for (let at = 0; at < own.length; at++) length = Math.max(length, own[at] + 1);
      const kept = new Uint8Array(length);
      for (let at = 0; at < own.length; at++) kept[own[at]] = 1;
      return kept;
    }),
    others,
  };
}
