import { clipToWidth, type QueryResult } from '../../../../engine/index.ts';
import { barsOf } from '../bars.ts';
import { printable } from '../cell.ts';
import type { Page } from '../output-format.ts';
import { styleOf } from '../style.ts';
import { formatCount, formatElapsed } from '../../terminal.ts';
import { funnelGrid } from './funnel-grid.ts';
import { groupsOf, groupsShown, numbersOf } from './groups.ts';
import type { View } from './view.ts';
import { atLeft, atRight, percent, widest } from './words.ts';

const nameWidthMax = 40;
const nameWidthMin = 8;
const barWidthMax = 40;
const barWidthMin = 5;

/** A bar a step, and between two steps how many went on, how soon, and how many were lost. */
export const funnel: View = {
  kind: 'funnel',
  *lines(result, page) {
    const style = styleOf(page.colors);
    const apart = result.behaviour?.kind === 'funnel' && result.behaviour.at === 'each';
    const byTime = result.grouping!.time !== null;
    const groups = groupsOf(result, 2);
    for (const { label, rows } of groups.slice(0, groupsShown)) {
      if (label !== '') yield style.strong(clipToWidth(label, page.width));
      yield* byTime ? funnelGrid(result, rows, page) : stepLines(stepsOf(result, rows), apart, page);
      if (groups.length > 1) yield '';
    }
    if (groups.length > groupsShown) yield `… ${groups.length - groupsShown} more groups (--no-bars prints all)`;
    yield style.faint(clipToWidth('(--no-bars prints all columns)', page.width));
  },
};

interface ShownStep {
  readonly name: string;
  readonly optional: boolean;
  readonly actors: number;
  readonly conversion: number | null;
  /** Those below this step who may still come. */
  readonly pending: number;
  readonly medianMs: number | null;
}

function stepsOf(result: QueryResult, rows: readonly number[]): ShownStep[] {
  const { keys, measures } = result.grouping!;
  const optional = result.behaviour?.kind === 'funnel' ? result.behaviour.optional : [];
  const names = result.values(keys.at(-1)!);
  const placeAt = numbersOf(result, keys.at(-2)!);
  const [actorsAt, conversionAt, , , pendingAt, medianAt] = measures.map((column) => numbersOf(result, column));
  return rows.map((row) => ({
    name: printable(String(names[row])),
    optional: optional[placeAt(row)! - 1] === true,
    actors: actorsAt!(row) ?? 0,
    conversion: conversionAt!(row),
    pending: pendingAt!(row) ?? 0,
    medianMs: medianAt!(row),
  }));
}

function* stepLines(steps: readonly ShownStep[], apart: boolean, page: Page): Iterable<string> {
  const style = styleOf(page.colors);
  const places = steps.map((_, index) => String(index + 1));
  const placeWidth = widest(places);
  const counts = steps.map(({ actors }) => formatCount(actors));
  const shares = steps.map(({ conversion }) => percent(conversion));
  const [countWidth, shareWidth] = [widest(counts), widest(shares)];
  const room = page.width - placeWidth - countWidth - shareWidth - 6;
  const names = steps.map(({ name, optional }) => (optional ? `${name} (optional)` : name));
  const nameWidth = Math.max(nameWidthMin, Math.min(widest(names), nameWidthMax, room - barWidthMin - 2));
  const barWidth = Math.min(barWidthMax, room - nameWidth - 2);
  const bars =
    barWidth < barWidthMin
      ? null
      : barsOf(
          steps.map(({ actors }) => actors),
          barWidth,
        );
  let before: ShownStep | null = null;
  for (const [index, step] of steps.entries()) {
    if (before !== null && before.actors > 0)
      yield style.faint(clipToWidth(`${' '.repeat(placeWidth + 2)}${between(before, step, apart)}`, page.width));
    const bar = bars === null ? '' : `${style.bar(bars[index]!)}${' '.repeat(barWidth - bars[index]!.length)}  `;
    const name = atLeft(clipToWidth(names[index]!, nameWidth), nameWidth);
    yield `${atRight(places[index]!, placeWidth)}  ${name}  ${bar}${atRight(counts[index]!, countWidth)}  ${atRight(shares[index]!, shareWidth)}`;
    if (!step.optional) before = step;
  }
}

/**
 * @param before the last step that had to be taken.
 * @param apart whether each step is of the group of its own event: who is in another group then is not lost.
 */
function between(before: ShownStep, { actors, optional, pending, medianMs }: ShownStep, apart: boolean): string {
  const counted = (count: number, what: string): string =>
    `${formatCount(count)}${what} (${percent(count / before.actors)})`;
  const soon = medianMs === null ? '' : `; median ${formatElapsed(medianMs)}`;
  if (apart) return `↓ ${counted(actors, '')}${soon}`;
  const open = Math.max(0, Math.min(pending - before.pending, before.actors - actors));
  const gone = before.actors - actors - open;
  const one = actors === 1;
  const parts = [counted(actors, optional ? (one ? ' does' : ' do') : one ? ' goes on' : ' go on')];
  if (gone > 0) parts.push(counted(gone, optional ? (gone === 1 ? ' does not' : ' do not') : ' lost'));
  if (open > 0) parts.push(counted(open, ' pending'));
  return `↓ ${parts.join(', ')}${soon}`;
}
