import { createSharedMemory } from '../../engine/kernels/memory.ts';
import { createBlockCache, type BlockCache } from '../../engine/store/block-cache.ts';
import { sortChunk } from '../../engine/store/chunk-source.ts';
import { openRowSource } from '../../engine/store/open-source.ts';
import type { RowSourceDescriptor } from '../../engine/store/row-source.ts';
import type { Snapshot, Store } from '../../engine/store/store-types.ts';
import type { Vfs } from '../../engine/host/vfs.ts';
import type { Contents } from './model.ts';
import { hasActor, readRows, type SimRow } from './sim-rows.ts';

// One memory for all runs: each lays its own empty cache out in it, since memories are given back late.
const cacheBytes = 2 * 1024 * 1024;
const memory = createSharedMemory({ initialBytes: cacheBytes, maximumBytes: cacheBytes });

/** @returns an empty block cache; the one made before is gone. */
export function freshCache(): BlockCache {
  return createBlockCache(memory, cacheBytes);
}

/**
 * Reads a snapshot whole.
 * @param pause called between sources, so that a flush or a compaction may come between.
 */
export async function readSnapshot(
  environment: { readonly vfs: Vfs; readonly cache: BlockCache },
  store: Store,
  snapshot: Snapshot,
  pause: () => Promise<void> = () => Promise.resolve(),
): Promise<Contents> {
  const contents = new Map<string, SimRow[]>();
  for (const [table, { sources, schema }] of snapshot.tables) {
    const rows: SimRow[] = [];
    for (const descriptor of sources) {
      rows.push(...readSource(environment, descriptor, store.seed, schema.actor));
      await pause();
    }
    if ((schema.actor !== null) !== hasActor(table)) throw new Error(`table ${table} has another actor`);
    contents.set(table, rows);
  }
  return contents;
}

/** A chunk's bytes never change: reading them once is enough. */
const chunkRows = new WeakMap<Uint8Array, readonly SimRow[]>();

function readSource(
  environment: { readonly vfs: Vfs; readonly cache: BlockCache },
  descriptor: RowSourceDescriptor,
  seed: number,
  actor: string | null,
): readonly SimRow[] {
  if (descriptor.kind === 'segment') return readRows(openRowSource(environment, descriptor), actor);
  const known = chunkRows.get(descriptor.bytes);
  if (known !== undefined) return known;
  const { bytes, sequence } = descriptor;
  const order = descriptor.order ?? sortChunk(bytes, descriptor.actor, sequence, seed);
  const rows = readRows(openRowSource(environment, { ...descriptor, order }), actor);
  chunkRows.set(bytes, rows);
  return rows;
}

/** @returns the next step of each import. */
export function stepsOf(store: Store): Map<string, number> {
  return new Map([...store.importPositions()].map(([source, position]) => [source, position['next'] as number]));
}
