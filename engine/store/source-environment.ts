import type { Vfs } from '../host/vfs.ts';
import type { BlockCache } from './block-cache.ts';

/** What reading sources takes in one thread. */
export interface SourceEnvironment {
  readonly vfs: Vfs;
  readonly cache: BlockCache;
}
