import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import { readActor, readColumn, readPlace, type BlockView } from './block-view.ts';
import type { Leaves } from './expression.ts';

const placeParts = ['table', 'upper', 'lower', 'arrival'] as const;

/** @returns leaves that read the view's columns, each once. */
export function leavesOf(view: BlockView): Leaves {
  const read = new Map<string, Values>();
  let actor: Values | null = null;
  let place: Values[] | null = null;
  return {
    length: view.length,
    leaf(expr: Expr): Values {
      if (expr.kind === 'actor') return (actor ??= readActor(view));
      if (expr.kind === 'place') return (place ??= readPlace(view))[placeParts.indexOf(expr.part)];
      if (expr.kind === 'table') {
        const codes = new Uint8Array(view.length);
        return { kind: 'coded', length: view.length, codes, texts: [view.open.table.name], nulls: null };
      }
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
