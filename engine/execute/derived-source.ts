import type { Dictionary } from '../column/dictionary.ts';
import { hashesOfDictionary } from '../column/dictionary-builder.ts';
import type { Validity, Vector } from '../column/vector.ts';
import { firstEntryAt } from '../store/chunk-source.ts';
import { hashTexts } from '../store/hash-texts.ts';
import type { ActorEntries, HashRange } from '../store/row-source.ts';
import { entryAt } from './block-view.ts';
import type {
  ReadBlock,
  DerivedColumn,
  DerivedDescriptor,
  DerivedDirectory,
  ReadSource,
} from './derived-descriptor.ts';

const nothing: Dictionary = { count: 0, offsets: new Uint32Array(1), bytes: new Uint8Array(0), hashes: null };

/** Opens the answer of a plan as a source: nothing is copied but bitmaps of lists' rows. */
export function openDerived(descriptor: DerivedDescriptor): ReadSource {
  const { directory, blocks, rowCount, timeMin, timeMax, seed, tables } = descriptor;
  const columns = new Map(descriptor.columns.map((column) => [column.name, column]));
  const validityStarts = startsOfBitmaps(blocks);
  const texts: Dictionary = {
    count: directory.nobody.length,
    offsets: directory.textOffsets,
    bytes: directory.textBytes,
    hashes: null,
  };
  const hashes = new Map<string, Uint32Array>();
  const dictionaryOf = (column: DerivedColumn): Dictionary =>
    column.vector === null ? texts : (column.dictionary ?? nothing);
  return {
    rowCount,
    blocks,
    timeMin,
    timeMax,
    bytesRead: 0,
    tables,
    columnType: (name) => columns.get(name)?.type ?? null,
    zone: (name, block) => columns.get(name)?.zones[block] ?? null,
    readActors: (range) => readEntries(directory, range),
    readBlock(name, block) {
      const { firstRow, rowCount: length } = blocks[block];
      const column = columns.get(name);
      // What has no time reads as one that is always null.
      if (column === undefined) return { kind: 'null', length };
      if (column.vector === null) return actorCodes(directory, blocks[block]);
      const bitmap = column.validity?.subarray(validityStarts[block], validityStarts[block + 1]) ?? null;
      return partOf(column.vector, firstRow, length, bitmap);
    },
    readDictionary: (name) => dictionaryOf(columns.get(name)!),
    readDictionaryHashes(name) {
      let own = hashes.get(name);
      if (own === undefined) {
        const column = columns.get(name)!;
        if (column.vector !== null) own = hashesOfDictionary(dictionaryOf(column), 0);
        else if (seed === 0) own = directory.hashes;
        else own = hashTexts(texts.bytes, texts.offsets, texts.count, 0);
        hashes.set(name, own);
      }
      return own;
    },
    release: () => undefined,
  };
}

/** @returns where each block's bitmap begins, and where the last one ends. */
export function startsOfBitmaps(blocks: readonly ReadBlock[]): Uint32Array {
  const starts = new Uint32Array(blocks.length + 1);
  blocks.forEach(({ rowCount }, block) => {
    starts[block + 1] = starts[block] + ((rowCount + 7) >> 3);
  });
  return starts;
}

function partOf(vector: Vector, first: number, length: number, validity: Validity): Vector {
  const end = first + length;
  switch (vector.kind) {
    case 'null':
      return { kind: 'null', length };
    case 'text':
      return { ...vector, length, codes: vector.codes.subarray(first, end), validity };
    case 'list':
      return { ...vector, length, offsets: vector.offsets.subarray(first, end + 1), validity };
    case 'bool':
      return { ...vector, length, values: vector.values.subarray(first, end), validity };
    case 'float':
      return { ...vector, length, values: vector.values.subarray(first, end), validity };
    case 'int':
      return { ...vector, length, values: vector.values.subarray(first, end), validity };
  }
}

function actorCodes({ firstRows, nobody }: DerivedDirectory, { firstRow, rowCount: length }: ReadBlock): Vector {
  const codes = new Uint32Array(length);
  const validity = new Uint8Array((length + 7) >> 3);
  let nulls = 0;
  for (let entry = entryAt(firstRows, firstRow), row = 0; row < length; entry++) {
    const end = Math.min(firstRows[entry + 1] - firstRow, length);
    if (nobody[entry] === 1) {
      nulls += end - row;
      row = end;
    }
    for (; row < end; row++) {
      codes[row] = entry;
      validity[row >> 3] |= 1 << (row & 7);
    }
  }
  return { kind: 'text', length, codes, validity: nulls === 0 ? null : validity };
}

function readEntries(directory: DerivedDirectory, range: HashRange): ActorEntries {
  const { firstRows, hashes, nobody, textOffsets, textBytes } = directory;
  const from = firstEntryAt(hashes, nobody.length, range.from);
  const to = range.to >= 2 ** 32 ? nobody.length : firstEntryAt(hashes, nobody.length, range.to);
  const start = textOffsets[from];
  return {
    firstEntry: from,
    count: to - from,
    firstRow: firstRows[from],
    endRow: firstRows[to],
    firstRows: firstRows.subarray(from, to + 1),
    hashes: hashes.subarray(2 * from, 2 * to),
    nobody: nobody.subarray(from, to),
    texts: {
      count: to - from,
      offsets: textOffsets.slice(from, to + 1).map((offset) => offset - start),
      bytes: textBytes.subarray(start, textOffsets[to]),
      hashes: null,
    },
  };
}
