import type { ScanPlan } from '../plan/query.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorPlaces, readActorsFromDirectory } from './actor-column.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { keptSources, tableSources } from './table-sources.ts';

/** @returns how many sources the plan's tables have, and how many of them its scan would open. Reads nothing. */
export function sourcesKept(
  environment: ExecutionEnvironment,
  tables: ReadonlyMap<string, TableSnapshot>,
  original: ScanPlan,
): { readonly all: number; readonly kept: number } {
  const plan = readActorsFromDirectory(original, original.actor);
  const sources = plan.from.flatMap((source, index) =>
    source.kind === 'table' ? tableSources({ tables }, source.name, index) : [],
  );
  const only = environment.seed === undefined ? null : actorPlaces(plan.where, environment.seed);
  // They are counted only: no chunk is put in order for it.
  const { prepare: _, ...bare } = environment;
  return { all: sources.length, kept: keptSources(bare, plan, sources, only).length };
}
