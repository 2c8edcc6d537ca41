import { createRegistry } from '../../base/registry.ts';
import type { Aggregate } from './aggregate.ts';
import * as all from './all.ts';

/** Every aggregate by name. States are each aggregate's own: what it made is all that it is given. */
export const aggregateFunctions: ReadonlyMap<string, Aggregate> = createRegistry(
  'aggregates',
  all as unknown as Record<string, Aggregate>,
);
