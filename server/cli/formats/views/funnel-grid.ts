import { clipToWidth, type QueryResult } from '../../../../engine/index.ts';
import { printable } from '../cell.ts';
import type { Page } from '../output-format.ts';
import { styleOf } from '../style.ts';
import { formatCount } from '../../terminal.ts';
import { numbersOf } from './groups.ts';
import { gridLines, type GridRow } from './shaded-grid.ts';
import { timeLabels } from './words.ts';

/** A funnel by `every`: buckets down, steps across, the conversion of the first step as a shade. */
export function* funnelGrid(result: QueryResult, rows: readonly number[], page: Page): Iterable<string> {
  const { keys, measures, time } = result.grouping!;
  const timeAt = numbersOf(result, time!);
  const placeAt = numbersOf(result, keys.at(-2)!);
  const names = result.values(keys.at(-1)!);
  const [actorsAt, conversionAt] = measures.map((column) => numbersOf(result, column));
  const count = rows.reduce((most, row) => Math.max(most, placeAt(row)!), 0);
  const buckets = Array.from({ length: rows.length / count }, (_, bucket) =>
    rows.slice(bucket * count, (bucket + 1) * count),
  );
  const labels = timeLabels(buckets.map(([first]) => timeAt(first!)!));
  const steps = buckets[0]!.map((row) => `${placeAt(row)} ${printable(String(names[row]))}`);
  yield styleOf(page.colors).faint(clipToWidth(steps.join(' · '), page.width));
  yield* gridLines(
    {
      labelHead: 'time',
      countHead: 'step 1',
      heads: steps.slice(1).map((_, index) => String(index + 2)),
      rows: buckets.map(([first, ...others], bucket): GridRow => ({
        label: labels[bucket]!,
        count: formatCount(actorsAt!(first!) ?? 0),
        shares: others.map((row) => conversionAt!(row)),
      })),
      last: null,
    },
    page,
  );
}
