import { createRegistry } from '../../base/registry.ts';
import * as all from './all.ts';
import type { Format } from './format.ts';

/** Every source format by name and alias. */
export const formats: ReadonlyMap<string, Format> = createRegistry<Format>('formats', all);
