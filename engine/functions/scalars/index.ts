import { createRegistry } from '../../base/registry.ts';
import * as all from './all.ts';
import type { ScalarFunction } from './scalar.ts';

/** Every scalar function and operator by registry name. */
export const scalarFunctions: ReadonlyMap<string, ScalarFunction> = createRegistry<ScalarFunction>('scalars', all);
