import type { OutputColumn } from '../plan/select.ts';
import { printExpression } from './print.ts';
import type { Item } from './syntax.ts';

/** @returns the name of an output: its alias, `count` for count(), a plain column's name, else its canonical text. */
export function outputName(item: Item): string {
  if (item.alias !== null) return item.alias;
  if (item.expr.kind === 'name') return item.expr.name;
  const text = printExpression(item.expr);
  return text === 'count()' ? 'count' : text;
}

/** A second column of one name gets `_2`, a third `_3`. */
export function uniqueNames(outputs: readonly OutputColumn[]): OutputColumn[] {
  const seen = new Set<string>();
  return outputs.map((output) => {
    let { name } = output;
    for (let count = 2; seen.has(name); count++) name = `${output.name}_${count}`;
    seen.add(name);
    return { ...output, name };
  });
}
