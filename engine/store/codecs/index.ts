import { createRegistry } from '../../base/registry.ts';
import * as members from './all.ts';
import type { Codec } from './codec.ts';

/** All codecs by name. */
export const codecs: ReadonlyMap<string, Codec> = createRegistry<Codec>('codec', members);

/** @returns the codec of that number on disk, or undefined. */
export function codecById(id: number): Codec | undefined {
  for (const codec of codecs.values()) if (codec.id === id) return codec;
  return undefined;
}
