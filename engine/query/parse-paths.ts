import { parseCount } from './clauses.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { parseFrom, parseOptions, sharedOptions, type Draft } from './parse-options.ts';
import { parseStep } from './parse-step.ts';
import { noOptions, type PathsSyntax } from './syntax-behaviour.ts';

/** Reads `paths` with its expression, sources and options. @throws VarveError `syntax` with the place and the mend. */
export function parsePaths(cursor: Cursor): PathsSyntax {
  const { start } = cursor.next().span;
  if (cursor.isWord('from'))
    cursor.fail('paths lead over the values of an expression, which is wanted', 'Write paths event from events.');
  const node = parseExpression(cursor);
  if (cursor.isSign(','))
    cursor.refuse('paths lead over the values of one expression.', "Join two: paths event || ' ' || page from events.");
  const draft: Draft<PathsSyntax> = {
    kind: 'paths',
    node,
    from: parseFrom(cursor, '"from" is wanted after the expression of paths', 'Write paths event from events.'),
    ...noOptions,
    gap: null,
    depth: null,
    starting: null,
    ending: null,
    limit: null,
    span: { start, end: start },
  };
  const readers = new Map<string, (at: Cursor) => void>([
    ...sharedOptions(draft),
    ['gap', (at): void => void (draft.gap = parseStep(at, 'gap', '30m'))],
    ['depth', (at): void => void (draft.depth = parseCount(at, 'depth', 1, 'depth 5'))],
    ['starting', (at): void => void (draft.starting = parseExpression(at))],
    ['ending', (at): void => void (draft.ending = parseExpression(at))],
    ['limit', (at): void => void (draft.limit = parseCount(at, 'limit', 1, 'limit 20'))],
  ]);
  parseOptions(cursor, 'paths', readers, [['starting', 'ending']]);
  return { ...draft, span: cursor.spanFrom(start) };
}
