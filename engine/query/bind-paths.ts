import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { PathsPlan } from '../plan/behaviour.ts';
import type { Expr } from '../plan/expr.ts';
import { baseOf, bindHead, fixedLength } from './behaviour-head.ts';
import { bindCondition } from './bind-condition.ts';
import { bindExpression } from './bind-expressions.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { PathsSyntax } from './syntax-behaviour.ts';
import type { Syntax } from './syntax.ts';
import { castTo } from './typed-calls.ts';

const defaults = { gap: 30 * 60_000, depth: 5, limit: 20 };

/** Binds `paths`. @throws VarveError with the place in the text. */
export function bindPaths(query: PathsSyntax, environment: QueryEnvironment): PathsPlan {
  const head = bindHead(query, environment);
  const { context } = head;
  const condition = (node: Syntax | null, what: string): Expr | null =>
    node === null ? null : bindCondition(node, what, context);
  const depth = query.depth ?? defaults.depth;
  if (depth > limits.pathNodesMax)
    throw new VarveError('limit', `depth ${depth}: a path has at most ${limits.pathNodesMax} nodes (pathNodesMax).`, {
      span: query.span,
      hint: 'Write depth 5.',
    });
  const node = castTo('text', bindExpression(query.node, context), query.node.span);
  const starting = condition(query.starting, 'starting');
  const ending = condition(query.ending, 'ending');
  const reads = [node, starting, ending].filter((expr) => expr !== null);
  return {
    kind: 'paths',
    ...baseOf(head, [], reads),
    node,
    gap: query.gap === null ? defaults.gap : fixedLength('gap', query.gap),
    depth,
    starting,
    ending,
    limit: query.limit ?? defaults.limit,
  };
}
