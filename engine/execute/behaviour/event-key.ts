import type { Expr } from '../../plan/expr.ts';
import { createKeyReader, type KeyContext, type KeyReader } from '../key-reader.ts';
import { createTextStore } from '../text-store.ts';

/** Reads what events are told apart by. The actor is read as the text that it is: other stores of actors end with a task. */
export function createEventKeyReader(expr: Expr, context: KeyContext): KeyReader {
  if (expr.kind !== 'actor') return createKeyReader(expr, context);
  const store = createTextStore();
  return {
    store,
    read(view, leaves) {
      const out = view.scratch.words(view.length);
      store.codesOf(context.evaluator.evaluate(expr, leaves), out);
      return out;
    },
  };
}
