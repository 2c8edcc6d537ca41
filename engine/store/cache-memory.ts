import { reservedBytes } from '../kernels/memory.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';

/*
 * The block cache's part of the shared memory, in words of 4 bytes from `reservedBytes` on:
 *
 *    0  magic          4  1 = given up       8  hand
 *    1  lock, 0 free   5  start of the ring  9  units in use
 *    2  slots          6  end of the ring   10  times the lock was taken
 *    3  slots in use   7  the most the ring 11  threads that wait for the lock
 *                         may end at        12 … 15  spare
 *   16  units of arenas that were given back, for who wants one of that size; 0 none
 *   80  the index: slots of 8 words (see block-cache.ts)
 *    …  the ring: regions one after another, without gaps. Places and sizes are in units of 64 bytes. A region:
 *         0  size in units, this header included
 *         1  owner: 0 free, 1 nobody's (an arena, or not yet filled), else slot + 2
 *         2  pins
 *         3  1 = found since the hand last passed
 *         8  its bytes begin
 */
export const unitBytes = 64;
export const regionHeaderBytes = 32;
export const owners = { free: 0, nobody: 1, firstSlot: 2 } as const;

const magic = 0x43525656;
const words = {
  magic: 0,
  lock: 1,
  slots: 2,
  slotsUsed: 3,
  givenUp: 4,
  start: 5,
  end: 6,
  limit: 7,
  hand: 8,
  used: 9,
  turns: 10,
  waiting: 11,
  kept: 16,
  index: 80,
} as const;
const slotWords = 8;

/** The ring grows by at least this, so that a growing cache does not ask the machine for every block. */
const growthBytesMin = 4 * 1024 * 1024;

/**
 * Waits of 1 ms, in all of which the lock stayed with one holder, after which it is held to be dead: the lock is kept
 * for microseconds, milliseconds where the memory grows, and a busy machine may take a thread off for some tenths of a
 * second.
 */
const lockWaitsMax = 2_000;

const spins = 64;

/** The ring and the lock of a block cache. Every method but `lock` is called with the lock held. */
export class CacheMemory {
  readonly memory: SharedMemory;
  #buffer: SharedArrayBuffer;
  #u32: Uint32Array;
  #i32: Int32Array;
  #f64: Float64Array;
  readonly #base = reservedBytes / 4;

  constructor(memory: SharedMemory) {
    this.memory = memory;
    this.#buffer = memory.buffer;
    this.#u32 = new Uint32Array(this.#buffer);
    this.#i32 = new Int32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
  }

