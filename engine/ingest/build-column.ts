import type { BatchColumn } from '../column/batch.ts';
import { textOfEntry, type Dictionary } from '../column/dictionary.ts';
import type { Validity } from '../column/vector.ts';
import { columnFromCells } from './cell-column.ts';
import { cellKinds, type ColumnBuilder } from './column-builder.ts';
import { textOfCell, typeOfCells, type Cell } from './infer.ts';
import { decimalText, decimalValue } from './number-bytes.ts';
import { inferUntyped, type UntypedTexts } from './untyped.ts';

const { bool, int, big, float, time, text, list, untypedInt, untypedText, untypedDecimal } = cellKinds;

/**
 * Decides a column's type by all its cells and makes the column: the narrowest type that holds every one without loss.
 * Untyped texts (of CSV) have one type together; typed cells of several types meet as in `widenTypes`.
 * @returns null when no row has a value.
 */
export function buildColumn(
  name: string,
  column: ColumnBuilder,
  rowCount: number,
  timezone: string,
): BatchColumn | null {
  const { kinds, length } = column;
  const seen = new Uint8Array(256);
  for (let row = 0; row < length; row++) seen[kinds[row]] = 1;
  const has = (kind: number): boolean => seen[kind] === 1;
  const decimals = seen.indexOf(1, untypedDecimal) >= 0;
  const dictionary = column.dictionary();
  const untyped =
    has(untypedInt) || has(untypedText) || decimals
      ? inferUntyped(column, dictionary, { ints: has(untypedInt), decimals }, timezone)
      : null;
  const types = new Set<string>();
  if (has(bool) || untyped?.type === 'bool') types.add('bool');
  if (has(int) || has(big) || untyped?.type === 'int') types.add('int');
  if (has(float) || untyped?.type === 'float') types.add('float');
  if (has(time) || untyped?.type === 'time') types.add('time');
  if (has(text) || untyped?.type === 'text') types.add('text');
  if (has(list)) return listColumn(name, column, rowCount, dictionary, untyped);
  if (types.size === 0) return null;
  const wide = has(big) || untyped?.wide === true;
  const validity = validityOfKinds(kinds, length, rowCount);
  const common = { name, dictionary: null };
  const exact = !wide || (untyped?.wide !== true && column.bigints.every((value) => BigInt(Number(value)) === value));
  if (types.size === 2 && types.has('int') && types.has('float') && exact)
    return { ...common, type: 'float', vector: numbers('float', column, rowCount, validity, untyped) };
  if (types.size > 1 || types.has('text')) return textColumn(name, column, rowCount, validity, dictionary, untyped);
  if (types.has('bool')) return { ...common, type: 'bool', vector: bools(column, rowCount, validity, untyped) };
  if (types.has('float'))
    return { ...common, type: 'float', vector: numbers('float', column, rowCount, validity, untyped) };
  const type = types.has('time') ? 'time' : 'int';
  return {
    ...common,
    type,
    vector: wide ? wideInts(column, rowCount, validity, untyped) : numbers('int', column, rowCount, validity, untyped),
  };
}

function validityOfKinds(kinds: Uint8Array, length: number, rowCount: number): Validity {
  const validity = new Uint8Array((rowCount + 7) >> 3);
  let valid = 0;
  for (let row = 0; row < length; row++) {
    if (kinds[row] === 0) continue;
    valid++;
    validity[row >> 3] |= 1 << (row & 7);
  }
  return valid === rowCount ? null : validity;
}

function numbers<Kind extends 'int' | 'float'>(
  kind: Kind,
  { kinds, values, length, bigints }: ColumnBuilder,
  rowCount: number,
  validity: Validity,
  untyped: UntypedTexts | null,
) {
  const found = new Float64Array(rowCount);
  found.set(values.subarray(0, Math.min(length, rowCount)));
  if (untyped !== null || bigints.length > 0) {
    for (let row = 0; row < length; row++) {
      const cell = kinds[row];
      if (cell === big) found[row] = Number(bigints[values[row]]);
      else if (cell === untypedText) found[row] = untyped!.numbers![values[row]];
      else if (cell > untypedDecimal) found[row] = decimalValue(values[row], cell - untypedDecimal);
    }
  }
  return kind === 'float'
    ? ({ kind: 'float', length: rowCount, values: found, validity } as const)
    : ({ kind: 'int', length: rowCount, base: 0, values: found, validity } as const);
}

function bools({ kinds, values }: ColumnBuilder, rowCount: number, validity: Validity, untyped: UntypedTexts | null) {
  const found = new Uint8Array(rowCount);
  for (let row = 0; row < rowCount; row++)
    found[row] = kinds[row] === untypedText ? untyped!.numbers![values[row]] : kinds[row] === bool ? values[row] : 0;
  return { kind: 'bool', length: rowCount, values: found, validity } as const;
}

