import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter } from '../../engine/base/bytes.ts';
import { isVarveError } from '../../engine/base/errors.ts';
import { allocateOnHeap, type Allocate } from '../../engine/column/allocate.ts';
import { checkCodes, decodeBlock, encodeBlock } from '../../engine/column/block.ts';
import { statsOfVector } from '../../engine/column/block-stats.ts';
import { densify, type DenseVector } from '../../engine/column/dense.ts';
import { encodingList, encodings } from '../../engine/column/encodings/index.ts';
import type { Vector } from '../../engine/column/vector.ts';
import { zoneOfVector } from '../../engine/column/zone-map.ts';
import { roomInMemory } from './decode-rooms.ts';
import { randomFrom, valuesOf, vectorOfRecipe, vectorRecipes, type VectorRecipe } from './random-vector.ts';

const seed = 20_240_302;

/** Dense vectors are vectors whose rows all have a value. */
function vectorOfDense(dense: DenseVector): Vector {
  if (dense.kind === 'int') return { ...dense, base: 0, validity: null };
  return dense.kind === 'null' ? dense : { ...dense, validity: null };
}

/** What a decoded vector promises: whole arrays, narrow ints with a base or wide ones without, 0 where nothing is. */
function expectWellFormed(vector: Vector): void {
  if (vector.kind === 'null') return;
  expect(vector.validity === null || vector.validity.length === (vector.length + 7) >> 3).toBe(true);
  if (vector.kind === 'list') {
    expect(vector.offsets).toHaveLength(vector.length + 1);
    expect(vector.offsets[0]).toBe(0);
    expect(vector.offsets[vector.length]).toBe(vector.items.length);
    return expectWellFormed(vector.items);
  }
  const values = vector.kind === 'text' ? vector.codes : vector.values;
  expect(values).toHaveLength(vector.length);
  const { validity } = vector;
  if (vector.kind === 'int' && (values instanceof Float64Array || values instanceof BigInt64Array)) {
    expect(vector.base).toBe(0);
  }
  const stray = Array.from({ length: validity === null ? 0 : vector.length }, (_, row) => row).filter(
    (row) => (validity![row >> 3] & (1 << (row & 7))) === 0 && !Object.is(Number(values[row]), 0),
  );
  expect(stray).toEqual([]);
}

function expectRoundTrip(vector: Vector): void {
  const { encoding, bytes, zone } = encodeBlock(vector);
  expect(zone).toEqual(zoneOfVector(vector));
  const decoded = decodeBlock(encoding, bytes, vector.length);
  expect(decoded.length).toBe(vector.length);
  expect(valuesOf(decoded)).toEqual(valuesOf(vector));
  expectWellFormed(decoded);
  for (const kind of ['wasm', 'scalar'] as const) {
    const placed = roomInMemory(kind, 0xff, bytes);
    const there = decodeBlock(encoding, placed.bytes, vector.length, placed.room);
    expect(valuesOf(there)).toEqual(valuesOf(vector));
    expectWellFormed(there);
  }
}

