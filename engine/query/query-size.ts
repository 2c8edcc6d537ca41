import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { nodesBelow } from './syntax-below.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';
import type { SourceSyntax, Syntax } from './syntax.ts';

/**
 * Refuses a query whose tree is larger than what binding and evaluation are made for: with all queries inside, whose
 * levels go on from where they stand. The constants of one in ( ) are one node.
 * @throws VarveError `limit` with the place and the limit's name.
 */
export function checkSize(query: QuerySyntax): void {
  // A stack of our own: the tree may be deeper than the machine's.
  const open: { readonly node: Syntax | SourceSyntax | QuerySyntax; readonly level: number }[] = [
    { node: query, level: 0 },
  ];
  let nodes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, level } = next;
    if (++nodes > limits.queryNodesMax)
      throw new VarveError('limit', `The query has more than ${limits.queryNodesMax} parts (queryNodesMax).`, {
        span: node.span,
        hint: 'Long lists of values belong into in ( ).',
      });
    if (level > limits.queryLevelsMax)
      throw new VarveError('limit', `An expression has more than ${limits.queryLevelsMax} levels (queryLevelsMax).`, {
        span: node.span,
        hint: 'Cut the chain with brackets, or write concat(a, b, …).',
      });
    for (const child of nodesBelow(node)) {
      if (node.kind === 'in' && child !== node.arg && child.kind === 'literal') continue;
      open.push({ node: child, level: level + 1 });
    }
  }
}
