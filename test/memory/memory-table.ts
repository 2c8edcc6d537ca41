import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Batch } from '../../engine/column/batch.ts';
import type { TableSchema } from '../../engine/column/schema.ts';
import { widenTypes, type ColumnType } from '../../engine/column/types.ts';
import type { IntVector } from '../../engine/column/vector.ts';
import { gatherVector } from '../../engine/column/gather.ts';
import { executePlan } from '../../engine/execute/run.ts';
import type { ExecutionResult } from '../../engine/execute/result.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import { formats } from '../../engine/ingest/formats/index.ts';
import type { FormatOptions } from '../../engine/ingest/formats/format.ts';
import { chooseColumns } from '../../engine/ingest/choose-columns.ts';
import { prepareBatch } from '../../engine/ingest/prepare.ts';
import { BatchBuilder, type RejectedRow } from '../../engine/ingest/row-builder.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { openChunk, sortChunk } from '../../engine/store/chunk-source.ts';
import type { ChunkDescriptor } from '../../engine/store/row-source.ts';
import type { Scalar } from '../../engine/column/values.ts';

/** A table that lives in chunks alone: what the memtable is to a query, without a store around it. */
export class MemoryTable {
  readonly chunks: ChunkDescriptor[] = [];
  readonly rejected: RejectedRow[] = [];
  schema: TableSchema;

  constructor(name: string, actor: string | null) {
    this.schema = {
      id: 1,
      name,
      timeName: 'time',
      actor,
      actors: [],
      columns: [{ id: 1, name: 'time', type: 'time', wide: false }],
    };
  }

  add(batch: Batch): void {
    const bytes = encodeBatch(batch);
    const sequence = this.chunks.length + 1;
    const time = batch.columns.find((column) => column.name === 'time')!.vector as IntVector;
    const times = Array.from(time.values as Float64Array, (value) => time.base + value);
    this.chunks.push({
      kind: 'chunk',
      sequence,
      rowCount: batch.rowCount,
      bytes,
      actor: this.schema.actor,
      timeMin: times.reduce((a, b) => Math.min(a, b), Infinity),
      timeMax: times.reduce((a, b) => Math.max(a, b), -Infinity),
      order: sortChunk(bytes, this.schema.actor, sequence, 0),
    });
    const columns = [...this.schema.columns];
    for (const { name, type, vector } of batch.columns) {
      const wide = vector.kind === 'int' && vector.values instanceof BigInt64Array;
      const index = columns.findIndex((column) => column.name === name);
      if (index < 0) columns.push({ id: columns.length + 1, name, type, wide });
      else columns[index] = { ...columns[index]!, ...widenTypes(columns[index]!, { type, wide }) };
    }
    this.schema = { ...this.schema, columns };
  }

  async run(query: string, options: { now?: number; params?: Record<string, Scalar> } = {}): Promise<ExecutionResult> {
    const plan = compileQuery(query, {
      schemas: new Map([[this.schema.name, this.schema]]),
      params: options.params ?? {},
      now: options.now ?? Date.UTC(2026, 5, 30),
      timezone: 'UTC',
    });
    return executePlan(
      { openSource: (descriptor) => openChunk(descriptor as ChunkDescriptor) },
      plan,
      new Map([[this.schema.name, { schema: this.schema, sources: this.chunks }]]),
    );
  }

  /** The answer as rows of plain values; times as ISO text. */
  async rows(query: string, options: { now?: number; params?: Record<string, Scalar> } = {}): Promise<Scalar[][]> {
    const result = await this.run(query, options);
    return Array.from({ length: result.rowCount }, (_, row) =>
      result.data.map((values, column) => {
        const value = scalarAt(values, row);
        const type: ColumnType = result.columns[column]!.type;
        return type === 'time' && value !== null ? new Date(value as number).toISOString() : value;
      }),
    );
  }
}

/** Reads a file as an import would, in one piece. */
export function readTable(
  path: string,
  options: { format?: string; formatOptions?: FormatOptions; time?: string; actor?: string; timezone?: string } = {},
): MemoryTable {
  const raw = readFileSync(path);
  const bytes = path.endsWith('.gz') ? gunzipSync(raw) : raw;
  const sample = { name: path, bytes: bytes.subarray(0, 65_536), complete: bytes.length <= 65_536 };
  const found =
    options.format === undefined
      ? [...new Set(formats.values())]
          .map((format) => ({ format, detection: format.detect(sample) }))
          .sort((a, b) => (b.detection?.score ?? 0) - (a.detection?.score ?? 0))[0]!
      : { format: formats.get(options.format)!, detection: { options: {} } };
  const timezone = options.timezone ?? 'UTC';
  const builder = new BatchBuilder(timezone);
  found.format
    .createReader({ ...found.detection?.options, ...options.formatOptions }, { timezone })
    .read(bytes, true, builder);
  const batch = builder.build();
  const chosen = chooseColumns(batch, found.format.defaults, timezone);
  const choice = { time: options.time ?? chosen.time, actor: options.actor ?? chosen.actor };
  const prepared = prepareBatch(batch, choice, timezone, 0);
  const table = new MemoryTable('t', choice.actor);
  table.rejected.push(
    ...builder.rejected,
    ...prepared.rejected.map(({ row, reason }) => ({ reason, raw: new Uint8Array(0), offset: row })),
  );
  // In two chunks, so that answers cross sources.
  const half = Math.floor(prepared.batch.rowCount / 2);
  for (const [from, to] of [
    [0, half],
    [half, prepared.batch.rowCount],
  ] as const) {
    const rows = Uint32Array.from({ length: to - from }, (_, i) => from + i);
    table.add({
      rowCount: to - from,
      columns: prepared.batch.columns.map((column) => ({ ...column, vector: gatherVector(column.vector, rows) })),
    });
  }
  return table;
}
