import { clipToWidth, textWidth, type QueryResult } from '../../../engine/index.ts';
import { sparkline } from './bars.ts';
import { printable, textCell } from './cell.ts';
import type { Page } from './output-format.ts';
import { styleOf } from './style.ts';

const seriesShown = 20;
const labelWidthMax = 30;
const lineWidthMax = 60;
/** One point is no series. */
const pointsMin = 3;

interface Series {
  readonly label: string;
  readonly values: (number | null)[];
}

/**
 * A line a group and measure below the table of a series, each from its own least value (or 0) to its greatest, with
 * these two numbers behind it.
 */
export function* seriesLines(result: QueryResult, measures: readonly number[], page: Page): Iterable<string> {
  const { grouping } = result;
  if (grouping === null || grouping.time === null) return;
  const { time, keys } = grouping;
  const all = measures.flatMap((measure) => seriesOf(result, time, keys, measure, measures.length > 1));
  const series = all.filter(({ values }) => values.length >= pointsMin).slice(0, seriesShown);
  if (series.length === 0) return;
  const style = styleOf(page.colors);
  const labels = series.map(({ label }) => clipToWidth(label, labelWidthMax));
  const labelWidth = labels.reduce((most, label) => Math.max(most, textWidth(label)), 0);
  const ranges = series.map(({ values }) => rangeOf(values));
  const notes = ranges.map(({ least, most }) => `${short(least)} … ${short(most)}`);
  const noteWidth = notes.reduce((most, note) => Math.max(most, note.length), 0);
  const width = Math.min(lineWidthMax, Math.max(pointsMin, page.width - labelWidth - noteWidth - 4));
  for (const [index, { values }] of series.entries()) {
    const { least, most } = ranges[index]!;
    const label = labels[index]! + ' '.repeat(labelWidth - textWidth(labels[index]!));
    yield `${label}  ${style.bar(sparkline(values, Math.min(0, least), most, width))}  ${style.faint(notes[index]!)}\n`;
  }
  const rest = all.length - series.length;
  if (all.length > seriesShown) yield `… ${rest} more series\n`;
}

/** The values of a measure by group, in the order of time. */
function seriesOf(
  result: QueryResult,
  time: number,
  keys: readonly number[],
  measure: number,
  several: boolean,
): Series[] {
  const groups = new Map<string, { readonly label: string; readonly points: [number, number | null][] }>();
  const times = result.values(time);
  const values = result.values(measure);
  const columns = keys.map((key) => ({ values: result.values(key), type: result.columns[key]!.type }));
  const name = result.columns[measure]!.name;
  for (let row = 0; row < result.rowCount; row++) {
    const cells = columns.map((column) =>
      column.values[row] === null ? '∅' : textCell(column.values[row]!, column.type),
    );
    const key = JSON.stringify(cells);
    let group = groups.get(key);
    if (group === undefined) {
      const label = [...cells, ...(several || cells.length === 0 ? [name] : [])].join(' · ');
      groups.set(key, (group = { label: printable(label), points: [] }));
    }
    const value = values[row]!;
    group.points.push([Number(times[row]), value === null ? null : Number(value)]);
  }
  return [...groups.values()].map(({ label, points }) => ({
    label,
    values: points.sort((a, b) => a[0] - b[0]).map(([, value]) => value),
  }));
}

function rangeOf(values: readonly (number | null)[]): { readonly least: number; readonly most: number } {
  let least = Infinity;
  let most = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return least > most ? { least: 0, most: 0 } : { least, most };
}

function short(value: number): string {
  return String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));
}
