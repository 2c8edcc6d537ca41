import { limits } from '../base/limits.ts';
import type { ScanPlan } from '../plan/query.ts';

import { holds } from '../plan/visit.ts';
import type { HashRange } from '../store/row-source.ts';
import { rowExprsOf } from './plan-parts.ts';
import type { ScanSource } from './scan-task.ts';
import { rowsOf, slicesOf, type ScanSizes } from './slices.ts';

/** What a scan walks at a stretch. */
export type ScanPiece = SlicePiece | BlocksPiece;

/** All rows whose actors lie in a range of the hash space, source by source. */
export interface SlicePiece {
  readonly kind: 'slice';
  readonly range: HashRange;
}

/** The whole blocks of one source that begin within some of its rows. */
export interface BlocksPiece {
  readonly kind: 'blocks';
  /** Place among the scan's sources. */
  readonly source: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/**
 * Deals a scan to tasks: whole blocks where the plan does not look at actors, else slices. The deal depends on the plan
 * and its sources alone, never on the number of threads, so that partial sums are always the same.
 * @param only the places of the hash space that the plan needs, if it names them.
 */
export function dealScan(
  plan: ScanPlan,
  sources: readonly ScanSource[],
  only: readonly HashRange[] | null,
  sizes: ScanSizes,
): ScanPiece[][] {
  if (only !== null) return [only.map((range) => ({ kind: 'slice', range }))];
  if (!looksAtActors(plan, sources)) return dealBlocks(sources, sizes);
  const slices = slicesOf(
    sources.map(({ descriptor }) => descriptor),
    sizes,
  );
  const length = Math.ceil(slices.length / limits.scanTasksMax);
  const tasks: ScanPiece[][] = [];
  for (let at = 0; at < slices.length; at += length)
    tasks.push(slices.slice(at, at + length).map((range) => ({ kind: 'slice', range })));
  return tasks;
}

/** Whole blocks are dealt to half as many tasks as slices: each of them hands over all its groups. */
const blockTasks = limits.scanTasksMax / 2;
/** The last of the rows, in as many tasks' worth, go out by halves: threads that end early have something to take. */
const halvedTasks = 2;

/** Tasks of as many rows each, of one source after another, and smaller ones at the end. */
function dealBlocks(sources: readonly ScanSource[], { sliceRowsMax }: ScanSizes): ScanPiece[][] {
  const rows = sources.map(({ descriptor }) => rowsOf(descriptor));
  const all = rows.reduce((sum, own) => sum + own, 0);
  const share = Math.max(1, Math.ceil(sliceRowsMax / 2), Math.ceil(all / blockTasks));
  let behind = all;
  const tasks: ScanPiece[][] = [];
  let left = 0;
  rows.forEach((own, source) => {
    for (let fromRow = 0; fromRow < own;) {
      if (left === 0) {
        tasks.push([]);
        left = behind > halvedTasks * share ? share : Math.ceil(share / 2);
      }
      const toRow = Math.min(own, fromRow + left);
      tasks[tasks.length - 1].push({ kind: 'blocks', source, fromRow, toRow });
      left -= toRow - fromRow;
      behind -= toRow - fromRow;
      fromRow = toRow;
    }
  });
  return tasks.length === 0 ? [[]] : tasks;
}

/** @returns whether a plan reads whose events they are, or in which order they are stored. */
export function looksAtActors(plan: ScanPlan, sources: readonly ScanSource[]): boolean {
  if (plan.kind !== 'grouped') return true;
  const actors = new Set([plan.actor, ...sources.map(({ actor }) => actor)]);
  return rowExprsOf(plan).some((expr) =>
    holds(expr, (part) =>
      part.kind === 'column' ? actors.has(part.name) : part.kind === 'actor' || part.kind === 'place',
    ),
  );
}
