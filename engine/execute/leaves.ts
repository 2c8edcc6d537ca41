import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import { readActor, readColumn, type BlockView } from './block-view.ts';
import type { Leaves } from './expression.ts';

/** @returns leaves that read the view's columns, each once. */
export function leavesOf(view: BlockView): Leaves {
  const read = new Map<string, Values>();
  let actor: Values | null = null;
  return {
    length: view.length,
    leaf(expr: Expr): Values {
      if (expr.kind === 'actor') return (actor ??= readActor(view));
      if (expr.kind !== 'column') throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of rows`);
      let values = read.get(expr.name);
      if (values === undefined) {
        values = readColumn(view, expr.name, expr.type);
        read.set(expr.name, values);
      }
      return values;
    },
  };
}
