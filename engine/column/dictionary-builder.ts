import { compareBytes } from '../base/compare-text.ts';
import { hash64 } from '../base/hash64.ts';
import type { Dictionary } from './dictionary.ts';

const encoder = new TextEncoder();

/** Gives distinct texts numbers in order of first appearance. */
export class DictionaryBuilder {
  readonly #codes = new Map<string, number>();
  #offsets = new Uint32Array(17);
  #bytes = new Uint8Array(256);

  get count(): number {
    return this.#codes.size;
  }

  /** @returns the text's code, a new one when it was not met before. A lone surrogate is read as U+FFFD. */
  add(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    const code = this.#codes.size;
    this.#codes.set(text, code);
    const start = this.#offsets[code]!;
    this.#reserve(code, start + text.length * 3);
    const { written } = encoder.encodeInto(text, this.#bytes.subarray(start));
    this.#offsets[code + 1] = start + written;
    return code;
  }

  #reserve(code: number, bytes: number): void {
    if (code + 2 > this.#offsets.length) {
      const grown = new Uint32Array(this.#offsets.length * 2);
      grown.set(this.#offsets);
      this.#offsets = grown;
    }
    if (bytes > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(bytes, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
  }

  /** @returns the dictionary so far; it owns its arrays. */
  build(): Dictionary {
    const { count } = this;
    return {
      count,
      offsets: this.#offsets.slice(0, count + 1),
      bytes: this.#bytes.slice(0, this.#offsets[count]),
      hashes: null,
    };
  }
}

/** @returns the dictionary of these texts, which are distinct, in their order. */
export function dictionaryFromTexts(texts: readonly string[]): Dictionary {
  const offsets = new Uint32Array(texts.length + 1);
  const parts = texts.map((text) => encoder.encode(text));
  parts.forEach((part, index) => {
    offsets[index + 1] = offsets[index]! + part.length;
  });
  const bytes = new Uint8Array(offsets[texts.length]!);
  parts.forEach((part, index) => bytes.set(part, offsets[index]));
  return { count: texts.length, offsets, bytes, hashes: null };
}

/**
 * Sorts a dictionary by the bytes of its entries.
 * @returns the sorted dictionary, and for each old code the new one.
 */
export function sortDictionary(dictionary: Dictionary): {
  readonly dictionary: Dictionary;
  readonly codeMap: Uint32Array;
} {
  const { count, offsets, bytes } = dictionary;
  const order = Uint32Array.from({ length: count }, (_, entry) => entry);
  order.sort((a, b) => compareBytes(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]));
  const codeMap = new Uint32Array(count);
  const sortedOffsets = new Uint32Array(count + 1);
  const sortedBytes = new Uint8Array(offsets[count]);
  for (let code = 0; code < count; code++) {
    const old = order[code];
    codeMap[old] = code;
    const entry = bytes.subarray(offsets[old], offsets[old + 1]);
    sortedBytes.set(entry, sortedOffsets[code]);
    sortedOffsets[code + 1] = sortedOffsets[code] + entry.length;
  }
  return { dictionary: { count, offsets: sortedOffsets, bytes: sortedBytes, hashes: null }, codeMap };
}

/** @returns hash64 of each entry, low word at 2i, high at 2i + 1; those that the dictionary has, else computed. */
export function hashesOfDictionary(dictionary: Dictionary, seed: number): Uint32Array {
  if (dictionary.hashes !== null) return dictionary.hashes;
  const hashes = new Uint32Array(2 * dictionary.count);
  for (let entry = 0; entry < dictionary.count; entry++) {
    hash64(dictionary.bytes, dictionary.offsets[entry], dictionary.offsets[entry + 1], seed, hashes, 2 * entry);
  }
  return hashes;
}
