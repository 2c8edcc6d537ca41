import { hash64OfText } from '../../base/hash64.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { scalarAt } from '../access.ts';

const float = new Float64Array(1);

/** Where `setFloat` and `keyOf` leave a key: the low word, then the high one. */
export const words = new Uint32Array(float.buffer);

/** Leaves a number's bits in `words`: -0 is 0, there is one NaN. */
export function setFloat(value: number): void {
  float[0] = value !== value ? NaN : value + 0;
}

/** Leaves a whole number within ±2^53 in `words` as 64 bits. */
export function setInt(value: number): void {
  words[0] = value;
  words[1] = Math.floor(value / 2 ** 32);
}

/**
 * Leaves in `words` what stands for a row's value: the bits of a number, the hash of any other value's text.
 * @param ints whether numbers are ints: small ones and wide ones then have the same kind of bits.
 */
export function keyOf(values: Values, row: number, ints = false): void {
  const value = scalarAt(values, row);
  if (typeof value === 'number') (ints ? setInt : setFloat)(value);
  else if (typeof value === 'bigint') {
    words[0] = Number(value & 0xffffffffn);
    words[1] = Number((value >> 32n) & 0xffffffffn);
  } else {
    const { low, high } = hash64OfText(typeof value === 'string' ? value : keyText(value));
    words[0] = low;
    words[1] = high;
  }
}

/** @returns a text that is the same for equal values of one type, lists included. */
export function keyText(value: Scalar): string {
  return JSON.stringify(value, (_name, item: unknown) => {
    if (typeof item === 'bigint') return `${item}n`;
    return typeof item === 'number' && !Number.isFinite(item) ? String(item) : item;
  });
}

const textKeys = new WeakMap<readonly string[], Uint32Array>();

/**
 * @returns hash64 of a dictionary's texts, low word at 2 · code, high at 2 · code + 1; made once, since the list of texts
 * is the same object for every block of a source.
 */
export function keysOfTexts(texts: readonly string[]): Uint32Array {
  let keys = textKeys.get(texts);
  if (keys === undefined) {
    keys = new Uint32Array(2 * texts.length);
    for (let code = 0; code < texts.length; code++) {
      const { low, high } = hash64OfText(texts[code]);
      keys[2 * code] = low;
      keys[2 * code + 1] = high;
    }
    textKeys.set(texts, keys);
  }
  return keys;
}
