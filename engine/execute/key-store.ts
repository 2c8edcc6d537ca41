import { NumberTable } from '../column/number-table.ts';
import { elementType, isListType, type ColumnType } from '../column/types.ts';
import type { Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import type { GroupKey } from '../plan/select.ts';
import { enlarged } from './enlarged.ts';
import { stepRows, type Steps } from './steps.ts';
import { createTextStore, type TextColumn } from './text-store.ts';

/** A key's value for every group, as it crosses threads: plain data. */
export type KeyColumn =
  | TextColumn
  | {
      readonly kind: 'numbers';
      readonly values: Float64Array;
      /** 1 = null. */
      readonly nulls: Uint8Array;
      /** Ints beyond ±2^53, by group. */
      readonly wide: ReadonlyMap<number, bigint>;
    }
  | { readonly kind: 'scalars'; readonly values: readonly Scalar[] };

/** What an int in two maps takes, and a list with its name. */
const wideBytes = 96;
const scalarBytes = 160;

/** Gives the values of one group key codes, dense from 1 in order of first appearance; 0 is null. */
export interface KeyStore {
  /** The largest code given. */
  readonly count: number;
  /** Bytes that it holds. */
  readonly bytes: number;
  /** Writes the code of each row to `out`. */
  codesOf(values: Values, out: Uint32Array): void;
  /** The same for what another store's `columnOf` made. */
  codesOfColumn(column: KeyColumn, out: Uint32Array): Steps<void>;
  /** @returns the values of codes, to be sent. */
  columnOf(codes: Uint32Array): KeyColumn;
  /** @returns the values of codes. */
  valuesOf(codes: Uint32Array): Steps<Values>;
  /** @returns what orders codes as their values do: texts are not made for it. */
  orderOf(codes: Uint32Array): Steps<Values>;
}

/** @returns the type of a key's values, whatever it comes out as. */
export function keyType({ expr, unnest }: GroupKey): ColumnType {
  return unnest ? elementType(expr.type) : expr.type;
}

/** Makes the store for keys of a type. */
export function createKeyStore(type: ColumnType): KeyStore {
  if (type === 'text') return createTextStore();
  return isListType(type) ? createScalarStore() : createNumberStore(type);
}

/** A store of numbers, which can be asked for one value at a time. */
export interface NumberStore extends KeyStore {
  codeOf(value: number): number;
}

/** Makes a store of ints, floats, times or bools (0 and 1). */
export function createNumberStore(type: ColumnType): NumberStore {
  const table = new NumberTable();
  const wide = new Map<bigint, number>();
  const wideOfCode = new Map<number, bigint>();
  let codeOfNumber = new Uint32Array(64);
  let values = new Float64Array(64);
  let count = 0;
  const addCode = (value: number): number => {
    if (++count >= values.length) values = enlarged(values, new Float64Array(2 * values.length));
    values[count] = value;
    return count;
  };
  const codeOf = (value: number): number => {
    const before = table.count;
    const number = table.numberOf(value);
    if (number < before) return codeOfNumber[number];
    if (number >= codeOfNumber.length) codeOfNumber = enlarged(codeOfNumber, new Uint32Array(2 * codeOfNumber.length));
    return (codeOfNumber[number] = addCode(value === 0 ? 0 : value));
  };
  const codeOfWide = (value: bigint): number => {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return codeOf(number);
    let code = wide.get(value);
    if (code === undefined) {
      code = addCode(number);
      wide.set(value, code);
      wideOfCode.set(code, value);
    }
    return code;
  };
  return {
    get count() {
      return count;
    },
    get bytes() {
      return table.bytes + codeOfNumber.byteLength + values.byteLength + wideBytes * wide.size;
    },
    codeOf,
    codesOf(from, out) {
      for (let row = 0; row < out.length; row++) {
        if (isNullAt(from, row)) out[row] = 0;
        else if (from.kind === 'number' || from.kind === 'bool') out[row] = codeOf(from.values[row]);
        else if (from.kind === 'bigint') out[row] = codeOfWide(from.values[row]);
      }
    },
    *codesOfColumn(column, out) {
      if (column.kind !== 'numbers') return;
      yield* table.reserve(out.length);
      for (let group = 0; group < out.length; group++) {
        if (group % stepRows === 0) yield;
        const big = column.wide.size === 0 ? undefined : column.wide.get(group);
        if (column.nulls[group] === 1) out[group] = 0;
        else out[group] = big === undefined ? codeOf(column.values[group]) : codeOfWide(big);
      }
    },
    columnOf(codes) {
      const own = new Map<number, bigint>();
      if (wideOfCode.size > 0)
        codes.forEach((code, group) => {
          const value = wideOfCode.get(code);
          if (value !== undefined) own.set(group, value);
        });
      return { kind: 'numbers', values: pick(values, codes), nulls: nullsOf(codes), wide: own };
    },
    *valuesOf(codes) {
      yield;
      const { length } = codes;
      const nulls = nullsOf(codes);
      if (type === 'bool') return { kind: 'bool', length, values: Uint8Array.from(pick(values, codes)), nulls };
      if (wideOfCode.size === 0) return { kind: 'number', length, values: pick(values, codes), nulls };
      const all = BigInt64Array.from(codes, (code) => wideOfCode.get(code) ?? BigInt(values[code]));
      return { kind: 'bigint', length, values: all, nulls };
    },
    orderOf(codes) {
      return this.valuesOf(codes);
    },
  };
}

function createScalarStore(): KeyStore {
  const codes = new Map<string, number>();
  const scalars: Scalar[] = [null];
  let bytes = 0;
  const codeOf = (value: Scalar): number => {
    if (value === null) return 0;
    const name = JSON.stringify(value, (_name, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item));
    let code = codes.get(name);
    if (code === undefined) {
      code = scalars.push(value) - 1;
      codes.set(name, code);
      bytes += scalarBytes + 2 * name.length;
    }
    return code;
  };
  return {
    get count() {
      return scalars.length - 1;
    },
    get bytes() {
      return bytes;
    },
    codesOf(values, out) {
      for (let row = 0; row < out.length; row++) out[row] = codeOf(scalarAt(values, row));
    },
    *codesOfColumn(column, out) {
      if (column.kind !== 'scalars') return;
      for (let group = 0; group < out.length; group++) {
        if (group % stepRows === 0) yield;
        out[group] = codeOf(column.values[group]);
      }
    },
    columnOf: (own) => ({ kind: 'scalars', values: Array.from(own, (code) => scalars[code]) }),
    *valuesOf(own) {
      yield;
      return valuesFromScalars(Array.from(own, (code) => scalars[code]));
    },
    orderOf(own) {
      return this.valuesOf(own);
    },
  };
}

/** @returns 1 where a code is that of null. */
function nullsOf(codes: Uint32Array): Uint8Array {
  const nulls = new Uint8Array(codes.length);
  for (let i = 0; i < nulls.length; i++) nulls[i] = codes[i] === 0 ? 1 : 0;
  return nulls;
}

function pick(values: Float64Array, codes: Uint32Array): Float64Array {
  const out = new Float64Array(codes.length);
  for (let i = 0; i < out.length; i++) out[i] = values[codes[i]];
  return out;
}

/** @returns the bytes of a column that is sent. */
export function bytesOfColumn(column: KeyColumn): number {
  if (column.kind === 'scalars') return scalarBytes * column.values.length;
  if (column.kind === 'numbers')
    return column.values.byteLength + column.nulls.byteLength + wideBytes * column.wide.size;
  const { bytes, offsets, hashes } = column.texts;
  return column.entries.byteLength + bytes.byteLength + offsets.byteLength + (hashes?.byteLength ?? 0);
}
