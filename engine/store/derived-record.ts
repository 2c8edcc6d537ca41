import type { DecodeRoom } from '../column/encodings/encoding.ts';
import type { Vector } from '../column/vector.ts';
import type { CacheKey } from './block-cache.ts';
import type { CacheRecord } from './cache-record.ts';

/** Something that is made of a block of a column and kept beside it. */
export interface Derived<T> {
  readonly kind: CacheKey['kind'];
  /**
   * Makes it of a block as it is stored, which costs less than its vector.
   * @param entries of the column's dictionary. @param room where the record's arrays may lie.
   * @returns null where these bytes do not say it.
   */
  ofBytes(
    encoding: number,
    bytes: Uint8Array,
    rows: number,
    entries: number,
    room: Pick<DecodeRoom, 'kernels' | 'scratch'>,
  ): CacheRecord | null;
  ofVector(vector: Vector): CacheRecord;
  fromRecord(record: CacheRecord): T;
}
