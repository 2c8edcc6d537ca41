import { inMemory } from '../column/in-memory.ts';
import type { Dictionary } from '../column/dictionary.ts';
import type { IntArray, Vector } from '../column/vector.ts';

type ScalarVector = Exclude<Vector, { kind: 'list' }>;

export type CachedArray = Uint8Array | Uint16Array | Uint32Array | Float64Array | BigInt64Array;

/** What the block cache holds under a key: some numbers and some arrays; the form of everything that is cached. */
export interface CacheRecord {
  readonly numbers: readonly number[];
  readonly arrays: readonly (CachedArray | null)[];
}

/*
 * A record in the cache: u32 numbers, u32 arrays; the numbers as f64; an array as u32 kind, offset from the record's
 * start, elements, 0 (kind 0 none, 1 u8, 2 u16, 3 u32, 4 f64, 5 i64); the arrays, each begun at a multiple of 16.
 */
export const arrayKinds: readonly (ArrayKind | null)[] = [
  null,
  Uint8Array,
  Uint16Array,
  Uint32Array,
  Float64Array,
  BigInt64Array,
];

interface ArrayKind {
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): CachedArray;
  readonly BYTES_PER_ELEMENT: number;
}

/** Where a vector's record has its numbers, in floats from its start, and the heads of its arrays, in words. */
export const headOfVector = { kind: 1, base: 3, values: 8, validity: 12 } as const;

/** @returns the bytes that a record takes in the cache. */
export function recordBytes(record: CacheRecord): number {
  let bytes = headBytes(record.numbers.length, record.arrays.length);
  for (const array of record.arrays) if (array !== null) bytes = align(bytes) + array.byteLength;
  return bytes;
}

/** @returns where, from the record's start, the first array of a vector's record lies that is no list's. */
export function firstArrayOfVector(): number {
  return align(headBytes(3, 2));
}

/** Writes a record at byte `at`, a multiple of 16. An array that lies where it belongs is left there. */
export function writeRecord(buffer: SharedArrayBuffer, at: number, record: CacheRecord): void {
  const view = new DataView(buffer, at);
  const { numbers, arrays } = record;
  view.setUint32(0, numbers.length, true);
  view.setUint32(4, arrays.length, true);
  numbers.forEach((number, index) => view.setFloat64(8 + 8 * index, number, true));
  let place = headBytes(numbers.length, arrays.length);
  arrays.forEach((array, index) => {
    const head = 8 + 8 * numbers.length + 16 * index;
    if (array === null) {
      view.setUint32(head, 0, true);
      return;
    }
    place = align(place);
    view.setUint32(
      head,
      arrayKinds.findIndex((kind) => kind !== null && array instanceof kind),
      true,
    );
    view.setUint32(head + 4, place, true);
    view.setUint32(head + 8, array.length, true);
    const there = array.buffer instanceof SharedArrayBuffer && array.byteOffset === at + place;
    if (!there)
      new Uint8Array(buffer, at + place, array.byteLength).set(
        new Uint8Array(array.buffer, array.byteOffset, array.byteLength),
      );
    place += array.byteLength;
  });
}

/**
 * @param u32 the cache's memory as words. @param f64 the same as floats.
 * @returns the record at byte `at`: its arrays are views of the cache.
 */
export function readRecord(u32: Uint32Array, f64: Float64Array, at: number): CacheRecord {
  const buffer = u32.buffer as unknown as SharedArrayBuffer;
  const numberCount = u32[at / 4];
  const arrayCount = u32[at / 4 + 1];
  const numbers: number[] = [];
  for (let i = 0; i < numberCount; i++) numbers.push(f64[at / 8 + 1 + i]);
  const arrays: (CachedArray | null)[] = [];
  for (let i = 0, head = at / 4 + 2 + 2 * numberCount; i < arrayCount; i++, head += 4)
    arrays.push(arrayAt(buffer, u32[head], at + u32[head + 1], u32[head + 2]));
  return { numbers, arrays };
}

