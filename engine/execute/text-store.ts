import { compareBytes } from '../base/compare-text.ts';
import { hashesOfDictionary, dictionaryFromTexts } from '../column/dictionary-builder.ts';
import { textOfEntry, type Dictionary } from '../column/dictionary.ts';
import type { Values } from '../column/values.ts';
import { isNullAt } from '../functions/access.ts';
import { TableCodes } from '../store/table-codes.ts';
import { enlarged } from './enlarged.ts';
import type { KeyStore } from './key-store.ts';
import { mergeSorted } from './merge-sort.ts';
import { stepRows, type Steps } from './steps.ts';

/** Texts of groups: `entries[g]` is 1 + the entry of `texts`, 0 = null. `texts` has its hashes. */
export interface TextColumn {
  readonly kind: 'texts';
  readonly entries: Uint32Array;
  readonly texts: Dictionary;
}

/** Table codes of one column's texts, with the texts themselves: no string is made before it is asked for. */
export interface TextStore extends KeyStore {
  /** @returns the code of a dictionary's entry, whose hash64 is `hashes[2 · entry]`, `hashes[2 · entry + 1]`. */
  codeOfEntry(dictionary: Dictionary, entry: number, hashes: Uint32Array): number;
  /** @returns hash64 of each code's text, two words a code; valid until the next code is given. */
  hashes(): Uint32Array;
}

/** Makes a store without texts. */
export function createTextStore(): TextStore {
  const codes = new TableCodes();
  const derived = new WeakMap<readonly string[], Uint32Array>();
  let bytes = new Uint8Array(1024);
  // Of code c: bytes[offsets[c] … offsets[c + 1]), words 2c and 2c + 1. Code 0 is empty.
  let offsets = new Uint32Array(64);
  let words = new Uint32Array(128);
  const codeOfEntry = (dictionary: Dictionary, entry: number, hashes: Uint32Array): number => {
    const from = dictionary.offsets[entry];
    const to = dictionary.offsets[entry + 1];
    const before = codes.count;
    const code = codes.codeOf(hashes[2 * entry], hashes[2 * entry + 1], to - from);
    if (code <= before) return code;
    if (code + 2 > offsets.length) {
      offsets = enlarged(offsets, new Uint32Array(2 * offsets.length));
      words = enlarged(words, new Uint32Array(2 * words.length));
    }
    const start = offsets[code];
    const end = start + to - from;
    if (end > bytes.length) bytes = enlarged(bytes, new Uint8Array(Math.max(end, 2 * bytes.length)));
    copyText(dictionary.bytes, from, to, bytes, start);
    offsets[code + 1] = end;
    words[2 * code] = hashes[2 * entry];
    words[2 * code + 1] = hashes[2 * entry + 1];
    return code;
  };
  const codesOfTexts = (texts: readonly string[]): Uint32Array => {
    let known = derived.get(texts);
    if (known === undefined) {
      // What a function makes of many texts is often few.
      const entries = new Map<string, number>();
      for (let i = 0; i < texts.length; i++) if (!entries.has(texts[i])) entries.set(texts[i], entries.size);
      const dictionary = dictionaryFromTexts([...entries.keys()]);
      const hashes = hashesOfDictionary(dictionary, 0);
      known = new Uint32Array(texts.length);
      for (let i = 0; i < texts.length; i++) known[i] = codeOfEntry(dictionary, entries.get(texts[i])!, hashes);
      derived.set(texts, known);
    }
    return known;
  };
  const dictionary = (): Dictionary => ({ count: codes.count + 1, offsets, bytes, hashes: words });
  return {
    get count() {
      return codes.count;
    },
    get bytes() {
      return codes.bytes + bytes.byteLength + offsets.byteLength + words.byteLength;
    },
    codeOfEntry,
    hashes: () => words,
    codesOf(values, out) {
      if (values.kind !== 'coded' && values.kind !== 'text') {
        out.fill(0);
        return;
      }
      const own = codesOfTexts(values.kind === 'coded' ? values.texts : values.values);
      for (let row = 0; row < out.length; row++)
        out[row] = isNullAt(values, row) ? 0 : own[values.kind === 'coded' ? values.codes[row] : row];
    },
    *codesOfColumn(column, out) {
      if (column.kind !== 'texts') return;
      const { texts, entries } = column;
      const hashes = hashesOfDictionary(texts, 0);
      const own = new Uint32Array(texts.count + 1);
      yield* codes.reserve(texts.count);
      for (let entry = 0; entry < texts.count; entry++) {
        if (entry % stepRows === 0) yield;
        own[entry + 1] = codeOfEntry(texts, entry, hashes);
      }
      yield;
      for (let group = 0; group < out.length; group++) out[group] = own[entries[group]];
    },
    columnOf: (own) => usedTexts(dictionary(), own),
    orderOf: (own) => ranksOf(dictionary(), own),
    *valuesOf(own) {
      const all = dictionary();
      const texts: string[] = [];
      const places = new Uint32Array(all.count);
      const out = new Uint32Array(own.length);
      const nulls = new Uint8Array(own.length);
      for (let i = 0; i < own.length; i++) {
        if (i % stepRows === 0) yield;
        const code = own[i];
        if (code === 0) nulls[i] = 1;
        else {
          if (places[code] === 0) places[code] = texts.push(textOfEntry(all, code));
          out[i] = places[code] - 1;
        }
      }
      return { kind: 'coded', length: own.length, codes: out, texts, nulls } satisfies Values;
    },
  };
}

