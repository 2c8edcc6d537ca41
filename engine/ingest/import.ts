import { errorFromUnknown, VarveError } from '../base/errors.ts';
import { isTimeZone } from '../base/time-zone.ts';
import { encodeBatch } from '../column/batch-codec.ts';
import type { Batch } from '../column/batch.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { scalarAt } from '../functions/access.ts';
import type { Host } from '../host/host.ts';
import type { ImportPart, ImportPosition, Store } from '../store/store-types.ts';
import { textOf } from './append-rows.ts';
import { detectFormat, type DetectedFormat } from './detect.ts';
import { piecesOf, type Piece } from './pieces.ts';
import { chooseColumns, prepareBatch, type ColumnChoice } from './prepare.ts';
import { rejectedBatch, type QuarantinedRow } from './quarantine.ts';
import { BatchBuilder } from './row-builder.ts';
import { bytesOfFile, compressionOf, digestOf, filesOf, inflate } from './source-bytes.ts';

/** Settings of one import; see the command line's options. */
export interface ImportSettings {
  readonly table?: string;
  readonly format?: string;
  readonly logFormat?: string;
  readonly time?: string;
  readonly actor?: string | readonly string[];
  readonly timezone?: string;
  readonly set?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: {
    rows: number;
    bytes: number;
    bytesTotal: number | null;
    elapsedMs: number;
  }) => void;
  readonly onDetected?: (found: {
    format: string;
    evidence: string;
    time: string | null;
    actor: string | null;
    timezone: string;
  }) => void;
}

/** What an import did; `bytesIn` counts what was read after inflating. */
export interface ImportResult {
  readonly table: string;
  readonly files: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  readonly resumed: number;
  readonly rows: number;
  readonly bytesIn: number;
  readonly bytesStored: number;
  readonly rejected: number;
  readonly duplicates: number;
  readonly timezone: string;
  readonly elapsedMs: number;
  readonly detected: {
    format: string;
    evidence: string;
    time: string | null;
    actor: string | null;
    timezone: string;
  } | null;
  readonly warnings: readonly string[];
}

/** Bytes of a source that are looked at to find its format, and that it is known by. */
const sampleBytes = 65_536;

interface Run {
  readonly host: Host;
  readonly store: Store;
  readonly table: string;
  readonly settings: ImportSettings;
  readonly timezone: string;
  readonly started: number;
  readonly skipped: { file: string; reason: string }[];
  readonly warnings: string[];
  choice: ColumnChoice | null;
  format: DetectedFormat | null;
  detected: ImportResult['detected'];
  rows: number;
  rejected: number;
  resumed: number;
  bytesIn: number;
  bytesStored: number;
}

/**
 * Imports a path or a stream into a table. Each piece of a source commits together with how far it was read, so that an
 * import that is cut off, or run again, adds only what is not in yet.
 * @param source a file, folder or glob, or the bytes themselves.
 * @throws VarveError `not_found`, `forbidden`, `usage`, `data_corrupted`, `storage_full`, `storage_failed`; what was committed stays.
 */
export async function importSource(
  host: Host,
  store: Store,
  source: string | AsyncIterable<Uint8Array>,
  settings: ImportSettings,
): Promise<ImportResult> {
  const timezone = settings.timezone ?? 'UTC';
  if (!isTimeZone(timezone))
    throw new VarveError('usage', `There is no time zone "${timezone}".`, {
      hint: 'Zones are named like Europe/Berlin.',
    });
  const run: Run = {
    host,
    store,
    table: settings.table ?? 'events',
    settings,
    timezone,
    started: host.clock.monotonic(),
    skipped: [],
    warnings: [],
    choice: null,
    format: null,
    detected: null,
    rows: 0,
    rejected: 0,
    resumed: 0,
    bytesIn: 0,
    bytesStored: 0,
  };
  const files = typeof source === 'string' ? await filesOf(host.vfs, source) : [];
  for (const file of files) {
    try {
      await importFile(run, file);
    } catch (error) {
      // One file of many that is of another kind is listed; the only one is the answer.
      const known = errorFromUnknown(error);
      if (files.length === 1 || !['usage', 'data_corrupted', 'forbidden'].includes(known.code)) throw known;
      run.skipped.push({ file, reason: known.message });
    }
  }
  if (typeof source !== 'string') await importStream(run, 'standard input', source, null);
  return {
    table: run.table,
    files: Math.max(1, files.length),
    skipped: run.skipped,
    resumed: run.resumed,
    rows: run.rows,
    bytesIn: run.bytesIn,
    bytesStored: run.bytesStored,
    rejected: run.rejected,
    duplicates: 0,
    timezone,
    elapsedMs: host.clock.monotonic() - run.started,
    detected: run.detected,
    warnings: run.warnings,
  };
}

