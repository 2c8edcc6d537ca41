import { VarveError, type Span } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Expr } from '../plan/expr.ts';
import { childrenOf } from '../plan/visit.ts';

/**
 * Refuses expressions that have grown too large by putting one query into another: each name of the outer stands for a
 * whole expression of the inner one.
 * @throws VarveError `limit` with the limit's name.
 */
export function checkExprSize(exprs: readonly Expr[], span: Span): void {
  const open = exprs.map((expr) => ({ expr, level: 1 }));
  let nodes = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { expr, level } = next;
    if (++nodes > limits.queryNodesMax || level > limits.queryLevelsMax)
      throw new VarveError(
        'limit',
        `Put together, queries in brackets have more than ${limits.queryNodesMax} parts or ${limits.queryLevelsMax} levels (queryNodesMax, queryLevelsMax).`,
        { span, hint: 'Name an expression once: each use of its name repeats it.' },
      );
    for (const child of childrenOf(expr)) open.push({ expr: child, level: level + 1 });
  }
}
