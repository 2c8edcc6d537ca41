import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';

/** Room for states that outlive a block: the lower part of a task's arena, which blocks take theirs above of. */
export interface Room {
  /** @returns where `bytes` lie, at a multiple of 16, or null where no room is left. */
  take(bytes: number): Pointer | null;
  /** Bytes taken. What was taken since is given back by `release`. */
  readonly used: number;
  /** Gives back all that was taken since `used` was `mark`. */
  release(mark: number): void;
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
    get used() {
      return used;
    },
    release(mark) {
      used = mark;
    },
  };
}
