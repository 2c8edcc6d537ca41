import { createInlineThreads } from '../engine/host/inline-threads.ts';
import type { Host } from '../engine/host/host.ts';
import { createNodeHost } from '../engine/host/node-host.ts';
import type { Vfs } from '../engine/host/vfs.ts';
import { buildSegments } from '../engine/store/segment-build.ts';
import type { BuildRequest } from '../engine/store/segment-tasks.ts';
import type { Store } from '../engine/store/store-types.ts';
import { readRows } from './read-rows.ts';

/** Everything in this process, over these files. */
export function hostOver(vfs: Vfs): Host {
  const machine = createNodeHost(() => undefined, 0);
  const segment = { build: (request: BuildRequest) => buildSegments(vfs, request) };
  return { ...machine, vfs, threads: createInlineThreads({ segment }) };
}

/** The machine's own files. */
export const { vfs } = createNodeHost(() => undefined, 0);

/** @returns column `n` of the table `t`, ascending. */
export function numbersIn(store: Store): number[] {
  const snapshot = store.snapshot();
  const rows = readRows(vfs, snapshot, 't', ['n']).map((row) => Number(row['n']));
  snapshot.release();
  return rows.sort((a, b) => a - b);
}

/** @returns 0, 1, 2 … below `end`. */
export function upTo(end: number): number[] {
  return Array.from({ length: end }, (_, n) => n);
}