  /** Lays an empty cache out in the memory. @returns whether the memory can be made large enough for it. */
  create(budgetBytes: number, slots: number): boolean {
    const indexEnd = reservedBytes + 4 * (words.index + slots * slotWords);
    const start = Math.ceil(indexEnd / unitBytes);
    if (!this.#reach(start * unitBytes)) return false;
    const limit = Math.max(start, Math.floor(Math.min(budgetBytes, 2 ** 32) / unitBytes));
    const u32 = this.#u32;
    // Fresh memory holds zeros, and is the machine's until it is touched.
    if (u32[this.#base + words.magic] === magic) u32.fill(0, this.#base, (start * unitBytes) / 4);
    u32[this.#base + words.magic] = magic;
    u32[this.#base + words.slots] = slots;
    for (const word of [words.start, words.end, words.hand]) u32[this.#base + word] = start;
    u32[this.#base + words.limit] = limit;
    return true;
  }

  /** @returns whether a cache was laid out in this memory. */
  get present(): boolean {
    return this.#u32[this.#base + words.magic] === magic;
  }

  get slots(): number {
    return this.#u32[this.#base + words.slots];
  }
  get slotsUsed(): number {
    return this.#u32[this.#base + words.slotsUsed];
  }
  set slotsUsed(value: number) {
    this.#u32[this.#base + words.slotsUsed] = value;
  }
  get usedBytes(): number {
    return this.#u32[this.#base + words.used] * unitBytes;
  }

  /** The memory's bytes as words; another array after growth. */
  get u32(): Uint32Array {
    return this.#u32;
  }
  /** The same as floats. */
  get f64(): Float64Array {
    return this.#f64;
  }
  get buffer(): SharedArrayBuffer {
    return this.#buffer;
  }
  /** Word number of a slot. */
  slotAt(slot: number): number {
    return this.#base + words.index + slot * slotWords;
  }

  /**
   * Takes the lock. A thread that was ended while it held the lock left the ring in an unknown state: whoever finds out
   * gives the cache up, for all threads and for good. What was found in it before stays readable.
   * @returns false when the cache was given up: then it is to be left alone.
   */
  lock(): boolean {
    const at = this.#base + words.lock;
    const turns = this.#base + words.turns;
    let waits = 0;
    let seen = -1;
    while (Atomics.load(this.#i32, this.#base + words.givenUp) === 0) {
      for (let spin = 0; spin < spins; spin++) {
        if (Atomics.compareExchange(this.#i32, at, 0, 1) !== 0) continue;
        this.#i32[turns]++;
        this.#see(this.#u32[this.#base + words.end] * unitBytes);
        return true;
      }
      const turn = Atomics.load(this.#i32, turns);
      waits = turn === seen ? waits + 1 : 0;
      seen = turn;
      if (waits > lockWaitsMax) Atomics.store(this.#i32, this.#base + words.givenUp, 1);
      else this.#wait(at);
    }
    return false;
  }

  #wait(at: number): void {
    const waiting = this.#base + words.waiting;
    Atomics.add(this.#i32, waiting, 1);
    Atomics.wait(this.#i32, at, 1, 1);
    Atomics.sub(this.#i32, waiting, 1);
  }

  unlock(): void {
    const at = this.#base + words.lock;
    Atomics.store(this.#i32, at, 0);
    // One that begins to wait just now is not woken, and sleeps a millisecond at most.
    if (Atomics.load(this.#i32, this.#base + words.waiting) !== 0) Atomics.notify(this.#i32, at, 1);
  }

  /**
   * Makes a region of `units`, owned by nobody and pinned once, from the hand on: by growth while the budget allows,
   * else over regions that are free, or unpinned and not found since the hand last passed (the clock algorithm).
   * @param evict is called with the slot of each region that makes room.
   * @returns the region's unit, or 0 when pins leave no room.
   */
  allocate(units: number, evict: (slot: number) => void): number {
    const u32 = this.#u32;
    const start = u32[this.#base + words.start];
    const budget = u32[this.#base + words.limit] - start;
    if (units > budget) return 0;
    let position = u32[this.#base + words.hand];
    let runStart = position;
    let passed = 0;
    while (passed <= 2 * budget + units) {
      const ring = this.#u32;
      if (position === ring[this.#base + words.end]) {
        if (this.#grow(units - (position - runStart))) continue;
        // The way round counts as passed: an empty ring must not be walked for ever.
        passed += 1 + position - runStart;
        position = start;
        runStart = start;
        if (start === ring[this.#base + words.end]) return 0;
        continue;
      }
      const at = (position * unitBytes) / 4;
      const size = ring[at];
      passed += size;
      position += size;
      if (ring[at + 1] !== owners.free && (ring[at + 2] > 0 || ring[at + 3] === 1)) {
        ring[at + 3] = 0;
        runStart = position;
      } else if (position - runStart >= units) {
        return this.#claim(runStart, position, units, evict);
      }
    }
    return 0;
  }

  /** Gives a region back. */
  free(unit: number): void {
    const at = (unit * unitBytes) / 4;
    const u32 = this.#u32;
    u32[this.#base + words.used] -= u32[at];
    u32[at + 1] = owners.free;
    u32[at + 2] = 0;
    u32[at + 3] = 0;
  }

  /**
   * Gives a region back that is nobody's. It stays as it is until its room is wanted for something else: fresh memory
   * costs more than an arena that was used.
   */
  putAside(unit: number): void {
    const kept = this.#kept();
    const place = kept.indexOf(0);
    if (place < 0) return this.free(unit);
    kept[place] = unit;
    const at = (unit * unitBytes) / 4;
    this.#u32[at + 2] = 0;
    this.#u32[at + 3] = 1;
  }

  /** @returns a region of `units` that was put aside, owned by nobody and pinned once; 0 where there is none. */
  takeBack(units: number): number {
    const u32 = this.#u32;
    const unit = this.#kept().find((own) => own !== 0 && u32[(own * unitBytes) / 4] === units) ?? 0;
    if (unit === 0) return 0;
    this.#forget(unit);
    u32[(unit * unitBytes) / 4 + 2] = 1;
    return unit;
  }

  #forget(unit: number): void {
    const kept = this.#kept();
    const place = kept.indexOf(unit);
    if (place >= 0) kept[place] = 0;
  }

  #kept(): Uint32Array {
    return this.#u32.subarray(this.#base + words.kept, this.#base + words.index);
  }

  #claim(from: number, to: number, units: number, evict: (slot: number) => void): number {
    const u32 = this.#u32;
    for (let unit = from; unit < to; unit += u32[(unit * unitBytes) / 4]) {
      const at = (unit * unitBytes) / 4;
      if (u32[at + 1] >= owners.firstSlot) evict(u32[at + 1] - owners.firstSlot);
      else if (u32[at + 1] === owners.nobody) this.#forget(unit);
      if (u32[at + 1] !== owners.free) this.free(unit);
    }
    this.#write(from, units, owners.nobody, 1);
    if (to - from > units) this.#write(from + units, to - from - units, owners.free, 0);
    u32[this.#base + words.used] += units;
    u32[this.#base + words.hand] = from + units;
    return from;
  }

  #write(unit: number, size: number, owner: number, pins: number): void {
    const at = (unit * unitBytes) / 4;
    this.#u32[at] = size;
    this.#u32[at + 1] = owner;
    this.#u32[at + 2] = pins;
    this.#u32[at + 3] = 0;
  }

  /** Adds a free region at the end of the ring. @returns false at the budget, or when the machine gives no more. */
  #grow(unitsWanted: number): boolean {
    const end = this.#u32[this.#base + words.end];
    const limit = this.#u32[this.#base + words.limit];
    const room = limit - end;
    if (room < unitsWanted || room === 0) return false;
    // A quarter of what there is: a large cache seldom grows, a small one never by much.
    const units = Math.min(room, Math.max(unitsWanted, growthBytesMin / unitBytes, end >> 2));
    if (!this.#reach((end + units) * unitBytes)) {
      this.#u32[this.#base + words.limit] = end;
      return false;
    }
    this.#write(end, units, owners.free, 0);
    this.#u32[this.#base + words.end] = end + units;
    return true;
  }

  /** Makes the memory reach `bytes`. @returns false when the machine refuses. */
  #reach(bytes: number): boolean {
    this.#see(bytes);
    const missing = bytes - this.#buffer.byteLength;
    if (missing <= 0) return true;
    try {
      this.memory.grow(Math.ceil(missing / 65_536));
    } catch {
      return false;
    }
    this.#see(bytes);
    return this.#buffer.byteLength >= bytes;
  }

  /** Makes the views again when another thread has grown the memory: growing by nothing shows its true length. */
  #see(bytes: number): void {
    if (this.#buffer.byteLength >= bytes && this.#buffer === this.memory.buffer) return;
    this.memory.grow(0);
    this.#buffer = this.memory.buffer;
    this.#u32 = new Uint32Array(this.#buffer);
    this.#i32 = new Int32Array(this.#buffer);
    this.#f64 = new Float64Array(this.#buffer);
  }
}
