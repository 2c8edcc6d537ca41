import type { Cursor } from './cursor.ts';
import { parseFunnel } from './parse-funnel.ts';
import { parseLifecycle } from './parse-lifecycle.ts';
import { parsePaths } from './parse-paths.ts';
import { parseRetention } from './parse-retention.ts';
import { isBehaviourVerb, type BehaviourSyntax } from './syntax-behaviour.ts';

/**
 * Reads a question about behaviour where its verb stands next.
 * @param explained whether an `explain` stands before it.
 * @returns null where another word stands.
 * @throws VarveError `syntax` with the place and the mend.
 */
export function parseBehaviour(cursor: Cursor, explained: boolean): BehaviourSyntax | null {
  const token = cursor.peek();
  if (token.kind !== 'word' || !isBehaviourVerb(token.lower)) return null;
  switch (token.lower) {
    case 'funnel':
      return parseFunnel(cursor, explained);
    case 'retention':
      return parseRetention(cursor);
    case 'paths':
      return parsePaths(cursor);
    case 'lifecycle':
      return parseLifecycle(cursor);
  }
}
