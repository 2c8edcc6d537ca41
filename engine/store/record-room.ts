import { assert } from '../base/assert.ts';
import { allocateOnHeap, type Allocate } from '../column/allocate.ts';
import type { Vector } from '../column/vector.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { CacheKey, CacheSession } from './block-cache.ts';
import { firstArrayOfVector, recordBytes, recordFromVector, type CacheRecord } from './cache-record.ts';

/** Room in the cache for one vector that is decoded in place. */
export interface RecordRoom {
  /** The first array of at least a byte a row (the values) lies in the cache, what is smaller on the heap. */
  readonly allocate: Allocate;
  /** Makes the vector, and whatever of it lies elsewhere, a record of the cache. */
  keep(key: CacheKey, vector: Vector): CacheRecord;
  /** Gives the room back where no vector came of it. */
  giveUp(): void;
}

/** @param inPlace false for lists: of their arrays it is not known beforehand how many there are. */
export function createRecordRoom(
  session: CacheSession,
  memory: SharedMemory,
  rows: number,
  inPlace: boolean,
): RecordRoom {
  let pointer: number | null = null;
  // The bits of so few rows could take as much as their values.
  let asked = !inPlace || rows < 64;
  let room = 0;
  const first = firstArrayOfVector();
  return {
    allocate(bytes) {
      if (asked || bytes < rows) return allocateOnHeap(bytes);
      asked = true;
      // Behind the values, as the bits of those that are there.
      room = first + bytes + 16 + ((rows + 7) >> 3);
      pointer = session.reserve(room);
      if (pointer === null) return allocateOnHeap(bytes);
      return { buffer: memory.buffer, byteOffset: pointer + first };
    },
    keep(key, vector) {
      const record = recordFromVector(vector);
      const own = pointer;
      pointer = null;
      if (own === null) return session.put(key, record);
      assert(recordBytes(record) <= room, 'a vector takes more room than its rows need');
      return session.keep(key, own, record);
    },
    giveUp() {
      if (pointer !== null) session.giveUp(pointer);
      pointer = null;
    },
  };
}
