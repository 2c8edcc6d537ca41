import { VarveError } from '../base/errors.ts';
import { printExpression } from './print.ts';
import type { Item, Syntax } from './syntax.ts';

/** @returns the name of an output: its alias, `count` for count(), a plain column's name, else its canonical text. */
export function outputName(item: Item): string {
  if (item.alias !== null) return item.alias;
  if (item.expr.kind === 'name') return item.expr.name;
  const text = printExpression(item.expr);
  return text === 'count()' ? 'count' : text;
}

/**
 * A number in `group by` or `order by` is the place of a selected expression.
 * @returns the place from 0, or null where the expression is no number.
 * @throws VarveError `syntax` for a place that there is not.
 */
export function positionOf(expr: Syntax, clause: string, count: number): number | null {
  if (expr.kind !== 'literal' || (typeof expr.value !== 'number' && typeof expr.value !== 'bigint')) return null;
  const place = Number(expr.value);
  if (expr.float !== true && place >= 1 && place <= count) return place - 1;
  throw new VarveError(
    'syntax',
    `${clause} ${printExpression(expr)}: there is no such place among the selected expressions.`,
    {
      span: expr.span,
      hint: count === 1 ? 'There is 1.' : `Places are 1 to ${count}.`,
    },
  );
}
