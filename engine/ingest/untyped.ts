import { textOfEntry, type Dictionary } from '../column/dictionary.ts';
import type { ScalarType } from '../column/types.ts';
import { cellKinds, type ColumnBuilder } from './column-builder.ts';
import { isCanonicalInt, isPlainDecimal } from './infer.ts';
import { dateOrderOf, timeFromBytes, timeFromDate, type DateOrder } from './times.ts';

/** What a column's untyped cells are together. `wide`: an int beyond ±2^53 is among them. */
export interface UntypedTexts {
  readonly type: ScalarType;
  readonly wide: boolean;
  /** By code: the number, 0/1 or UTC ms that a text stands for. */
  readonly numbers: Float64Array | null;
  /** By code, where `wide`. */
  readonly bigints: ReadonlyMap<number, bigint> | null;
}

const asText: UntypedTexts = { type: 'text', wide: false, numbers: null, bigints: null };

/**
 * Finds the one type that all of a column's untyped cells have, by the evidence of every distinct text: int (64 bits),
 * float, bool, time, else text. An int that a float would round makes decimals beside it text.
 * @param found numbers that were recognised when they were set.
 */
export function inferUntyped(
  column: ColumnBuilder,
  dictionary: Dictionary,
  found: { readonly ints: boolean; readonly decimals: boolean },
  timezone: string,
): UntypedTexts {
  const { kinds, values, length } = column;
  const used = new Uint8Array(dictionary.count);
  for (let row = 0; row < length; row++) if (kinds[row] === cellKinds.untypedText) used[values[row]] = 1;
  const codes: number[] = [];
  for (let code = 0; code < used.length; code++) if (used[code] === 1) codes.push(code);
  if (codes.length === 0) return { type: found.decimals ? 'float' : 'int', wide: false, numbers: null, bigints: null };
  const numeric = numbersOf(codes, dictionary, found.decimals);
  if (numeric !== null) return numeric;
  if (found.ints || found.decimals) return asText;
  return boolsOf(codes, dictionary) ?? timesOf(codes, dictionary, column.dateOrder, timezone) ?? asText;
}

function numbersOf(codes: readonly number[], dictionary: Dictionary, decimals: boolean): UntypedTexts | null {
  const numbers = new Float64Array(dictionary.count);
  const bigints = new Map<number, bigint>();
  let fractions = decimals;
  let wide = false;
  for (const code of codes) {
    // The longest number that is one has 24 characters.
    if (dictionary.offsets[code + 1] - dictionary.offsets[code] > 24) return null;
    const text = textOfEntry(dictionary, code);
    if (isCanonicalInt(text)) {
      bigints.set(code, BigInt(text));
      wide ||= !Number.isSafeInteger(Number(text));
    } else if (isPlainDecimal(text)) fractions = true;
    else return null;
    numbers[code] = Number(text);
  }
  if (fractions && wide) return asText;
  return { type: fractions ? 'float' : 'int', wide, numbers, bigints };
}

function boolsOf(codes: readonly number[], dictionary: Dictionary): UntypedTexts | null {
  if (codes.length > 2) return null;
  const numbers = new Float64Array(dictionary.count);
  for (const code of codes) {
    const text = textOfEntry(dictionary, code);
    if (text !== 'true' && text !== 'false') return null;
    numbers[code] = text === 'true' ? 1 : 0;
  }
  return { type: 'bool', wide: false, numbers, bigints: null };
}

function timesOf(
  codes: readonly number[],
  dictionary: Dictionary,
  known: DateOrder | null,
  timezone: string,
): UntypedTexts | null {
  const numbers = new Float64Array(dictionary.count);
  const { bytes, offsets } = dictionary;
  let order = known;
  for (const code of codes) {
    let ms = timeFromBytes(bytes, offsets[code], offsets[code + 1], timezone);
    if (Number.isNaN(ms)) {
      order ??= dateOrderOf(codes.map((other) => textOfEntry(dictionary, other)));
      if (order === null) return null;
      ms = timeFromDate(textOfEntry(dictionary, code), order, timezone) ?? NaN;
    }
    if (Number.isNaN(ms)) return null;
    numbers[code] = ms;
  }
  return { type: 'time', wide: false, numbers, bigints: null };
}