function wideInts(column: ColumnBuilder, rowCount: number, validity: Validity, untyped: UntypedTexts | null) {
  const { kinds, values, length, bigints } = column;
  const found = new BigInt64Array(rowCount);
  for (let row = 0; row < length; row++) {
    if (kinds[row] === big) found[row] = bigints[values[row]];
    else if (kinds[row] === untypedText) found[row] = untyped!.bigints!.get(values[row])!;
    else found[row] = BigInt(values[row]);
  }
  return { kind: 'int', length: rowCount, base: 0, values: found, validity } as const;
}

/** Everything as text: texts keep their codes, the rest is written out once a distinct value. */
function textColumn(
  name: string,
  column: ColumnBuilder,
  rowCount: number,
  validity: Validity,
  dictionary: Dictionary,
  untyped: UntypedTexts | null,
): BatchColumn {
  const { kinds, values, length, texts } = column;
  const codes = new Uint32Array(rowCount);
  const known = new Map<string, number>();
  for (let row = 0; row < length; row++) {
    const cell = kinds[row];
    if (cell === cellKinds.none) continue;
    if (cell === text || cell === untypedText) {
      codes[row] = values[row];
      continue;
    }
    const key = `${cell}:${Object.is(values[row], -0) ? '-0' : values[row]}`;
    let code = known.get(key);
    if (code === undefined) {
      code = texts.addText(plainText(column, row, dictionary, untyped));
      known.set(key, code);
    }
    codes[row] = code;
  }
  return {
    name,
    type: 'text',
    vector: { kind: 'text', length: rowCount, codes, validity },
    dictionary: usedOnly(texts.build(), codes, validity, rowCount),
  };
}

/** A cell's text; what came as text keeps its digits. */
function plainText(column: ColumnBuilder, row: number, dictionary: Dictionary, untyped: UntypedTexts | null): string {
  const cell = column.kinds[row];
  if (cell > untypedDecimal) return decimalText(column.values[row], cell - untypedDecimal);
  if (cell === untypedText) return textOfEntry(dictionary, column.values[row]);
  return textOfCell(cellAt(column, row, dictionary, untyped));
}

/** Drops entries that no row has: they were of rows taken back, or of cells that were set twice. */
function usedOnly(dictionary: Dictionary, codes: Uint32Array, validity: Validity, rowCount: number): Dictionary {
  const used = new Uint8Array(dictionary.count);
  let count = 0;
  for (let row = 0; row < rowCount; row++) {
    if (validity !== null && (validity[row >> 3] & (1 << (row & 7))) === 0) continue;
    if (used[codes[row]] === 0) count++;
    used[codes[row]] = 1;
  }
  if (count === dictionary.count) return dictionary;
  const map = new Uint32Array(dictionary.count);
  const offsets = new Uint32Array(count + 1);
  const bytes = new Uint8Array(dictionary.bytes.length);
  let next = 0;
  for (let code = 0; code < dictionary.count; code++) {
    if (used[code] === 0) continue;
    const entry = dictionary.bytes.subarray(dictionary.offsets[code], dictionary.offsets[code + 1]);
    bytes.set(entry, offsets[next]);
    map[code] = next++;
    offsets[next] = offsets[next - 1] + entry.length;
  }
  for (let row = 0; row < rowCount; row++)
    if (validity === null || (validity[row >> 3] & (1 << (row & 7))) !== 0) codes[row] = map[codes[row]];
  return { count, offsets, bytes: bytes.slice(0, offsets[count]), hashes: null };
}

/** Lists are rare: they go as single values. */
function listColumn(
  name: string,
  column: ColumnBuilder,
  rowCount: number,
  dictionary: Dictionary,
  untyped: UntypedTexts | null,
): BatchColumn {
  const cells = Array.from({ length: rowCount }, (_, row) =>
    row < column.length ? cellAt(column, row, dictionary, untyped) : null,
  );
  return columnFromCells(name, cells, typeOfCells(cells));
}

function cellAt(column: ColumnBuilder, row: number, dictionary: Dictionary, untyped: UntypedTexts | null): Cell {
  const value = column.values[row];
  const cell = column.kinds[row];
  if (cell > untypedDecimal)
    return untyped!.type === 'text'
      ? decimalText(value, cell - untypedDecimal)
      : { float: decimalValue(value, cell - untypedDecimal) };
  switch (cell) {
    case cellKinds.none:
      return null;
    case bool:
      return value === 1;
    case big:
      return column.bigints[value];
    case float:
      return { float: value };
    case time:
      return { time: value };
    case text:
    case untypedText:
      return textOfEntry(dictionary, value);
    case list:
      return column.lists[value];
    case untypedInt:
    case int:
    default:
      return value;
  }
}
