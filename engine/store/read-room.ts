import { limits } from '../base/limits.ts';
import { allocateOnHeap, type Allocate } from '../column/allocate.ts';
import type { Kernels, Pointer } from '../kernels/kernels.ts';
import { kernelsOf } from '../kernels/kernels-of.ts';
import type { BlockCache } from './block-cache.ts';
import { pageHeaderBytes } from './layout.ts';

/** Where a part is read, inflated and decoded before it lies in the cache; what is there, the next part writes over. */
export interface ReadRoom {
  /** Kernels over the memory in which all of it lies; null = on the heap. */
  readonly kernels: Kernels | null;
  disk(bytes: number): Uint8Array;
  /** May lie on the heap where the room is too small. */
  plain(bytes: number): Uint8Array;
  readonly scratch: Allocate;
}

/** One page; a part of more gets bytes of its own. */
const diskBytes = limits.pageBytesMax + 2 * pageHeaderBytes;
const plainBytes = limits.pageBytesMax;
/** A block's values, 8 bytes each. */
const scratchBytes = 8 * limits.blockRowsMax;

const plainAt = Math.ceil(diskBytes / 64) * 64;
const scratchAt = plainAt + plainBytes;
const roomBytes = scratchAt + scratchBytes;

interface Held {
  readonly room: ReadRoom;
  readonly pointer: Pointer;
}

// One a store and thread: the cache stands for both.
const held = new WeakMap<BlockCache, Held>();
const heapRoom = createHeapRoom();

/**
 * @param bytes of the part on disk.
 * @returns this thread's room beside the cache's blocks, or one on the heap where there is none or it is too small.
 */
export function readRoom(cache: BlockCache, bytes: number): ReadRoom {
  if (bytes > diskBytes) return heapRoom;
  let own = held.get(cache);
  if (own === undefined) {
    const pointer = cache.allocate(roomBytes);
    if (pointer === null) return heapRoom;
    held.set(cache, (own = { pointer, room: createRoom(cache, pointer) }));
  }
  return own.room;
}

/** Gives this thread's room back; what is read later takes another. */
export function leaveReadRoom(cache: BlockCache): void {
  const own = held.get(cache);
  if (own === undefined) return;
  held.delete(cache);
  cache.free(own.pointer);
}

function createRoom({ memory }: BlockCache, pointer: Pointer): ReadRoom {
  // A view of the memory as it is now: growth does not move it.
  const { buffer } = memory;
  return {
    kernels: kernelsOf(memory),
    disk: (bytes) => new Uint8Array(buffer, pointer, bytes),
    plain: (bytes) => (bytes > plainBytes ? new Uint8Array(bytes) : new Uint8Array(buffer, pointer + plainAt, bytes)),
    scratch: (bytes) => (bytes > scratchBytes ? allocateOnHeap(bytes) : { buffer, byteOffset: pointer + scratchAt }),
  };
}

/** Bytes that are used again and again, unless a part is larger than two pages. */
function createHeapRoom(): ReadRoom {
  const most = 2 * limits.pageBytesMax;
  const again = (): ((bytes: number) => Uint8Array) => {
    let bytes: Uint8Array | undefined;
    return (wanted) => {
      if (wanted > most) return new Uint8Array(wanted);
      bytes ??= new Uint8Array(most);
      return bytes.subarray(0, wanted);
    };
  };
  return { kernels: null, disk: again(), plain: again(), scratch: allocateOnHeap };
}
