import { describe, expect, it } from 'vitest';
import { createChooser, createRandom, zipfWeights } from './random.ts';

describe('seeded numbers', () => {
  it('are the same for ever', () => {
    const random = createRandom(1);
    expect([random.bits(), random.bits(), random.bits()]).toEqual([2420951833, 2513034076, 3847892949]);
  });

  it('choose by weight', () => {
    const random = createRandom(42);
    const chooser = createChooser([1, 0, 3, 6]);
    const counts = [0, 0, 0, 0];
    for (let draw = 0; draw < 100_000; draw++) counts[chooser.choose(random)]!++;
    expect(counts[1]).toBe(0);
    expect(counts.map((count) => Math.round(count / 1000) / 100)).toEqual([0.1, 0, 0.3, 0.6]);
  });

  it('lie in their ranges', () => {
    const random = createRandom(7);
    const floats = Array.from({ length: 10_000 }, () => random.float());
    const mean = floats.reduce((sum, value) => sum + value, 0) / floats.length;
    expect(Math.min(...floats)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...floats)).toBeLessThan(1);
    expect(mean).toBeCloseTo(0.5, 1);
    expect(new Set(Array.from({ length: 1000 }, () => random.integer(6)))).toEqual(new Set([0, 1, 2, 3, 4, 5]));
  });

  it('weights of ranks fall', () => {
    expect([...zipfWeights(3, 1)]).toEqual([1, 1 / 2, 1 / 3]);
  });
});
