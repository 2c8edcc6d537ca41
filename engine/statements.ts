import type { QueryOptions, QueryResult } from './api.ts';
import { VarveError } from './base/errors.ts';
import { nearestNames } from './base/nearest.ts';
import { describeTable } from './describe.ts';
import { explainActor } from './explain-actor.ts';
import { explainQuery } from './explain-query.ts';
import { checkTableName } from './ingest/table-name.ts';
import { parseStatement } from './query/parse.ts';
import type { Statement } from './query/syntax.ts';
import { toSyntax, type QueryInput } from './query/to-syntax.ts';
import { metaOf, rowsResult } from './rows-result.ts';
import { compileOver, runQuery, withSnapshot, type QueryContext } from './run-query.ts';
import { showColumns, showTables, showValues } from './show.ts';
import type { Snapshot } from './store/store-types.ts';

/**
 * Answers whatever may be asked: a query in any of its spellings, or a statement as text.
 * @throws VarveError with the place, and under `queryText` the text that it lies in.
 */
export async function ask(context: QueryContext, question: QueryInput, options: QueryOptions): Promise<QueryResult> {
  const { statement, text } = readQuestion(question);
  return withSnapshot(context, text, (snapshot) => answerStatement(context, snapshot, statement, text, options));
}

function readQuestion(question: QueryInput): { readonly statement: Statement; readonly text: string } {
  if (typeof question !== 'string') {
    const { query, text } = toSyntax(question);
    return { statement: query, text };
  }
  try {
    return { statement: parseStatement(question), text: question };
  } catch (error) {
    throw Object.defineProperty(error as object, 'queryText', { value: question, configurable: true });
  }
}

async function answerStatement(
  context: QueryContext,
  snapshot: Snapshot,
  statement: Statement,
  text: string,
  options: QueryOptions,
): Promise<QueryResult> {
  switch (statement.kind) {
    case 'select':
    case 'funnel':
    case 'retention':
    case 'paths':
    case 'lifecycle':
      return runQuery(context, snapshot, statement, options);
    case 'define':
      return define(context, snapshot, statement, text, options);
    case 'drop':
      return drop(context, snapshot, statement);
    case 'explain':
      return explainQuery(context, snapshot, statement, options);
    case 'explain_actor':
      return explainActor(context, snapshot, statement, options);
    case 'show_tables':
      return showTables(context, snapshot);
    case 'show_columns':
      return showColumns(snapshot, statement.table, statement.like, statement.span);
    case 'show_values':
      return showValues(context, snapshot, statement.table, statement.column, statement.span);
    case 'describe':
      return describeTable(context, snapshot, statement.table, statement.span);
  }
}

/** Saves a query under a name; one of that name is replaced. */
async function define(
  context: QueryContext,
  snapshot: Snapshot,
  { name, query, span }: Extract<Statement, { kind: 'define' }>,
  text: string,
  options: QueryOptions,
): Promise<QueryResult> {
  checkTableName(name);
  if (snapshot.tables.has(name))
    throw new VarveError('conflict', `There is a table "${name}".`, { span, hint: 'Take another name for the query.' });
  const saved = text.slice(query.span.start, query.span.end);
  const definitions = new Map([...snapshot.definitions, [name, saved] as const]);
  // What cannot be asked is not saved; that includes a query that would read itself.
  compileOver(context, { ...snapshot, definitions }, query, options);
  await context.store.define(name, saved);
  const done = snapshot.definitions.has(name) ? 'replaced' : 'defined';
  return oneRow(snapshot, name, done);
}

async function drop(
  { store }: QueryContext,
  snapshot: Snapshot,
  { name, span }: Extract<Statement, { kind: 'drop' }>,
): Promise<QueryResult> {
  if (!snapshot.definitions.has(name)) {
    const near = nearestNames(name, [...snapshot.definitions.keys()]);
    const isTable = snapshot.tables.has(name);
    throw new VarveError('not_found', `There is no saved query "${name}".`, {
      span,
      hint: isTable
        ? `"${name}" is a table: drop forgets saved queries only.`
        : near.length > 0
          ? `Did you mean ${near.join(', ')}?`
          : 'show tables lists saved queries too.',
    });
  }
  await store.define(name, null);
  return oneRow(snapshot, name, 'dropped');
}

function oneRow({ id }: Snapshot, name: string, done: string): QueryResult {
  const columns = [
    { name: 'name', type: 'text' as const },
    { name: 'done', type: 'text' as const },
  ];
  return rowsResult(columns, [[name, done]], metaOf(id, 0));
}
