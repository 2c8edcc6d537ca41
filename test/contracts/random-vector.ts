import fc from 'fast-check';
import type { Validity, Vector } from '../../engine/column/vector.ts';

type FlatVector = Exclude<Vector, { kind: 'list' }>;

/** What a vector is made from: small enough to be printed, so a failing one is made again. */
export interface VectorRecipe {
  readonly kind: 'bool' | 'int' | 'wide' | 'float' | 'text' | 'list' | 'null';
  readonly items: 'bool' | 'int' | 'wide' | 'float' | 'text' | 'null';
  readonly length: number;
  readonly shape: 'constant' | 'runs' | 'rising' | 'small' | 'large' | 'hostile';
  readonly nulls: 'none' | 'few' | 'half' | 'most' | 'all' | 'first' | 'last';
  readonly seed: number;
}

const lengths = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 130, 255, 257, 1000, 4099];

/** Recipes of every kind, shape and pattern of nulls. */
export const vectorRecipes: fc.Arbitrary<VectorRecipe> = fc.record({
  kind: fc.constantFrom('bool', 'int', 'wide', 'float', 'text', 'list', 'null'),
  items: fc.constantFrom('bool', 'int', 'wide', 'float', 'text', 'null'),
  length: fc.constantFrom(...lengths),
  shape: fc.constantFrom('constant', 'runs', 'rising', 'small', 'large', 'hostile'),
  nulls: fc.constantFrom('none', 'few', 'half', 'most', 'all', 'first', 'last'),
  seed: fc.nat(),
});

/** A generator of its own (mulberry32): numbers from 0 to 1, from a seed. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Makes the vector of a recipe. */
export function vectorOfRecipe(recipe: VectorRecipe): Vector {
  const random = randomFrom(recipe.seed);
  if (recipe.kind !== 'list') return flatVector({ ...recipe, kind: recipe.kind }, random);
  const { length } = recipe;
  const validity = validityOf(recipe.nulls, length, random);
  const offsets = new Uint32Array(length + 1);
  const longest = recipe.shape === 'hostile' ? 300 : 4;
  for (let row = 0; row < length; row++) {
    const empty = isNull(validity, row) || random() < 0.2;
    offsets[row + 1] = offsets[row] + (empty ? 0 : Math.floor(random() * (row % 50 === 3 ? longest : 4)));
  }
  const items = flatVector({ ...recipe, kind: recipe.items, length: offsets[length] }, random);
  return { kind: 'list', length, offsets, items, validity };
}

function flatVector(
  { kind, length, shape, nulls }: Omit<VectorRecipe, 'kind'> & { kind: VectorRecipe['items'] },
  random: () => number,
): FlatVector {
  if (kind === 'null') return { kind, length };
  const validity = validityOf(nulls, length, random);
  const next = valuesOfShape(kind, shape, random);
  switch (kind) {
    case 'bool':
      return {
        kind,
        length,
        validity,
        values: filled(new Uint8Array(length), validity, () => Number((next() as number) > 0)),
      };
    case 'text': {
      const codes = shape === 'large' || shape === 'hostile' ? new Uint32Array(length) : new Uint16Array(length);
      return { kind, length, validity, codes: filled(codes, validity, () => Math.abs(next() as number)) };
    }
    case 'float':
      return { kind, length, validity, values: filled(new Float64Array(length), validity, next as () => number) };
    case 'wide':
      return {
        kind: 'int',
        base: 0,
        length,
        validity,
        values: filledWide(new BigInt64Array(length), validity, next as () => bigint),
      };
    case 'int': {
      if (shape !== 'small') {
        return {
          kind,
          base: 0,
          length,
          validity,
          values: filled(new Float64Array(length), validity, next as () => number),
        };
      }
      const base = Math.floor(random() * 1000) - 500;
      return { kind, base, length, validity, values: filled(new Uint8Array(length), validity, () => random() * 256) };
    }
  }
}

const most = Number.MAX_SAFE_INTEGER;

