import type { QueryResult, ResultColumn } from './api.ts';
import type { Span } from './base/errors.ts';
import type { ColumnType } from './column/types.ts';
import type { Scalar } from './column/values.ts';
import { quoteName } from './query/names.ts';
import { metaOf, rowsResult } from './rows-result.ts';
import { runQuery, type QueryContext } from './run-query.ts';
import { roleOf, schemaOf } from './show.ts';
import type { RowSourceDescriptor } from './store/row-source.ts';
import type { Snapshot, TableSnapshot } from './store/store-types.ts';

/** Columns that one query asks about: four measures each. */
const columnsAtOnce = 100;

const shape: readonly ResultColumn[] = [
  { name: 'column', type: 'text' },
  { name: 'type', type: 'text' },
  { name: 'types', type: 'text' },
  { name: 'role', type: 'text' },
  { name: 'filled', type: 'float' },
  { name: 'distinct', type: 'int' },
  { name: 'first_seen', type: 'time' },
  { name: 'last_seen', type: 'time' },
];

/**
 * `describe T`: of each column its type, the types that it came in, the share of events that have it, how many values
 * it has, and the first and last event that has one.
 * @throws VarveError `unknown_table`.
 */
export async function describeTable(
  context: QueryContext,
  snapshot: Snapshot,
  table: string,
  span: Span,
): Promise<QueryResult> {
  const started = context.host.clock.monotonic();
  const schema = schemaOf(snapshot, table, span);
  const types = typesOf(context, snapshot.tables.get(table)!);
  const rows: Scalar[][] = [];
  let meta = metaOf(snapshot.id, 0);
  for (let at = 0; at < schema.columns.length; at += columnsAtOnce) {
    const columns = schema.columns.slice(at, at + columnsAtOnce);
    const measures = columns.map(({ name }) => {
      const column = quoteName(name);
      const present = `filter (where ${column} is not null)`;
      return `count(${column}), uniq(${column}), min("time") ${present}, max("time") ${present}`;
    });
    const result = await runQuery(
      context,
      snapshot,
      `select count(), ${measures.join(', ')} from ${quoteName(table)}`,
      {},
    );
    const value = (index: number): Scalar => result.values(index)[0]!;
    const total = Number(value(0));
    columns.forEach(({ name, type }, index) => {
      const [filled, distinct, first, last] = [1, 2, 3, 4].map((offset) => value(4 * index + offset));
      const share = total === 0 ? null : Number(filled) / total;
      const history = (types.get(name) ?? []).join(', ');
      rows.push([name, type, history, roleOf(schema, name), share, distinct!, first!, last!]);
    });
    meta = {
      ...result.meta,
      rows_scanned: meta.rows_scanned + result.meta.rows_scanned,
      bytes_scanned: meta.bytes_scanned + result.meta.bytes_scanned,
      warnings: [],
    };
  }
  return rowsResult(shape, rows, { ...meta, elapsed_ms: context.host.clock.monotonic() - started });
}

/** The types that each column came in, the earliest first, as far as the store still holds them apart. */
function typesOf({ environment }: QueryContext, table: TableSnapshot): Map<string, ColumnType[]> {
  const types = new Map<string, ColumnType[]>();
  const note = (name: string, type: ColumnType | null): void => {
    if (type === null || type === 'null') return;
    const known = types.get(name);
    if (known === undefined) types.set(name, [type]);
    else if (!known.includes(type)) known.push(type);
  };
  for (const descriptor of table.sources) {
    for (const { name, id } of table.schema.columns) note(name, typeIn(environment, descriptor, name, id));
  }
  return types;
}

function typeIn(
  environment: QueryContext['environment'],
  descriptor: RowSourceDescriptor,
  name: string,
  id: number,
): ColumnType | null {
  if (descriptor.kind === 'segment') return descriptor.meta.columns.find((column) => column.id === id)?.type ?? null;
  return environment.openSource(descriptor).columnType(name);
}
