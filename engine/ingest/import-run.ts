import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Host } from '../host/host.ts';
import type { Store } from '../store/store-types.ts';
import type { ColumnChoice } from './choose-columns.ts';
import type { DetectedFormat } from './detect.ts';
import { calledOff, type ImportPipeline } from './import-pipeline.ts';
import type { ImportDetection, ImportOptions } from './import-types.ts';
import type { KnownSources } from './known-sources.ts';
import { tooManyColumns, type ParsedPiece, type WantedColumns } from './parse-piece.ts';
import type { PieceBuffers } from './pieces.ts';

/** Reasons of rejected rows that the summary names. */
const reasonsMax = 3;

/** One import under way. */
export interface ImportRun {
  readonly host: Host;
  readonly store: Store;
  readonly table: string;
  readonly settings: ImportOptions;
  readonly timezone: string;
  readonly wanted: WantedColumns;
  readonly known: KnownSources;
  readonly buffers: PieceBuffers;
  readonly pipeline: ImportPipeline;
  readonly started: number;
  readonly skipped: { file: string; reason: string }[];
  readonly warnings: string[];
  /** Beginnings of sources that are read but not yet taken: one that begins alike waits for them. */
  readonly pendingHeads: Map<Uint8Array, number>;
  readonly columns: Set<string>;
  readonly reasons: Set<string>;
  choice: ColumnChoice | null;
  format: DetectedFormat | null;
  detected: ImportDetection | null;
  rows: number;
  rejected: number;
  resumed: number;
  bytesIn: number;
  /** As they lie. */
  bytesRead: number;
  bytesTotal: number | null;
}

/** Counts what is read of a stream as it lies, and stops it where the import was called off. */
export async function* counted(run: ImportRun, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of stream) {
    if (run.settings.signal?.aborted === true) throw calledOff();
    run.bytesRead += chunk.length;
    yield chunk;
  }
}

/** Bytes after which others have their turn. */
const turnBytes = 8 * 1024 * 1024;

/**
 * Passes on what a stream inflates to, and stops it where the import was called off: a little that was read may be a
 * lot of that, made without waiting for anything, and who presses Ctrl-C must be heard.
 */
export async function* attended(run: ImportRun, stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let sinceTurn = 0;
  for await (const chunk of stream) {
    sinceTurn += chunk.length;
    if (sinceTurn >= turnBytes) {
      sinceTurn = 0;
      await run.host.scheduler.yield();
    }
    if (run.settings.signal?.aborted === true) throw calledOff();
    yield chunk;
  }
}

/**
 * Adds what a piece gave to the run's counts; the first rows settle which columns are the time and the actor.
 * @throws VarveError `limit` when the pieces so far have more than `columnsMax` columns together.
 */
export function noteParsed(run: ImportRun, name: string, format: DetectedFormat, parsed: ParsedPiece): void {
  for (const column of parsed.columns) run.columns.add(column);
  if (run.columns.size > limits.columnsMax) throw tooManyColumns(name, run.columns.size);
  for (const reason of parsed.reasons) if (run.reasons.size < reasonsMax) run.reasons.add(reason);
  run.rows += parsed.rows;
  run.rejected += parsed.rejected;
  if (run.choice !== null || parsed.choice === null) return;
  run.choice = parsed.choice;
  run.detected = {
    format: format.format.name,
    evidence: format.evidence,
    ...parsed.choice,
    timezone: run.timezone,
  };
  run.settings.onDetected?.(run.detected);
}

/** @returns the error for a time zone that is not known. */
export function unknownTimeZone(name: string): VarveError {
  return new VarveError('usage', `There is no time zone "${name}".`, { hint: 'Zones are named like Europe/Berlin.' });
}

/** Tells who wants to know how far the import is. @param bytes how far the sources were read, as they lie. */
export function tellProgress(run: ImportRun, bytes: number): void {
  run.settings.onProgress?.({
    rows: run.rows,
    bytes,
    bytesTotal: run.bytesTotal,
    elapsedMs: run.host.clock.monotonic() - run.started,
  });
}
