import { readBehaviour } from './json-read-behaviour.ts';
import { readSelect } from './json-read-select.ts';
import { checkSize } from './query-size.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';

/**
 * Reads a query that is JSON, in the shape of `QueryJson`; nothing of it has a place in a text.
 * @throws VarveError `syntax` whose message begins with the path of what is wrong (`$.where.args[1]: …`), `limit` for a
 *   tree too large.
 */
export function queryFromJson(json: unknown): QuerySyntax {
  const place = { path: '$', level: 0, behaviour: readBehaviour };
  const query = readBehaviour(json, place) ?? readSelect(json, place);
  checkSize(query);
  return query;
}
