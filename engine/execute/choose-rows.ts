import type { Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt, textAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';

/** What a `case` chooses from: a column, or a constant, of which no column is made. */
export type Choice =
  { readonly kind: 'column'; readonly values: Values } | { readonly kind: 'constant'; readonly value: Scalar };

/** @returns for each row the first condition that is true, or how many there are where none is. */
export function firstTrue(conditions: readonly Values[], length: number): Uint32Array {
  const first = new Uint32Array(length).fill(conditions.length);
  for (let index = conditions.length - 1; index >= 0; index--) {
    const condition = conditions[index];
    if (condition.kind !== 'bool') continue;
    const { values, nulls } = condition;
    for (let row = 0; row < length; row++)
      if (values[row] === 1 && (nulls === null || nulls[row] === 0)) first[row] = index;
  }
  return first;
}

/**
 * @param chosen which of the choices each row takes.
 * @param texts the constants' texts, the same list for the same `case`, so that what is derived from it is kept.
 */
export function chooseRows(choices: readonly Choice[], chosen: Uint32Array, texts: readonly string[]): Values {
  const kinds = new Set(choices.map(kindOf));
  kinds.delete('null');
  const [kind] = kinds;
  if (kind === undefined) return { kind: 'null', length: chosen.length };
  if (kinds.size === 1 && kind === 'text') return chooseTexts(choices, chosen, texts);
  if (kinds.size === 1 && (kind === 'number' || kind === 'bool')) return chooseNumbers(choices, chosen, kind);
  const like = choices.find((choice) => choice.kind === 'column' && choice.values.kind !== 'null');
  return valuesFromScalars(
    Array.from(chosen, (index, row) => {
      const choice = choices[index];
      return choice.kind === 'constant' ? choice.value : scalarAt(choice.values, row);
    }),
    like?.kind === 'column' ? like.values : undefined,
  );
}

function kindOf(choice: Choice): string {
  if (choice.kind === 'column') return choice.values.kind === 'coded' ? 'text' : choice.values.kind;
  const { value } = choice;
  if (value === null) return 'null';
  const names: Readonly<Record<string, string>> = {
    boolean: 'bool',
    string: 'text',
    number: 'number',
    bigint: 'bigint',
  };
  return names[typeof value] ?? 'list';
}

function chooseNumbers(choices: readonly Choice[], chosen: Uint32Array, kind: 'number' | 'bool'): Values {
  const { length } = chosen;
  const values = kind === 'number' ? new Float64Array(length) : new Uint8Array(length);
  const nulls = new Uint8Array(length);
  choices.forEach((choice, index) => {
    if (choice.kind === 'constant') {
      const value = Number(choice.value);
      const isNull = choice.value === null ? 1 : 0;
      for (let row = 0; row < length; row++) {
        if (chosen[row] !== index) continue;
        values[row] = value;
        nulls[row] = isNull;
      }
      return;
    }
    const from = choice.values;
    const own = from.kind === 'number' || from.kind === 'bool' ? from : null;
    for (let row = 0; row < length; row++) {
      if (chosen[row] !== index) continue;
      if (own === null || isNullAt(own, row)) nulls[row] = 1;
      else values[row] = own.values[row];
    }
  });
  const common = { length, nulls: nulls.includes(1) ? nulls : null };
  return values instanceof Uint8Array ? { kind: 'bool', values, ...common } : { kind: 'number', values, ...common };
}

function chooseTexts(choices: readonly Choice[], chosen: Uint32Array, texts: readonly string[]): Values {
  const { length } = chosen;
  const nulls = new Uint8Array(length);
  if (choices.every(({ kind }) => kind === 'constant')) {
    const isNull = Uint8Array.from(choices, (choice) => (choice.kind === 'constant' && choice.value === null ? 1 : 0));
    for (let row = 0; row < length; row++) nulls[row] = isNull[chosen[row]];
    return { kind: 'coded', length, codes: chosen, texts, nulls: nulls.includes(1) ? nulls : null };
  }
  const values = new Array<string>(length);
  for (let row = 0; row < length; row++) {
    const choice = choices[chosen[row]];
    if (choice.kind === 'constant') {
      values[row] = texts[chosen[row]];
      nulls[row] = choice.value === null ? 1 : 0;
    } else if (isNullAt(choice.values, row)) {
      values[row] = '';
      nulls[row] = 1;
    } else values[row] = textAt(choice.values, row);
  }
  return { kind: 'text', length, values, nulls: nulls.includes(1) ? nulls : null };
}