describe(`encodings (seed ${seed})`, () => {
  it('have the numbers on disk that they had from the first', () => {
    expect(encodingList.map(({ id, name }) => [id, name])).toEqual([
      [1, 'constant'],
      [2, 'frame-of-reference'],
      [3, 'raw'],
      [4, 'dictionary-code'],
      [5, 'bitmap'],
      [6, 'bit-packed'],
      [7, 'run-length'],
      [8, 'scaled-float'],
      [9, 'delta'],
      [10, 'list'],
    ]);
    expect(encodings.size).toBe(new Set(encodingList.map(({ id }) => id)).size);
  });

  it.each(encodingList)('$name gives back what it was given, in no more bytes than planned', (encoding) => {
    let planned = 0;
    fc.assert(
      fc.property(vectorRecipes, (recipe) => {
        const { vector } = densify(vectorOfRecipe(recipe));
        const plan = encoding.plan(vector, statsOfVector(vector));
        if (plan === null) return;
        planned++;
        const writer = new ByteWriter(1);
        plan.write(writer);
        const bytes = writer.finish();
        expect(bytes.length).toBeLessThanOrEqual(plan.bytes);
        const reader = new ByteReader(bytes);
        const decoded = encoding.decode(reader, vector.length, {
          kind: vector.kind,
          allocate: allocateOnHeap,
          scratch: allocateOnHeap,
          kernels: null,
        });
        expect(reader.remaining).toBe(0);
        expect(decoded.kind).toBe(vector.kind);
        expect(valuesOf(decoded)).toEqual(valuesOf(vectorOfDense(vector)));
        expectWellFormed(decoded);
      }),
      { seed, numRuns: 1200 },
    );
    expect(planned).toBeGreaterThan(20);
  });

  it('blocks give back every vector, nulls and all', () => {
    fc.assert(
      fc.property(vectorRecipes, (recipe) => expectRoundTrip(vectorOfRecipe(recipe))),
      { seed, numRuns: 3000 },
    );
  });

  const kinds = ['bool', 'int', 'wide', 'float', 'text', 'list'] as const;
  const shapes = ['constant', 'runs', 'rising', 'small', 'large', 'hostile'] as const;
  it.each(kinds)('blocks of 64 Ki rows of %s give back every shape', (kind) => {
    expect.hasAssertions();
    for (const shape of shapes) {
      const recipe: VectorRecipe = { kind, items: 'int', length: 65_536, shape, nulls: 'few', seed };
      const vector = vectorOfRecipe(recipe);
      const { encoding, bytes } = encodeBlock(vector);
      // Compared as text: a matcher would walk 64 Ki elements far more slowly.
      expect(String(valuesOf(decodeBlock(encoding, bytes, vector.length))) === String(valuesOf(vector)), shape).toBe(
        true,
      );
    }
  });

  it('use each encoding for what it is made for', () => {
    const length = 65_536;
    const random = randomFrom(seed);
    const chosen = (vector: Vector): string => encodingList.find(({ id }) => id === encodeBlock(vector).encoding)!.name;
    const ints = (value: (row: number) => number): Vector => ({
      kind: 'int',
      length,
      base: 0,
      values: Float64Array.from({ length }, (_, row) => value(row)),
      validity: null,
    });
    const floats = (value: () => number): Vector => ({
      kind: 'float',
      length,
      values: Float64Array.from({ length }, value),
      validity: null,
    });
    expect(chosen(ints(() => 7))).toBe('constant');
    expect(chosen(ints(() => Math.floor(random() * 256)))).toBe('frame-of-reference');
    expect(chosen(ints(() => Math.floor(random() * 10)))).toBe('bit-packed');
    expect(chosen(ints((row) => row * 1000))).toBe('delta');
    expect(chosen(ints((row) => Math.floor(row / 100)))).toBe('run-length');
    expect(chosen(floats(() => Math.floor(random() * 10_000) / 100))).toBe('scaled-float');
    expect(chosen(floats(random))).toBe('raw');
    expect(
      chosen({ kind: 'text', length, codes: new Uint32Array(length).map(() => random() * 20), validity: null }),
    ).toBe('dictionary-code');
    expect(
      chosen({ kind: 'bool', length, values: new Uint8Array(length).map(() => random() * 2), validity: null }),
    ).toBe('bitmap');
  });

  it('keep NaN, -0 and the infinities bit for bit, also alone and in runs', () => {
    const values = [NaN, -0, 0, Infinity, -Infinity];
    for (const value of values) {
      for (const length of [1, 2, 100]) {
        expectRoundTrip({ kind: 'float', length, values: new Float64Array(length).fill(value), validity: null });
      }
    }
    const runs = Float64Array.from({ length: 400 }, (_, row) => values[Math.floor(row / 20) % 5]);
    expectRoundTrip({ kind: 'float', length: 400, values: runs, validity: null });
    expectRoundTrip({ kind: 'float', length: 5, values: Float64Array.from(values), validity: null });
  });

  it('keep a NaN whose bits are not the usual ones', () => {
    const words = new Uint32Array(2 * 3).fill(1);
    words.set([7, 0x7ff80001, 9, 0xfff80000], 0);
    const values = new Float64Array(words.buffer);
    const { encoding, bytes } = encodeBlock({ kind: 'float', length: 3, values, validity: null });
    const decoded = decodeBlock(encoding, bytes, 3) as Extract<Vector, { kind: 'float' }>;
    expect([...new Uint32Array(decoded.values.buffer, decoded.values.byteOffset, 6)]).toEqual([...words]);
  });

  it('take lists that are a slice of longer items', () => {
    const items: Vector = {
      kind: 'int',
      length: 6,
      base: 10,
      values: Uint8Array.from([1, 2, 3, 4, 5, 6]),
      validity: null,
    };
    const slice: Vector = { kind: 'list', length: 2, offsets: Uint32Array.from([2, 3, 5]), items, validity: null };
    const { encoding, bytes } = encodeBlock(slice);
    expect(valuesOf(decodeBlock(encoding, bytes, 2))).toEqual([[13n], [14n, 15n]]);
  });

  it('leave the vector that they write as it was', () => {
    fc.assert(
      fc.property(vectorRecipes, (recipe) => {
        const vector = vectorOfRecipe(recipe);
        encodeBlock(vector);
        expect(vector).toEqual(vectorOfRecipe(recipe));
      }),
      { seed, numRuns: 500 },
    );
  });
});

/** Room that is counted: a decoder asks for what the rows need, and for a list's items, and for no more. */
function countingAllocate(): { readonly allocate: Allocate; bytes(): number } {
  let total = 0;
  return {
    allocate(bytes) {
      total += bytes;
      // What lies in the room may be anything: a decoder that leaves a row unset is found out.
      return { buffer: new Uint8Array(bytes).fill(0xa5).buffer, byteOffset: 0 };
    },
    bytes: () => total,
  };
}

