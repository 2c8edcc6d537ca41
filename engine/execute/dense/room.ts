import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';

/** Room for states that outlive a block: the lower part of a task's arena, which blocks take theirs above of. */
export interface Room {
  /** @returns where `bytes` lie, at a multiple of 16, or null where no room is left. */
  take(bytes: number): Pointer | null;
  /** Gives all back. */
  clear(): void;
}

/** Takes `bytes` of an arena of which nothing is taken; whoever did the task releases them. */
export function openRoom(arena: Arena, bytes: number): Room {
  const at = arena.take(bytes);
  let used = 0;
  return {
    take(wanted) {
      const from = used;
      const next = from + ((wanted + 15) & ~15);
      if (next > bytes) return null;
      used = next;
      return at + from;
    },
    clear() {
      used = 0;
    },
  };
}