/** Ranks of codes by the bytes of their texts; null stays null. */
function* ranksOf({ count, bytes, offsets }: Dictionary, codes: Uint32Array): Steps<Values> {
  const { length } = codes;
  const used = new Uint8Array(count);
  for (let i = 0; i < length; i++) used[codes[i]] = 1;
  used[0] = 0;
  let distinct = 0;
  for (let code = 1; code < count; code++) distinct += used[code];
  const order = new Uint32Array(distinct);
  for (let code = 1, at = 0; code < count; code++) if (used[code] === 1) order[at++] = code;
  yield;
  yield* mergeSorted(order, (a, b) =>
    compareBytes(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]),
  );
  const ranks = new Uint32Array(count);
  for (let at = 0; at < distinct; at++) ranks[order[at]] = at;
  yield;
  const values = new Float64Array(length);
  const nulls = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    values[i] = ranks[codes[i]];
    if (codes[i] === 0) nulls[i] = 1;
  }
  return { kind: 'number', length, values, nulls };
}

/** The texts that occur, each once, in order of their codes: neighbours lie side by side and are copied as one. */
function usedTexts(all: Dictionary, codes: Uint32Array): TextColumn {
  const places = new Uint32Array(all.count);
  for (let i = 0; i < codes.length; i++) places[codes[i]] = 1;
  // Code 0 is that of null, and has no text.
  places[0] = 0;
  let count = 0;
  let bytesTotal = 0;
  for (let code = 1; code < all.count; code++) {
    if (places[code] === 0) continue;
    places[code] = ++count;
    bytesTotal += all.offsets[code + 1] - all.offsets[code];
  }
  const bytes = new Uint8Array(bytesTotal);
  const offsets = new Uint32Array(count + 1);
  const hashes = new Uint32Array(2 * count);
  for (let code = 1, entry = 0; code < all.count; code++) {
    if (places[code] === 0) continue;
    const first = code;
    const shift = offsets[entry] - all.offsets[first];
    for (; code < all.count && places[code] !== 0; code++, entry++) {
      offsets[entry + 1] = all.offsets[code + 1] + shift;
      hashes[2 * entry] = all.hashes![2 * code];
      hashes[2 * entry + 1] = all.hashes![2 * code + 1];
    }
    copyText(all.bytes, all.offsets[first], all.offsets[code], bytes, all.offsets[first] + shift);
  }
  const entries = new Uint32Array(codes.length);
  for (let i = 0; i < entries.length; i++) entries[i] = places[codes[i]];
  return { kind: 'texts', entries, texts: { count, offsets, bytes, hashes } };
}

/** Copies one text: most are too short for a call of `set` on a view to pay. */
function copyText(from: Uint8Array, start: number, end: number, into: Uint8Array, at: number): void {
  if (end - start > 256) into.set(from.subarray(start, end), at);
  else for (let place = start; place < end; place++) into[at++] = from[place];
}
