import { describe, expect, it } from 'vitest';
import { callScalar, valueOf } from '../../../test/call-scalar.ts';

const max = 2n ** 63n - 1n;
const min = -(2n ** 63n);

describe('arithmetic', () => {
  it('of ints is exact to 64 bits, beyond there is no value', () => {
    expect(valueOf('+', 2 ** 53 - 1, 2)).toBe(2n ** 53n + 1n);
    expect(valueOf('-', 2n ** 60n, 2n ** 60n - 1n)).toBe(1);
    expect(valueOf('*', 3_037_000_499, 3_037_000_499)).toBe(3_037_000_499n ** 2n);
    for (const [name, a, b] of [
      ['+', max, 1],
      ['-', min, 1],
      ['*', max, 2],
    ] as const)
      expect(callScalar(name, [a, b])).toEqual({ value: null, missing: 1 });
    expect(callScalar('negate', [min])).toEqual({ value: null, missing: 1 });
    expect(callScalar('abs', [min])).toEqual({ value: null, missing: 1 });
  });

  it('of floats is that of IEEE 754', () => {
    expect(valueOf('*', 1e308, 10.5)).toBe(Infinity);
    expect(valueOf('+', 0.1, 0.2)).toBe(0.1 + 0.2);
    expect(valueOf('+', max, 0.5)).toBe(2 ** 63);
  });

  it('/ is always a float, and has no value by zero', () => {
    expect(valueOf('/', 7, 2)).toBe(3.5);
    expect(valueOf('/', 6, 2)).toBe(3);
    for (const zero of [0, -0]) expect(callScalar('/', [1, zero])).toEqual({ value: null, missing: 1 });
    expect(callScalar('/', [0.5, 0])).toEqual({ value: null, missing: 1 });
  });

  it('% has the sign of the dividend', () => {
    expect(valueOf('%', 7, 3)).toBe(1);
    expect(valueOf('%', -7, 3)).toBe(-1);
    expect(valueOf('%', 7, -3)).toBe(1);
    expect(Object.is(valueOf('%', -6, 3), 0)).toBe(true);
    expect(valueOf('%', -5.5, 2)).toBe(-1.5);
    expect(valueOf('%', min, 10)).toBe(-8);
    expect(callScalar('%', [7, 0])).toEqual({ value: null, missing: 1 });
    expect(callScalar('%', [max, 0])).toEqual({ value: null, missing: 1 });
  });
});

describe('rounding', () => {
  it('takes halves away from zero, on the decimals that a number shows', () => {
    expect([2.5, -2.5, 0.5, -0.5, 1.4999, -1.5].map((x) => valueOf('round', x))).toEqual([3, -3, 1, -1, 1, -2]);
    expect(valueOf('round', 1.005, 2)).toBe(1.01);
    expect(valueOf('round', 2.675, 2)).toBe(2.68);
    expect(valueOf('round', -1.005, 2)).toBe(-1.01);
    expect(valueOf('round', 1234.5, -2)).toBe(1200);
    expect(valueOf('round', 1e21)).toBe(1e21);
    expect(valueOf('round', 4503599627370497.5)).toBe(4503599627370498);
    expect(valueOf('round', 0.49999999999999994)).toBe(0);
    expect(valueOf('round', NaN)).toBeNaN();
  });

  it('keeps decimals as the printed number has them, near halves and far from them', () => {
    for (let i = -3000; i < 3000; i++) {
      const value = i / 1000 + (i % 7) * 1e-9;
      const [whole, part = ''] = Math.abs(value).toFixed(12).split('.') as [string, string?];
      const hundredths = BigInt(whole + part.slice(0, 2)) + (part[2]! >= '5' ? 1n : 0n);
      expect([value, valueOf('round', value, 2)]).toEqual([value, (Math.sign(value) * Number(hundredths)) / 100 + 0]);
    }
  });

  it('of ints is exact', () => {
    expect(valueOf('round', 15, -1)).toBe(20);
    expect(valueOf('round', -15, -1)).toBe(-20);
    expect(valueOf('round', 14, 2)).toBe(14);
    expect(valueOf('round', max - 3n, -1)).toBe(max - 7n);
    expect(callScalar('round', [max, -3])).toEqual({ value: null, missing: 1 });
    expect(valueOf('round', 5, -30)).toBe(0);
  });

  it('floor, ceil and bin go down, up, and to the bin below', () => {
    expect([valueOf('floor', -1.5), valueOf('ceil', -1.5), valueOf('floor', max)]).toEqual([-2, -1, max]);
    expect([valueOf('bin', 17, 5), valueOf('bin', -1, 5), valueOf('bin', 2.7, 0.5)]).toEqual([15, -5, 2.5]);
    expect(valueOf('bin', max, 10)).toBe(max - 7n);
    expect(callScalar('bin', [1, 0])).toEqual({ value: null, missing: 1 });
    expect(callScalar('bin', [min, 1000])).toEqual({ value: null, missing: 1 });
  });
});

it('roots, powers and logarithms have no value outside their domains', () => {
  for (const [name, ...args] of [
    ['sqrt', -1],
    ['ln', 0],
    ['ln', -1],
    ['log10', 0],
    ['pow', -8, 0.5],
    ['pow', 0, -1],
  ] as const)
    expect(callScalar(name, args)).toEqual({ value: null, missing: 1 });
  expect([valueOf('sqrt', 9), valueOf('ln', 1), valueOf('log10', 1000), valueOf('pow', 2, 10)]).toEqual([
    3, 0, 3, 1024,
  ]);
  expect(valueOf('sqrt', NaN)).toBeNaN();
});

describe('least and greatest', () => {
  it('pass over nulls, compare exactly, NaN above all', () => {
    expect([valueOf('least', 3, 1, 2), valueOf('greatest', 3, 1, 2)]).toEqual([1, 3]);
    expect([valueOf('least', null, 4), valueOf('greatest', 4, null), valueOf('least', null, null)]).toEqual([
      4,
      4,
      null,
    ]);
    expect([valueOf('least', NaN, 1.5), valueOf('greatest', NaN, 1.5)]).toEqual([1.5, NaN]);
    expect(valueOf('greatest', max, max - 1n)).toBe(max);
  });

  it('take any values of one type', () => {
    expect(valueOf('least', 'b', 'a')).toBe('a');
    expect(callScalar('greatest', [5, 9], { types: ['time', 'time'] }).value).toBe(9);
    expect(() => valueOf('least', 1, 'a')).toThrow('int and text');
  });
});
