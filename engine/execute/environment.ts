import type { Host } from '../host/host.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import { createBlockCache, type BlockCache } from '../store/block-cache.ts';
import { openChunk, sortChunk } from '../store/chunk-source.ts';
import { openRowSource } from '../store/open-source.ts';
import type { ChunkDescriptor, RowSource } from '../store/row-source.ts';
import { closeSegments } from '../store/open-segments.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';

const mebibyte = 1024 * 1024;
/** What 32-bit pointers reach, less the page that the last of them would need. */
const memoryMax = 4096 * mebibyte - 65_536;
/** The block cache begins so small and grows as blocks come. */
const memoryAtFirst = 8 * mebibyte;

export interface EnvironmentOptions {
  /** The most bytes that the block cache may take. */
  readonly memory: number;
  /** Seed of the actor hash. */
  readonly seed: number;
}

/** The environment of the queries of one open store. */
export interface OwnEnvironment extends ExecutionEnvironment {
  /**
   * Closes the files of segments that this thread holds open; the next query opens what it reads. Called after each
   * query: a segment that a merge has removed takes room on the disk as long as its file is open.
   */
  closeFiles(): void;
}

/**
 * Makes what all queries of one open store share. Nothing of size is allocated before the first query: the block cache
 * is laid out when a segment is opened or the pool is used, a chunk is put in order by the first query that meets it,
 * and its order and its columns are kept as long as the chunk.
 */
export function createExecutionEnvironment(host: Host, { memory, seed }: EnvironmentOptions): OwnEnvironment {
  const prepared = new WeakMap<Uint8Array, ChunkDescriptor>();
  const opened = new WeakMap<Uint8Array, RowSource>();
  const budget = Math.max(memoryAtFirst, Math.min(memory, memoryMax));
  let cache: BlockCache | null = null;
  const blockCache = (): BlockCache => {
    cache ??= createBlockCache(createSharedMemory({ initialBytes: memoryAtFirst, maximumBytes: budget }), budget);
    return cache;
  };
  const prepareChunk = (chunk: ChunkDescriptor): ChunkDescriptor => {
    let ready = prepared.get(chunk.bytes);
    if (ready === undefined) {
      const order = chunk.order ?? sortChunk(chunk.bytes, chunk.actor, chunk.sequence, seed);
      prepared.set(chunk.bytes, (ready = { ...chunk, order }));
    }
    return ready;
  };
  return {
    seed,
    prepare: (descriptor) => (descriptor.kind === 'chunk' ? prepareChunk(descriptor) : descriptor),
    openSource(descriptor) {
      if (descriptor.kind === 'segment') return openRowSource({ vfs: host.vfs, cache: blockCache() }, descriptor);
      let source = opened.get(descriptor.bytes);
      if (source === undefined) opened.set(descriptor.bytes, (source = openChunk(prepareChunk(descriptor))));
      return source;
    },
    closeFiles() {
      if (cache !== null) closeSegments({ vfs: host.vfs, cache });
    },
    blockCache,
    yield: () => host.scheduler.yield(),
    after: (delayMs, action) => host.scheduler.after(delayMs, action),
    monotonic: () => host.clock.monotonic(),
    pool: { threads: host.threads, memory: (): SharedMemory => blockCache().memory },
  };
}
