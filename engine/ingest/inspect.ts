import { formatTimeUtc } from '../base/calendar.ts';
import type { BatchColumn } from '../column/batch.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { scalarAt } from '../functions/access.ts';
import type { Host } from '../host/host.ts';
import { textOf } from './append-rows.ts';
import { detectFormat } from './detect.ts';
import type { ImportSettings } from './import.ts';
import { lastBoundary } from './pieces.ts';
import { chooseColumns, prepareBatch, type ColumnChoice } from './prepare.ts';
import { BatchBuilder } from './row-builder.ts';
import { bytesOfFile, compressionOf, filesOf, inflate } from './source-bytes.ts';

/** Bytes of a source that inspection reads. */
const sampleBytes = 4 * 1024 * 1024;
const rowsShown = 10;

/** What was found about a source. */
export interface Inspection {
  readonly name: string;
  readonly format: string;
  readonly evidence: string;
  readonly compression: string | null;
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
  settings: ImportSettings,
): Promise<Inspection> {
  const name = typeof source === 'string' ? (await filesOf(host.vfs, source))[0]! : 'standard input';
  const { bytes, complete, compression } = await readSample(host, name, source);
  const found = detectFormat(
    { name, bytes: bytes.subarray(0, 65_536), complete: complete && bytes.length <= 65_536 },
    settings,
  );
  const timezone = settings.timezone ?? 'UTC';
  const builder = new BatchBuilder(timezone);
  const whole = complete ? bytes : bytes.subarray(0, lastBoundary(bytes, found.format.framing));
  found.format.createReader(found.options, { timezone }).read(whole, true, builder);
  const batch = builder.build();
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
      type,
      filled: scalars.length / Math.max(1, batch.rowCount),
      distinct: texts.size,
      example: texts.values().next().value ?? '',
      evidence: `${scalars.length} of ${batch.rowCount} rows, all ${type}`,
    };
  });
  const advice: string[] = [];
  if (choice.time === null)
    advice.push('No column holds times: events would bear the time of the import. Name one with --time.');
  if (choice.actor === null) advice.push('No column names who did it: say --actor COLUMN to count and follow people.');
  const rejected = [
    ...builder.rejected.map(({ reason, raw }) => ({ reason, raw: new TextDecoder().decode(raw) })),
    ...prepared.rejected.map(({ row, reason }) => ({ reason, raw: `row ${row + 1}` })),
  ];
  return {
    name,
    format: found.format.name,
    evidence: found.evidence,
    compression,
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
          /id$|user|host|ip|author|actor/i.test(column.name),
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
    command: importCommand(name, found.format.name, choice),
  };
}

function importCommand(name: string, format: string, choice: ColumnChoice): string {
  const time = choice.time === null ? '' : ` --time ${choice.time}`;
  const actor = choice.actor === null ? '' : ` --actor ${choice.actor}`;
  return `varve import ${name === 'standard input' ? '-' : name} --format ${format}${time}${actor}`;
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

async function readSample(
  host: Host,
  name: string,
  source: string | AsyncIterable<Uint8Array>,
): Promise<{ bytes: Uint8Array; complete: boolean; compression: string | null }> {
  const raw = typeof source === 'string' ? bytesOfFile(host.vfs, name) : source;
  const head = new Uint8Array(2);
  if (typeof source === 'string') {
    const file = await host.vfs.openRead(name);
    await file.read(head, 0).finally(() => file.close());
  }
  const compression = compressionOf(name, head);
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of compression === null ? raw : inflate(name, raw, compression)) {
    parts.push(part);
    length += part.length;
    if (length >= sampleBytes) return { bytes: new Uint8Array(Buffer.concat(parts)), complete: false, compression };
  }
  return { bytes: new Uint8Array(Buffer.concat(parts)), complete: true, compression };
}
