import type { Dictionary } from '../column/dictionary.ts';
import type { ColumnType } from '../column/types.ts';
import type { Vector } from '../column/vector.ts';
import type { Zone } from '../column/zone-map.ts';
import type { BlockRange, RowSource, RowSourceDescriptor } from '../store/row-source.ts';

/** Some rows of it may be without a time: these are no part of its span of time. */
export interface ReadBlock extends BlockRange {
  readonly untimed?: boolean;
}

/** A source as a scan reads it. */
export interface ReadSource extends Omit<RowSource, 'descriptor'> {
  readonly blocks: readonly ReadBlock[];
  /** Of each row, what is added to the place in `from` of what it is a source of. */
  readonly tables?: Float64Array | null;
}

/** What a thread needs to open a source of a scan: plain data. */
export type ScanDescriptor = RowSourceDescriptor | DerivedDescriptor;

/** The actors of a derived source, as of any other; rows of nobody share entries, some consecutive ones each. */
export interface DerivedDirectory {
  readonly firstRows: Uint32Array;
  readonly hashes: Uint32Array;
  readonly nobody: Uint8Array;
  readonly textOffsets: Uint32Array;
  readonly textBytes: Uint8Array;
}

/** A column of a derived source. */
export interface DerivedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** All rows, `validity` apart; null = the texts of the directory. */
  readonly vector: Vector | null;
  /** The blocks' bitmaps one after another, each begun with a byte; null = every row has a value. */
  readonly validity: Uint8Array | null;
  readonly dictionary: Dictionary | null;
  /** One a block. */
  readonly zones: readonly Zone[];
}

/** The answer of a plan as a sorted run of rows, in shared memory: lives as long as the query that asked. */
export interface DerivedDescriptor {
  readonly kind: 'derived';
  readonly rowCount: number;
  readonly timeMin: number;
  readonly timeMax: number;
  /** Of the directory's hashes. */
  readonly seed: number;
  readonly blocks: readonly ReadBlock[];
  readonly directory: DerivedDirectory;
  readonly columns: readonly DerivedColumn[];
  /** Names of columns whose values are not exact. */
  readonly approximate: readonly string[];
  /**
   * Of events of several sources: how much each row's source moves it behind this one's own place in `from`, a share of
   * 1, so that events of one time keep the order of those sources; null where there is one.
   */
  readonly tables: Float64Array | null;
}

/** @returns the bytes of shared memory that a source takes. */
export function bytesOfDerived({ directory, columns }: DerivedDescriptor): number {
  const { firstRows, hashes, nobody, textOffsets, textBytes } = directory;
  let bytes = firstRows.byteLength + hashes.byteLength + nobody.byteLength + textOffsets.byteLength;
  for (const { vector, validity, dictionary } of columns) {
    bytes += (vector === null ? 0 : bytesOfVector(vector)) + (validity?.byteLength ?? 0);
    if (dictionary === null) continue;
    bytes += dictionary.offsets.byteLength + dictionary.bytes.byteLength + (dictionary.hashes?.byteLength ?? 0);
  }
  return bytes + textBytes.byteLength;
}

function bytesOfVector(vector: Vector): number {
  switch (vector.kind) {
    case 'null':
      return 0;
    case 'text':
      return vector.codes.byteLength;
    case 'list':
      return vector.offsets.byteLength + bytesOfVector(vector.items);
    default:
      return vector.values.byteLength;
  }
}
