import { describe, expect, it } from 'vitest';
import { addSteps, bucketBoundaries, bucketStart, formatTimeUtc, parseTime, zonedFields } from './calendar.ts';
import { parseDuration } from './duration.ts';
import { isTimeZone } from './time-zone.ts';

const step = (text: string) => parseDuration(text)!;
const utc = (text: string) => Date.parse(text);

describe('calendar', () => {
  it.each([
    ['2024-03-01', 'UTC', '2024-03-01T00:00:00.000Z'],
    ['2024-03-01 10:00', 'Europe/Berlin', '2024-03-01T09:00:00.000Z'],
    ['2024-03-01T10:00:00.250Z', 'Europe/Berlin', '2024-03-01T10:00:00.250Z'],
    ['2024-03-01T10:00:00+05:30', 'UTC', '2024-03-01T04:30:00.000Z'],
    ['2024-03-31 02:30', 'Europe/Berlin', '2024-03-31T01:00:00.000Z'],
    ['2024-10-27 02:30', 'Europe/Berlin', '2024-10-27T00:30:00.000Z'],
    ['2024-02-29', 'Asia/Kolkata', '2024-02-28T18:30:00.000Z'],
  ])('%s in %s is %s', (text, zone, expected) => {
    expect(formatTimeUtc(parseTime(text, zone)!)).toBe(expected);
  });

  it.each(['2023-02-29', '2024-13-01', '12', 'yesterday', '2024-01-01 25:00'])('%s is no time', (text) => {
    expect(parseTime(text, 'UTC')).toBeNull();
  });

  it('days of 23 and 25 hours', () => {
    const days = bucketBoundaries(utc('2024-03-30T23:00Z'), utc('2024-03-31T23:30Z'), step('1d'), 'Europe/Berlin');
    expect([...days].map(formatTimeUtc)).toEqual([
      '2024-03-30T23:00:00.000Z',
      '2024-03-31T22:00:00.000Z',
      '2024-04-01T22:00:00.000Z',
    ]);
    const hours = bucketBoundaries(utc('2024-10-26T22:00Z'), utc('2024-10-27T23:00Z'), step('1h'), 'Europe/Berlin');
    expect(hours.length).toBe(26);
    const sixths = bucketBoundaries(utc('2024-10-26T22:00Z'), utc('2024-10-27T23:00Z'), step('6h'), 'Europe/Berlin');
    expect([...sixths].map((start) => zonedFields(start, 'Europe/Berlin').hour)).toEqual([0, 6, 12, 18, 0]);
  });

  it('every boundary is the start of its own bucket, and the moment before lies in the one before', () => {
    for (const zone of ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kolkata']) {
      for (const width of ['15m', '1h', '6h', '1d', '1w', '1mo', '1q']) {
        const bounds = bucketBoundaries(utc('2024-03-01T00:00Z'), utc('2024-04-15T00:00Z'), step(width), zone);
        for (let i = 1; i < bounds.length; i++) {
          expect(bucketStart(bounds[i]!, step(width), zone)).toBe(bounds[i]);
          expect(bucketStart(bounds[i]! - 1, step(width), zone)).toBe(bounds[i - 1]);
        }
      }
    }
  });

  it('weeks begin on Monday, months are real, the last day is kept', () => {
    expect(formatTimeUtc(bucketStart(utc('2024-03-03T12:00Z'), step('1w'), 'UTC'))).toBe('2024-02-26T00:00:00.000Z');
    expect(formatTimeUtc(bucketStart(utc('1969-12-31T12:00Z'), step('1y'), 'UTC'))).toBe('1969-01-01T00:00:00.000Z');
    expect(formatTimeUtc(addSteps(utc('2024-01-31T12:00Z'), step('1mo'), 1, 'UTC'))).toBe('2024-02-29T12:00:00.000Z');
    expect(formatTimeUtc(addSteps(utc('2024-03-30T12:00Z'), step('1d'), 1, 'Europe/Berlin'))).toBe(
      '2024-03-31T11:00:00.000Z',
    );
  });

  it('knows zones', () => {
    expect([isTimeZone('Europe/Berlin'), isTimeZone('Mars/Olympus')]).toEqual([true, false]);
  });
});
