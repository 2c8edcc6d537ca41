import { floatTolerance } from './answers.ts';
import { layoutNotes } from './layouts.ts';
import { partNames, type PartName } from './options.ts';
import { unaskable } from './questions.ts';
import { groupOf, ratioOf, type Group, type Ratio } from './ratios.ts';
import type { FactsPart, PartHead, PartResult, RowsPart, Timing } from './results.ts';
import { reachedTargets } from './targets.ts';

const titles: Readonly<Record<PartName, string>> = {
  warm: 'D1, all threads, warm',
  one: 'D1, one thread, warm',
  cold: 'D1, all threads, cold',
  d2: 'D2 (uniform random), all threads, warm',
  d3: 'D3 (real files, repeated), all threads, warm',
  footing: 'Footing',
  ingest: 'In: files of the demo, all threads',
};

/** @returns RESULTS.md, from the parts that there are figures of. */
export function renderPage(results: readonly PartResult[]): string {
  const parts = partNames.flatMap((part) => results.find((result) => result.part === part) ?? []);
  if (parts.length === 0) return '# Against DuckDB and ClickHouse\n\nNothing has been measured yet.\n';
  return [
    '# Against DuckDB and ClickHouse',
    '',
    'Written by `npm run bench:peers`; [README.md](README.md) says how it is measured and how to read it.',
    "A ratio is the time of the better peer divided by Varve's: above 1, Varve is faster. Times are medians, ms; ± is (slowest − fastest) ÷ median;",
    '"Of the least" is the ratio of the fastest runs, which a busy machine disturbs less.',
    '',
    ...machineLines(parts[0]!),
    '',
    ...targetLines(results),
    ...parts.flatMap((part) => (part.kind === 'rows' ? rowsLines(part) : factsLines(part))),
    '## Not asked',
    '',
    'Rows of the plan that the language cannot ask yet; they have no figures, of anyone.',
    '',
    '| row | question |',
    '| --- | --- |',
    ...unaskable.map(([id, title]) => `| ${id} | ${title} |`),
    '',
    '## How',
    '',
    ...layoutNotes.map((note) => `- ${note}`),
    '- Peers and Varve take turns, run by run, in one process, with the same number of threads (DuckDB `threads`, ClickHouse ' +
      '`max_threads`, Varve `open({ threads })`; one thread: `threads: 0`, the calling one). What is 1.5 times ' +
      'slower after the warm-ups than the best of the same peer is not measured further.',
    '- Varve runs as its command line does: with `optimizeLate()` (docs/embedding.md), which is the whole process, so that V8 takes no ' +
      'cores for its compiler while queries run. Peers are native code.',
    '- An answer counts when it is whole in the calling process, in the form that costs its engine least: ' +
      "ClickHouse's Native bytes, not parsed; DuckDB's chunks, not turned into JavaScript values; Varve's columns, not turned into rows.",
    "- ClickHouse's query condition cache is off: it keeps what a filter came to. No engine keeps answers.",
    `- Answers are compared before anything is timed: floats to ${floatTolerance.toExponential(0)}, rows in order only ` +
      `where the question orders them, an empty text is no text. A row whose answers differ is an error.`,
    '',
  ].join('\n');
}

function machineLines(head: PartHead): string[] {
  const { machine, versions } = head;
  const named = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [
    `${machine.processor}, ${machine.processors} processors, ${machine.memoryGiB.toFixed(0)} GiB; a thread copies ` +
      `${machine.copyGBs.toFixed(1)} GB/s from memory. ${named.join(', ')}.`,
  ];
}

function targetLines(results: readonly PartResult[]): string[] {
  const rows = reachedTargets(results).map(
    ({ what, must, goal, reached, state }) => `| ${what} | ${must} | ${goal} | ${reached} | ${state} |`,
  );
  return ['| target | must | goal | reached | |', '| --- | --- | --- | --- | --- |', ...rows, ''];
}

function headLine(part: PartHead): string {
  const { date, commit, events, threads, seconds } = part;
  return `${events.toLocaleString('en-US')} events, ${threads} ${threads === 1 ? 'thread' : 'threads'}; ${date} UTC, commit ${commit}, took ${Math.round(seconds)} s.`;
}

