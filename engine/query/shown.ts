import { printExpression } from './print.ts';
import type { Syntax } from './syntax.ts';

/** @returns an expression for a mend: as it is where it is short, else x: a mend is one line, and printing goes as deep as the tree. */
export function shown(node: Syntax): Syntax {
  const { start, end } = node.span;
  return end - start <= 40 ? node : { kind: 'name', name: 'x', quoted: false, span: node.span };
}

/** @returns the text of an expression for a mend. */
export function shownText(node: Syntax): string {
  return printExpression(shown(node));
}
