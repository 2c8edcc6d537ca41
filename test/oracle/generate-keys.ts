import type { Type } from './cells.ts';
import { randomValue, type Scope } from './generate-expr.ts';
import { chance, pick, type Random } from './random.ts';
import type { Key } from './tree.ts';

/** Types of keys. */
export const valueTypes: readonly Type[] = ['text', 'int', 'float', 'bool', 'time'];
/** Types of what is selected. */
export const shownTypes: readonly Type[] = [...valueTypes, 'list of text', 'list of int'];

/** @returns keys of a group, some of them lists whose elements are. */
export function randomKeys(random: Random, scope: Scope): Key[] {
  const count = pick(random, [0, 1, 1, 1, 2, 2, 3]);
  return Array.from({ length: count }, (_, index): Key => {
    if (chance(random, 0.1) && scope.features.has('unnest')) {
      const lists = scope.columns.filter(({ type }) => type.startsWith('list of'));
      if (lists.length > 0)
        return { expr: { kind: 'column', ...pick(random, lists) }, alias: `k${index}`, unnest: true, top: null };
    }
    const expr = randomValue(random, scope, pick(random, valueTypes), pick(random, [0, 0, 1, 2]));
    return { expr, alias: `k${index}`, unnest: false, top: null };
  }).filter(({ expr }) => expr.kind !== 'constant');
}

/** @returns the type of a key's values. */
export function keyType({ expr, unnest }: Key): Type {
  return unnest ? (expr.type.replace('list of ', '') as Type) : expr.type;
}
