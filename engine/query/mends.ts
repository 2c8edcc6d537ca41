import { isListType, type ColumnType, type ScalarType } from '../column/types.ts';
import type { ArgumentShape, SignatureResult } from '../functions/scalars/scalar.ts';
import type { Expr } from '../plan/expr.ts';
import { printExpression } from './print.ts';
import type { Syntax } from './syntax.ts';

const typesTried: readonly ScalarType[] = ['float', 'text', 'time', 'bool'];
const isNumber = (type: ColumnType): boolean => type === 'int' || type === 'float';

/** @returns the expression cast, as it is written; postfix binds tighter than everything but names and calls. */
function castOf(node: Syntax, to: ColumnType): string {
  return printExpression({ kind: 'cast', arg: node, to: to as ScalarType, span: node.span });
}

/** @returns what to do about two values that do not compare, with their own names; undefined where there is nothing to say. */
export function comparisonMend(
  [left, right]: readonly [Syntax, Syntax],
  [a, b]: readonly [Expr, Expr],
): string | undefined {
  if (isListType(a.type) || isListType(b.type)) {
    const list = isListType(a.type) ? left : right;
    return `Ask for an element: ${printExpression({ kind: 'element', list, place: one(list), span: list.span })}, or has(${printExpression(list)}, x).`;
  }
  const [text, other, textNode, otherNode] = a.type === 'text' ? [a, b, left, right] : [b, a, right, left];
  if (text.type !== 'text') return `Cast one side: ${castOf(left, b.type)}.`;
  if (isNumber(other.type)) {
    if (text.kind === 'literal' && /^\s*[-+]?\d+(\.\d+)?\s*$/.test(String(text.value)))
      return `Write ${String(text.value).trim()} without quotes.`;
    if (other.kind === 'literal' && text.kind !== 'literal')
      return `Write '${printExpression(otherNode)}' in quotes, or cast: ${castOf(textNode, 'float')}.`;
  }
  return other.type === 'time' && text.kind !== 'literal'
    ? `Read the text as a time: ${castOf(textNode, 'time')}.`
    : `Cast one side: ${text.kind === 'literal' ? castOf(otherNode, 'text') : castOf(textNode, isNumber(other.type) ? 'float' : other.type)}.`;
}

function one({ span }: Syntax): Syntax {
  return { kind: 'literal', value: 1, span };
}

/**
 * @param nodes the arguments as written.
 * @returns which argument to cast, and to what, so that a function takes them; undefined where no one cast does.
 */
export function castMend(
  signature: (args: readonly ArgumentShape[]) => SignatureResult,
  shapes: readonly ArgumentShape[],
  nodes: readonly Syntax[],
): string | undefined {
  for (const [index, shape] of shapes.entries()) {
    if (nodes[index] === undefined || isListType(shape.type) || typeof shape.constant === 'string') continue;
    for (const type of typesTried) {
      if (type === shape.type) continue;
      const cast = shapes.map((own, at) => (at === index ? { type } : own));
      if ('type' in signature(cast)) return `Cast it: ${castOf(nodes[index], type)}.`;
    }
  }
  return undefined;
}
