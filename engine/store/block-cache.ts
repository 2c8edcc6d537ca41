import type { Pointer } from '../kernels/kernels.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import { CacheMemory, owners, regionHeaderBytes, unitBytes } from './cache-memory.ts';
import { readRecord, recordBytes, writeRecord, type CacheRecord } from './cache-record.ts';

/** What is kept of a segment, by column: as it is stored, and what is derived of that; of slots, by the set of segments that they were given for. */
export const cacheKinds = {
  block: 0,
  dictionary: 1,
  dictionaryHashes: 2,
  directory: 3,
  slots: 4,
  stretches: 8,
  present: 9,
  runs: 10,
} as const;

export interface CacheKey {
  readonly table: number;
  readonly segment: number;
  readonly column: number;
  readonly kind: (typeof cacheKinds)[keyof typeof cacheKinds];
  /** Block or page, below 2^24. */
  readonly block: number;
}

export interface BlockCacheStats {
  readonly usedBytes: number;
  readonly entries: number;
}

/** One query's pins. Records that it found or put stay where they are until `release`. */
export interface CacheSession {
  /** @returns the record, pinned, or null. */
  find(key: CacheKey): CacheRecord | null;
  /** The same. @returns where the record lies, or null. */
  place(key: CacheKey): Pointer | null;
  /**
   * Copies a record into the cache and pins it.
   * @returns the copy (another thread's, if that came first), or the record itself when there is no room for it.
   */
  put(key: CacheKey, record: CacheRecord): CacheRecord;
  /**
   * Makes room for a record that is to be written in place.
   * @returns where, at a multiple of 16, or null when there is no room for it.
   */
  reserve(bytes: number): Pointer | null;
  /** The same as `put` of a record some of whose arrays lie in its own room already. */
  keep(key: CacheKey, pointer: Pointer, record: CacheRecord): CacheRecord;
  /** Gives room back that no record was kept in. */
  giveUp(pointer: Pointer): void;
  /** Unpins all. The session may be used again. */
  release(): void;
}

/**
 * Decoded blocks of all segments, in one shared memory for all threads: an index by key, and a ring of regions of which
 * those that no query pins make room for others. It never fails: what does not fit stays in ordinary memory.
 */
export interface BlockCache {
  readonly memory: SharedMemory;
  session(): CacheSession;
  /** Takes bytes of the memory that are nobody's block (an arena). @returns null when there is no room. */
  allocate(bytes: number): Pointer | null;
  free(pointer: Pointer): void;
  stats(): BlockCacheStats;
}

/** One slot for every 16 KiB of the budget: about the mean size of a decoded block. */
const bytesPerSlot = 16 * 1024;
const slotsMin = 256;
const slotsMax = 262_144;

/**
 * Lays an empty cache out in `memory`; done once, before any other thread attaches.
 * @param budgetBytes the most that the memory may grow to.
 */
export function createBlockCache(memory: SharedMemory, budgetBytes: number): BlockCache {
  let slots = slotsMin;
  while (slots < slotsMax && slots * bytesPerSlot < budgetBytes) slots *= 2;
  new CacheMemory(memory).create(budgetBytes, slots);
  return attachBlockCache(memory);
}

/** @returns the cache that another thread laid out in this memory. */
export function attachBlockCache(memory: SharedMemory): BlockCache {
  const ring = new CacheMemory(memory);
  const locked = <T>(otherwise: T, action: () => T): T => {
    if (!ring.present || !ring.lock()) return otherwise;
    try {
      return action();
    } finally {
      ring.unlock();
    }
  };
  return {
    memory,
    session: () => createSession(ring, locked),
    allocate: (bytes) =>
      locked(null, () => {
        const units = unitsFor(bytes);
        const unit = ring.takeBack(units) || ring.allocate(units, (slot) => removeSlot(ring, slot));
        return unit === 0 ? null : unit * unitBytes + regionHeaderBytes;
      }),
    free: (pointer) => locked(undefined, () => ring.putAside((pointer - regionHeaderBytes) / unitBytes)),
    stats: () => locked({ usedBytes: 0, entries: 0 }, () => ({ usedBytes: ring.usedBytes, entries: ring.slotsUsed })),
  };
}

type Locked = <T>(otherwise: T, action: () => T) => T;

function createSession(ring: CacheMemory, locked: Locked): CacheSession {
  let pinned: number[] = [];
  const pin = (unit: number): void => {
    const at = (unit * unitBytes) / 4;
    ring.u32[at + 2]++;
    ring.u32[at + 3] = 1;
    pinned.push(unit);
  };
  /** @returns the record's region, pinned, or 0. */
  const findPinned = (key: CacheKey): number => {
    const slot = findSlot(ring, key);
    if (slot < 0) return 0;
    const unit = ring.u32[ring.slotAt(slot) + 4];
    pin(unit);
    return unit;
  };
  const recordAt = (unit: number): CacheRecord => readRecord(ring.u32, ring.f64, unit * unitBytes + regionHeaderBytes);
  // Once for each column of each block that a query reads: nothing is made.
  const unitOf = (key: CacheKey): number => {
    if (!ring.present || !ring.lock()) return 0;
    try {
      return findPinned(key);
    } finally {
      ring.unlock();
    }
  };
  return {
    find(key) {
      const unit = unitOf(key);
      return unit === 0 ? null : recordAt(unit);
    },
    place(key) {
      const unit = unitOf(key);
      return unit === 0 ? null : unit * unitBytes + regionHeaderBytes;
    },
    put(key, record) {
      const pointer = this.reserve(recordBytes(record));
      return pointer === null ? record : this.keep(key, pointer, record);
    },
    reserve(bytes) {
      const unit = locked(0, () => reserve(ring, unitsFor(bytes)));
      return unit === 0 ? null : unit * unitBytes + regionHeaderBytes;
    },
    giveUp: (pointer) => locked(undefined, () => ring.free((pointer - regionHeaderBytes) / unitBytes)),
    keep(key, pointer, record) {
      const unit = (pointer - regionHeaderBytes) / unitBytes;
      // The region is pinned and nobody else knows it: it is filled without the lock.
      writeRecord(ring.buffer, pointer, record);
      const own = locked(0, () => {
        const known = findPinned(key);
        if (known !== 0) {
          ring.free(unit);
          return known;
        }
        addSlot(ring, key, unit);
        // The pin of the allocation becomes the session's.
        ring.u32[(unit * unitBytes) / 4 + 2]--;
        pin(unit);
        return unit;
      });
      return own === 0 ? record : recordAt(own);
    },
    release() {
      if (pinned.length === 0) return;
      const units = pinned;
      pinned = [];
      locked(undefined, () => {
        for (const unit of units) ring.u32[(unit * unitBytes) / 4 + 2]--;
      });
    },
  };
}