/** How a file is known again, and how far it is in. */
interface KnownFile {
  readonly key: string;
  readonly headBytes: number;
  readonly done: number;
}

async function importFile(run: Run, path: string): Promise<void> {
  const head = new Uint8Array(sampleBytes);
  const file = await run.host.vfs.openRead(path);
  const read = await file.read(head, 0).finally(() => file.close());
  await importStream(run, path, bytesOfFile(run.host.vfs, path), findKnown(run, head.subarray(0, read)));
}

/** A file that was imported begins with the same bytes, under whatever name; it may have grown since. */
function findKnown(run: Run, head: Uint8Array): KnownFile {
  for (const [key, position] of run.store.importPositions()) {
    if (position['table'] !== run.table) continue;
    const headBytes = Number(position['headBytes']);
    if (headBytes > 0 && headBytes <= head.length && position['digest'] === digestOf(head.subarray(0, headBytes))) {
      return { key, headBytes, done: Number(position['bytes']) };
    }
  }
  return { key: `${run.table}:${digestOf(head)}`, headBytes: head.length, done: 0 };
}

async function importStream(
  run: Run,
  name: string,
  stream: AsyncIterable<Uint8Array>,
  known: KnownFile | null,
): Promise<void> {
  const chunks = stream[Symbol.asyncIterator]();
  const raw = await takeHead(chunks, sampleBytes);
  const compression = compressionOf(name, raw.head);
  const plain = compression === null ? raw.rest : inflate(name, raw.rest, compression);
  const opened = await takeHead(plain[Symbol.asyncIterator](), sampleBytes);
  const format = sameFormat(
    run,
    detectFormat({ name, bytes: opened.head, complete: opened.ended }, run.settings),
    name,
  );
  const reader = format.format.createReader(format.options, { timezone: run.timezone });
  const digest = known === null ? null : known.key.slice(known.key.lastIndexOf(':') + 1);
  let first = true;
  for await (const piece of piecesOf(opened.rest, format.format.framing)) {
    if (run.settings.signal?.aborted === true)
      throw new VarveError('cancelled', 'The import was called off; what was committed stays.');
    const end = piece.offset + piece.bytes.length;
    if (known === null || end > known.done) {
      const fresh = known !== null && piece.offset < known.done ? cutKnown(piece, known.done) : piece;
      if (first && fresh !== piece)
        reader.read(piece.bytes.subarray(0, piece.bytes.indexOf(10) + 1), true, new BatchBuilder(run.timezone));
      if (fresh !== piece || (first && known !== null && known.done > 0)) run.resumed++;
      const positions =
        known === null
          ? {}
          : { [known.key]: { table: run.table, digest, headBytes: known.headBytes, bytes: end, source: name } };
      await importPiece(run, name, fresh, first && fresh === piece, reader, format, positions);
    } else if (first)
      reader.read(piece.bytes.subarray(0, piece.bytes.indexOf(10) + 1), true, new BatchBuilder(run.timezone));
    first = false;
  }
  if (known !== null && known.done > 0 && run.bytesIn === 0) run.resumed++;
}

/** All files of one import are of the first one's format, unless it was named. */
function sameFormat(run: Run, found: DetectedFormat, name: string): DetectedFormat {
  if (run.format !== null && run.settings.format === undefined && found.format !== run.format.format) {
    throw new VarveError('usage', `"${name}" is ${found.format.name}, the first file was ${run.format.format.name}.`, {
      hint: 'Import it apart, or say --format.',
    });
  }
  run.format ??= found;
  return found;
}

function cutKnown(piece: Piece, done: number): Piece {
  return { bytes: piece.bytes.subarray(done - piece.offset), offset: done, skipped: piece.skipped };
}

