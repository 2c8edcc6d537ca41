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
  /** Entries beyond which it is asked anew whether keys come again. */
  mostEntries: number;
}

/** Keys in the order of their partitions; plain data. */
export interface KeyPiece {
  /** Low word, high word. */
  readonly words: Uint32Array;
  /** The group of each; null = all 0. */
  readonly groups: Uint32Array | null;
  /** First key of each partition, and where the last one ends. */
  readonly starts: Uint32Array;
  /** Which group each of `groups` is now; null = itself. */
  readonly map: Uint32Array | null;
}

/** Of 20 M keys one takes 320 KiB, and its table 512. */
const partitions = 512;
const partitionShift = 23;
/** Keys of a piece: so many of each partition that to copy them takes longer than to begin. */
const pieceKeys = 131_072;
/** A partition's table has so many places for each key at least. */
const placesPerKey = 2;
/** One of so many partitions says whether keys come again, and from which share of distinct ones on they do not. */
const samplePartitions = 32;
const mostAlone = 0.8;
/** Partitions between two rests. */
const restPartitions = 16;

/** What partitions are looked through with, one a thread. An entry below `base` is that of an earlier partition: free. */
const room = {
  table: new Uint32Array(1024),
  base: 1,
  words: new Uint32Array(1024),
  groups: new Uint32Array(512),
};
/** Larger tables are not kept. */
const keptPlaces = 1_048_576;

export function newSpreadKeys(): SpreadKeys {
  const words = new Uint32Array(2 * pieceKeys);
  return { pieces: [], words, groups: new Uint32Array(pieceKeys), count: 0, mostEntries: 0 };
}

/** Adds a key to a group. */
export function addKey(spread: SpreadKeys, group: number, low: number, high: number): void {
  if (spread.count === pieceKeys) flushKeys(spread);
  const at = spread.count++;
  spread.words[2 * at] = low;
  spread.words[2 * at + 1] = high;
  spread.groups[at] = group;
}

/** Adds keys to group 0. @param words two a key. */
export function addKeys(spread: SpreadKeys, words: Uint32Array): void {
  for (let from = 0; from < words.length;) {
    if (spread.count === pieceKeys) flushKeys(spread);
    const { count } = spread;
    const to = Math.min(words.length, from + 2 * (pieceKeys - count));
    spread.words.set(words.subarray(from, to), 2 * count);
    spread.count += (to - from) / 2;
    spread.groups.fill(0, count, spread.count);
    from = to;
  }
}

/** Makes a piece of what is none yet. */
export function flushKeys(spread: SpreadKeys): void {
  if (spread.count === 0) return;
  const grouped = isGrouped(spread.groups, spread.count);
  const { count } = spread;
  spread.count = 0;
  spread.pieces.push(pieceOf(spread.words, grouped ? spread.groups : null, count));
}

function isGrouped(groups: Uint32Array, count: number): boolean {
  for (let at = 0; at < count; at++) if (groups[at] !== 0) return true;
  return false;
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
    const total = gather(pieces, partition, alone === null);
    const count = distinct(room.words, alone === null ? room.groups : null, total);
    if (alone !== null) counts[alone] += count;
    else for (let at = 0; at < count; at++) counts[room.groups[at]]++;
  }
}

/** @returns whether keys come again so often that to hold each once is worth the work: a few partitions say it of all. */
export function comesAgain({ pieces }: SpreadKeys): boolean {
  const grouped = onlyGroup(pieces) === null;
  let keys = 0;
  let found = 0;
  for (let partition = 0; partition < partitions; partition += samplePartitions) {
    const total = gather(pieces, partition, grouped);
    keys += total;
    found += distinct(room.words, grouped ? room.groups : null, total);
  }
  return found < mostAlone * keys;
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
    const total = gather(pieces, partition, grouped);
    const count = distinct(room.words, grouped ? room.groups : null, total);
    words.push(room.words.slice(0, 2 * count));
    if (grouped) groups.push(room.groups.slice(0, count));
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

function shared(words: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * words));
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

/** Puts the keys of a partition one after another into the room. @returns how many there are. */
function gather(pieces: readonly KeyPiece[], partition: number, grouped: boolean): number {
  let total = 0;
  for (const { starts } of pieces) total += starts[partition + 1] - starts[partition];
  if (room.words.length < 2 * total) room.words = new Uint32Array(3 * total);
  if (grouped && room.groups.length < total) room.groups = new Uint32Array(2 * total);
  let at = 0;
  for (const { words, groups, starts, map } of pieces) {
    const from = starts[partition];
    const to = starts[partition + 1];
    copyWords(words, 2 * from, 2 * to, room.words, 2 * at);
    if (grouped) {
      for (let key = from, out = at; key < to; key++, out++) {
        const group = groups === null ? 0 : groups[key];
        room.groups[out] = map === null ? group : map[group];
      }
    }
    at += to - from;
  }
  return total;
}

