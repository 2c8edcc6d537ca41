/**
 * Distinct texts by number. Entry `i` is the UTF-8 text `bytes[offsets[i] … offsets[i + 1])`; `offsets` has count + 1
 * entries and begins with 0. `hashes`, where present, holds hash64 of each entry as two words: low at 2i, high at 2i + 1.
 * A batch's dictionary is in order of first appearance, a segment's sorted by bytes.
 */
export interface Dictionary {
  readonly count: number;
  readonly offsets: Uint32Array;
  readonly bytes: Uint8Array;
  readonly hashes: Uint32Array | null;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** @returns the text of one entry. */
export function textOfEntry(dictionary: Dictionary, entry: number): string {
  return decoder.decode(dictionary.bytes.subarray(dictionary.offsets[entry]!, dictionary.offsets[entry + 1]!));
}

/** Texts that are decoded at once share what they are cut out of, and whoever keeps one keeps it all. */
const pieceBytes = 16_384;

/** @returns all entries as strings, in entry order. */
export function textsOfDictionary(dictionary: Dictionary): string[] {
  const { bytes, offsets, count } = dictionary;
  const texts = new Array<string>(count);
  let entry = 0;
  while (entry < count) {
    const start = offsets[entry]!;
    let end = entry + 1;
    while (end < count && offsets[end + 1]! - start <= pieceBytes) end++;
    const piece = decoder.decode(bytes.subarray(start, offsets[end]!));
    // Where every character is a byte, places in the bytes are places in the text.
    const plain = piece.length === offsets[end]! - start;
    for (; entry < end; entry++)
      texts[entry] = plain
        ? piece.slice(offsets[entry]! - start, offsets[entry + 1]! - start)
        : textOfEntry(dictionary, entry);
  }
  return texts;
}
