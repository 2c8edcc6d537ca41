import type { Values } from '../../column/values.ts';
import type { Arena } from '../arena.ts';
import { openGrowingRegion } from '../growing-region.ts';
import type { ActorEvents } from './actor-events.ts';
import type { PathFold } from './paths-fold.ts';
import type { PathRules } from './paths-steps.ts';
import type { RowGroups } from './row-groups.ts';

/** Counts the nodes, or the edges, of paths that begin with their sessions: kernels do, in a table of all that may be. */
export interface PathTable {
  /**
   * Adds the paths of a slice.
   * @param nodeCount codes that nodes may have, 0 among them.
   * @returns false where no kernel can: its events lie elsewhere, or nodes are too many.
   */
  add(events: ActorEvents, nodeCount: number): boolean;
  /** Adds what was counted to groups, and begins anew. */
  addTo(groups: RowGroups): void;
  readonly bytes: number;
  close(): void;
}

/** Numbers of a table: some megabytes. */
const cellsMax = 262_144;

/**
 * @param fold null = nodes are counted, else edges are.
 * @returns null where paths begin elsewhere, or there would be too many edges.
 */
export function openPathTable(rules: PathRules, fold: PathFold | null, arena: Arena | null): PathTable | null {
  if (arena === null || rules.from !== 'first') return null;
  return fold === null ? openNodes(rules, arena) : openEdges(rules, fold, arena);
}

function openNodes({ gap, depth }: PathRules, arena: Arena): PathTable {
  const region = openGrowingRegion(arena, 1);
  const steps = depth + 1;
  let counts: Uint32Array = new Uint32Array(0);
  let known: Float64Array = new Float64Array(0);
  let width = 0;
  /** Makes room for more nodes, and keeps what was counted. */
  const widen = (nodeCount: number): boolean => {
    const before = { known, counts, width };
    const wider = Math.max(nodeCount, 64, 2 * width);
    if (wider * steps > cellsMax) return false;
    const kept = before.counts.slice();
    const at = region.take(4 * wider * steps);
    if (at === null) {
      counts = new Uint32Array(0);
      width = 0;
      return false;
    }
    counts = new Uint32Array(arena.memory.buffer, at, wider * steps).fill(0);
    known = new Float64Array(wider * steps);
    for (let step = 0; step < steps && before.width > 0; step++)
      for (let node = 0; node < before.width; node++) {
        const own = step * before.width + node;
        known[step * wider + node] = before.known[own] + kept[own];
      }
    width = wider;
    return true;
  };
  return {
    add({ placed, slotCount }, nodeCount) {
      if (placed === null || (nodeCount > width && !widen(nodeCount))) return false;
      const { kernels, starts, ends, times, notes } = placed;
      kernels.countPathNodes(starts, ends, slotCount, times, notes[0], width, gap, depth, counts.byteOffset);
      return true;
    },
    addTo(groups) {
      const cells = placesWhere(counts.length, (cell) => counts[cell] + known[cell] > 0);
      groups.addCounted({
        count: cells.length,
        codes: [
          Uint32Array.from(cells, (cell) => Math.floor(cell / width) + 1),
          Uint32Array.from(cells, (cell) => cell % width),
        ],
        tallies: [Float64Array.from(cells, (cell) => counts[cell] + known[cell])],
      });
      counts.fill(0);
      known.fill(0);
    },
    get bytes() {
      return region.bytes + known.byteLength;
    },
    close: () => region.close(),
  };
}

function placesWhere(length: number, isMeant: (place: number) => boolean): number[] {
  const places: number[] = [];
  for (let place = 0; place < length; place++) if (isMeant(place)) places.push(place);
  return places;
}

/** The numbers that nodes have as those of a step: 0 = none, the last one stands for all others. */
interface StepNames {
  readonly numberOf: (code: number) => number;
  readonly codes: readonly number[];
}

function openEdges({ gap, depth }: PathRules, fold: PathFold, arena: Arena): PathTable | null {
  const names = fold.kept.map((kept) => namesOf(kept, fold.others));
  const width = 1 + Math.max(...names.map(({ codes }) => codes.length));
  const edges = depth * width * width;
  if (edges > cellsMax) return null;
  const region = openGrowingRegion(arena, 1);
  const at = region.take(8 * edges + 12 * edges);
  if (at === null) return null;
  const { buffer } = arena.memory;
  const ms = new Float64Array(buffer, at, edges).fill(0);
  const counts = new Uint32Array(buffer, at + 8 * edges, 3 * edges).fill(0);
  let actors = 0;
  return {
    add({ placed, slotCount }, nodeCount) {
      if (placed === null || nodeCount * (depth + 1) > cellsMax) return false;
      const { kernels, starts, ends, times, notes } = placed;
      const before = arena.used;
      const table = arena.take(4 * nodeCount * (depth + 1));
      const own = new Uint32Array(buffer, table, nodeCount * (depth + 1));
      names.forEach(({ numberOf }, step) => {
        for (let node = 0; node < nodeCount; node++) own[step * nodeCount + node] = numberOf(node);
      });
      kernels.countPathEdges(
        starts,
        ends,
        slotCount,
        times,
        notes[0],
        nodeCount,
        gap,
        depth,
        table,
        width,
        actors,
        counts.byteOffset,
        ms.byteOffset,
      );
      arena.release(before);
      actors += slotCount;
      return true;
    },
    addTo(groups) {
      const found = placesWhere(edges, (edge) => counts[edge] > 0);
      const nulls = Uint8Array.from(found, (edge) => (edge % width === 0 ? 1 : 0));
      const sums: Values = {
        kind: 'number',
        length: found.length,
        values: Float64Array.from(found, (edge) => ms[edge]),
        nulls,
      };
      const stepOf = (edge: number): number => Math.floor(edge / (width * width));
      const sourceOf = (edge: number): number => Math.floor(edge / width) % width;
      groups.addCounted({
        count: found.length,
        codes: [
          Uint32Array.from(found, (edge) => stepOf(edge) + 1),
          Uint32Array.from(found, (edge) => names[stepOf(edge)].codes[sourceOf(edge) - 1]),
          Uint32Array.from(found, (edge) =>
            edge % width === 0 ? 0 : names[stepOf(edge) + 1].codes[(edge % width) - 1],
          ),
        ],
        tallies: [
          Float64Array.from(found, (edge) => counts[edge]),
          Float64Array.from(found, (edge) => counts[edges + edge]),
          sums,
        ],
      });
      ms.fill(0);
      counts.fill(0, 0, 2 * edges);
    },
    get bytes() {
      return region.bytes;
    },
    close: () => region.close(),
  };
}

function namesOf(kept: Uint8Array, others: number): StepNames {
  const codes: number[] = [];
  const numbers = new Uint32Array(kept.length);
  for (let code = 1; code < kept.length; code++) if (kept[code] === 1) numbers[code] = codes.push(code);
  // A node may be called as the others are.
  const last = numbers[others] || codes.push(others);
  return { codes, numberOf: (code) => (code === 0 ? 0 : numbers[code] || last) };
}
