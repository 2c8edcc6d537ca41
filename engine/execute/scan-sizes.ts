import { limits } from '../base/limits.ts';
import { isBehaviour, type ScanPlan } from '../plan/query.ts';
import { behaviourOf } from './behaviour/index.ts';
import type { ScanSizes } from './slices.ts';

/**
 * Events of a slice are put in another order where lives are cut and behaviour is followed: that is done within a core's cache.
 * @param parts so many parts of the hash space are read one after another: the same slices are cut as of all rows.
 * @returns how the tables of a plan are cut.
 */
export function sizesFor(plan: ScanPlan, sizes: ScanSizes = limits, parts = 1): ScanSizes {
  if (plan.kind !== 'lives' && !isBehaviour(plan)) return sizes;
  const isOrdered = plan.kind === 'lives' || behaviourOf(plan).ordersEvents(plan);
  const rowsMax = isOrdered ? Math.min(sizes.sliceRowsMax, limits.liveRowsMax / 4) : sizes.sliceRowsMax;
  return { ...sizes, sliceRowsMax: rowsMax / parts, sliceActorsMax: sizes.sliceActorsMax / parts };
}
