import { describe, expect, it } from 'vitest';
import { formatElapsed } from './terminal.ts';

describe('lengths of time', () => {
  it('have two units at most', () => {
    const second = 1000;
    const hour = 3600 * second;
    const lengths = [
      0,
      3.25,
      850,
      12_345,
      59_960,
      185 * second,
      3599.6 * second,
      7.345 * hour,
      23.9999 * hour,
      292 * hour,
    ];
    expect(lengths.map(formatElapsed)).toEqual([
      ...['0 ms', '3.3 ms', '850 ms', '12.3 s', '60.0 s', '3 m 05 s', '1 h 00 m', '7 h 21 m', '1 d 00 h', '12 d 04 h'],
    ]);
  });
});
