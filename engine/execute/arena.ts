import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Kernels, Pointer } from '../kernels/kernels.ts';
import { kernelsOf } from '../kernels/kernels-of.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import type { SharedMemory } from '../kernels/webassembly.ts';
import type { BlockCache } from '../store/block-cache.ts';

/**
 * Room beside the decoded blocks for one task's kernels: what filters find, what is gathered, the states of groups.
 * Taken piece by piece, given back as a stack is.
 */
export interface Arena {
  readonly kernels: Kernels;
  readonly memory: SharedMemory;
  /** Bytes taken. What was taken since is given back by `release`. */
  readonly used: number;
  /** Bytes that can still be taken. */
  readonly room: number;
  /** @returns where `bytes` lie, at a multiple of 16; they hold anything. @throws VarveError `internal` where there is no room. */
  take(bytes: number): Pointer;
  /** @returns where `bytes` lie that stay taken until the arena is closed; null where there is no room. */
  keep(bytes: number): Pointer | null;
  /** Gives back all that was taken since `used` was `mark`. */
  release(mark: number): void;
  /** @returns where the array lies: in place when it is in the memory, else as a copy that is taken. */
  place(array: ArrayBufferView): Pointer;
  /** Takes a region of the same memory for longer than the arena's order allows. @returns null when there is no room. */
  beside(bytes: number): { readonly at: Pointer; readonly free: () => void } | null;
  /** Gives the room back to whom it came from. */
  close(): void;
}

/** Takes an arena of the cache's memory, or of one of its own where there is no cache or no room in it. */
export function openArena(cache: BlockCache | null, bytes: number = limits.arenaBytes): Arena {
  const at = cache?.allocate(bytes) ?? null;
  if (at !== null) return arenaAt(cache!.memory, at, bytes, cache);
  const memory = createSharedMemory({ initialBytes: 2 * bytes, maximumBytes: 2 * bytes });
  return arenaAt(memory, bytes, bytes, null);
}

/** @param cache whom the room is given back to. */
function arenaAt(memory: SharedMemory, at: Pointer, bytes: number, cache: BlockCache | null): Arena {
  let used = 0;
  // What is kept lies at the end.
  let end = bytes;
  const take = (wanted: number): Pointer => {
    const from = used;
    const next = from + ((wanted + 15) & ~15);
    if (next > end) throw new VarveError('internal', `BUG: an arena of ${end} bytes is asked for ${next}`);
    used = next;
    return at + from;
  };
  return {
    kernels: kernelsOf(memory),
    memory,
    get used() {
      return used;
    },
    get room() {
      return end - used;
    },
    take,
    keep(wanted) {
      const next = end - ((wanted + 15) & ~15);
      if (next < used) return null;
      end = next;
      return at + end;
    },
    release(mark) {
      used = mark;
    },
    place(array) {
      if (array.buffer === (memory.buffer as ArrayBufferLike)) return array.byteOffset;
      const own = take(array.byteLength);
      new Uint8Array(memory.buffer, own, array.byteLength).set(
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      );
      return own;
    },
    beside(wanted) {
      const region = cache?.allocate(wanted) ?? null;
      return region === null ? null : { at: region, free: () => cache!.free(region) };
    },
    close: () => cache?.free(at),
  };
}
