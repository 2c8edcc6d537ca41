import { VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';
import type { BlockCache } from './block-cache.ts';
import { openChunk } from './chunk-source.ts';
import type { RowSource, RowSourceDescriptor } from './row-source.ts';

/** What reading sources takes in one thread. */
export interface SourceEnvironment {
  readonly vfs: Vfs;
  readonly cache: BlockCache;
}

/**
 * Opens a segment or a chunk of the memtable: any thread may, with no more than the descriptor.
 * @throws VarveError `not_found`, `data_corrupted`, `unsupported_version`.
 */
export function openRowSource(_environment: SourceEnvironment, descriptor: RowSourceDescriptor): RowSource {
  if (descriptor.kind === 'chunk') return openChunk(descriptor);
  throw new VarveError('internal', 'BUG: segments cannot be opened yet');
}
