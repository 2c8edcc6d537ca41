import type { ColumnType } from '../../column/types.ts';
import type { Dictionary } from '../../column/dictionary.ts';
import type { OpenSource } from '../block-view.ts';
import type { NumberStore } from '../key-store.ts';
import { storedCodes, sameCode, type LocalKey, type LocalKeyOf } from './local-codes.ts';

/** @returns whether some row of the column may have no value; told once a query. */
function mayLackValues({ source, derived }: OpenSource, column: string): boolean {
  const key = `nulls of ${column}`;
  let lacks = derived.get(key) as boolean | undefined;
  if (lacks === undefined) {
    lacks = source.blocks.some((_, block) => source.zone(column, block)?.nulls !== 0);
    derived.set(key, lacks);
  }
  return lacks;
}

/**
 * A text column, or what is made of its entries: the code is the entry, and one behind them where there is no text.
 * @param translate turns entries into codes of the store; `count` stands for no text.
 */
export function entryKey(
  column: string,
  most: number,
  open: OpenSource,
  { count }: Dictionary,
  translate: LocalKey['translate'],
): LocalKey | null {
  if (count > most) return null;
  const size = count + (mayLackValues(open, column) ? 1 : 0);
  if (size > most || size === 0) return null;
  return {
    size,
    read(dense) {
      const vector = dense.view.open.source.readBlock(column, dense.view.block);
      if (vector.kind !== 'text') return sameCode(dense, count, size);
      return storedCodes(dense, vector.codes, vector.validity, 0, count, size);
    },
    readRuns: ({ open: { source }, block }, onlyFresh) => source.readRuns?.(column, block, onlyFresh) ?? null,
    translate,
  };
}

/** A bare column of ints or bools that lie close together in the whole source: the code is the distance from the least. */
export function smallNumberKey(column: string, type: ColumnType, store: NumberStore): LocalKeyOf {
  return ({ open }, most) => {
    const { source } = open;
    if (source.columnType(column) !== type) return null;
    let min = Infinity;
    let max = -Infinity;
    let nulls = 0;
    for (let block = 0; block < source.blocks.length; block++) {
      const zone = source.zone(column, block);
      if (zone === null || (zone.min === null && zone.nulls < source.blocks[block].rowCount)) return null;
      nulls += zone.nulls;
      if (zone.min !== null && zone.min < min) min = zone.min;
      if (zone.max !== null && zone.max > max) max = zone.max;
    }
    const values = max >= min ? max - min + 1 : 0;
    const size = values + (nulls > 0 ? 1 : 0);
    // What stands in wide arrays is left to the rows.
    if (size > most || size === 0) return null;
    return {
      size,
      read(dense) {
        const vector = dense.view.open.source.readBlock(column, dense.view.block);
        if (vector.kind === 'null') return sameCode(dense, values, size);
        if (vector.kind !== 'int' && vector.kind !== 'bool') return null;
        if (vector.values instanceof Float64Array || vector.values instanceof BigInt64Array) return null;
        const base = vector.kind === 'int' ? vector.base : 0;
        return storedCodes(dense, vector.values, vector.validity, base - min, values, size);
      },
      translate(locals, out) {
        for (let i = 0; i < locals.length; i++) out[i] = locals[i] === values ? 0 : store.codeOf(min + locals[i]);
      },
    };
  };
}
