import { printExpression } from './print.ts';
import { nodesBelow } from './syntax-below.ts';
import type { QuerySyntax } from './syntax-behaviour.ts';
import type { SourceSyntax, Syntax } from './syntax.ts';

/** @returns a sentence for each part of a query that is right, and that hardly anyone means: comparisons with null. */
export function warningsOf(query: QuerySyntax): string[] {
  const warnings = new Set<string>();
  const open: (Syntax | SourceSyntax | QuerySyntax)[] = [query];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const warning = node.kind === 'operator' ? nullComparison(node) : null;
    if (warning !== null) warnings.add(warning);
    // One by one: a call takes fewer arguments than an in ( ) may have values.
    for (const child of nodesBelow(node)) open.push(child);
  }
  return [...warnings];
}

function nullComparison(node: Extract<Syntax, { kind: 'operator' }>): string | null {
  const [left, right] = node.args;
  if ((node.name !== '=' && node.name !== '!=') || isNull(left) === isNull(right)) return null;
  const arg = isNull(right) ? left! : right!;
  if (arg.kind === 'literal') return null;
  const mend = printExpression({ kind: 'is_null', arg, negated: node.name === '!=', span: node.span });
  return `${printExpression(node)} is null, never true: write ${mend}.`;
}

function isNull(node: Syntax | undefined): boolean {
  return node?.kind === 'literal' && node.value === null;
}
