import { compareBytes } from '../base/compare-text.ts';
import { VarveError } from '../base/errors.ts';
import { hash64 } from '../base/hash64.ts';
import type { Batch, BatchColumn } from '../column/batch.ts';
import { decodeBatch } from '../column/batch-codec.ts';
import { canonicalColumn } from '../column/canonical.ts';
import { hashesOfDictionary } from '../column/dictionary-builder.ts';
import type { Dictionary } from '../column/dictionary.ts';
import { gatherVector } from '../column/gather.ts';
import { isValid, type IntVector, type Vector } from '../column/vector.ts';
import type { ActorEntries, BlockRange, ChunkDescriptor, ChunkOrder, HashRange, RowSource } from './row-source.ts';

/**
 * Puts the rows of an encoded batch into actor order: (hash of the actor, actor, time, arrival). A row without actor
 * takes the hash of (commit sequence, row) and is an entry of its own.
 * @param actor the actor column, or null where the table has none.
 */
export function sortChunk(bytes: Uint8Array, actor: string | null, sequence: number, seed: number): ChunkOrder {
  const batch = decodeBatch(bytes);
  const { rowCount } = batch;
  const column = actor === null ? undefined : batch.columns.find((candidate) => candidate.name === actor);
  const actors = column === undefined ? null : canonicalColumn(column);
  const actorCount = actors === null ? 0 : actors.dictionary.count;
  // Keys: one an actor, then one a row of nobody.
  const keyOfRow = new Uint32Array(rowCount);
  const orphans: number[] = [];
  for (let row = 0; row < rowCount; row++) {
    if (actors !== null && isValid(actors.vector.validity, row)) keyOfRow[row] = actors.vector.codes[row];
    else keyOfRow[row] = actorCount + orphans.push(row) - 1;
  }
  const hashes = hashKeys(actors?.dictionary ?? null, orphans, sequence, seed);
  const present = new Uint8Array(actorCount + orphans.length);
  for (let row = 0; row < rowCount; row++) present[keyOfRow[row]] = 1;
  const keys = sortKeys(hashes, present, actors?.dictionary ?? null);
  return layOut(batch, keyOfRow, keys, hashes, actors?.dictionary ?? null);
}

function hashKeys(
  dictionary: Dictionary | null,
  orphans: readonly number[],
  sequence: number,
  seed: number,
): Uint32Array {
  const actorCount = dictionary?.count ?? 0;
  const hashes = new Uint32Array(2 * (actorCount + orphans.length));
  if (dictionary !== null) hashes.set(hashesOfDictionary(dictionary, seed));
  const place = new Uint8Array(16);
  const view = new DataView(place.buffer);
  view.setFloat64(0, sequence, true);
  orphans.forEach((row, index) => {
    view.setFloat64(8, row, true);
    hash64(place, 0, 16, seed, hashes, 2 * (actorCount + index));
  });
  return hashes;
}

/** @returns the keys that have rows, by hash, then by the actor's bytes, nobody last, then by row. */
function sortKeys(hashes: Uint32Array, present: Uint8Array, dictionary: Dictionary | null): Uint32Array {
  const count = dictionary?.count ?? 0;
  const keys = Uint32Array.from({ length: present.length }, (_, key) => key).filter((key) => present[key] === 1);
  return keys.sort((a, b) => {
    const high = hashes[2 * a + 1] - hashes[2 * b + 1];
    if (high !== 0) return high;
    const low = hashes[2 * a] - hashes[2 * b];
    if (low !== 0) return low;
    if (dictionary === null || a >= count || b >= count) return a - b;
    const { bytes, offsets } = dictionary;
    return compareBytes(bytes, offsets[a], offsets[a + 1], bytes, offsets[b], offsets[b + 1]);
  });
}

function layOut(
  batch: Batch,
  keyOfRow: Uint32Array,
  keys: Uint32Array,
  hashes: Uint32Array,
  dictionary: Dictionary | null,
): ChunkOrder {
  const { rowCount } = batch;
  const rank = new Uint32Array(hashes.length / 2);
  keys.forEach((key, index) => {
    rank[key] = index;
  });
  const firstRows = shared32(keys.length + 1);
  for (let row = 0; row < rowCount; row++) firstRows[rank[keyOfRow[row]] + 1]++;
  for (let entry = 0; entry < keys.length; entry++) firstRows[entry + 1] += firstRows[entry];
  const rows = shared32(rowCount);
  const next = firstRows.slice();
  for (let row = 0; row < rowCount; row++) rows[next[rank[keyOfRow[row]]]++] = row;
  sortRunsByTime(rows, firstRows, timesOf(batch));
  const sortedHashes = shared32(2 * keys.length);
  const nobody = new Uint8Array(new SharedArrayBuffer(keys.length));
  const offsets = shared32(keys.length + 1);
  const count = dictionary?.count ?? 0;
  keys.forEach((key, entry) => {
    sortedHashes[2 * entry] = hashes[2 * key];
    sortedHashes[2 * entry + 1] = hashes[2 * key + 1];
    if (key >= count) nobody[entry] = 1;
    offsets[entry + 1] = offsets[entry] + (key < count ? dictionary!.offsets[key + 1] - dictionary!.offsets[key] : 0);
  });
  const textBytes = new Uint8Array(new SharedArrayBuffer(offsets[keys.length]));
  keys.forEach((key, entry) => {
    if (key < count)
      textBytes.set(dictionary!.bytes.subarray(dictionary!.offsets[key], dictionary!.offsets[key + 1]), offsets[entry]);
  });
  return { rows, firstRows, hashes: sortedHashes, nobody, textOffsets: offsets, textBytes };
}

