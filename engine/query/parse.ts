import { VarveError } from '../base/errors.ts';
import { parseSelect } from './clauses.ts';
import { Cursor } from './cursor.ts';
import { tokenize } from './lexer.ts';
import { parseBehaviour } from './parse-behaviour.ts';
import { checkSize } from './query-size.ts';
import { parseOneStatement, statementWords } from './statements.ts';
import { isBehaviourVerb, type QuerySyntax } from './syntax-behaviour.ts';
import type { Statement } from './syntax.ts';

/**
 * Reads a query or a statement: `define`, `drop`, `explain`, `show`, `describe`.
 * @throws VarveError `syntax` with the place and the mend, `limit` for a text too long, too large or too deep.
 */
export function parseStatement(text: string): Statement {
  const cursor = new Cursor(tokenize(text), {
    select: (nested) => parseSelect(nested, true),
    behaviour: (nested) => parseBehaviour(nested, false),
  });
  const statement = parseOneStatement(cursor);
  expectEnd(cursor);
  const query = queryOf(statement);
  if (query !== null) checkSize(query);
  return statement;
}

/**
 * Reads a query.
 * @throws VarveError as `parseStatement`, and `syntax` for a statement.
 */
export function parseQuery(text: string): QuerySyntax {
  const statement = parseStatement(text);
  if (isQuery(statement)) return statement;
  const word = statement.kind.split('_')[0]!;
  throw new VarveError('syntax', `"${word}" is a statement, and a query is wanted here.`, {
    span: { start: statement.span.start, end: statement.span.start + word.length },
    hint: 'A query begins with select: select count() from events.',
  });
}

/** @returns whether a statement is a query by itself. */
export function isQuery(statement: Statement): statement is QuerySyntax {
  return statement.kind === 'select' || isBehaviourVerb(statement.kind);
}

function queryOf(statement: Statement): QuerySyntax | null {
  if (isQuery(statement)) return statement;
  return 'query' in statement ? statement.query : null;
}

function expectEnd(cursor: Cursor): void {
  if (cursor.takeSign(';') && cursor.peek().kind !== 'end') {
    const token = cursor.peek();
    const another = token.kind === 'word' && statementWords.includes(token.lower);
    cursor.refuse(
      'The semicolon before this ends the query.',
      another ? 'Ask one at a time.' : 'Take the semicolon away.',
    );
  }
  if (cursor.peek().kind !== 'end')
    cursor.fail('the end of the statement is wanted', 'Take away what stands behind it.');
}
