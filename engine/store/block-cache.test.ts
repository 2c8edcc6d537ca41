import { describe, expect, it } from 'vitest';
import { createSharedMemory, reservedBytes } from '../kernels/memory.ts';
import { attachBlockCache, cacheKinds, createBlockCache, type CacheKey, type CacheSession } from './block-cache.ts';
import { CacheMemory, owners, unitBytes } from './cache-memory.ts';
import type { CacheRecord } from './cache-record.ts';

const seed = 20_240_303;

function randomFrom(start: number): (limit: number) => number {
  let state = start;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function keyOf(number: number): CacheKey {
  const kind = Object.values(cacheKinds)[number % 4]!;
  return { table: 1 + (number % 3), segment: number >> 4, column: number % 7, kind, block: number };
}

/** What is kept under a key: its arrays say which key it is, over and over. */
function recordOf(number: number, bytes: number): CacheRecord {
  return {
    numbers: [number, -0.5],
    arrays: [new Uint8Array(bytes).fill(number), null, Uint32Array.of(number, bytes), new Float64Array(3).fill(number)],
  };
}

function expectRecord(record: CacheRecord, number: number): void {
  expect(record.numbers).toEqual([number, -0.5]);
  const [bytes, none, words, floats] = record.arrays;
  expect(none).toBe(null);
  expect([...(words as Uint32Array)]).toEqual([number, bytes!.length]);
  // A matcher would walk half a million elements far more slowly.
  expect(Buffer.compare(bytes as Uint8Array, Buffer.alloc(bytes!.length, number & 0xff))).toBe(0);
  expect([...(floats as Float64Array)]).toEqual([number, number, number]);
}

const words = { start: reservedBytes / 4 + 5, end: reservedBytes / 4 + 6, used: reservedBytes / 4 + 9 };

/** Walks ring and index: each is whole and says of the other what the other says. @returns pins by region. */
function expectWhole(ring: CacheMemory): Map<number, number> {
  const { u32 } = ring;
  const pins = new Map<number, number>();
  let used = 0;
  let owned = 0;
  let unit = u32[words.start]!;
  while (unit < u32[words.end]!) {
    const at = (unit * unitBytes) / 4;
    const [size, owner, pinned] = u32.subarray(at, at + 3);
    expect(size).toBeGreaterThan(0);
    if (owner !== owners.free) used += size!;
    else expect(pinned).toBe(0);
    if (owner! >= owners.firstSlot) {
      owned++;
      expect(u32[ring.slotAt(owner! - owners.firstSlot) + 4]).toBe(unit);
    }
    if (pinned !== 0) pins.set(unit, pinned!);
    unit += size!;
  }
  expect(unit).toBe(u32[words.end]);
  expect(used).toBe(u32[words.used]);
  expect(owned).toBe(ring.slotsUsed);
  const filled = Array.from({ length: ring.slots }, (_, slot) => u32[ring.slotAt(slot) + 4]!).filter((at) => at !== 0);
  expect(new Set(filled).size).toBe(ring.slotsUsed);
  return pins;
}

function newCache(budgetBytes: number) {
  const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: budgetBytes });
  const cache = createBlockCache(memory, budgetBytes);
  return { memory, cache, ring: new CacheMemory(memory) };
}

/** The ring as it is now: growth by the cache is not seen by another object until it takes the lock. */
function refreshed(ring: CacheMemory): CacheMemory {
  expect(ring.lock()).toBe(true);
  ring.unlock();
  return ring;
}