function unitsFor(bytes: number): number {
  return Math.ceil((regionHeaderBytes + bytes) / unitBytes);
}

/** Makes a region and sees to it that the index has a slot for it. @returns 0 when there is no room in either. */
function reserve(ring: CacheMemory, units: number): number {
  const full = (): boolean => ring.slotsUsed >= (ring.slots * 3) / 4;
  // A cache of very small blocks runs out of slots before it runs out of bytes.
  if (full()) evictSome(ring);
  return full() ? 0 : ring.allocate(units, (slot) => removeSlot(ring, slot));
}

/** Evicts unpinned entries until a quarter of the index is empty again or every slot has been looked at. */
function evictSome(ring: CacheMemory): void {
  for (let slot = ring.slots - 1; slot >= 0 && ring.slotsUsed > ring.slots / 2; slot--) {
    const unit = ring.u32[ring.slotAt(slot) + 4];
    if (unit === 0 || ring.u32[(unit * unitBytes) / 4 + 2] > 0) continue;
    removeSlot(ring, slot);
    ring.free(unit);
  }
}

/*
 * The index is an open table with linear probing. A slot: 0 table, 1 segment, 2 column, 3 kind · 2^24 + block, 4 the
 * region's unit (0 = the slot is empty).
 */

function place(key: CacheKey): number {
  return ((key.kind << 24) | key.block) >>> 0;
}

/** Slots of blocks that follow one another lie beside one another: the index is sparse, and a page of it costs a fault. */
const besideSlots = 16;

function homeOf(ring: CacheMemory, table: number, segment: number, column: number, last: number): number {
  let hash = Math.imul(table ^ 0x9e3779b1, 0x85ebca6b);
  hash = Math.imul(hash ^ segment ^ (hash >>> 15), 0xc2b2ae35);
  hash = Math.imul(hash ^ column ^ (hash >>> 13), 0x27d4eb2f);
  hash = Math.imul(hash ^ (last & ~(besideSlots - 1)) ^ (hash >>> 16), 0x165667b1);
  return (((hash ^ (hash >>> 15)) & ~(besideSlots - 1)) | (last & (besideSlots - 1))) & (ring.slots - 1);
}

function findSlot(ring: CacheMemory, key: CacheKey): number {
  const { u32, slots } = ring;
  const last = place(key);
  let slot = homeOf(ring, key.table, key.segment, key.column, last);
  for (;;) {
    const at = ring.slotAt(slot);
    if (u32[at + 4] === 0) return -1;
    if (u32[at] === key.table && u32[at + 1] === key.segment && u32[at + 2] === key.column && u32[at + 3] === last) {
      return slot;
    }
    slot = (slot + 1) & (slots - 1);
  }
}

function addSlot(ring: CacheMemory, key: CacheKey, unit: number): void {
  const { u32, slots } = ring;
  const last = place(key);
  let slot = homeOf(ring, key.table, key.segment, key.column, last);
  while (u32[ring.slotAt(slot) + 4] !== 0) slot = (slot + 1) & (slots - 1);
  const at = ring.slotAt(slot);
  u32[at] = key.table;
  u32[at + 1] = key.segment;
  u32[at + 2] = key.column;
  u32[at + 3] = last;
  u32[at + 4] = unit;
  u32[(unit * unitBytes) / 4 + 1] = slot + owners.firstSlot;
  ring.slotsUsed++;
}

/** Empties a slot and moves up those behind it that were pushed on by it, so that no search ends too early. */
function removeSlot(ring: CacheMemory, slot: number): void {
  const { u32, slots } = ring;
  let hole = slot;
  for (let next = (hole + 1) & (slots - 1); u32[ring.slotAt(next) + 4] !== 0; next = (next + 1) & (slots - 1)) {
    const at = ring.slotAt(next);
    const home = homeOf(ring, u32[at], u32[at + 1], u32[at + 2], u32[at + 3]);
    if (((next - home) & (slots - 1)) < ((next - hole) & (slots - 1))) continue;
    u32.copyWithin(ring.slotAt(hole), at, at + 5);
    u32[(u32[at + 4] * unitBytes) / 4 + 1] = hole + owners.firstSlot;
    hole = next;
  }
  u32[ring.slotAt(hole) + 4] = 0;
  ring.slotsUsed--;
}
