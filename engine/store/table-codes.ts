import type { Dictionary } from '../column/dictionary.ts';
import { mixWords } from './actor-slots.ts';

/** Entries between two rests. */
const restEntries = 65_536;

/**
 * Numbers for the texts of one column that are the same whichever source they come from. A text is known by its 64-bit
 * hash and its length, never compared byte by byte: a source's local codes map to these once, and the map is kept as
 * long as its dictionary.
 *
 * Code 0 stands for "no text"; texts have 1 … count. Codes follow the order in which dictionaries came: they mean
 * nothing outside of the object that gave them.
 */
export class TableCodes {
  readonly #maps = new WeakMap<Dictionary, Uint32Array>();
  /** Open addressing by hash: a code, or 0 for a free place. */
  #table = new Uint32Array(1024);
  /** Three words a code: low and high word of the hash, length in bytes. */
  #texts = new Uint32Array(3 * 512);
  count = 0;

  /**
   * The table's code of every entry of a dictionary.
   * @param hashesOf gives hash64 of each entry, two words an entry; asked only for a dictionary not met before.
   * @returns one code an entry; to be read only.
   */
  codesOf(dictionary: Dictionary, hashesOf: () => Uint32Array): Uint32Array {
    let codes = this.#maps.get(dictionary);
    if (codes === undefined) {
      codes = this.#map(dictionary, hashesOf());
      this.#maps.set(dictionary, codes);
    }
    return codes;
  }

  #map(dictionary: Dictionary, hashes: Uint32Array): Uint32Array {
    const { count, offsets } = dictionary;
    this.#reserve(this.count + count);
    const codes = new Uint32Array(count);
    for (let entry = 0; entry < count; entry++)
      codes[entry] = this.#place(hashes[2 * entry], hashes[2 * entry + 1], offsets[entry + 1] - offsets[entry]);
    return codes;
  }

  /**
   * The table's code of one text, for callers that meet few of a dictionary's entries; a new one is `count`.
   * @param low and `high` are the words of its hash64, `length` its bytes.
   */
  codeOf(low: number, high: number, length: number): number {
    this.#reserve(this.count + 1);
    return this.#place(low, high, length);
  }

  /** Makes room for so many texts more, at rest now and then: what fits is added without a long halt. */
  *reserve(more: number): Generator<undefined, void, undefined> {
    let size = this.#table.length;
    while (size < 2 * (this.count + more)) size *= 2;
    if (size === this.#table.length) return;
    const { count } = this;
    const table = new Uint32Array(size);
    for (let code = 1; code <= count; code++) {
      if (code % restEntries === 0) yield;
      let at = mixWords(this.#texts[3 * code - 3], this.#texts[3 * code - 2]) & (size - 1);
      while (table[at] !== 0) at = (at + 1) & (size - 1);
      table[at] = code;
    }
    // Whoever added texts in between has made room as well.
    if (this.count === count && this.#table.length < size) this.#table = table;
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return this.#table.byteLength + this.#texts.byteLength;
  }

  #place(low: number, high: number, length: number): number {
    const mask = this.#table.length - 1;
    let at = mixWords(low, high) & mask;
    let code = this.#table[at];
    while (code !== 0 && !this.#isText(code, low, high, length)) {
      at = (at + 1) & mask;
      code = this.#table[at];
    }
    if (code !== 0) return code;
    code = ++this.count;
    this.#table[at] = code;
    this.#texts[3 * code - 3] = low;
    this.#texts[3 * code - 2] = high;
    this.#texts[3 * code - 1] = length;
    return code;
  }

  #isText(code: number, low: number, high: number, length: number): boolean {
    const at = 3 * code - 3;
    return this.#texts[at] === low && this.#texts[at + 1] === high && this.#texts[at + 2] === length;
  }

  #reserve(codes: number): void {
    if (3 * codes > this.#texts.length) {
      const texts = new Uint32Array(3 * Math.max(codes, 2 * this.count));
      texts.set(this.#texts.subarray(0, 3 * this.count));
      this.#texts = texts;
    }
    if (2 * codes <= this.#table.length) return;
    let size = this.#table.length;
    while (size < 2 * codes) size *= 2;
    this.#table = new Uint32Array(size);
    for (let code = 1; code <= this.count; code++) {
      let at = mixWords(this.#texts[3 * code - 3], this.#texts[3 * code - 2]) & (size - 1);
      while (this.#table[at] !== 0) at = (at + 1) & (size - 1);
      this.#table[at] = code;
    }
  }
}
