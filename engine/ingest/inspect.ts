import { formatTimeUtc } from '../base/calendar.ts';
import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { isTimeZone } from '../base/time-zone.ts';
import type { BatchColumn } from '../column/batch.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import type { Host } from '../host/host.ts';
import { textOf } from './append-rows.ts';
import { cuttingOf, lastBoundary } from './boundaries.ts';
import { chooseColumns, personRank, type ColumnChoice } from './choose-columns.ts';
import { unknownTimeZone } from './import-run.ts';
import type { ImportOptions } from './import-types.ts';
import { headBytesMax } from './known-sources.ts';
import { tooManyColumns } from './parse-piece.ts';
import { prepareBatch } from './prepare.ts';
import { BatchBuilder } from './row-builder.ts';
import { bytesOfFile } from './source-bytes.ts';
import { filesOf } from './source-files.ts';
import { openText } from './source-text.ts';

/** Bytes of a source that inspection reads. */
const sampleBytes = 4 * 1024 * 1024;
const rowsShown = 10;

/** What was found about a source. */
export interface Inspection {
  readonly name: string;
  readonly format: string;
  readonly evidence: string;
  readonly compression: string | null;
  /** What the text is in. */
  readonly encoding: string;
  readonly rows: number;
  readonly complete: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly filled: number;
    readonly distinct: number;
    readonly example: string;
    readonly evidence: string;
  }[];
  readonly time: string | null;
  readonly actor: string | null;
  readonly actorCandidates: readonly { readonly name: string; readonly distinct: number; readonly why: string }[];
  readonly sample: readonly Readonly<Record<string, Scalar>>[];
  readonly rejected: readonly { readonly reason: string; readonly raw: string }[];
  readonly rejectedCount: number;
  readonly advice: readonly string[];
  readonly command: string;
}

/** Reads the beginning of a source as an import would and tells what it found; changes nothing. @throws VarveError as `importSource`. */
export async function inspectSource(
  host: Host,
  source: string | AsyncIterable<Uint8Array>,
  settings: ImportOptions,
): Promise<Inspection> {
  const timezone = settings.timezone ?? 'UTC';
  if (!isTimeZone(timezone)) throw unknownTimeZone(timezone);
  const name = typeof source === 'string' ? await firstFile(host, source) : 'standard input';
  const raw = typeof source === 'string' ? bytesOfFile(host.vfs, name) : source;
  const { plain, format: found } = await openText(name, raw, settings, sampleBytes, headBytesMax);
  await plain.close();
  const { head: bytes, complete, compression, encoding } = plain;
  const head = bytes.subarray(0, headBytesMax);
  const builder = new BatchBuilder(timezone);
  const { delimiter } = found.options;
  const cutting = cuttingOf(found.format.framing, head, typeof delimiter === 'string' ? delimiter : ',');
  const whole = complete ? bytes : bytes.subarray(0, lastBoundary(bytes, cutting));
  found.format.createReader(found.options, { timezone }).read(whole, true, builder);
  const batch = builder.build();
  if (batch.columns.length > limits.columnsMax) throw tooManyColumns(name, batch.columns.length);
  const chosen = chooseColumns(batch, found.format.defaults, timezone);
  const choice = {
    time: settings.time ?? chosen.time,
    actor: settings.actor === undefined ? chosen.actor : [settings.actor].flat()[0]!,
  };
  const prepared = prepareBatch(batch, choice, timezone, host.clock.now());
  const columns = batch.columns.map(({ name: column, type, vector, dictionary }) => {
    const values = valuesFromVector(vector, type, dictionary === null ? null : textsOfDictionary(dictionary), null);
    const scalars = Array.from({ length: values.length }, (_, row) => scalarAt(values, row)).filter(
      (value) => value !== null,
    );
    const texts = new Set(
      scalars.map((value) =>
        type === 'time' ? formatTimeUtc(value as number) : typeof value === 'string' ? value : textOf(value),
      ),
    );
    return {
      name: column,
      type: column === choice.time ? ('time' as const) : type,
      filled: scalars.length / Math.max(1, batch.rowCount),
      distinct: texts.size,
      example: texts.values().next().value ?? '',
      evidence:
        column === choice.time
          ? `${batch.rowCount - prepared.rejected.length} of ${batch.rowCount} rows read as times`
          : `${scalars.length} of ${batch.rowCount} rows, all ${type}`,
    };
  });
  const advice: string[] = [];
  if (choice.time === null)
    advice.push('No column holds times: events would bear the time of the import. Name one with --time.');
  if (choice.actor === null) advice.push('No column names who did it: say --actor COLUMN to count and follow people.');
  const rejected = [
    ...builder.rejected.map(({ reason, raw }) => ({ reason, raw: new TextDecoder().decode(raw) })),
    ...prepared.rejected.map(({ row, reason }) => {
      const { from, to } = builder.placeOf(row);
      return { reason, raw: new TextDecoder().decode(whole.subarray(from, to)).trimEnd() };
    }),
  ];
  return {
    name,
    format: found.format.name,
    evidence: found.evidence,
    compression,
    encoding,
    rows: batch.rowCount,
    complete,
    columns,
    ...choice,
    actorCandidates: columns
      .filter(
        (column) =>
          column.type !== 'time' &&
          column.distinct > 1 &&
          column.filled > 0.5 &&
          (personRank(column.name) < Infinity || /id$|user|host|ip$|addr/i.test(column.name)),
      )
      .map((column) => ({
        name: column.name,
        distinct: column.distinct,
        why: `${Math.round(column.filled * 100)} % filled`,
      })),
    sample: sampleRows(prepared.batch.columns, Math.min(rowsShown, prepared.batch.rowCount)),
    rejected: rejected.slice(0, rowsShown),
    rejectedCount: rejected.length,
    advice,
    command: importCommand(name, found.format.name, choice, settings),
  };
}

function importCommand(name: string, format: string, choice: ColumnChoice, settings: ImportOptions): string {
  const options = [
    ['--format', format],
    ['--log-format', settings.logFormat],
    ['--encoding', settings.encoding],
    ['--time', choice.time],
    ['--actor', choice.actor],
    ['--timezone', settings.timezone],
  ].flatMap(([option, value]) => (value === undefined || value === null ? [] : [`${option} ${shellWord(value)}`]));
  return ['varve import', name === 'standard input' ? '-' : shellWord(name), ...options].join(' ');
}

/** A word as a shell takes it for what it is. */
function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function sampleRows(columns: readonly BatchColumn[], count: number): Record<string, Scalar>[] {
  const rows = Uint32Array.from({ length: count }, (_, row) => row);
  const read = columns.map(({ name, type, vector, dictionary }) => ({
    name,
    type,
    values: valuesFromVector(vector, type, dictionary === null ? null : textsOfDictionary(dictionary), rows),
  }));
  return Array.from(rows, (row) =>
    Object.fromEntries(
      read.map(({ name, type, values }) => {
        const value = scalarAt(values, row);
        return [name, type === 'time' && value !== null ? formatTimeUtc(value as number) : value];
      }),
    ),
  );
}

async function firstFile(host: Host, path: string): Promise<string> {
  const { files, skipped } = await filesOf(host.vfs, path);
  if (files[0] !== undefined) return files[0];
  throw new VarveError('forbidden', skipped[0]!.reason);
}