/** Decodes bytes that lie between others, so that whoever reads beyond them answers differently to different ones. */
function decodeBetween(poison: number, id: number, bytes: Uint8Array, rows: number): unknown {
  const room = new Uint8Array(bytes.length + 64).fill(poison);
  room.set(bytes, 32);
  const counting = countingAllocate();
  try {
    const vector = decodeBlock(id, room.subarray(32, 32 + bytes.length), rows, {
      allocate: counting.allocate,
      scratch: allocateOnHeap,
      kernels: null,
    });
    expect(vector.length).toBe(rows);
    expectWellFormed(vector);
    return valuesOf(vector);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return error.code;
  } finally {
    // Values and offsets of 8 bytes at most, a bitmap; the same for items, as many as bytes can bear.
    const flat = (count: number): number => count * 8 + (count + 7) / 8;
    expect(counting.bytes()).toBeLessThanOrEqual(flat(rows) + 4 * rows + 4 + flat(Math.max(2 ** 20, bytes.length * 8)));
  }
}

/** The same where kernels read them. */
function decodeInMemory(kind: 'wasm' | 'scalar', poison: number, id: number, bytes: Uint8Array, rows: number): unknown {
  const placed = roomInMemory(kind, poison, bytes);
  try {
    const vector = decodeBlock(id, placed.bytes, rows, placed.room);
    expectWellFormed(vector);
    return valuesOf(vector);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return error.code;
  }
}

describe(`decoding bytes that no encoder wrote (seed ${seed})`, () => {
  const expectRefusedOrRead = (id: number, bytes: Uint8Array, rows: number): void => {
    const outcome = decodeBetween(0x00, id, bytes, rows);
    expect(Array.isArray(outcome) || outcome === 'data_corrupted').toBe(true);
    expect(decodeBetween(0xff, id, bytes, rows)).toEqual(outcome);
    expect(decodeInMemory('wasm', 0x00, id, bytes, rows)).toEqual(outcome);
    expect(decodeInMemory('wasm', 0xff, id, bytes, rows)).toEqual(outcome);
    expect(decodeInMemory('scalar', 0xff, id, bytes, rows)).toEqual(outcome);
  };

  it('random bytes', () => {
    const marks = fc.oneof(fc.nat(5), fc.integer({ min: 128, max: 133 }), fc.nat(255));
    fc.assert(
      fc.property(fc.nat(12), marks, fc.uint8Array({ maxLength: 80 }), fc.nat(200), (id, mark, rest, rows) => {
        expectRefusedOrRead(id, Uint8Array.from([mark, ...rest]), rows);
      }),
      { seed, numRuns: 20_000 },
    );
  });

  it('blocks with a few bytes changed, cut off or put in', () => {
    const recipes = vectorRecipes.map((recipe) => ({ ...recipe, length: recipe.length % 300 }));
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 3 });
    fc.assert(
      fc.property(recipes, changes, fc.integer({ min: -5, max: 5 }), (recipe, changed, longer) => {
        const { encoding, bytes } = encodeBlock(vectorOfRecipe(recipe));
        const copy = new Uint8Array(Math.max(bytes.length + longer, 0));
        copy.set(bytes.subarray(0, copy.length));
        for (const [at, value] of changed) if (copy.length > 0) copy[at % Math.min(copy.length, 40)] = value;
        expectRefusedOrRead(encoding, copy, recipe.length);
      }),
      { seed, numRuns: 8000 },
    );
  });

  it('other numbers of rows than were written', () => {
    fc.assert(
      fc.property(vectorRecipes, fc.nat(2000), (recipe, rows) => {
        const { encoding, bytes } = encodeBlock(vectorOfRecipe(recipe));
        expectRefusedOrRead(encoding, bytes, rows);
      }),
      { seed, numRuns: 2000 },
    );
  });

  it('numbers of rows that there cannot be', () => {
    const { encoding, bytes } = encodeBlock({ kind: 'null', length: 3 });
    for (const rows of [-1, 0.5, NaN, 2 ** 32]) {
      expect(() => decodeBlock(encoding, bytes, rows)).toThrow(expect.objectContaining({ code: 'data_corrupted' }));
    }
  });

  it('codes beyond the dictionary are found', () => {
    const text: Vector = { kind: 'text', length: 3, codes: Uint8Array.from([0, 4, 2]), validity: null };
    expect(() => checkCodes(text, 5)).not.toThrow();
    expect(() => checkCodes(text, 4)).toThrow(expect.objectContaining({ code: 'data_corrupted' }));
    const offsets = Uint32Array.from([0, 3]);
    expect(() => checkCodes({ kind: 'list', length: 1, offsets, items: text, validity: null }, 4)).toThrow();
    const none: Vector = { kind: 'text', length: 1, codes: new Uint8Array(1), validity: new Uint8Array(1) };
    expect(() => checkCodes(none, 0)).not.toThrow();
    expect(() => checkCodes({ ...none, validity: null }, 0)).toThrow();
  });
});
