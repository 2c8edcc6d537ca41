import { describe, expect, it } from 'vitest';
import { concatVectors, gatherVector } from '../column/gather.ts';
import type { Vector } from '../column/vector.ts';
import { createSharedMemory, reservedBytes } from '../kernels/memory.ts';
import { recordBytes, recordFromVector, writeRecord } from './cache-record.ts';
import { readCells } from './read-cells.ts';

const length = 100;
const validity = Uint8Array.from({ length: 13 }, (_, byte) => (byte * 37) & (byte === 12 ? 0x0f : 0xff));
const whole = (from: number): number[] => Array.from({ length }, (_, row) => (row * from) % 251);

const vectors: readonly (readonly [string, Vector])[] = [
  ['null', { kind: 'null', length }],
  ['bool', { kind: 'bool', length, values: Uint8Array.from(whole(7), (value) => value & 1), validity }],
  ['int of 8 bits', { kind: 'int', length, base: -5, values: Uint8Array.from(whole(3)), validity: null }],
  ['int of 16 bits', { kind: 'int', length, base: 2 ** 40, values: Uint16Array.from(whole(5)), validity }],
  ['int of 32 bits', { kind: 'int', length, base: 0, values: Uint32Array.from(whole(11)), validity: null }],
  [
    'int of 53 bits',
    { kind: 'int', length, base: 0, values: Float64Array.from(whole(13), (n) => -n * 1e10), validity },
  ],
  ['float', { kind: 'float', length, values: Float64Array.from(whole(17), (n) => (n === 0 ? NaN : 1 / n)), validity }],
  ['text', { kind: 'text', length, codes: Uint16Array.from(whole(19)), validity }],
];

/** Lays blocks out as the cache does. @returns where they lie. */
function laid(blocks: readonly Vector[]): { memory: ReturnType<typeof createSharedMemory>; places: number[] } {
  const memory = createSharedMemory({ initialBytes: 1 << 20, maximumBytes: 1 << 20 });
  let at = Math.ceil(reservedBytes / 64) * 64;
  const places = blocks.map((vector) => {
    const record = recordFromVector(vector);
    writeRecord(memory.buffer as unknown as SharedArrayBuffer, at, record);
    const place = at;
    at += Math.ceil(recordBytes(record) / 64) * 64;
    return place;
  });
  return { memory, places };
}

const parts = [
  { block: 0, rows: Uint32Array.of(0, 7, 8, 99) },
  { block: 1, rows: Uint32Array.of(1, 50) },
];

/** What both give, value by value. */
function valuesOf(vector: Vector): unknown {
  if (vector.kind === 'null' || vector.kind === 'list') return vector;
  const { kind, validity: valid } = vector;
  const values = kind === 'text' ? vector.codes : vector.values;
  const base = kind === 'int' ? vector.base : 0;
  return [
    kind,
    Array.from({ length: vector.length }, (_, row) =>
      valid === null || ((valid[row >> 3]! >> (row & 7)) & 1) === 1 ? base + Number(values[row]) : null,
    ),
  ];
}

describe('readCells', () => {
  it.each(vectors)('reads single values of %s as gathering them does', (_, vector) => {
    const { memory, places } = laid([vector, vector]);
    const cells = readCells(parts, places, memory)!;
    const gathered = concatVectors(
      parts.map(({ rows }) => gatherVector(vector, rows)),
      [null, null],
    );
    expect(valuesOf(cells)).toEqual(valuesOf(gathered));
  });

  it('joins blocks of several widths, and of no value at all', () => {
    const { memory, places } = laid([vectors[2]![1], vectors[0]![1], vectors[3]![1]]);
    const three = [0, 1, 2].map((block) => ({ block, rows: Uint32Array.of(8, 16) }));
    expect(valuesOf(readCells(three, places, memory)!)).toEqual(['int', [19, 43, null, null, 2 ** 40 + 40, null]]);
  });

  it('leaves lists and 64-bit integers to others', () => {
    const wide: Vector = { kind: 'int', length: 1, base: 0, values: BigInt64Array.of(2n ** 60n), validity: null };
    const offsets = Uint32Array.of(0, 1);
    const list: Vector = { kind: 'list', length: 1, offsets, items: wide, validity: null };
    for (const vector of [wide, list]) {
      const { memory, places } = laid([vector]);
      expect(readCells([{ block: 0, rows: Uint32Array.of(0) }], places, memory)).toBe(null);
    }
  });
});
