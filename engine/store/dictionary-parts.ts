import { ByteReader, ByteWriter } from '../base/bytes.ts';
import { limits } from '../base/limits.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { EntryPart } from './footer.ts';
import { pageKinds, type SegmentIdentity } from './layout.ts';
import { writePart, type PageSink } from './segment-pages.ts';

/*
 * A part of a dictionary: for each entry a varint, the bytes of its text; then the texts, one after another.
 * A part of its hashes: for each entry u32 low word, u32 high word.
 */

/** Entries of one part of hashes: 8 bytes each. */
const hashesPerPart = limits.pageBytesMax / 8;

/** Writes a dictionary, sorted by bytes: parts of at most a page, unless one text alone is longer. */
export function writeDictionary(
  identity: SegmentIdentity,
  column: number,
  { count, offsets, bytes }: Dictionary,
  sink: PageSink,
): EntryPart[] {
  const parts: EntryPart[] = [];
  for (let first = 0; first < count;) {
    let end = first + 1;
    // A varint of a length takes at most five bytes.
    while (end < count && offsets[end + 1] - offsets[first] + 5 * (end + 1 - first) <= limits.pageBytesMax) end++;
    const writer = new ByteWriter(offsets[end] - offsets[first] + 5 * (end - first));
    for (let entry = first; entry < end; entry++) writer.varint(offsets[entry + 1] - offsets[entry]);
    writer.set(bytes.subarray(offsets[first], offsets[end]));
    const part = { kind: pageKinds.dictionary, column, first, count: end - first };
    parts.push({ ...writePart(identity, part, 0, writer.finish(), sink), first, count: end - first });
    first = end;
  }
  return parts;
}

/** Writes the hashes of a dictionary's entries, two words each. */
export function writeHashes(
  identity: SegmentIdentity,
  column: number,
  hashes: Uint32Array,
  sink: PageSink,
): EntryPart[] {
  const parts: EntryPart[] = [];
  for (let first = 0; first < hashes.length / 2; first += hashesPerPart) {
    const own = hashes.subarray(2 * first, 2 * (first + hashesPerPart));
    const part = { kind: pageKinds.dictionaryHashes, column, first, count: own.length / 2 };
    const payload = new Uint8Array(own.buffer, own.byteOffset, own.byteLength);
    parts.push({ ...writePart(identity, part, 0, payload, sink), first, count: part.count });
  }
  return parts;
}

/**
 * Reads a part of a dictionary.
 * @param textsBefore bytes of the texts before it.
 * @param offsets receives the ends of its entries, from `part.first + 1` on.
 * @returns its texts, or null when they do not fill the part: then it is damaged.
 */
export function readDictionaryPart(
  plain: Uint8Array,
  part: EntryPart,
  textsBefore: number,
  offsets: Uint32Array,
): Uint8Array | null {
  if (plain.length < part.count) return null;
  const reader = new ByteReader(plain);
  let end = textsBefore;
  for (let entry = part.first; entry < part.first + part.count; entry++) {
    end += reader.varint();
    if (end > 0xffffffff) return null;
    offsets[entry + 1] = end;
  }
  return reader.remaining === end - textsBefore ? reader.view(reader.remaining) : null;
}
