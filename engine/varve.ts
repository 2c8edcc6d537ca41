import type {
  AppendRequest,
  AppendResult,
  AppendRow,
  ImportOptions,
  ImportSummary,
  QueryOptions,
  QueryResult,
  TableSummary,
  Varve,
} from './api.ts';
import { checkRows, checkText } from './arguments.ts';
import { errorFromUnknown, VarveError } from './base/errors.ts';
import type { Scalar } from './column/values.ts';
import type { TableSchema } from './column/schema.ts';
import { encodeBatch } from './column/batch-codec.ts';
import { createExecutionEnvironment, type OwnEnvironment } from './execute/environment.ts';
import { executePlan } from './execute/run.ts';
import { exportTable } from './export-table.ts';
import { groupingOf } from './grouping.ts';
import type { Host } from './host/host.ts';
import { batchFromRows, digestOfRows } from './ingest/append-rows.ts';
import { importSource } from './ingest/import.ts';
import { rejectedBatch } from './ingest/quarantine.ts';
import { checkTableName } from './ingest/table-name.ts';
import { compileQuery } from './query/compile.ts';
import { createQueryResult } from './query-result.ts';
import { closedError } from './store/closed-error.ts';
import type { Store, TableInfo } from './store/store-types.ts';

const errorsReported = 20;

/**
 * Joins language, execution, ingest and storage to the handle that `open` returns.
 * @param memory the most bytes that the block cache may take.
 */
export function createVarve(host: Host, store: Store, memory: number): Varve {
  const environment = createExecutionEnvironment(host, { memory, seed: store.seed });
  let closing: Promise<void> | null = null;
  const opened = (): void => {
    if (closing !== null) throw closedError();
  };
  const close = (): Promise<void> => {
    closing ??= store.close().finally(() => {
      environment.closeFiles();
      return host.threads.close();
    });
    return closing;
  };
  return {
    async append(table, rows, request = {}) {
      opened();
      checkRows(rows);
      checkText('The idempotency key', request.key, true);
      return appendRows(host, store, table, rows, request);
    },
    async query(text, options = {}) {
      opened();
      checkText('A query', text);
      return runQuery(host, store, environment, text, options);
    },
    async import(source, options = {}) {
      opened();
      return importInto(host, store, source, options);
    },
    async tables() {
      opened();
      return Promise.all(store.tables().map((table) => summaryOfTable(host, store, environment, table)));
    },
    export(table, options = {}) {
      opened();
      checkText('The name of a table', table);
      return exportTable(host, store, environment, table, options);
    },
    async compact(table) {
      opened();
      return store.compact(table);
    },
    async refresh() {
      opened();
      return store.refresh();
    },
    async check() {
      opened();
      return store.check();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function appendRows(
  host: Host,
  store: Store,
  table: string,
  rows: readonly AppendRow[],
  request: AppendRequest,
): Promise<AppendResult> {
  checkTableName(table);
  const now = host.clock.now();
  const { batch, options, rejected } = batchFromRows(rows, request, store.schema(table), now);
  const batches = [];
  if (batch.rowCount > 0) batches.push({ table, options, bytes: encodeBatch(batch) });
  if (rejected.length > 0)
    batches.push(
      rejectedBatch(
        rejected.map(({ row, reason, raw }) => ({
          source: `append ${table}`,
          position: row,
          reason,
          raw: new TextEncoder().encode(raw),
        })),
        now,
      ),
    );
  const counts = { accepted: batch.rowCount, rejected: rejected.length, duplicate: false };
  const outcome =
    batches.length === 0 && request.key === undefined
      ? counts
      : await store.append(batches, {
          ...(request.key === undefined ? {} : { key: request.key, keyTable: table, digest: digestOfRows(rows) }),
          outcome: counts,
        });
  return { ...outcome, errors: rejected.slice(0, errorsReported).map(({ row, reason }) => ({ row, reason })) };
}

async function runQuery(
  host: Host,
  store: Store,
  environment: OwnEnvironment,
  text: string,
  options: QueryOptions,
): Promise<QueryResult> {
  const started = host.clock.monotonic();
  const snapshot = store.snapshot();
  try {
    const schemas = new Map<string, TableSchema>([...snapshot.tables].map(([name, table]) => [name, table.schema]));
    const plan = compileQuery(text, {
      schemas,
      params: parameters(options),
      now: options.now?.getTime() ?? host.clock.now(),
      timezone: options.timezone ?? 'UTC',
    });
    const result = await executePlan(environment, plan, snapshot.tables, options.signal);
    const meta = {
      rows_scanned: result.stats.rowsScanned,
      rows_matched: result.stats.rowsMatched,
      bytes_scanned: result.stats.bytesScanned,
      segments_pruned: result.stats.segmentsPruned,
      elapsed_ms: Math.round((host.clock.monotonic() - started) * 1000) / 1000,
      sample: 1,
      exact: true,
      approximate: result.approximate,
      snapshot: snapshot.id,
      warnings: result.warnings,
    };
    return createQueryResult(result.columns, result.data, result.rowCount, meta, groupingOf(plan));
  } catch (error) {
    throw Object.defineProperty(errorFromUnknown(error), 'queryText', { value: text, configurable: true });
  } finally {
    snapshot.release();
    environment.closeFiles();
  }
}

function parameters(options: QueryOptions): Record<string, Scalar> {
  return Object.fromEntries(
    Object.entries(options.params ?? {}).map(([name, value]) => [
      name,
      value instanceof Date ? timeText(name, value) : value,
    ]),
  );
}

function timeText(name: string, date: Date): string {
  if (!Number.isNaN(date.getTime())) return date.toISOString();
  throw new VarveError('usage', `The parameter $${name} is no value: an invalid Date.`, {
    hint: 'Give a text, a number, a bool, a Date or null.',
  });
}

async function importInto(
  host: Host,
  store: Store,
  source: string | readonly string[] | AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportSummary> {
  try {
    return await importSource(host, store, source, options);
  } catch (error) {
    throw errorFromUnknown(error);
  }
}

async function summaryOfTable(
  host: Host,
  store: Store,
  environment: OwnEnvironment,
  table: TableInfo,
): Promise<TableSummary> {
  const { schema } = table;
  let actors: number | null = null;
  if (schema.actor !== null && table.rows > 0) {
    const quoted = `"${table.name.replaceAll('"', '""')}"`;
    const result = await runQuery(host, store, environment, `select uniq(actor) as actors from ${quoted}`, {});
    actors = Number(result.values(0)[0]);
  }
  return {
    name: table.name,
    rows: table.rows,
    actors,
    actor: schema.actor,
    since: table.timeMin === null ? null : new Date(table.timeMin),
    until: table.timeMax === null ? null : new Date(table.timeMax),
    bytes: table.bytes,
    columns: schema.columns.map(({ name, type }) => ({ name, type })),
  };
}
