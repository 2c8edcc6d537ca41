import { decode, encode } from '@msgpack/msgpack';
import { VarveError } from '../base/errors.ts';
import type { Batch, BatchColumn } from './batch.ts';
import type { Dictionary } from './dictionary.ts';
import { isListType, scalarTypes, type ColumnType } from './types.ts';
import type { IntArray, Vector } from './vector.ts';

/*
 * An encoded batch, the body of a log frame and the content of a memtable chunk:
 *
 *    0  u32  length of the header in bytes
 *    4  u32  0
 *    8  header: msgpack, {rows, columns: [{name, type, vector, dictionary}]}, where an array stands as
 *       [kind, offset, elements]: kind 1 u8, 2 u16, 3 u32, 4 f64, 5 i64; offset counts from the start of the arrays
 *    …  zeros up to a multiple of 8
 *    …  the arrays, each begun at a multiple of 8, little-endian
 */

type ArrayReference = readonly [kind: number, offset: number, count: number];

interface VectorHeader {
  readonly kind: Vector['kind'];
  readonly length: number;
  readonly base?: number;
  readonly values?: ArrayReference;
  readonly validity?: ArrayReference | null;
  readonly items?: VectorHeader;
}

interface BatchHeader {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly vector: VectorHeader;
    readonly dictionary: {
      readonly count: number;
      readonly offsets: ArrayReference;
      readonly bytes: ArrayReference;
    } | null;
  }[];
}

type AnyArray = IntArray | Uint8Array;

/** Encodes a batch into one SharedArrayBuffer: these bytes go to the log, are the memtable's chunk, and are replayed. */
export function encodeBatch(batch: Batch): Uint8Array {
  const arrays: { array: AnyArray; offset: number }[] = [];
  let end = 0;
  const refer = (array: AnyArray): ArrayReference => {
    const offset = end;
    arrays.push({ array, offset });
    end = align(offset + array.byteLength);
    return [kindOf(array), offset, array.length];
  };
  const header: BatchHeader = {
    rows: batch.rowCount,
    columns: batch.columns.map(({ name, type, vector, dictionary }) => ({
      name,
      type,
      vector: headerOf(vector, refer),
      dictionary:
        dictionary === null
          ? null
          : { count: dictionary.count, offsets: refer(dictionary.offsets), bytes: refer(dictionary.bytes) },
    })),
  };
  const head = encode(header, { ignoreUndefined: true });
  const start = align(8 + head.length);
  const bytes = new Uint8Array(new SharedArrayBuffer(start + end));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 8);
  for (const { array, offset } of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + offset);
  }
  return bytes;
}

function headerOf(vector: Vector, refer: (array: AnyArray) => ArrayReference): VectorHeader {
  const { kind, length } = vector;
  if (vector.kind === 'null') return { kind, length };
  const validity = vector.validity === null ? null : refer(vector.validity);
  switch (vector.kind) {
    case 'int':
      return { kind, length, base: vector.base, values: refer(vector.values), validity };
    case 'text':
      return { kind, length, values: refer(vector.codes), validity };
    case 'list':
      return { kind, length, values: refer(vector.offsets), items: headerOf(vector.items, refer), validity };
    default:
      return { kind, length, values: refer(vector.values), validity };
  }
}

/**
 * Reads an encoded batch without copying: the vectors are views of `bytes`, which must begin at a multiple of 8.
 * @throws VarveError `data_corrupted` for bytes that `encodeBatch` did not make.
 */
export function decodeBatch(bytes: Uint8Array): Batch {
  const { header, start } = readHeader(bytes);
  const resolve = (reference: unknown, kinds: readonly number[]): AnyArray => viewOf(bytes, start, reference, kinds);
  const columns = header.columns.map((column): BatchColumn => {
    const { name, type } = column;
    check(typeof name === 'string' && isColumnType(type), 'a column has no name or type');
    const dictionary = column.dictionary === null ? null : readDictionary(column.dictionary, resolve);
    const vector = readVector(column.vector, resolve, dictionary, false);
    check(vector.length === header.rows, `column "${name}" has ${vector.length} rows, the batch ${header.rows}`);
    return { name, type, vector, dictionary };
  });
  return { rowCount: header.rows, columns };
}

function readHeader(bytes: Uint8Array): { header: BatchHeader; start: number } {
  check(bytes.length >= 8 && bytes.byteOffset % 8 === 0, 'it is too short or not aligned');
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getUint32(0, true);
  check(length <= bytes.length - 8, 'its header is longer than itself');
  let header: BatchHeader;
  try {
    header = decode(bytes.slice(8, 8 + length)) as BatchHeader;
  } catch (cause) {
    throw new VarveError('data_corrupted', 'A batch cannot be read: its header is no msgpack.', { cause });
  }
  check(
    typeof header === 'object' &&
      header !== null &&
      Number.isInteger(header.rows) &&
      header.rows >= 0 &&
      Array.isArray(header.columns),
    'its header names no rows or columns',
  );
  return { header, start: align(8 + length) };
}

