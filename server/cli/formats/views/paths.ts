import { clipToWidth, type QueryResult } from '../../../../engine/index.ts';
import { barsOf } from '../bars.ts';
import { printable } from '../cell.ts';
import type { Page } from '../output-format.ts';
import { styleOf } from '../style.ts';
import { formatCount, formatElapsed } from '../../terminal.ts';
import { numbersOf } from './groups.ts';
import type { View } from './view.ts';
import { atLeft, atRight, percent, widest } from './words.ts';

const sourcesShown = 6;
const targetsShown = 6;
const nameWidthMax = 40;
const nameWidthMin = 8;
const barWidthMax = 20;
const barWidthMin = 5;
/** `├─ ` and two spaces before it. */
const indent = 5;

/** Step by step, each node with where paths go on from it: how many, what share of the node, how soon. */
export const paths: View = {
  kind: 'paths',
  *lines(result, page) {
    const style = styleOf(page.colors);
    const edges = edgesOf(result);
    const room = roomOf(edges, page);
    for (const step of new Set(edges.map((edge) => edge.step))) {
      yield style.strong(`step ${step}`);
      yield* stepLines(
        edges.filter((edge) => edge.step === step),
        room,
        page,
      );
    }
    yield style.faint(clipToWidth('(--no-bars prints all rows and columns)', page.width));
  },
};

interface Edge {
  readonly step: number;
  readonly source: string;
  /** Null: the session ended there. */
  readonly target: string | null;
  readonly events: number;
  readonly meanMs: number | null;
}

function edgesOf(result: QueryResult): Edge[] {
  const { keys, measures } = result.grouping!;
  const [stepAt] = keys.slice(-3).map((column) => numbersOf(result, column));
  const [sources, targets] = keys.slice(-2).map((column) => result.values(column));
  const [eventsAt, , meanAt] = measures.map((column) => numbersOf(result, column));
  return Array.from({ length: result.rowCount }, (_, row) => ({
    step: stepAt!(row) ?? 0,
    source: printable(String(sources![row])),
    target: targets![row] === null ? null : printable(String(targets![row])),
    events: eventsAt!(row) ?? 0,
    meanMs: meanAt!(row),
  }));
}

/** What columns of the terminal are for. */
interface Room {
  readonly name: number;
  /** 0: no bars. */
  readonly bar: number;
  readonly count: number;
}

const shareWidth = '> 99.9 %'.length;
const timeWidth = '  after 59 m 59 s'.length;
const ended = 'ends here';

function roomOf(edges: readonly Edge[], page: Page): Room {
  const count = formatCount(edges.reduce((sum, { events }) => sum + events, 0)).length;
  const left = page.width - indent - count - shareWidth - timeWidth - 4;
  const names = widest(edges.map(({ target }) => target ?? ended));
  const name = Math.max(nameWidthMin, Math.min(names, nameWidthMax, left - barWidthMin - 2));
  const bar = Math.min(barWidthMax, left - name - 2);
  return { name, bar: bar < barWidthMin ? 0 : bar, count };
}

function* stepLines(edges: readonly Edge[], room: Room, page: Page): Iterable<string> {
  const sources = new Map<string, { events: number; readonly edges: Edge[] }>();
  for (const edge of edges) {
    const source = sources.get(edge.source);
    if (source === undefined) sources.set(edge.source, { events: edge.events, edges: [edge] });
    else {
      source.events += edge.events;
      source.edges.push(edge);
    }
  }
  const most = edges.reduce((top, { events }) => Math.max(top, events), 0);
  const all = [...sources].sort(([, a], [, b]) => b.events - a.events);
  for (const [name, source] of all.slice(0, sourcesShown)) yield* sourceLines(name, source, most, room, page);
  const rest = all.slice(sourcesShown);
  const events = rest.reduce((sum, [, source]) => sum + source.events, 0);
  if (rest.length > 0) yield clipToWidth(`  … ${rest.length} more, of ${formatCount(events)} paths`, page.width);
}

function* sourceLines(
  name: string,
  { events, edges }: { readonly events: number; readonly edges: readonly Edge[] },
  most: number,
  room: Room,
  page: Page,
): Iterable<string> {
  const style = styleOf(page.colors);
  const count = formatCount(events);
  yield clipToWidth(`  ${name}`, Math.max(nameWidthMin, page.width - count.length - 2)) + `  ${style.strong(count)}`;
  const shown = edges.slice(0, targetsShown);
  const rest = edges.slice(targetsShown);
  // The greatest of the step gives the scale, though it may be another node's.
  const bars = barsOf([...shown.map((edge) => edge.events), most], room.bar);
  for (const [index, edge] of shown.entries()) {
    const last = index === edges.length - 1;
    const target = atLeft(clipToWidth(edge.target ?? ended, room.name), room.name);
    const bar = room.bar === 0 ? '' : `${style.bar(bars[index]!)}${' '.repeat(room.bar - bars[index]!.length)}  `;
    const after = edge.meanMs === null ? '' : style.faint(`  after ${formatElapsed(edge.meanMs)}`);
    const node = `${last ? '└─' : '├─'} ${edge.target === null ? style.faint(target) : target}`;
    const numbers = `${atRight(formatCount(edge.events), room.count)}  ${atRight(percent(edge.events / events), shareWidth)}`;
    yield `  ${node}  ${bar}${numbers}${after}`;
  }
  const others = rest.reduce((sum, edge) => sum + edge.events, 0);
  if (rest.length > 0) yield clipToWidth(`  └─ … ${rest.length} more, of ${formatCount(others)} paths`, page.width);
}
