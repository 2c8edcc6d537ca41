import type {
  AppendRequest,
  AppendResult,
  AppendRow,
  ImportOptions,
  ImportSummary,
  TableSummary,
  Varve,
} from './api.ts';
import { checkQueryOptions, checkRows, checkText } from './arguments.ts';
import { errorFromUnknown } from './base/errors.ts';
import { encodeBatch } from './column/batch-codec.ts';
import { createExecutionEnvironment } from './execute/environment.ts';
import { exportTable } from './export-table.ts';
import type { Host } from './host/host.ts';
import { batchFromRows, digestOfRows } from './ingest/append-rows.ts';
import { rejectedBatch } from './ingest/quarantine.ts';
import { checkTableName } from './ingest/table-name.ts';
import { quoteName } from './query/names.ts';
import { runQuery, withSnapshot, type QueryContext } from './run-query.ts';
import { ask } from './statements.ts';
import { closedError } from './store/closed-error.ts';
import type { Store, TableInfo } from './store/store-types.ts';

const errorsReported = 20;

/**
 * Joins language, execution, ingest and storage to the handle that `open` returns.
 * @param memory the most bytes that the block cache may take.
 */
export function createVarve(host: Host, store: Store, memory: number): Varve {
  const environment = createExecutionEnvironment(host, { memory, seed: store.seed });
  const context: QueryContext = { host, store, environment };
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
    readOnly: store.readOnly,
    async append(table, rows, request = {}) {
      opened();
      checkRows(rows);
      checkText('The idempotency key', request.key, true);
      return appendRows(host, store, table, rows, request);
    },
    async query(question, options = {}) {
      opened();
      checkQueryOptions(options);
      return ask(context, question, options);
    },
    async import(source, options = {}) {
      opened();
      return importInto(host, store, source, options);
    },
    async tables() {
      opened();
      return Promise.all(store.tables().map((table) => summaryOfTable(context, table)));
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

async function importInto(
  host: Host,
  store: Store,
  source: string | readonly string[] | AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<ImportSummary> {
  try {
    const { importSource } = await import('./ingest/import.ts');
    return await importSource(host, store, source, options);
  } catch (error) {
    throw errorFromUnknown(error);
  }
}

async function summaryOfTable(context: QueryContext, table: TableInfo): Promise<TableSummary> {
  const { schema } = table;
  let actors: number | null = null;
  if (schema.actor !== null && table.rows > 0) {
    const text = `select uniq(actor) as actors from ${quoteName(table.name)}`;
    const result = await withSnapshot(context, text, (snapshot) => runQuery(context, snapshot, text, {}));
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