/** Few words at a time: a view of them would take longer. */
function copyWords(words: Uint32Array, from: number, to: number, out: Uint32Array, at: number): void {
  for (let word = from; word < to; word++) out[at++] = words[word];
}

function mixed(low: number, high: number): number {
  const hash = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b);
  return Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35);
}

/** Lays keys out by partition. */
function pieceOf(words: Uint32Array, groups: Uint32Array | null, count: number): KeyPiece {
  const starts = shared(partitions + 1);
  const ids = new Uint16Array(count);
  countPartitions(words, count, starts, ids);
  for (let partition = 0; partition < partitions; partition++) starts[partition + 1] += starts[partition];
  const piece = { words: shared(2 * count), groups: groups === null ? null : shared(count), starts, map: null };
  scatter(words, ids, starts.slice(), piece.words);
  if (groups !== null) scatterGroups(groups, ids, starts.slice(), piece.groups!);
  return piece;
}

function countPartitions(words: Uint32Array, count: number, starts: Uint32Array, ids: Uint16Array): void {
  for (let at = 0; at < count; at++) {
    const id = mixed(words[2 * at], words[2 * at + 1]) >>> partitionShift;
    ids[at] = id;
    starts[id + 1]++;
  }
}

function scatter(words: Uint32Array, ids: Uint16Array, next: Uint32Array, out: Uint32Array): void {
  for (let at = 0; at < ids.length; at++) {
    const to = next[ids[at]]++;
    out[2 * to] = words[2 * at];
    out[2 * to + 1] = words[2 * at + 1];
  }
}

function scatterGroups(groups: Uint32Array, ids: Uint16Array, next: Uint32Array, out: Uint32Array): void {
  for (let at = 0; at < ids.length; at++) out[next[ids[at]]++] = groups[at];
}

/** Moves the distinct ones of the first `count` keys to the front, in their order. @returns how many these are. */
function distinct(words: Uint32Array, groups: Uint32Array | null, count: number): number {
  let places = 1024;
  while (places < placesPerKey * count) places *= 2;
  if (room.table.length < places) {
    room.table = new Uint32Array(places);
    room.base = 1;
  } else if (room.base + count >= 2 ** 32) {
    room.table.fill(0);
    room.base = 1;
  }
  const { table, base } = room;
  const found =
    groups === null
      ? distinctKeys(table, places - 1, base, words, count)
      : distinctPairs(table, places - 1, base, words, groups, count);
  room.base += count;
  if (table.length > keptPlaces) room.table = new Uint32Array(1024);
  return found;
}

function distinctKeys(table: Uint32Array, mask: number, base: number, words: Uint32Array, count: number): number {
  let found = 0;
  for (let at = 0; at < count; at++) {
    const low = words[2 * at];
    const high = words[2 * at + 1];
    for (let place = mixed(low, high) & mask; ; place = (place + 1) & mask) {
      const entry = table[place];
      if (entry < base) {
        table[place] = base + found;
        words[2 * found] = low;
        words[2 * found + 1] = high;
        found++;
        break;
      }
      const known = 2 * (entry - base);
      if (words[known] === low && words[known + 1] === high) break;
    }
  }
  return found;
}

function distinctPairs(
  table: Uint32Array,
  mask: number,
  base: number,
  words: Uint32Array,
  groups: Uint32Array,
  count: number,
): number {
  let found = 0;
  for (let at = 0; at < count; at++) {
    const low = words[2 * at];
    const high = words[2 * at + 1];
    const group = groups[at];
    const hash = mixed(low ^ Math.imul(group, 0x27d4eb2f), high);
    for (let place = (hash ^ (hash >>> 15)) & mask; ; place = (place + 1) & mask) {
      const entry = table[place];
      if (entry < base) {
        table[place] = base + found;
        words[2 * found] = low;
        words[2 * found + 1] = high;
        groups[found++] = group;
        break;
      }
      const known = entry - base;
      if (words[2 * known] === low && words[2 * known + 1] === high && groups[known] === group) break;
    }
  }
  return found;
}
