import { compareBytes } from '../base/compare-text.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { sortDictionary } from '../column/dictionary-builder.ts';

/** Dictionaries of one column's inputs as one, sorted by bytes. */
export interface MergedDictionary {
  readonly dictionary: Dictionary;
  /** `maps[i][code]` = code of the merged one for a code of input i; null for an input without texts. */
  readonly maps: readonly (Uint32Array | null)[];
}

/** Merges dictionaries by the bytes of their entries. @param inputs need not be sorted; null = no texts. */
export function mergeDictionaries(inputs: readonly (Dictionary | null)[]): MergedDictionary {
  // Inputs of one batch may share theirs.
  const distinct = [...new Set(inputs)].filter((input) => input !== null);
  const sorted = distinct.map(sortedOf);
  const own = sorted.map(({ dictionary }) => new Uint32Array(dictionary.count));
  const dictionary = mergeSorted(
    sorted.map((input) => input.dictionary),
    own,
  );
  const maps = new Map<Dictionary, Uint32Array>();
  distinct.forEach((input, index) => {
    const { codeMap } = sorted[index];
    maps.set(input, codeMap === null ? own[index] : codeMap.map((code) => own[index][code]));
  });
  return { dictionary, maps: inputs.map((input) => (input === null ? null : maps.get(input)!)) };
}

function sortedOf(dictionary: Dictionary): { readonly dictionary: Dictionary; readonly codeMap: Uint32Array | null } {
  const { count, offsets, bytes } = dictionary;
  for (let entry = 1; entry < count; entry++) {
    const order = compareBytes(bytes, offsets[entry - 1], offsets[entry], bytes, offsets[entry], offsets[entry + 1]);
    if (order >= 0) return sortDictionary(dictionary);
  }
  return { dictionary, codeMap: null };
}

/** Merges sorted dictionaries; fills in each one's map. */
function mergeSorted(inputs: readonly Dictionary[], maps: readonly Uint32Array[]): Dictionary {
  const entries = inputs.reduce((sum, input) => sum + input.count, 0);
  const length = inputs.reduce((sum, input) => sum + input.offsets[input.count], 0);
  const offsets = new Uint32Array(entries + 1);
  const bytes = new Uint8Array(length);
  const positions = new Uint32Array(inputs.length);
  let count = 0;
  const heap = inputs.map((_, index) => index).filter((index) => inputs[index].count > 0);
  const skip = sharedPrefix(heap.map((index) => inputs[index]));
  const compare = (a: number, b: number): number =>
    compareEntries(inputs[a], positions[a], inputs[b], positions[b], skip);
  heap.sort(compare);
  // A list in order, of which the first moves back to its place: few inputs, and long runs of one of them.
  while (heap.length > 0) {
    const input = heap[0];
    const { offsets: from, bytes: texts, count: end } = inputs[input];
    const entry = positions[input];
    const length = from[entry + 1] - from[entry];
    const same =
      count > 0 &&
      offsets[count] - offsets[count - 1] === length &&
      compareBytes(bytes, offsets[count - 1] + skip, offsets[count], texts, from[entry] + skip, from[entry + 1]) === 0;
    if (!same) {
      bytes.set(texts.subarray(from[entry], from[entry + 1]), offsets[count]);
      offsets[count + 1] = offsets[count] + length;
      count++;
    }
    maps[input][entry] = count - 1;
    if (++positions[input] === end) {
      heap.shift();
      continue;
    }
    let at = 0;
    while (at + 1 < heap.length && compare(heap[at + 1], input) < 0) {
      heap[at] = heap[at + 1];
      at++;
    }
    heap[at] = input;
  }
  return { count, offsets: offsets.slice(0, count + 1), bytes: bytes.slice(0, offsets[count]), hashes: null };
}

/** @returns the bytes that all entries begin with, found at the first and last of each: URLs of one site share many. */
function sharedPrefix(inputs: readonly Dictionary[]): number {
  const ends = inputs.flatMap((input) => [entryBytes(input, 0), entryBytes(input, input.count - 1)]);
  if (ends.length === 0) return 0;
  const first = ends[0];
  let shared = first.length;
  for (const entry of ends) {
    let same = 0;
    while (same < shared && same < entry.length && entry[same] === first[same]) same++;
    shared = same;
  }
  return shared;
}

function entryBytes({ bytes, offsets }: Dictionary, entry: number): Uint8Array {
  return bytes.subarray(offsets[entry], offsets[entry + 1]);
}

/** @param skip bytes that are known to be the same. */
function compareEntries(a: Dictionary, aEntry: number, b: Dictionary, bEntry: number, skip: number): number {
  return compareBytes(
    a.bytes,
    a.offsets[aEntry] + skip,
    a.offsets[aEntry + 1],
    b.bytes,
    b.offsets[bEntry] + skip,
    b.offsets[bEntry + 1],
  );
}

/** Which entries of a dictionary one of several outputs holds, and their codes there: the order stays the same. */
export class UsedEntries {
  readonly #bits: Uint32Array;
  /** Used entries before each word of bits. */
  #before = new Uint32Array(0);

  constructor(count: number) {
    this.#bits = new Uint32Array((count + 31) >> 5);
  }

  mark(code: number): void {
    this.#bits[code >> 5] |= 1 << (code & 31);
  }

  /** @returns the dictionary of the entries marked. */
  pick({ offsets, bytes }: Dictionary): Dictionary {
    const bits = this.#bits;
    this.#before = new Uint32Array(bits.length);
    let count = 0;
    let length = 0;
    for (let word = 0; word < bits.length; word++) {
      this.#before[word] = count;
      for (let rest = bits[word]; rest !== 0; rest &= rest - 1) {
        const code = 32 * word + 31 - Math.clz32(rest & -rest);
        length += offsets[code + 1] - offsets[code];
        count++;
      }
    }
    const picked = { count, offsets: new Uint32Array(count + 1), bytes: new Uint8Array(length), hashes: null };
    let at = 0;
    for (let word = 0; word < bits.length; word++) {
      for (let rest = bits[word]; rest !== 0; rest &= rest - 1) {
        const code = 32 * word + 31 - Math.clz32(rest & -rest);
        picked.bytes.set(bytes.subarray(offsets[code], offsets[code + 1]), picked.offsets[at]);
        picked.offsets[at + 1] = picked.offsets[at] + offsets[code + 1] - offsets[code];
        at++;
      }
    }
    return picked;
  }

  /** Makes codes those of the picked dictionary, in place. */
  map(codes: Uint32Array, count: number): void {
    const bits = this.#bits;
    const before = this.#before;
    for (let row = 0; row < count; row++) {
      const code = codes[row];
      const below = bits[code >> 5] & ((1 << (code & 31)) - 1);
      codes[row] = before[code >> 5] + countBits(below);
    }
  }
}

function countBits(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