function arrayAt(buffer: SharedArrayBuffer, kind: number, at: number, length: number): CachedArray | null {
  switch (kind) {
    case 0:
      return null;
    case 1:
      return new Uint8Array(buffer, at, length);
    case 2:
      return new Uint16Array(buffer, at, length);
    case 3:
      return new Uint32Array(buffer, at, length);
    case 4:
      return new Float64Array(buffer, at, length);
    default:
      return new BigInt64Array(buffer, at, length);
  }
}

function headBytes(numbers: number, arrays: number): number {
  return 8 + 8 * numbers + 16 * arrays;
}

function align(bytes: number): number {
  return Math.ceil(bytes / 16) * 16;
}

/** Stand for themselves by their places. */
export const vectorKinds = ['null', 'bool', 'int', 'float', 'text', 'list'] as const;

/** @returns a vector as a record: kind, length, base and the arrays; a list's items follow in the same form. */
export function recordFromVector(vector: Vector): CacheRecord {
  if (vector.kind !== 'list') return scalarRecord(vector);
  const items = scalarRecord(vector.items);
  return {
    numbers: [vectorKinds.indexOf('list'), vector.length, 0, ...items.numbers],
    arrays: [vector.offsets, vector.validity, ...items.arrays],
  };
}

function scalarRecord(vector: ScalarVector): CacheRecord {
  const kind = vectorKinds.indexOf(vector.kind);
  if (vector.kind === 'null') return { numbers: [kind, vector.length, 0], arrays: [null, null] };
  const base = vector.kind === 'int' ? vector.base : 0;
  const values = vector.kind === 'text' ? vector.codes : vector.values;
  return { numbers: [kind, vector.length, base], arrays: [values, vector.validity] };
}

/** @returns the vector that `recordFromVector` made a record of. */
export function vectorFromRecord({ numbers, arrays }: CacheRecord): Vector {
  if (vectorKinds[numbers[0]] !== 'list') return scalarVector(numbers, arrays);
  return {
    kind: 'list',
    length: numbers[1],
    offsets: arrays[0] as Uint32Array,
    validity: arrays[1] as Uint8Array | null,
    items: scalarVector(numbers.slice(3), arrays.slice(2)),
  };
}

function scalarVector(numbers: CacheRecord['numbers'], arrays: CacheRecord['arrays']): ScalarVector {
  const kind = vectorKinds[numbers[0]] as ScalarVector['kind'];
  const length = numbers[1];
  const validity = arrays[1] as Uint8Array | null;
  switch (kind) {
    case 'null':
      return { kind, length };
    case 'bool':
      return { kind, length, values: arrays[0] as Uint8Array, validity };
    case 'int':
      return { kind, length, base: numbers[2], values: arrays[0] as IntArray, validity };
    case 'float':
      return { kind, length, values: arrays[0] as Float64Array, validity };
    case 'text':
      return { kind, length, codes: arrays[0] as Uint32Array, validity };
  }
}

/** @returns the record with copies of those of its arrays that lie in the shared memory. */
export function recordOnHeap({ numbers, arrays }: CacheRecord): CacheRecord {
  return { numbers, arrays: arrays.map((array) => (array !== null && inMemory(array) ? array.slice() : array)) };
}

/** @returns a dictionary as a record. */
export function recordFromDictionary({ count, offsets, bytes, hashes }: Dictionary): CacheRecord {
  return { numbers: [count], arrays: [offsets, bytes, hashes] };
}

/** @returns the dictionary that `recordFromDictionary` made a record of. */
export function dictionaryFromRecord({ numbers, arrays }: CacheRecord): Dictionary {
  return {
    count: numbers[0],
    offsets: arrays[0] as Uint32Array,
    bytes: arrays[1] as Uint8Array,
    hashes: arrays[2] as Uint32Array | null,
  };
}
