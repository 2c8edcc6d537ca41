import {
  distinctOf,
  foundGroups,
  foundKeys,
  partitions,
  pieceKeys,
  pieceOf,
  shared,
  type KeyPiece,
} from './key-partitions.ts';

/**
 * Distinct (group, 64-bit key) of many: keys are spread by a hash over partitions as they come, some blocks' worth at a
 * time, and each partition, which fits into a core's second cache, is looked through by itself once all keys are there.
 * Keys that are all distinct cost their 8 bytes and no more.
 */
export interface SpreadKeys {
  readonly pieces: KeyPiece[];
  /** Keys that are no piece yet, two words each, and their groups. */
  readonly words: Uint32Array;
  readonly groups: Uint32Array;
  count: number;
  /** Whether one of them is of another group than 0; else `groups` holds anything. */
  grouped: boolean;
  /** Entries beyond which it is asked anew whether keys come again. */
  mostEntries: number;
}

/** So many that come at once are a piece of their own, without being collected. */
const ownPieceKeys = 32_768;
/** One of so many partitions says whether keys come again, and from which share of distinct ones on they do not. */
const samplePartitions = 32;
const mostAlone = 0.8;
/** Partitions between two rests. */
const restPartitions = 16;

/** @returns no keys. */
export function newSpreadKeys(): SpreadKeys {
  const words = new Uint32Array(2 * pieceKeys);
  return { pieces: [], words, groups: new Uint32Array(pieceKeys), count: 0, grouped: false, mostEntries: 0 };
}

/** Adds a key to a group. */
export function addKey(spread: SpreadKeys, group: number, low: number, high: number): void {
  if (spread.count === pieceKeys) flushKeys(spread);
  const at = spread.count++;
  spread.words[2 * at] = low;
  spread.words[2 * at + 1] = high;
  if (group !== 0 && !spread.grouped) {
    spread.groups.fill(0, 0, at);
    spread.grouped = true;
  }
  if (spread.grouped) spread.groups[at] = group;
}

/** Adds keys to group 0. @param words two a key. */
export function addKeys(spread: SpreadKeys, words: Uint32Array): void {
  for (let from = 0; from < words.length;) {
    if (spread.count === pieceKeys) flushKeys(spread);
    const { count } = spread;
    if (count === 0 && words.length - from >= 2 * ownPieceKeys) {
      const end = Math.min(words.length, from + 2 * pieceKeys);
      spread.pieces.push(pieceOf(words.subarray(from, end), null, (end - from) / 2));
      from = end;
      continue;
    }
    const to = Math.min(words.length, from + 2 * (pieceKeys - count));
    spread.words.set(words.subarray(from, to), 2 * count);
    spread.count += (to - from) / 2;
    if (spread.grouped) spread.groups.fill(0, count, spread.count);
    from = to;
  }
}

/** Makes a piece of what is none yet. */
export function flushKeys(spread: SpreadKeys): void {
  if (spread.count === 0) return;
  const { words, groups, grouped, count } = spread;
  spread.count = 0;
  spread.grouped = false;
  spread.pieces.push(pieceOf(words, grouped ? groups : null, count));
}

/** @returns the bytes that the keys take. */
export function bytesOfSpread({ pieces, words, groups }: SpreadKeys): number {
  const maps = new Set(pieces.map(({ map }) => map));
  let bytes = words.byteLength + groups.byteLength;
  for (const piece of pieces)
    bytes += piece.words.byteLength + piece.starts.byteLength + (piece.groups?.byteLength ?? 0);
  for (const map of maps) bytes += map?.byteLength ?? 0;
  return bytes;
}

/** Adds all pieces of another, whose groups are others here. */
export function addPieces(into: SpreadKeys, from: SpreadKeys, groupMap: Uint32Array): void {
  flushKeys(from);
  const maps = new Map<Uint32Array | null, Uint32Array>([[null, groupMap]]);
  for (const piece of from.pieces) {
    let map = maps.get(piece.map);
    if (map === undefined) maps.set(piece.map, (map = piece.map!.map((group) => groupMap[group])));
    into.pieces.push({ ...piece, map });
  }
}

/** @returns how many entries the pieces have. */
export function entriesOf({ pieces }: SpreadKeys): number {
  return pieces.reduce((sum, { words }) => sum + words.length / 2, 0);
}

/** Counts each group's distinct keys into `counts`, at rest now and then. */
export function* countKeys(spread: SpreadKeys, counts: Float64Array): Generator<undefined, void, undefined> {
  flushKeys(spread);
  counts.fill(0);
  for (const range of rangesOf(restPartitions)) {
    countRange(spread.pieces, range, counts);
    yield;
  }
}

/** Some partitions: any thread can count them. */
export interface PartitionRange {
  readonly from: number;
  readonly to: number;
}

/** @returns all partitions in ranges of `length` each. */
export function rangesOf(length: number): PartitionRange[] {
  const ranges: PartitionRange[] = [];
  for (let from = 0; from < partitions; from += length) ranges.push({ from, to: Math.min(partitions, from + length) });
  return ranges;
}

/** Adds each group's distinct keys of some partitions to `counts`. */
export function countRange(pieces: readonly KeyPiece[], { from, to }: PartitionRange, counts: Float64Array): void {
  const alone = onlyGroup(pieces);
  for (let partition = from; partition < to; partition++) {
    const count = distinctOf(pieces, partition, alone === null);
    if (alone !== null) counts[alone] += count;
    else {
      const groups = foundGroups();
      for (let at = 0; at < count; at++) counts[groups[at]]++;
    }
  }
}

/** @returns whether keys come again so often that to hold each once is worth the work: a few partitions say it of all. */
export function comesAgain({ pieces }: SpreadKeys): boolean {
  const grouped = onlyGroup(pieces) === null;
  let keys = 0;
  let alone = 0;
  for (let partition = 0; partition < partitions; partition += samplePartitions) {
    for (const { starts } of pieces) keys += starts[partition + 1] - starts[partition];
    alone += distinctOf(pieces, partition, grouped);
  }
  return alone < mostAlone * keys;
}

/** Joins all pieces to one that holds each key once, at rest now and then. */
export function* joinPieces(spread: SpreadKeys): Generator<undefined, void, undefined> {
  flushKeys(spread);
  const { pieces } = spread;
  const alone = onlyGroup(pieces);
  const grouped = alone !== 0;
  const starts = new Uint32Array(partitions + 1);
  const words: Uint32Array[] = [];
  const groups: Uint32Array[] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const count = distinctOf(pieces, partition, grouped);
    words.push(foundKeys().slice(0, 2 * count));
    if (grouped) groups.push(foundGroups().slice(0, count));
    starts[partition + 1] = starts[partition] + count;
    if (partition % restPartitions === 0) yield;
  }
  const count = starts[partitions];
  const joined = { words: shared(2 * count), groups: grouped ? shared(count) : null, starts, map: null };
  for (let partition = 0; partition < partitions; partition++) {
    joined.words.set(words[partition], 2 * starts[partition]);
    joined.groups?.set(groups[partition], starts[partition]);
  }
  pieces.splice(0, pieces.length, joined);
}

/** @returns the group that all keys are of, or null where there are several. */
function onlyGroup(pieces: readonly KeyPiece[]): number | null {
  let only: number | null = null;
  for (const { groups, map } of pieces) {
    if (groups !== null) return null;
    const group = map === null ? 0 : map[0];
    if (only !== null && only !== group) return null;
    only = group;
  }
  return only ?? 0;
}
