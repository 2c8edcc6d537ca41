import { openChunk } from './chunk-source.ts';
import type { RowSource, RowSourceDescriptor } from './row-source.ts';
import { openSegment } from './segment-reader.ts';
import type { SourceEnvironment } from './source-environment.ts';

export type { SourceEnvironment } from './source-environment.ts';

/**
 * Opens a segment or a chunk of the memtable: any thread may, with no more than the descriptor.
 * @throws VarveError `not_found`, `data_corrupted`, `unsupported_version`.
 */
export function openRowSource(environment: SourceEnvironment, descriptor: RowSourceDescriptor): RowSource {
  return descriptor.kind === 'chunk' ? openChunk(descriptor) : openSegment(environment, descriptor);
}
