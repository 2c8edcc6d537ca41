import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Machine } from '../machine.ts';
import type { PartName } from './options.ts';

/** What one way of asking an engine took, ms. */
export interface Timing {
  /** `varve`, `duckdb` or `clickhouse`. */
  readonly engine: string;
  readonly layout: string;
  /** Which of the engine's ways to ask, from 0. */
  readonly variant: number;
  readonly times: readonly number[];
  readonly medianMs: number;
  /** (slowest − fastest) ÷ median, in percent. */
  readonly spreadPercent: number;
  /** Median of what all threads of the process spent. */
  readonly cpuMs: number;
  /** Median from the process's start to the answer; for cold runs alone. */
  readonly startMs?: number;
}

/** One row of the benchmark as measured. */
export interface RowResult {
  readonly id: string;
  readonly title: string;
  readonly rowsOut: number;
  readonly timings: readonly Timing[];
  /** What went wrong: an engine that refused, or answers that differ. Empty = all is well. */
  readonly errors: readonly string[];
}

/** Where and with what a part was run. */
export interface PartHead {
  readonly part: PartName;
  readonly date: string;
  readonly commit: string;
  readonly machine: Machine;
  readonly versions: Readonly<Record<string, string>>;
  readonly events: number;
  readonly data: string;
  readonly threads: number;
  readonly seconds: number;
  readonly notes: readonly string[];
}

/** A part that asked rows. */
export interface RowsPart extends PartHead {
  readonly kind: 'rows';
  readonly rows: readonly RowResult[];
}

/** A part that measured single figures. */
export interface FactsPart extends PartHead {
  readonly kind: 'facts';
  readonly facts: readonly Fact[];
}

/** One figure of each engine; null = could not be had. */
export interface Fact {
  readonly name: string;
  readonly unit: string;
  readonly values: Readonly<Record<string, number | null>>;
}

export type PartResult = RowsPart | FactsPart;

/** Writes a file whole or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.part`;
  await writeFile(beside, text);
  await rename(beside, path);
}

/** @returns the file of a part. */
export function partFile(out: string, part: PartName): string {
  return join(out, 'results', `${part}.json`);
}

/**
 * Writes a part's figures. Rows that were not asked this time stay as they were, if they are of as many events.
 */
export async function writePart(out: string, result: PartResult): Promise<void> {
  const before = await readPart(out, result.part);
  await writeWhole(partFile(out, result.part), `${JSON.stringify(merge(before, result), null, 1)}\n`);
}

function merge(before: PartResult | null, result: PartResult): PartResult {
  if (before?.kind !== 'rows' || result.kind !== 'rows' || before.events !== result.events) return result;
  const asked = new Set(result.rows.map(({ id }) => id));
  const kept = before.rows.filter(({ id }) => !asked.has(id));
  if (kept.length === 0) return result;
  const note = `${kept.map(({ id }) => id).join(', ')}: of ${before.date}, commit ${before.commit}`;
  return { ...result, rows: [...kept, ...result.rows].sort(byId), notes: [...result.notes, note] };
}

function byId(a: RowResult, b: RowResult): number {
  return a.id.localeCompare(b.id, 'en', { numeric: true });
}

/** @returns a part's figures, or null where it was not run. */
export async function readPart(out: string, part: PartName): Promise<PartResult | null> {
  const path = partFile(out, part);
  return existsSync(path) ? (JSON.parse(await readFile(path, 'utf8')) as PartResult) : null;
}