async function importPiece(
  run: Run,
  name: string,
  piece: Piece,
  first: boolean,
  reader: ReturnType<DetectedFormat['format']['createReader']>,
  format: DetectedFormat,
  positions: Readonly<Record<string, ImportPosition>>,
): Promise<void> {
  const builder = new BatchBuilder(run.timezone);
  if (piece.skipped)
    builder.rejectRow(`One record has more than ${piece.bytes.length} bytes.`, piece.bytes.subarray(0, 1000), 0);
  else reader.read(piece.bytes, first, builder);
  const now = run.host.clock.now();
  const batch = withConstants(builder.build(), run.settings.set ?? {});
  run.choice ??= chooseFor(run, batch, format);
  const prepared = prepareBatch(batch, run.choice, run.timezone, now);
  const rejected: QuarantinedRow[] = [
    ...builder.rejected.map(({ reason, raw, offset }) => ({
      source: name,
      position: piece.offset + offset,
      reason,
      raw,
    })),
    ...prepared.rejected.map(({ row, reason }) => ({
      source: name,
      position: piece.offset,
      reason,
      raw: new TextEncoder().encode(rowText(batch, row)),
    })),
  ];
  const parts: ImportPart[] = [];
  const actors = run.settings.actor === undefined ? [] : [run.settings.actor].flat();
  if (prepared.batch.rowCount > 0) {
    parts.push({
      table: run.table,
      options: { timeName: run.choice.time ?? 'time', actor: run.choice.actor, actors: actors.slice(1) },
      batches: [encodeBatch(prepared.batch)],
    });
  }
  if (rejected.length > 0) {
    const { table, options, bytes } = rejectedBatch(rejected, now);
    parts.push({ table, options, batches: [bytes] });
  }
  await run.store.importBatches(parts, positions);
  run.rows += prepared.batch.rowCount;
  run.rejected += rejected.length;
  run.bytesIn += piece.bytes.length;
  run.bytesStored += parts.reduce((sum, part) => sum + part.batches.reduce((bytes, body) => bytes + body.length, 0), 0);
  run.settings.onProgress?.({
    rows: run.rows,
    bytes: run.bytesIn,
    bytesTotal: null,
    elapsedMs: run.host.clock.monotonic() - run.started,
  });
}

/** A table that exists keeps its time and actor; else what was asked for, else what is found. */
function chooseFor(run: Run, batch: Batch, format: DetectedFormat): ColumnChoice {
  const schema = run.store.schema(run.table);
  const found = chooseColumns(batch, format.format.defaults, run.timezone);
  const names = new Set(batch.columns.map((column) => column.name));
  const asked = run.settings.time;
  if (asked !== undefined && !names.has(asked)) throw missingColumn(asked, names);
  const actor = run.settings.actor === undefined ? undefined : [run.settings.actor].flat()[0]!;
  if (actor !== undefined && !names.has(actor)) throw missingColumn(actor, names);
  const own = schema === undefined ? undefined : [schema.timeName, 'time'].find((name) => names.has(name));
  const choice = { time: asked ?? own ?? found.time, actor: schema?.actor ?? actor ?? found.actor };
  run.detected = { format: format.format.name, evidence: format.evidence, ...choice, timezone: run.timezone };
  run.settings.onDetected?.(run.detected);
  return choice;
}

function missingColumn(name: string, names: ReadonlySet<string>): VarveError {
  return new VarveError('usage', `The source has no column "${name}".`, {
    hint: `It has ${[...names].slice(0, 20).join(', ')}.`,
  });
}

function withConstants(batch: Batch, constants: Readonly<Record<string, string>>): Batch {
  const names = Object.keys(constants);
  if (names.length === 0) return batch;
  const builder = new BatchBuilder('UTC');
  const setters = names.map((name) => ({ setter: builder.column(name), value: constants[name]! }));
  for (let row = 0; row < batch.rowCount; row++) {
    for (const { setter, value } of setters) setter.setText(value);
    builder.endRow();
  }
  return {
    rowCount: batch.rowCount,
    columns: [...batch.columns.filter((column) => !names.includes(column.name)), ...builder.build().columns],
  };
}

function rowText(batch: Batch, row: number): string {
  return textOf(
    Object.fromEntries(
      batch.columns
        .map(({ name, type, vector, dictionary }) => {
          const values = valuesFromVector(
            vector,
            type,
            dictionary === null ? null : textsOfDictionary(dictionary),
            Uint32Array.of(row),
          );
          return [name, scalarAt(values, 0)] as const;
        })
        .filter(([, value]) => value !== null),
    ),
  );
}

/** Reads the first bytes of a stream, and gives them back in front of the rest. */
async function takeHead(
  chunks: AsyncIterator<Uint8Array>,
  bytes: number,
): Promise<{ head: Uint8Array; ended: boolean; rest: AsyncGenerator<Uint8Array> }> {
  const taken: Uint8Array[] = [];
  let length = 0;
  let failed: unknown;
  let ended = false;
  while (length < bytes && !ended) {
    try {
      const next = await chunks.next();
      if (next.done === true) ended = true;
      else {
        taken.push(next.value);
        length += next.value.length;
      }
    } catch (error) {
      failed = error;
      ended = true;
    }
  }
  const head = new Uint8Array(Buffer.concat(taken).subarray(0, bytes));
  async function* rest(): AsyncGenerator<Uint8Array> {
    yield* taken;
    if (failed !== undefined) throw failed;
    for (let next = ended ? null : await chunks.next(); next !== null && next.done !== true; next = await chunks.next())
      yield next.value;
  }
  return { head, ended: ended && failed === undefined, rest: rest() };
}