function rowsLines(part: RowsPart): string[] {
  const ratios = part.rows.map((row) => ratioOf(row));
  const cold = part.part === 'cold';
  const columns = [
    'row',
    'question',
    'Varve',
    'DuckDB',
    'ClickHouse',
    'ratio',
    'of the least',
    ...(cold ? ['with process start'] : []),
  ];
  const starts = new Map(part.rows.map((row) => [row.id, ratioOf(row, ({ startMs = NaN }) => startMs).ratio]));
  const leasts = part.rows.map((row) => ratioOf(row, leastMs));
  const least = new Map(leasts.map(({ id, ratio }) => [id, ratio]));
  const errors = part.rows.flatMap(({ id, errors }) => errors.map((error) => `- **${id}: ${error}**`));
  return [
    `## ${titles[part.part]}`,
    '',
    headLine(part),
    '',
    `| ${columns.join(' | ')} |`,
    `| --- | --- | ${columns
      .slice(2)
      .map(() => '---:')
      .join(' | ')} |`,
    ...ratios.map((ratio) => {
      const cells = [ratio.id, ratio.title, timing(ratio.varve), timing(ratio.duckdb), timing(ratio.clickhouse)];
      const beside = [least.get(ratio.id)!, ...(cold ? [starts.get(ratio.id)!] : [])];
      return `| ${[...cells, `**${times(ratio.ratio)}**`, ...beside.map(times)].join(' | ')} |`;
    }),
    '',
    ...['A', 'B', 'B1', 'I'].flatMap((name) => groupLine(name, groupOf(ratios, name), groupOf(leasts, name).mean)),
    ...part.notes.map((note) => `- ${note}`),
    ...errors,
    '',
    ...layoutLines(ratios),
  ];
}

function leastMs({ times }: Timing): number {
  return Math.min(...times);
}

function groupLine(name: string, group: Group, leastMean: number): string[] {
  if (group.count === 0) return [];
  const below = group.below1.length === 0 ? 'none under 1×' : `under 1×: ${group.below1.join(', ')}`;
  const missing = group.missing.length === 0 ? '' : `; without a figure: ${group.missing.join(', ')}`;
  const mean = `geometric mean **${group.mean.toFixed(2)}×** of ${group.count} rows (of the least times ${leastMean.toFixed(2)}×)`;
  return [`- ${name}: ${mean}; ${below}${missing}.`];
}

/** Which layout and SQL were each peer's best. */
function layoutLines(ratios: readonly Ratio[]): string[] {
  const bestOf = (engine: 'duckdb' | 'clickhouse'): string =>
    ratios
      .flatMap(({ id, [engine]: best }) =>
        best === null ? [] : [`${id} ${best.layout}${best.variant > 0 ? ` (SQL ${best.variant + 1})` : ''}`],
      )
      .join(', ');
  return [`Best layouts: DuckDB ${bestOf('duckdb')}. ClickHouse ${bestOf('clickhouse') || '–'}.`, ''];
}

function timing(one: Timing | null): string {
  if (one === null) return '–';
  return one.times.length < 2 ? figure(one.medianMs) : `${figure(one.medianMs)} ±${one.spreadPercent.toFixed(0)} %`;
}

function times(ratio: number | null): string {
  return ratio === null || Number.isNaN(ratio) ? '–' : `${ratio.toFixed(2)}×`;
}

function factsLines(part: FactsPart): string[] {
  return [
    `## ${titles[part.part]}`,
    '',
    headLine(part),
    '',
    '| what | unit | |',
    '| --- | --- | --- |',
    ...part.facts.map(({ name, unit, values }) => {
      const cells = Object.entries(values).map(([who, value]) => `${who} ${value === null ? '–' : figure(value)}`);
      return `| ${name} | ${unit} | ${cells.join('; ')} |`;
    }),
    '',
    ...part.notes.map((note) => `- ${note}`),
    '',
  ];
}

function figure(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