const hostile = {
  bool: [0, 1],
  int: [0, 1, -1, most, -most, most - 1, 2 ** 32, 2 ** 32 - 1, -(2 ** 31), 255, 256, 65_535, 65_536],
  wide: [0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -(2n ** 53n), BigInt(most), 2n ** 32n],
  float: [
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    -5e-324,
    Number.MAX_VALUE,
    0.1,
    0.1 + 0.2,
    1e15,
    1e-15,
    most,
    123.45,
  ],
  text: [0, 1, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32 - 1],
} as const;

function valuesOfShape(
  kind: 'bool' | 'int' | 'wide' | 'float' | 'text',
  shape: VectorRecipe['shape'],
  random: () => number,
) {
  const whole = (limit: number): number => Math.floor(random() * limit);
  const typed = (value: number): number | bigint => {
    if (kind === 'wide') return BigInt(value) + 2n ** 60n;
    return kind === 'float' ? value / 100 : value;
  };
  const start = whole(2000);
  let last = typed(start);
  let at = start;
  return (): number | bigint => {
    switch (shape) {
      case 'constant':
        return kind === 'bool' ? start % 2 : last;
      case 'runs':
        if (random() < 0.06) last = kind === 'bool' ? whole(2) : typed(whole(60_000));
        else if (kind === 'bool') last = Number(last) % 2;
        return last;
      case 'rising':
        at += whole(kind === 'text' ? 3 : 900) - 1;
        return kind === 'bool' ? at % 2 : typed(Math.abs(at) % 65_536);
      case 'small':
        return kind === 'bool' ? whole(2) : typed(whole(40));
      case 'large':
        if (kind === 'bool') return whole(2);
        return kind === 'float'
          ? (random() - 0.5) * 10 ** whole(300)
          : typed(whole(2 ** (1 + whole(kind === 'text' ? 32 : 52))));
      case 'hostile': {
        const values: readonly (number | bigint)[] = hostile[kind];
        return values[whole(values.length)];
      }
    }
  };
}

function filled<T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(
  values: T,
  validity: Validity,
  next: () => number,
): T {
  for (let row = 0; row < values.length; row++) if (!isNull(validity, row)) values[row] = next();
  return values;
}

function filledWide(values: BigInt64Array, validity: Validity, next: () => bigint): BigInt64Array {
  for (let row = 0; row < values.length; row++) if (!isNull(validity, row)) values[row] = next();
  return values;
}

function validityOf(pattern: VectorRecipe['nulls'], length: number, random: () => number): Validity {
  if (pattern === 'none') return null;
  const share = { few: 0.02, half: 0.5, most: 0.97, all: 1, first: 0, last: 0 }[pattern];
  const bitmap = new Uint8Array((length + 7) >> 3);
  for (let row = 0; row < length; row++) {
    const missing = pattern === 'first' ? row < length / 2 : pattern === 'last' ? row >= length / 2 : random() < share;
    if (!missing) bitmap[row >> 3] |= 1 << (row & 7);
  }
  return bitmap;
}

function isNull(validity: Validity, row: number): boolean {
  return validity !== null && (validity[row >> 3] & (1 << (row & 7))) === 0;
}

/** @returns the value of each row in a form that compares bit for bit, whatever width the vector has. */
export function valuesOf(vector: Vector): unknown[] {
  const rows = Array.from({ length: vector.length }, (_, row) => row);
  if (vector.kind === 'null') return rows.map(() => null);
  const { validity } = vector;
  if (vector.kind === 'list') {
    const items = valuesOf(vector.items);
    const { offsets } = vector;
    return rows.map((row) => (isNull(validity, row) ? null : items.slice(offsets[row], offsets[row + 1])));
  }
  const values = vector.kind === 'text' ? vector.codes : vector.values;
  const bits = new DataView(new ArrayBuffer(8));
  return rows.map((row) => {
    const value = values[row];
    if (isNull(validity, row)) return null;
    if (vector.kind === 'int') return typeof value === 'bigint' ? value : BigInt(vector.base + value);
    if (vector.kind !== 'float') return value;
    bits.setFloat64(0, value as number);
    return bits.getBigUint64(0);
  });
}
