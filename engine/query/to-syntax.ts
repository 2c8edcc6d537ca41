import { VarveError } from '../base/errors.ts';
import type { Askable } from './builder.ts';
import { queryFromJson } from './json-read.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';
import type { QueryJson } from './query-json.ts';
import { checkSize } from './query-size.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';

/** A query in one of its three spellings: text, JSON, or a builder. */
export type QueryInput = string | QueryJson | Askable;

/** A query's tree, and the text that its places lie in. */
export interface ReadQuery {
  readonly query: QuerySyntax;
  /** As it was given; of JSON and of a builder the canonical text. */
  readonly text: string;
}

/**
 * Reads a query in whichever spelling it comes. What is not text is printed and read as text, so that every place lies
 * in a text that can be shown.
 * @throws VarveError `syntax` with the place in the text, or with the path in the JSON; `limit`; `usage` for what is no query.
 */
export function toSyntax(query: QueryInput): ReadQuery {
  if (typeof query === 'string') return { query: parseQuery(query), text: query };
  if (typeof query !== 'object' || query === null)
    throw new VarveError(
      'usage',
      `A query is a text, JSON or a builder, not ${query === null ? 'null' : typeof query}.`,
      { hint: "Write db.query('select count() from events')." },
    );
  const tree = isBuildable(query) ? query.build() : queryFromJson(query);
  checkSize(tree);
  const text = printQuery(tree);
  try {
    return { query: parseQuery(text), text };
  } catch (error) {
    throw Object.defineProperty(error as object, 'queryText', { value: text, configurable: true });
  }
}

function isBuildable(query: object): query is Askable {
  return 'build' in query && typeof query.build === 'function';
}
