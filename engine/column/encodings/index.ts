import { createRegistry } from '../../base/registry.ts';
import * as members from './all.ts';
import type { Encoding } from './encoding.ts';

/** All encodings by name. */
export const encodings: ReadonlyMap<string, Encoding> = createRegistry<Encoding>('encoding', members);

/** All encodings, by ascending id. */
export const encodingList: readonly Encoding[] = [...encodings.values()].sort((a, b) => a.id - b.id);
