import { isAggregate } from './bind-calls.ts';
import { syntaxBelow } from './syntax-below.ts';
import type { Syntax } from './syntax.ts';

/** @returns whether an aggregate stands anywhere in the expression. */
export function containsAggregate(node: Syntax): boolean {
  if (node.kind === 'call' && isAggregate(node.name)) return true;
  return syntaxBelow(node).some(containsAggregate);
}
