import { describe, expect, it } from 'vitest';
import { isWanted, parsePeersOptions } from './options.ts';

describe('the command line of bench:peers', () => {
  it('reads sizes, parts and rows', () => {
    expect(parsePeersOptions([])).toMatchObject({ events: 20_000_000, rows: null, clickhouse: true, data: null });
    expect(parsePeersOptions(['--quick'])).toMatchObject({ events: 5_000_000, coldRuns: 1 });
    expect(parsePeersOptions(['--full']).events).toBe(50_000_000);
    expect(parsePeersOptions(['--quick']).out).not.toBe(parsePeersOptions([]).out);
    expect(parsePeersOptions(['--parts', 'warm,d2', '--rows', 'A1', '--without', 'clickhouse'])).toMatchObject({
      parts: ['warm', 'd2'],
      rows: ['A1'],
      clickhouse: false,
    });
    expect(() => parsePeersOptions(['--parts', 'hot'])).toThrow(/hot/);
    expect(() => parsePeersOptions(['--events', '1.5'])).toThrow(/whole number/);
  });

  it.each([
    [['A1'], 'A10', false],
    [['A1'], 'A1', true],
    [['A8'], 'A8b', true],
    [['A8a'], 'A8b', false],
    [null, 'B1c', true],
  ])('rows %j and %s', (rows, id, wanted) => {
    expect(isWanted(rows, id)).toBe(wanted);
  });
});
