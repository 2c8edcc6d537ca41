import type { Expr } from '../../plan/expr.ts';
import type { BlockView } from '../block-view.ts';
import type { Evaluator, Leaves } from '../expression.ts';

/** @returns for each row of a view the bits of the conditions that are true of it, in the scratch. */
export function eventMarks(
  conditions: readonly Expr[],
  { scratch, length }: BlockView,
  leaves: Leaves,
  evaluator: Evaluator,
): Uint32Array {
  const marks = scratch.words(length).fill(0);
  conditions.forEach((condition, bit) => {
    const values = evaluator.evaluate(condition, leaves);
    if (values.kind !== 'bool') return;
    const own = 1 << bit;
    for (let row = 0; row < marks.length; row++)
      if (values.values[row] === 1 && (values.nulls === null || values.nulls[row] === 0)) marks[row] |= own;
  });
  return marks;
}
