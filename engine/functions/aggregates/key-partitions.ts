import type { Kernels, Pointer } from '../../kernels/kernels.ts';
import { loadKernels } from '../../kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../kernels/memory.ts';

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

/** As many as the kernel makes; of 20 M keys one takes 320 KiB, and its table 512. */
export const partitions = 512;
/** Keys of a piece: so many of each partition that to copy them takes longer than to begin. */
export const pieceKeys = 131_072;
/** A partition's table has so many places for each key at least. */
const placesPerKey = 2;

/** Keys that kernels look through at once; partitions of more go without. */
const kernelKeys = 262_144;
const kernelPlaces = 2 * kernelKeys;

/** Where kernels work on keys, in memory of a thread's own. */
interface KeyBench {
  readonly kernels: Kernels;
  readonly keysAt: Pointer;
  readonly keys: Uint32Array;
  readonly outAt: Pointer;
  readonly out: Uint32Array;
  readonly tableAt: Pointer;
  readonly table: Uint32Array;
  readonly idsAt: Pointer;
  /** The partition of each key. */
  readonly ids: Uint16Array;
  readonly startsAt: Pointer;
  readonly starts: Uint32Array;
  /** An entry of the table below it is that of an earlier partition: free. */
  base: number;
}

let bench: KeyBench | undefined;

function threadBench(): KeyBench {
  if (bench !== undefined) return bench;
  const keysAt = reservedBytes;
  const outAt = keysAt + 8 * kernelKeys;
  const tableAt = outAt + 8 * pieceKeys;
  const idsAt = tableAt + 4 * kernelPlaces;
  const startsAt = idsAt + 2 * pieceKeys;
  const size = startsAt + 4 * (partitions + 2);
  const memory = createSharedMemory({ initialBytes: size, maximumBytes: size });
  bench = {
    kernels: loadKernels(memory),
    keysAt,
    keys: new Uint32Array(memory.buffer, keysAt, 2 * kernelKeys),
    outAt,
    out: new Uint32Array(memory.buffer, outAt, 2 * pieceKeys),
    tableAt,
    table: new Uint32Array(memory.buffer, tableAt, kernelPlaces),
    idsAt,
    ids: new Uint16Array(memory.buffer, idsAt, pieceKeys),
    startsAt,
    starts: new Uint32Array(memory.buffer, startsAt, partitions + 1),
    base: 1,
  };
  return bench;
}

/** What is looked through without kernels: pairs with their groups, and large partitions. */
const room = { table: new Uint32Array(1024), base: 1, words: new Uint32Array(1024), groups: new Uint32Array(512) };
/** Where `distinctOf` has left the keys that it found: two words each. */
let found: Uint32Array = room.words;

/** @returns the keys that `distinctOf` has found last, two words each, and behind them anything. */
export function foundKeys(): Uint32Array {
  return found;
}

/** @returns the group of each of them, where groups count. */
export function foundGroups(): Uint32Array {
  return room.groups;
}
/** Larger tables are not kept. */
const keptPlaces = 1_048_576;

/** Finds the distinct keys of a partition, and leaves them in `found`, their groups in the room. @returns how many. */
export function distinctOf(pieces: readonly KeyPiece[], partition: number, grouped: boolean): number {
  let total = 0;
  for (const { starts } of pieces) total += starts[partition + 1] - starts[partition];
  const compiled = !grouped && total <= kernelKeys;
  if (!compiled && room.words.length < 2 * total) room.words = new Uint32Array(3 * total);
  if (grouped && room.groups.length < total) room.groups = new Uint32Array(2 * total);
  found = compiled ? threadBench().keys : room.words;
  let at = 0;
  for (const { words, groups, starts, map } of pieces) {
    const from = starts[partition];
    const to = starts[partition + 1];
    copyWords(words, 2 * from, 2 * to, found, 2 * at);
    if (grouped) {
      for (let key = from, out = at; key < to; key++, out++) {
        const group = groups === null ? 0 : groups[key];
        room.groups[out] = map === null ? group : map[group];
      }
    }
    at += to - from;
  }
  return compiled ? distinctByKernel(threadBench(), total) : distinct(room.words, grouped ? room.groups : null, total);
}

function distinctByKernel(own: KeyBench, count: number): number {
  if (own.base + count >= 2 ** 32) {
    own.table.fill(0);
    own.base = 1;
  }
  const { kernels, keysAt, tableAt, base } = own;
  own.base += count;
  return kernels.distinctKeys(keysAt, count, tableAt, placesFor(count, kernelPlaces), base);
}

/** @returns a power of two above `count`: for each key `placesPerKey`, as far as there is room. */
function placesFor(count: number, most: number): number {
  let places = 1024;
  while (places < placesPerKey * count && places < most) places *= 2;
  return places;
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
export function pieceOf(words: Uint32Array, groups: Uint32Array | null, count: number): KeyPiece {
  const { kernels, keys, keysAt, out, outAt, idsAt, ids, startsAt, starts } = threadBench();
  keys.set(words.subarray(0, 2 * count));
  kernels.spreadKeys(keysAt, count, startsAt, idsAt, outAt);
  const piece = {
    words: shared(2 * count),
    groups: groups === null ? null : shared(count),
    starts: shared(partitions + 1),
    map: null,
  };
  piece.words.set(out.subarray(0, 2 * count));
  piece.starts.set(starts);
  if (groups !== null) scatterGroups(groups, ids.subarray(0, count), starts.slice(), piece.groups!);
  return piece;
}

function scatterGroups(groups: Uint32Array, ids: Uint16Array, next: Uint32Array, out: Uint32Array): void {
  for (let at = 0; at < ids.length; at++) out[next[ids[at]]++] = groups[at];
}

/** Moves the distinct ones of the first `count` keys to the front, in their order. @returns how many these are. */
function distinct(words: Uint32Array, groups: Uint32Array | null, count: number): number {
  const places = placesFor(count, Infinity);
  if (room.table.length < places) {
    room.table = new Uint32Array(places);
    room.base = 1;
  } else if (room.base + count >= 2 ** 32) {
    room.table.fill(0);
    room.base = 1;
  }
  const { table, base } = room;
  const kept =
    groups === null
      ? distinctKeys(table, places - 1, base, words, count)
      : distinctPairs(table, places - 1, base, words, groups, count);
  room.base += count;
  if (table.length > keptPlaces) room.table = new Uint32Array(1024);
  return kept;
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

/** @returns words that every thread can read. */
export function shared(words: number): Uint32Array {
  return new Uint32Array(new SharedArrayBuffer(4 * words));
}
