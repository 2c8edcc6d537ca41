import type { Pointer } from '../kernels/kernels.ts';
import type { Arena } from './arena.ts';

/** Room beside an arena that is used again, and taken anew when more is asked for. */
export interface GrowingRegion {
  readonly bytes: number;
  /** @returns where so many bytes lie, which hold anything; null where there is no room: then none is held. */
  take(bytes: number): Pointer | null;
  close(): void;
}

/** @param spare how much more than asked is taken, so that the next slice finds room: 1 = no more. */
export function openGrowingRegion(arena: Arena, spare = 1.25): GrowingRegion {
  let region: ReturnType<Arena['beside']> = null;
  let bytes = 0;
  const close = (): void => {
    region?.free();
    region = null;
    bytes = 0;
  };
  return {
    get bytes() {
      return bytes;
    },
    take(wanted) {
      if (region !== null && bytes >= wanted) return region.at;
      close();
      const length = Math.ceil(spare * wanted);
      region = arena.beside(length);
      if (region !== null) bytes = length;
      return region?.at ?? null;
    },
    close,
  };
}
