import type { Effort } from '../measure.ts';
import { coldRow, evictionNote, findEviction } from './cold.ts';
import { openContest } from './contenders.ts';
import type { Stores } from './layouts.ts';
import { measureRow } from './measure-row.ts';
import { isWanted, type PartName, type PeersOptions } from './options.ts';
import { questionsOf } from './questions.ts';
import { ratioOf } from './ratios.ts';
import { readPart, type RowResult, type RowsPart } from './results.ts';
import { beginPart } from './versions.ts';

/** Asks the rows of a data set with all engines in this process, warm, taking turns. */
export async function runRowsPart(
  part: PartName,
  stores: Stores,
  options: PeersOptions,
  print: (text: string) => void,
): Promise<RowsPart> {
  const threads = part === 'one' ? 1 : options.threads;
  const effort = part === 'warm' ? options.warmEffort : options.otherEffort;
  const head = beginPart(part, options, { data: stores.data, threads, events: stores.rows });
  const started = performance.now();
  const wanted = options.rows ?? (part === 'warm' ? null : options.otherRows);
  const rows = await askRows(part, stores, { rows: wanted, threads, effort }, print);
  return { ...head, kind: 'rows', rows, seconds: (performance.now() - started) / 1000, notes: notesOf(stores, rows) };
}

function notesOf({ data }: Stores, rows: readonly RowResult[]): string[] {
  const asked = new Set(rows.map(({ id }) => id));
  return questionsOf(data).flatMap(({ id, note }) => (note !== undefined && asked.has(id) ? [`${id}: ${note}`] : []));
}

interface RowsRequest {
  /** Null = all. */
  readonly rows: readonly string[] | null;
  readonly threads: number;
  readonly effort: Effort;
}

async function askRows(
  part: PartName,
  stores: Stores,
  { rows, threads, effort }: RowsRequest,
  print: (text: string) => void,
): Promise<RowResult[]> {
  const contest = await openContest(stores, { threads, engine: null, layout: null });
  const results: RowResult[] = [];
  for (const question of questionsOf(stores.data)) {
    if (!isWanted(rows, question.id)) continue;
    const result = await measureRow(question, contest.contendersOf(question), effort);
    results.push(result);
    print(`${part} ${describeRow(result)}\n`);
  }
  await contest.close();
  return results.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

/** Asks the rows in fresh processes with cold files. */
export async function runColdPart(
  stores: Stores,
  options: PeersOptions,
  print: (text: string) => void,
): Promise<RowsPart> {
  const eviction = findEviction();
  const head = beginPart('cold', options, { data: stores.data, threads: options.threads, events: stores.rows });
  const started = performance.now();
  const warm = await readPart(options.out, 'warm');
  const known = warm?.kind === 'rows' && warm.events === stores.rows ? warm.rows : [];
  const rows: RowResult[] = [];
  for (const question of questionsOf(stores.data)) {
    if (!isWanted(options.rows ?? options.otherRows, question.id)) continue;
    const best = known.find(({ id }) => id === question.id) ?? (await onlyRow(question.id, stores, options));
    const row = await coldRow(stores, question, {
      warm: best,
      threads: options.threads,
      runs: options.coldRuns,
      eviction,
    });
    rows.push(row);
    print(`cold ${describeRow(row)}\n`);
  }
  rows.sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return {
    ...head,
    kind: 'rows',
    rows,
    seconds: (performance.now() - started) / 1000,
    notes: [evictionNote(eviction), ...notesOf(stores, rows)],
  };
}

/** Finds the best layouts of a row that was not asked warm. */
async function onlyRow(id: string, stores: Stores, options: PeersOptions): Promise<RowResult> {
  const effort = { warmUps: 1, runs: 1, runsMin: 1, budgetMs: 1000 };
  const [row] = await askRows('warm', stores, { rows: [id], threads: options.threads, effort }, () => undefined);
  return row!;
}

/** @returns one line about a row. */
export function describeRow(row: RowResult): string {
  const { varve, duckdb, clickhouse, ratio } = ratioOf(row);
  const cell = (name: string, timing: typeof varve): string =>
    timing === null
      ? `${name} –`
      : `${name} ${timing.medianMs.toFixed(1)} ±${timing.spreadPercent.toFixed(0)}% ` +
        `(${name === 'varve' ? '' : `${timing.layout}/${timing.variant + 1}, `}${timing.times.length} runs)`;
  const cells = [cell('varve', varve), cell('duckdb', duckdb), cell('clickhouse', clickhouse)].join('  ');
  const errors = row.errors.map((error) => `\n     ERROR ${error}`).join('');
  return `${row.id.padEnd(4)} ${cells}  ratio ${ratio === null ? '–' : ratio.toFixed(2)}${errors}`;
}
