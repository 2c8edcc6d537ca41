import { describe, expect, it } from 'vitest';
import { barsOf, sparkline } from './bars.ts';

describe('bars', () => {
  it('are to one scale, by eighths of a column; what is not nothing shows', () => {
    expect(barsOf([8, 4, 1, 0, null, NaN, 0.001], 4)).toEqual(['████', '██', '▌', '', '', '', '▏']);
  });

  it('go both ways from a common zero where values are negative', () => {
    expect(barsOf([2, -2, 1, -1, 0, null], 8)).toEqual(['    ████', '████', '    ██', '  ██', '    ', '']);
    expect(barsOf([-4, -1], 4)).toEqual(['████', '   █']);
    expect(barsOf([-8, -1], 4)).toEqual(['████', '   ▐']);
  });

  it('never are wider than they may be, of whatever numbers', () => {
    const values = [Number.MAX_VALUE, -Number.MAX_VALUE, Infinity, -Infinity, 1, -1, 5e-324];
    for (const bar of barsOf(values, 10)) expect(bar.length).toBeLessThanOrEqual(10);
    expect(barsOf([0, 0], 10)).toEqual(['', '']);
    expect(barsOf([], 10)).toEqual([]);
  });
});

describe('lines', () => {
  it('have a level a value and gaps where there is none', () => {
    expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7, 8, null, 8], 0, 8)).toBe('▁▂▃▄▅▆▇██ █');
    expect(sparkline([5, 5], 5, 5)).toBe('██');
    expect(sparkline([0, 0], 0, 0)).toBe('▁▁');
  });

  it('longer than there is room stand for means', () => {
    expect(sparkline([0, 8, 8, 8], 0, 8, 2)).toBe('▅█');
    expect(sparkline([], 0, 0, 5)).toBe('');
  });
});
