import type { ExportOptions, RowBatch } from './api.ts';
import { errorFromUnknown, isVarveError, VarveError } from './base/errors.ts';
import { nearestNames } from './base/nearest.ts';
import type { TableSchema } from './column/schema.ts';
import type { OwnEnvironment } from './execute/environment.ts';
import { streamRows } from './execute/stream-rows.ts';
import type { Host } from './host/host.ts';
import type { EventsPlan } from './plan/select.ts';
import { compileQuery } from './query/compile.ts';
import { quoteName } from './query/names.ts';
import { createRowBatch } from './query-result.ts';
import type { Snapshot, Store } from './store/store-types.ts';

/**
 * Reads a table out, a batch at a time, over one snapshot that is held until the last batch is taken or the reader leaves.
 * @throws VarveError `unknown_table`, `usage` (a time that is none), `cancelled`, `data_corrupted`.
 */
export async function* exportTable(
  host: Host,
  store: Store,
  environment: OwnEnvironment,
  name: string,
  options: ExportOptions,
): AsyncGenerator<RowBatch, void, void> {
  const started = host.clock.monotonic();
  const snapshot = store.snapshot();
  try {
    const table = snapshot.tables.get(name);
    if (table === undefined) throw unknownTable(name, snapshot);
    const plan = planOf(name, table.schema, options, host.clock.now());
    const columns = plan.outputs.map(({ name: column, expr }) => ({ name: column, type: expr.type }));
    const meta = { table: name, snapshot: snapshot.id, since: plan.range.since, until: plan.range.until };
    let rows = 0;
    let batches = 0;
    for await (const part of streamRows(environment, plan, table, options.signal)) {
      rows += part.rowCount;
      batches++;
      const { rowsPassed, rowsTotal } = part;
      options.onProgress?.({ rows, rowsPassed, rowsTotal, elapsedMs: host.clock.monotonic() - started });
      yield createRowBatch(columns, part.data, part.rowCount, meta);
    }
    if (batches > 0) return;
    const none = columns.map(() => ({ kind: 'null', length: 0 }) as const);
    yield createRowBatch(columns, none, 0, meta);
  } catch (error) {
    throw errorFromUnknown(error);
  } finally {
    snapshot.release();
    environment.closeFiles();
  }
}

function unknownTable(name: string, snapshot: Snapshot): VarveError {
  const names = [...snapshot.tables.keys()];
  const [near] = nearestNames(name, names);
  return new VarveError('unknown_table', `There is no table "${name}".`, {
    hint:
      near !== undefined
        ? `Did you mean ${near}?`
        : names.length === 0
          ? 'The store has no table yet.'
          : `There are ${names.slice(0, 10).join(', ')}.`,
  });
}

/** The columns of `select *`, and a range of time as queries say it. */
function planOf(name: string, schema: TableSchema, options: ExportOptions, now: number): EventsPlan {
  const range = (['since', 'until'] as const).map((end) => clauseOf(end, options[end])).join('');
  try {
    const plan = compileQuery(`select * from ${quoteName(name)}${range}`, {
      schemas: new Map([[name, schema]]),
      params: {},
      now,
      timezone: options.timezone ?? 'UTC',
    });
    if (plan.kind !== 'events') throw new VarveError('internal', 'BUG: select * gives no events');
    return plan;
  } catch (error) {
    if (!isVarveError(error)) throw error;
    // The place of the mistake lies in a text that nobody wrote.
    throw new VarveError(error.code === 'internal' ? 'internal' : 'usage', error.message, {
      hint: error.hint ?? 'Times are written 2024-03-01, 2024-03-01 10:00, 7d (before now), today.',
      cause: error,
    });
  }
}

function clauseOf(end: 'since' | 'until', value: Date | string | undefined): string {
  if (value === undefined) return '';
  if (value instanceof Date) {
    if (!Number.isNaN(value.getTime())) return ` ${end} '${value.toISOString()}'`;
    throw new VarveError('usage', `${end} is an invalid Date.`, { hint: 'Give a Date or a text such as 2024-03-01.' });
  }
  // Durations and words for days are the language's own; all else is a time in quotes.
  const plain = /^(\d+[a-z]+|(now|today|yesterday|(this|last) [a-z]+)( *[-+] *\d+[a-z]+)?)$/.test(value.trim());
  return ` ${end} ${plain ? value : `'${value.replaceAll("'", "''")}'`}`;
}
