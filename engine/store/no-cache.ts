import { createSharedMemory } from '../kernels/memory.ts';
import type { BlockCache } from './block-cache.ts';

/** @returns a cache that keeps nothing: for a build, which reads every block once. */
export function createNoCache(): BlockCache {
  const memory = createSharedMemory({ initialBytes: 0, maximumBytes: 0 });
  return {
    memory,
    session: () => ({
      find: () => null,
      place: () => null,
      put: (_key, record) => record,
      reserve: () => null,
      keep: (_key, _pointer, record) => record,
      giveUp: () => undefined,
      release: () => undefined,
    }),
    allocate: () => null,
    free: () => undefined,
    stats: () => ({ usedBytes: 0, entries: 0 }),
  };
}