describe(`the block cache (seed ${seed})`, () => {
  it('keeps whole under random finds, puts, releases, arenas and evictions', () => {
    for (const [round, budget] of [2 ** 21, 3 * 2 ** 20, 7 * 2 ** 20].entries()) {
      const random = randomFrom(seed + round);
      const { cache, ring } = newCache(budget);
      const sessions = Array.from({ length: 3 }, () => cache.session());
      const held: Map<number, CacheRecord>[] = sessions.map(() => new Map());
      const arenas: number[] = [];
      let hits = 0;
      let misses = 0;
      for (let turn = 0; turn < 2000; turn++) {
        const which = random(3);
        const session = sessions[which]!;
        const mine = held[which]!;
        const number = random(400);
        const action = random(20);
        if (action === 0) {
          session.release();
          mine.clear();
        } else if (action === 1) {
          const pointer = cache.allocate(1 + random(60_000));
          if (pointer !== null) arenas.push(pointer);
        } else if (action === 2 && arenas.length > 0) {
          cache.free(arenas.splice(random(arenas.length), 1)[0]!);
        } else {
          const found = session.find(keyOf(number));
          // What a session holds, it finds again.
          if (mine.has(number)) expect(found).not.toBe(null);
          if (found === null) misses++;
          else hits++;
          const size = random(8) === 0 ? random(200_000) : random(3000);
          const record = found ?? session.put(keyOf(number), recordOf(number, size));
          expectRecord(record, number);
          if (record.arrays[0]!.buffer === cache.memory.buffer) mine.set(number, record);
        }
        if (turn % 100 === 0) {
          const pins = expectWhole(refreshed(ring));
          expect(arenas.every((pointer) => pins.get((pointer - 32) / unitBytes) === 1)).toBe(true);
          for (const records of held) for (const [key, record] of records) expectRecord(record, key);
        }
      }
      for (const session of sessions) session.release();
      for (const pointer of arenas) cache.free(pointer);
      expect(expectWhole(refreshed(ring)).size).toBe(0);
      expect(hits).toBeGreaterThan(100);
      expect(misses).toBeGreaterThan(100);
      expect(cache.stats().usedBytes).toBeLessThanOrEqual(budget);
    }
  });

  const fill = (session: CacheSession, from: number, to: number, bytes: number): void => {
    for (let number = from; number < to; number++) session.put(keyOf(number), recordOf(number, bytes));
  };

  it('grows up to its budget, then evicts', () => {
    const budget = 16 * 2 ** 20;
    const { cache, memory } = newCache(budget);
    const session = cache.session();
    expect(memory.buffer.byteLength).toBe(2 ** 20);
    fill(session, 0, 10, 100_000);
    const early = memory.buffer.byteLength;
    expect(early).toBeGreaterThan(2 ** 20);
    expect(early).toBeLessThan(budget);
    session.release();
    for (let number = 10; number < 300; number++) {
      fill(session, number, number + 1, 100_000);
      session.release();
    }
    expect(memory.buffer.byteLength).toBe(budget);
    expect(cache.stats().usedBytes).toBeLessThanOrEqual(budget);
    expect(cache.stats().entries).toBeGreaterThan(100);
    expect(session.find(keyOf(0))).toBe(null);
    expect(session.find(keyOf(299))).not.toBe(null);
  });

  it('never evicts what is pinned, and keeps the rest outside when pins leave no room', () => {
    const { cache } = newCache(3 * 2 ** 20);
    const holder = cache.session();
    fill(holder, 0, 20, 100_000);
    const other = cache.session();
    for (let number = 20; number < 60; number++) {
      const record = recordOf(number, 400_000);
      expectRecord(other.put(keyOf(number), record), number);
      other.release();
    }
    for (let number = 0; number < 20; number++) expectRecord(holder.find(keyOf(number))!, number);
    const outside = recordOf(99, 2_900_000);
    expect(other.put(keyOf(99), outside) === outside).toBe(true);
    holder.release();
    expect(other.put(keyOf(99), outside) === outside).toBe(false);
    expectRecord(other.find(keyOf(99))!, 99);
  });

  it('prefers to evict what was not found of late', () => {
    const { cache } = newCache(4 * 2 ** 20);
    const session = cache.session();
    fill(session, 0, 30, 100_000);
    session.release();
    // A first round over the ring takes the marks away that putting left.
    fill(session, 100, 112, 100_000);
    session.release();
    const kept = Array.from({ length: 30 }, (_, number) => number).filter(
      (number) => session.find(keyOf(number)) !== null,
    );
    session.release();
    const favourite = kept[kept.length - 1]!;
    for (let number = 200; number < 215; number++) {
      session.find(keyOf(favourite));
      fill(session, number, number + 1, 100_000);
      session.release();
    }
    expect(kept.length).toBeGreaterThan(0);
    expect(session.find(keyOf(favourite))).not.toBe(null);
  });

  it('takes a record larger than its budget for what it is: none of its business', () => {
    const { cache } = newCache(2 ** 20);
    const session = cache.session();
    const record = recordOf(5, 3 * 2 ** 20);
    expect(session.put(keyOf(5), record) === record).toBe(true);
    expect(session.find(keyOf(5))).toBe(null);
    expect(cache.allocate(2 ** 30)).toBe(null);
    expect(cache.stats().entries).toBe(0);
  });

  it('gives the copy that was there to whoever comes second', () => {
    const { cache, ring } = newCache(4 * 2 ** 20);
    const first = cache.session();
    const second = cache.session();
    const one = first.put(keyOf(7), recordOf(7, 500));
    const two = second.put(keyOf(7), recordOf(7, 500));
    expect(two.arrays[0]!.byteOffset).toBe(one.arrays[0]!.byteOffset);
    expect([...expectWhole(refreshed(ring)).values()]).toEqual([2]);
    first.release();
    expect([...expectWhole(ring).values()]).toEqual([1]);
    second.release();
    second.release();
    expect(expectWhole(ring).size).toBe(0);
  });

  it('runs out of slots before bytes where records are tiny, and goes on', () => {
    const { cache, ring } = newCache(4 * 2 ** 20);
    const session = cache.session();
    fill(session, 0, 150, 1);
    expect(cache.stats().entries).toBe(150);
    for (let number = 150; number < 2000; number++) {
      session.release();
      fill(session, number, number + 1, 1);
      expect(session.find(keyOf(number))).not.toBe(null);
    }
    expect(cache.stats().entries).toBeLessThanOrEqual((ring.slots * 3) / 4 + 1);
    expectWhole(refreshed(ring));
    // And where every one of them is pinned, the next stays outside.
    session.release();
    fill(session, 3000, 3000 + ring.slots, 1);
    const record = recordOf(9000, 1);
    expect(session.put(keyOf(9000), record)).toBe(record);
  });

  it('arrays begin at multiples of 16, so that every width and SIMD load fits', () => {
    const { cache } = newCache(4 * 2 ** 20);
    const record = cache.session().put(keyOf(1), recordOf(1, 13));
    const offsets = record.arrays.filter((array) => array !== null).map((array) => array.byteOffset % 16);
    expect(offsets).toEqual([0, 0, 0]);
    expect(cache.allocate(100)! % 16).toBe(0);
  });

  it('finds nothing in a memory in which no cache was laid out', () => {
    const cache = attachBlockCache(createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 20 }));
    const session = cache.session();
    const record = recordOf(1, 10);
    expect(session.find(keyOf(1))).toBe(null);
    expect(session.put(keyOf(1), record)).toBe(record);
    session.release();
    expect([cache.allocate(10), cache.stats()]).toEqual([null, { usedBytes: 0, entries: 0 }]);
  });
});
