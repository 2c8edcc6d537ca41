import type { ScanPlan } from '../plan/query.ts';
import type { TableSnapshot } from '../store/store-types.ts';
import { actorPlaces, readActorsFromDirectory } from './actor-column.ts';
import type { ExecutionEnvironment } from './execution-environment.ts';
import { rowsOf } from './slices.ts';
import { keptSources, tableSources } from './table-sources.ts';

/** @returns how many sources the plan's tables have, how many of them its scan would open, and their rows. Reads nothing. */
export function sourcesKept(
  environment: ExecutionEnvironment,
  tables: ReadonlyMap<string, TableSnapshot>,
  original: ScanPlan,
): { readonly all: number; readonly kept: number; readonly rows: number } {
  const plan = readActorsFromDirectory(original, original.actor);
  const sources = plan.from.flatMap((source, index) =>
    source.kind === 'table' ? tableSources({ tables }, source.name, index) : [],
  );
  const only = environment.seed === undefined ? null : actorPlaces(plan.where, environment.seed);
  // They are counted only: no chunk is put in order for it.
  const { prepare: _, ...bare } = environment;
  const kept = keptSources(bare, plan, sources, only);
  const rows = kept.reduce((sum, { descriptor }) => sum + rowsOf(descriptor), 0);
  return { all: sources.length, kept: kept.length, rows };
}
