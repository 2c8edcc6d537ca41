import { limits } from '../base/limits.ts';
import type { ScanPlan } from '../plan/query.ts';
import type { EventsPlan } from '../plan/select.ts';
import { holds } from '../plan/visit.ts';
import { conditionsOf } from './conditions.ts';
import { wantedRows } from './events.ts';
import { firstSortKey, goesByTime } from './first-key.ts';
import { callsOnText } from './pool-rows.ts';
import type { ScanSource } from './scan-task.ts';
import { rowsOf } from './slices.ts';

/**
 * How the rows of a limit are found: `first` = by their times alone, on the calling thread, which then reads them;
 * `late` = tasks find where they lie, and the calling thread reads them; `tasks` = tasks read what they find.
 */
export type LimitWay = 'first' | 'late' | 'tasks';

/** @returns the way for a plan, which depends on it and its sources alone. */
export function limitWay(plan: ScanPlan, sources: readonly ScanSource[]): LimitWay {
  if (plan.kind !== 'events') return 'tasks';
  const most = wantedRows(plan);
  if (most === null || most === 0 || most > limits.lateRowsMax) return 'tasks';
  // A function of a long text may take long: the pool can be called off within it.
  if (plan.outputs.some(({ expr }) => holds(expr, callsOnText))) return 'tasks';
  // Rows of such a source are told from those of others by a share of their table.
  if (sources.some(({ descriptor }) => descriptor.kind === 'derived' && descriptor.tables !== null)) return 'tasks';
  return goesByTime(plan) && isOfTimes(plan) && looksAtFew(plan, sources, most) ? 'first' : 'late';
}

function isOfTimes(plan: EventsPlan): boolean {
  return conditionsOf(plan).every(
    (condition) => condition.kind === 'time' || (condition.kind === 'compare' && condition.column === 'time'),
  );
}

/** @returns whether the sources that can have the first rows are such as this thread looks through in little time. */
function looksAtFew(plan: EventsPlan, sources: readonly ScanSource[], most: number): boolean {
  const sign = firstSortKey(plan).descending ? -1 : 1;
  const spans = sources.map(({ descriptor }) => {
    const { timeMin, timeMax } = descriptor.kind === 'segment' ? descriptor.meta : descriptor;
    const rows = rowsOf(descriptor);
    return sign > 0 ? { first: timeMin, last: timeMax, rows } : { first: -timeMax, last: -timeMin, rows };
  });
  spans.sort((a, b) => a.first - b.first);
  let rows = 0;
  let reach = -Infinity;
  for (const span of spans) {
    if (rows >= most && span.first > reach) break;
    if (rows < most) reach = Math.max(reach, span.last);
    rows += span.rows;
  }
  return rows <= limits.segmentRowsMax && sources.every(({ descriptor }) => descriptor.kind !== 'derived');
}
