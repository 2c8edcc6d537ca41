import type { ByteReader, ByteWriter } from '../../base/bytes.ts';
import { VarveError } from '../../base/errors.ts';
import type { Named } from '../../base/registry.ts';
import type { Allocate } from '../allocate.ts';
import type { BlockStats } from '../block-stats.ts';
import type { DenseVector } from '../dense.ts';
import type { DecodeWith } from '../in-memory.ts';
import type { Vector } from '../vector.ts';

/** What a decoder makes: which kind of vector, and where its arrays go. */
export interface DecodeTarget {
  readonly kind: Vector['kind'];
  readonly allocate: Allocate;
  /** Kernels over the memory that the reader's bytes lie in; null = they lie on the heap. */
  readonly kernels: DecodeWith;
  /** Gives room for what is not kept; the next that asks gets the same. */
  readonly scratch: Allocate;
}

/** Where a vector goes and with what it is read: what is said once for all of a block. */
export type DecodeRoom = Omit<DecodeTarget, 'kind'>;

/** How an encoding would write one vector. What it had to find out for `bytes` it keeps for `write`. */
export interface Plan {
  /** The most bytes that `write` will write. */
  readonly bytes: number;
  write(writer: ByteWriter): void;
}

/**
 * A way to write the values of a block. Validity is none of its business: what it is given is dense (`densify`), and
 * whoever calls `decode` clears the rows without a value.
 */
export interface Encoding extends Named {
  /** The number on disk: never changed, never used again. Lower ones are preferred: they are those that decode faster. */
  readonly id: number;
  /** @returns how it would write this vector, or null when it cannot, or when others surely take fewer bytes. */
  plan(vector: DenseVector, stats: BlockStats): Plan | null;
  /**
   * Reads exactly what a plan wrote, as a narrow vector without validity. Every array's room comes from
   * `target.allocate`, is bounded by `rows`, and is filled wholly.
   * @throws VarveError `data_corrupted` for bytes that no plan made.
   */
  decode(reader: ByteReader, rows: number, target: DecodeTarget): Vector;
}

/** @throws VarveError `data_corrupted` that says `what` of a block, unless the condition holds. */
export function check(condition: boolean, what: string): asserts condition {
  if (!condition) corrupted(what);
}

/** @throws VarveError `data_corrupted` that says `what` of a block. */
export function corrupted(what: string): never {
  throw new VarveError('data_corrupted', `A block cannot be read: ${what}.`);
}
