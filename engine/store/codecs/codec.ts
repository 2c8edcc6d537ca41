import type { Kernels } from '../../kernels/kernels.ts';
import type { Named } from '../../base/registry.ts';

/** A way to make the bytes of a page fewer. */
export interface Codec extends Named {
  /** The number on disk: never changed, never used again. */
  readonly id: number;
  /** @returns the compressed bytes, or null where this machine cannot compress. */
  compress(bytes: Uint8Array): Uint8Array | null;
  /**
   * Fills `out`, whose length the page states and the caller has checked, with what `bytes` hold.
   * @param kernels over the memory in which both lie; null = they may lie anywhere.
   * @returns false when they do not hold exactly that much, or are malformed.
   */
  decompress(bytes: Uint8Array, out: Uint8Array, kernels?: Kernels | null): boolean;
}
