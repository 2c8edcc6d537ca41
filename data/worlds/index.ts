import { createRegistry } from '../../engine/base/registry.ts';
import * as members from './all.ts';
import type { World } from './world.ts';

/** All worlds by name. */
export const worlds: ReadonlyMap<string, World> = createRegistry('world', members);
