import type { QueryResult, ResultColumn } from './api.ts';
import { VarveError, type Span } from './base/errors.ts';
import { nearestNames } from './base/nearest.ts';
import { findColumn, type TableSchema } from './column/schema.ts';
import type { Scalar, Values } from './column/values.ts';
import { scalarFunctions } from './functions/scalars/index.ts';
import { metaOf, rowsResult } from './rows-result.ts';
import { quoteName } from './query/names.ts';
import { runQuery, type QueryContext } from './run-query.ts';
import type { Snapshot } from './store/store-types.ts';

const shownValues = 1000;

/** `show tables`: tables, then saved queries, each with what a reader wants to know before asking. */
export function showTables(context: QueryContext, snapshot: Snapshot): QueryResult {
  const columns: ResultColumn[] = [
    { name: 'name', type: 'text' },
    { name: 'kind', type: 'text' },
    { name: 'rows', type: 'int' },
    { name: 'actor', type: 'text' },
    { name: 'since', type: 'time' },
    { name: 'until', type: 'time' },
    { name: 'query', type: 'text' },
  ];
  const tables = context.store
    .tables()
    .map((table): Scalar[] => [
      table.name,
      'table',
      table.rows,
      table.schema.actor,
      table.timeMin,
      table.timeMax,
      null,
    ]);
  const queries = [...snapshot.definitions].map(([name, text]): Scalar[] => [
    name,
    'query',
    null,
    null,
    null,
    null,
    text,
  ]);
  return rowsResult(columns, [...tables, ...queries], metaOf(snapshot.id, 0));
}

/** `show columns from T [like '…']`. @throws VarveError `unknown_table`. */
export function showColumns(snapshot: Snapshot, table: string, like: string | null, span: Span): QueryResult {
  const schema = schemaOf(snapshot, table, span);
  const shown = like === null ? schema.columns : schema.columns.filter(isLike(schema, like));
  const rows = shown.map(({ name, type }): Scalar[] => [name, type, roleOf(schema, name)]);
  const columns: ResultColumn[] = ['name', 'type', 'role'].map((name) => ({ name, type: 'text' }));
  return rowsResult(columns, rows, metaOf(snapshot.id, 0));
}

/** The language's own `like`, over all names at once. */
function isLike(schema: TableSchema, pattern: string): (column: unknown, index: number) => boolean {
  const names = schema.columns.map(({ name }) => name);
  const texts = (values: readonly string[]): Values => ({ kind: 'text', length: names.length, values, nulls: null });
  const context = { timezone: 'UTC', now: 0, noteNoValue: () => undefined };
  const args = [texts(names), texts(names.map(() => pattern))];
  const matches = scalarFunctions.get('like')!.evaluate(args, context, [undefined, pattern], 'bool');
  return (_column, index) => matches.kind === 'bool' && matches.values[index] === 1;
}

/** `show values of COLUMN from T`: the most frequent first. @throws VarveError `unknown_table`, `unknown_column`. */
export function showValues(
  context: QueryContext,
  snapshot: Snapshot,
  table: string,
  column: string,
  span: Span,
): Promise<QueryResult> {
  const schema = schemaOf(snapshot, table, span);
  if (findColumn(schema, column) === undefined && column !== schema.timeName && column !== 'actor') {
    const near = nearestNames(
      column,
      schema.columns.map(({ name }) => name),
    );
    throw new VarveError('unknown_column', `No event of "${table}" has a property "${column}".`, {
      span,
      hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : `show columns from ${table} lists what there is.`,
    });
  }
  const text = `select ${quoteName(column)} as value, count() from ${quoteName(table)} group by 1 order by 2 desc limit ${shownValues}`;
  return runQuery(context, snapshot, text, {});
}

/** @throws VarveError `unknown_table` with the nearest name. */
export function schemaOf(snapshot: Snapshot, table: string, span: Span): TableSchema {
  const found = snapshot.tables.get(table);
  if (found !== undefined) return found.schema;
  if (snapshot.definitions.has(table))
    throw new VarveError('unknown_table', `"${table}" is a saved query, not a table.`, {
      span,
      hint: `Write select * from ${quoteName(table)} limit 10, or explain select * from ${quoteName(table)}.`,
    });
  const near = nearestNames(table, [...snapshot.tables.keys()]);
  throw new VarveError('unknown_table', `There is no table "${table}".`, {
    span,
    hint: near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'show tables lists what there is.',
  });
}

/** @returns what a column is for, or null for a property. */
export function roleOf(schema: TableSchema, name: string): string | null {
  if (name === 'time') return schema.timeName === 'time' ? 'time' : `time (${schema.timeName})`;
  if (name === schema.actor) return 'actor';
  return schema.actors.includes(name) ? 'further actor' : null;
}
