import { clipToWidth, type QueryResult } from '../../../../engine/index.ts';
import { styleOf } from '../style.ts';
import { formatCount } from '../../terminal.ts';
import { groupsOf, groupsShown, numbersOf } from './groups.ts';
import { gridLines, type Grid, type GridRow } from './shaded-grid.ts';
import type { View } from './view.ts';
import { timeLabels } from './words.ts';

/** A triangle: cohorts down, periods across, who came back as a shade; the mean below. */
export const retention: View = {
  kind: 'retention',
  *lines(result, page) {
    const style = styleOf(page.colors);
    const groups = groupsOf(result, 2);
    for (const { label, rows } of groups.slice(0, groupsShown)) {
      if (label !== '') yield style.strong(clipToWidth(label, page.width));
      yield* gridLines(triangleOf(result, rows), page);
      if (groups.length > 1) yield '';
    }
    if (groups.length > groupsShown) yield `… ${groups.length - groupsShown} more groups (--no-bars prints all)`;
    yield style.faint(clipToWidth('% of the cohort (--no-bars prints all columns)', page.width));
  },
};

function triangleOf(result: QueryResult, rows: readonly number[]): Grid {
  const { keys, measures } = result.grouping!;
  const cohortAt = numbersOf(result, keys.at(-2)!);
  const periodAt = numbersOf(result, keys.at(-1)!);
  const [actorsAt, , rateAt] = measures.map((column) => numbersOf(result, column));
  const cohorts: { readonly time: number | null; readonly actors: number; readonly shares: (number | null)[] }[] = [];
  for (const row of rows) {
    const time = cohortAt(row);
    let cohort = cohorts.at(-1);
    // Periods of a cohort begin with 0 and follow one another.
    if (cohort === undefined || periodAt(row) === 0)
      cohorts.push((cohort = { time, actors: actorsAt!(row) ?? 0, shares: [] }));
    cohort.shares.push(rateAt!(row));
  }
  const dated = cohorts.filter(({ time }) => time !== null);
  const labels = timeLabels(dated.map(({ time }) => time!));
  const mean = cohorts.find(({ time }) => time === null);
  const rowOf = (label: string, { actors, shares }: { actors: number; shares: GridRow['shares'] }): GridRow => ({
    label,
    count: formatCount(actors),
    shares,
  });
  return {
    labelHead: 'cohort',
    countHead: 'actors',
    heads: (cohorts[0]?.shares ?? []).map((_, period) => String(period)),
    rows: dated.map((cohort, index) => rowOf(labels[index]!, cohort)),
    last: mean === undefined ? null : rowOf('mean', mean),
  };
}
