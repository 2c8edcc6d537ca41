import { describe, expect, it } from 'vitest';
import { decideByZone, zoneOfVector, type ZoneComparison } from './zone-map.ts';
import type { Vector } from './vector.ts';

const comparisons: Record<ZoneComparison, (value: number, constant: number) => boolean> = {
  '=': (value, constant) => value === constant,
  '!=': (value, constant) => value !== constant,
  '<': (value, constant) => value < constant,
  '<=': (value, constant) => value <= constant,
  '>': (value, constant) => value > constant,
  '>=': (value, constant) => value >= constant,
};

function intVector(values: readonly (number | null)[]): Vector {
  const validity = new Uint8Array((values.length + 7) >> 3);
  values.forEach((value, row) => {
    if (value !== null) validity[row >> 3] |= 1 << (row & 7);
  });
  return {
    kind: 'int',
    length: values.length,
    base: -3,
    values: Uint8Array.from(values, (value) => (value === null ? 0 : value + 3)),
    validity: values.includes(null) ? validity : null,
  };
}

describe('zones', () => {
  it('decide as looking at every row would, for all small blocks', () => {
    const candidates = [null, -1, 0, 2] as const;
    const blocks = candidates.flatMap((a) => candidates.flatMap((b) => candidates.map((c) => [a, b, c])));
    const decided = { all: 0, none: 0, some: 0 };
    for (const values of blocks) {
      const zone = zoneOfVector(intVector(values));
      const known = values.filter((value) => value !== null);
      expect(zone.nulls).toBe(values.length - known.length);
      expect([zone.min, zone.max]).toEqual(
        known.length === 0 ? [null, null] : [Math.min(...known), Math.max(...known)],
      );
      for (const constant of [-2, -1, -0.5, 0, 1, 2, 3, Infinity, -Infinity]) {
        for (const [comparison, holds] of Object.entries(comparisons)) {
          const verdict = decideByZone(zone, values.length, comparison as ZoneComparison, constant);
          const matches = values.filter((value) => value !== null && holds(value, constant)).length;
          const truth = matches === 0 ? 'none' : matches === values.length ? 'all' : 'some';
          // A zone may be unsure, but never wrong.
          expect([truth, 'some']).toContain(verdict);
          decided[verdict]++;
        }
      }
    }
    expect(decided.all).toBeGreaterThan(400);
    expect(decided.none).toBeGreaterThan(1000);
    expect(decided.some).toBeGreaterThan(500);
  });

  it('are sure where all values are the same', () => {
    const zone = zoneOfVector(intVector([7, 7]));
    expect(decideByZone(zone, 2, '=', 7)).toBe('all');
    expect(decideByZone(zone, 2, '!=', 7)).toBe('none');
    expect(decideByZone(zoneOfVector(intVector([7, null])), 2, '=', 7)).toBe('some');
  });

  const whole = { validity: null } as const;
  it.each<[string, Vector, readonly [number, number | null, number | null]]>([
    ['no value at all', { kind: 'null', length: 4 }, [4, null, null]],
    ['no rows', { kind: 'float', length: 0, values: new Float64Array(0), ...whole }, [0, null, null]],
    ['text', { kind: 'text', length: 2, codes: Uint8Array.of(1, 2), validity: Uint8Array.of(1) }, [1, null, null]],
    ['bools', { kind: 'bool', length: 2, values: Uint8Array.of(0, 1), ...whole }, [0, 0, 1]],
    ['true alone', { kind: 'bool', length: 2, values: Uint8Array.of(1, 1), ...whole }, [0, 1, 1]],
    ['floats', { kind: 'float', length: 3, values: Float64Array.of(2, -Infinity, 5), ...whole }, [0, -Infinity, 5]],
    ['a NaN first', { kind: 'float', length: 2, values: Float64Array.of(NaN, 5), ...whole }, [0, null, null]],
    ['a NaN last', { kind: 'float', length: 2, values: Float64Array.of(5, NaN), ...whole }, [0, null, null]],
    [
      'a null where a NaN stood',
      { kind: 'float', length: 2, values: Float64Array.of(5, NaN), validity: Uint8Array.of(1) },
      [1, 5, 5],
    ],
    ['small 64-bit ints', { kind: 'int', length: 2, base: 0, values: BigInt64Array.of(-4n, 9n), ...whole }, [0, -4, 9]],
    [
      'wide ints',
      { kind: 'int', length: 2, base: 0, values: BigInt64Array.of(-4n, 2n ** 60n), ...whole },
      [0, null, null],
    ],
    [
      'an offset and a base',
      { kind: 'int', length: 2, base: 100, values: Uint16Array.of(0, 9), ...whole },
      [0, 100, 109],
    ],
  ])('of %s', (_name, vector, [nulls, min, max]) => {
    expect(zoneOfVector(vector)).toEqual({ nulls, min, max });
  });
});