function shared32(length: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * length));
}

function timesOf(batch: Batch): Float64Array {
  const column = batch.columns.find((candidate) => candidate.name === 'time')!;
  const vector = column.vector as IntVector;
  const times = new Float64Array(batch.rowCount);
  for (let row = 0; row < times.length; row++) times[row] = vector.base + Number(vector.values[row]);
  return times;
}

/** Rows of one entry are in order of arrival: sorted by time where they are not, and arrival decides between equals. */
function sortRunsByTime(rows: Uint32Array, firstRows: Uint32Array, times: Float64Array): void {
  for (let entry = 0; entry + 1 < firstRows.length; entry++) {
    const from = firstRows[entry];
    const to = firstRows[entry + 1];
    let sorted = true;
    for (let at = from + 1; at < to && sorted; at++) sorted = times[rows[at - 1]] <= times[rows[at]];
    if (!sorted) rows.subarray(from, to).sort((a, b) => times[a] - times[b] || a - b);
  }
}

/** Opens a chunk of the memtable as a sorted run of rows: one block. The descriptor's `order` must be there. */
export function openChunk(descriptor: ChunkDescriptor): RowSource {
  const { order, rowCount } = descriptor;
  if (order === null) throw new VarveError('internal', 'BUG: a chunk is opened before it was sorted');
  const columns = new Map(decodeBatch(descriptor.bytes).columns.map((column) => [column.name, column]));
  const gathered = new Map<string, Vector>();
  const hashes = new Map<string, Uint32Array>();
  const blocks: BlockRange[] =
    rowCount === 0 ? [] : [{ firstRow: 0, rowCount, timeMin: descriptor.timeMin, timeMax: descriptor.timeMax }];
  const column = (name: string): BatchColumn => columns.get(name)!;
  return {
    descriptor,
    rowCount,
    blocks,
    timeMin: descriptor.timeMin,
    timeMax: descriptor.timeMax,
    bytesRead: 0,
    columnType: (name) => columns.get(name)?.type ?? null,
    zone: () => null,
    readActors: (range) => readActors(order, range),
    readBlock(name) {
      let vector = gathered.get(name);
      if (vector === undefined) {
        vector = gatherVector(column(name).vector, order.rows);
        gathered.set(name, vector);
      }
      return vector;
    },
    readDictionary: (name) => column(name).dictionary!,
    readDictionaryHashes(name) {
      let own = hashes.get(name);
      if (own === undefined) hashes.set(name, (own = hashesOfDictionary(column(name).dictionary!, 0)));
      return own;
    },
    release: () => undefined,
  };
}

function readActors(order: ChunkOrder, range: HashRange): ActorEntries {
  const total = order.nobody.length;
  const from = firstEntryAt(order.hashes, total, range.from);
  const to = range.to >= 2 ** 32 ? total : firstEntryAt(order.hashes, total, range.to);
  const count = to - from;
  return {
    firstEntry: from,
    count,
    firstRow: order.firstRows[from],
    endRow: order.firstRows[to],
    firstRows: order.firstRows.subarray(from, to + 1),
    hashes: order.hashes.subarray(2 * from, 2 * to),
    nobody: order.nobody.subarray(from, to),
    texts: {
      count,
      offsets: order.textOffsets.slice(from, to + 1).map((offset) => offset - order.textOffsets[from]),
      bytes: order.textBytes.subarray(order.textOffsets[from], order.textOffsets[to]),
      hashes: null,
    },
  };
}

/** Binary search of the first entry whose hash's upper word is not below `high`. */
export function firstEntryAt(hashes: Uint32Array, count: number, high: number): number {
  let low = 0;
  let top = count;
  while (low < top) {
    const middle = (low + top) >> 1;
    if (hashes[2 * middle + 1] < high) low = middle + 1;
    else top = middle;
  }
  return low;
}
