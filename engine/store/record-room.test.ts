import { describe, expect, it } from 'vitest';
import type { IntVector, Vector } from '../column/vector.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import { cacheKinds, createBlockCache, type CacheKey } from './block-cache.ts';
import { vectorFromRecord } from './cache-record.ts';
import { createRecordRoom } from './record-room.ts';

const mebibyte = 1024 * 1024;
const rows = 1000;

function keyOf(block: number): CacheKey {
  return { table: 1, segment: 2, column: 3, kind: cacheKinds.block, block };
}

function cacheOf(bytes: number) {
  return createBlockCache(createSharedMemory({ initialBytes: mebibyte, maximumBytes: bytes }), bytes);
}

describe('room for a record', () => {
  it('has values decoded where they stay, with bits that come before them', () => {
    const cache = cacheOf(8 * mebibyte);
    const session = cache.session();
    const room = createRecordRoom(session, cache.memory, rows, true);
    const bits = room.allocate(rows / 8);
    expect(bits.buffer instanceof SharedArrayBuffer).toBe(false);
    const validity = new Uint8Array(bits.buffer, bits.byteOffset, rows / 8).fill(0x7f);
    const place = room.allocate(2 * rows);
    expect(place.buffer).toBe(cache.memory.buffer);
    const values = new Uint16Array(place.buffer, place.byteOffset, rows).map((_, row) => 3 * row);
    new Uint16Array(place.buffer, place.byteOffset, rows).set(values);
    const there = new Uint16Array(place.buffer, place.byteOffset, rows);
    const vector: Vector = { kind: 'int', length: rows, base: -7, values: there, validity };
    const kept = vectorFromRecord(room.keep(keyOf(1), vector)) as IntVector;
    expect(kept.values.byteOffset).toBe(place.byteOffset);
    expect(kept.values).toEqual(values);
    expect([kept.base, kept.length]).toEqual([-7, rows]);
    expect(kept.validity).toEqual(new Uint8Array(rows / 8).fill(0x7f));
    room.giveUp();
    expect(vectorFromRecord(session.find(keyOf(1))!)).toEqual(kept);
    session.release();
  });

  it('is given back when nothing comes of it', () => {
    const cache = cacheOf(8 * mebibyte);
    const before = cache.stats();
    const room = createRecordRoom(cache.session(), cache.memory, rows, true);
    room.allocate(8 * rows);
    expect(cache.stats().usedBytes).toBeGreaterThan(before.usedBytes);
    room.giveUp();
    room.giveUp();
    expect(cache.stats()).toEqual(before);
  });

  it('copies what it has no place for: few rows, lists, second arrays', () => {
    const cache = cacheOf(8 * mebibyte);
    const session = cache.session();
    for (const [count, inPlace] of [
      [8, true],
      [rows, false],
    ] as const) {
      const room = createRecordRoom(session, cache.memory, count, inPlace);
      const { buffer, byteOffset } = room.allocate(count);
      expect(buffer instanceof SharedArrayBuffer).toBe(false);
      const values = new Uint8Array(buffer, byteOffset, count).fill(count & 0xff);
      const vector: Vector = { kind: 'bool', length: count, values, validity: null };
      expect(vectorFromRecord(room.keep(keyOf(count), vector))).toEqual(vector);
    }
    const room = createRecordRoom(session, cache.memory, rows, true);
    expect(room.allocate(rows).buffer instanceof SharedArrayBuffer).toBe(true);
    expect(room.allocate(rows).buffer instanceof SharedArrayBuffer).toBe(false);
    room.giveUp();
    session.release();
  });

  it('lies on the heap when the cache is full, and the vector is answered all the same', () => {
    const cache = cacheOf(mebibyte + 65_536);
    const room = createRecordRoom(cache.session(), cache.memory, 4 * mebibyte, true);
    const { buffer } = room.allocate(4 * mebibyte);
    expect(buffer instanceof SharedArrayBuffer).toBe(false);
    const vector: Vector = {
      kind: 'bool',
      length: 4 * mebibyte,
      values: new Uint8Array(buffer as ArrayBuffer),
      validity: null,
    };
    expect((vectorFromRecord(room.keep(keyOf(1), vector)) as { values: Uint8Array }).values.length).toBe(4 * mebibyte);
  });
});
