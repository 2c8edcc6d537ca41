import { enlarged } from '../enlarged.ts';
import { GroupTable } from '../group-table.ts';
import type { PathEdges } from './paths-steps.ts';

/** What a task knows of the actors whose paths have an edge: of each edge the last one. */
export interface EdgeActors {
  readonly edges: GroupTable;
  /** By the edge's number: 1 + the number of the last actor; 0 = none. */
  last: Uint32Array;
  /** The greatest step, source and target so far. */
  readonly greatest: [number, number, number];
  /** Actors of the slices before. */
  before: number;
}

/** @returns what is known before the first slice of a task. */
export function newEdgeActors(): EdgeActors {
  return { edges: new GroupTable(3), last: new Uint32Array(256), greatest: [0, 0, 0], before: 0 };
}

/** Says that a slice is over: the actors of the next are others. */
export function endActors(known: EdgeActors, actorCount: number): void {
  known.before += actorCount;
}

/** @returns the bytes that it takes. */
export function bytesOfEdgeActors({ edges, last }: EdgeActors): number {
  return edges.bytes + last.byteLength;
}

/**
 * Which rows are the first of their actor with their step, source and target: counted, they are the distinct actors.
 * Rows of one actor come one after another, also over several fillings of the room.
 * @returns the rows, ascending.
 */
export function firstOfActors(known: EdgeActors, edges: PathEdges): Uint32Array {
  const { count } = edges;
  const steps = edges.steps.subarray(0, count);
  const sources = edges.sources.subarray(0, count);
  const targets = edges.targets.subarray(0, count);
  const { greatest } = known;
  for (let row = 0; row < count; row++) {
    if (steps[row] > greatest[0]) greatest[0] = steps[row];
    if (sources[row] > greatest[1]) greatest[1] = sources[row];
    if (targets[row] > greatest[2]) greatest[2] = targets[row];
  }
  const numbers = new Uint32Array(count);
  known.edges.groupsOf([steps, sources, targets], greatest, numbers);
  if (known.edges.count > known.last.length) known.last = enlarged(known.last, new Uint32Array(2 * known.edges.count));
  const { last } = known;
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) {
    const actor = known.before + edges.actors[row] + 1;
    if (last[numbers[row]] === actor) continue;
    last[numbers[row]] = actor;
    rows[found++] = row;
  }
  return rows.subarray(0, found);
}