type Resolve = (reference: unknown, kinds: readonly number[]) => AnyArray;

function readDictionary(
  header: NonNullable<BatchHeader['columns'][number]['dictionary']>,
  resolve: Resolve,
): Dictionary {
  const offsets = resolve(header.offsets, [3]) as Uint32Array;
  const bytes = resolve(header.bytes, [1]) as Uint8Array;
  check(header.count === offsets.length - 1 && offsets[0] === 0, 'a dictionary does not match its count');
  for (let entry = 0; entry < header.count; entry++)
    check(offsets[entry] <= offsets[entry + 1], 'a dictionary runs backwards');
  check(offsets[header.count] <= bytes.length, 'a dictionary is longer than its bytes');
  return { count: header.count, offsets, bytes, hashes: null };
}

function readVector(header: VectorHeader, resolve: Resolve, dictionary: Dictionary | null, inner: boolean): Vector {
  const { kind, length } = header;
  check(Number.isInteger(length) && length >= 0, 'a vector has no length');
  if (kind === 'null') return { kind, length };
  const validity = header.validity === null ? null : (resolve(header.validity, [1]) as Uint8Array);
  check(validity === null || validity.length >= (length + 7) >> 3, 'a validity bitmap is too short');
  switch (kind) {
    case 'bool':
      return { kind, length, values: sized(resolve(header.values, [1]), length) as Uint8Array, validity };
    case 'int': {
      check(Number.isSafeInteger(header.base), 'an int vector has no base');
      return {
        kind,
        length,
        base: header.base!,
        values: sized(resolve(header.values, [1, 2, 3, 4, 5]), length),
        validity,
      };
    }
    case 'float':
      return { kind, length, values: sized(resolve(header.values, [4]), length) as Float64Array, validity };
    case 'text': {
      const codes = sized(resolve(header.values, [1, 2, 3]), length) as Uint32Array;
      check(dictionary !== null, 'a text has no dictionary');
      for (let row = 0; row < length; row++) {
        check(
          codes[row] < dictionary.count || (codes[row] === 0 && validity !== null),
          'a text code is beyond its dictionary',
        );
      }
      return { kind, length, codes, validity };
    }
    case 'list': {
      check(!inner && header.items !== undefined, 'a list has no items');
      const offsets = sized(resolve(header.values, [3]), length + 1) as Uint32Array;
      const items = readVector(header.items!, resolve, dictionary, true);
      for (let row = 0; row < length; row++) check(offsets[row] <= offsets[row + 1], 'a list runs backwards');
      check(offsets[length] <= items.length, 'a list is longer than its items');
      return { kind, length, offsets, items: items as Exclude<Vector, { kind: 'list' }>, validity };
    }
    default:
      return corrupted('a vector is of no known kind');
  }
}

function sized(array: AnyArray, length: number): AnyArray {
  check(array.length === length, `an array has ${array.length} elements, not ${length}`);
  return array;
}

function viewOf(bytes: Uint8Array, start: number, reference: unknown, kinds: readonly number[]): AnyArray {
  check(
    Array.isArray(reference) &&
      reference.length === 3 &&
      reference.every((part) => Number.isSafeInteger(part) && part >= 0),
    'an array is not described',
  );
  const [kind, offset, count] = reference as unknown as ArrayReference;
  check(kinds.includes(kind) && offset % 8 === 0, 'an array is of the wrong kind');
  const width = kind === 1 ? 1 : kind === 2 ? 2 : kind === 3 ? 4 : 8;
  check(start + offset + count * width <= bytes.length, 'an array is longer than the batch');
  const at = bytes.byteOffset + start + offset;
  switch (kind) {
    case 1:
      return new Uint8Array(bytes.buffer, at, count);
    case 2:
      return new Uint16Array(bytes.buffer, at, count);
    case 3:
      return new Uint32Array(bytes.buffer, at, count);
    case 4:
      return new Float64Array(bytes.buffer, at, count);
    default:
      return new BigInt64Array(bytes.buffer, at, count);
  }
}

function kindOf(array: AnyArray): number {
  if (array instanceof Uint8Array) return 1;
  if (array instanceof Uint16Array) return 2;
  if (array instanceof Uint32Array) return 3;
  return array instanceof Float64Array ? 4 : 5;
}

function isColumnType(type: unknown): type is ColumnType {
  if (typeof type !== 'string') return false;
  const element = isListType(type as ColumnType) ? type.slice('list of '.length) : type;
  return element === 'null' || (scalarTypes as readonly string[]).includes(element);
}

function align(offset: number): number {
  return (offset + 7) & ~7;
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) corrupted(what);
}

function corrupted(what: string): never {
  throw new VarveError('data_corrupted', `A batch cannot be read: ${what}.`);
}
