import { describe, expect, it } from 'vitest';
import { bucketStart, zonedFields, type ZonedFields } from '../../base/calendar.ts';
import { parseDuration } from '../../base/duration.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import { scalarAt } from '../access.ts';
import { scalarFunctions } from './index.ts';
import { callScalar } from '../../../test/call-scalar.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 8);
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Pacific/Apia',
];
const hourMs = 3_600_000;

/** Times of many years, and every quarter of an hour around changes of clocks. */
function timesOf(): number[] {
  let state = seed;
  const random = (): number => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
  const around = [
    '2024-03-31T01:00Z',
    '2024-10-27T01:00Z',
    '2024-03-10T07:00Z',
    '2024-11-03T06:00Z',
    '2011-12-30T10:00Z',
    '2024-04-06T15:00Z',
    '2018-11-04T03:00Z',
    '2018-02-18T02:00Z',
  ];
  return [
    ...around.flatMap((text) =>
      Array.from({ length: 24 }, (_, index) => Date.parse(text) + (index - 12) * 900_000 + (index % 3) - 1),
    ),
    ...Array.from({ length: 150 }, () => Math.floor(random() * 3e12) - 5e11),
    ...Array.from({ length: 40 }, () => Math.floor(random() * 3.15e14) - 6.2e13),
    0,
    -1,
    1,
    -62_135_596_800_000,
    253_402_300_799_999,
    951_782_400_000,
    -8.64e15,
    8.64e15,
  ];
}

const fields: readonly [string, (fields: ZonedFields) => number][] = [
  ['hour_of_day', ({ hour }) => hour],
  ['day_of_week', ({ dayOfWeek }) => dayOfWeek],
  ['day_of_month', ({ day }) => day],
  ['month', ({ month }) => month],
  ['year', ({ year }) => year],
];

describe.each(zones)(`times in %s (seed ${seed})`, (timezone) => {
  const times = timesOf().filter((time) => Math.abs(time) < 8e15);
  const context = { timezone, now: 0, noteNoValue: () => undefined };

  it.each(fields)('%s is what the calendar says', (name, pick) => {
    const made = scalarFunctions.get(name)!.evaluate([valuesFromScalars(times)], context, [], 'int');
    times.forEach((time, row) =>
      expect([time, scalarAt(made, row)]).toEqual([time, pick(zonedFields(time, timezone))]),
    );
  });

  it.each(['1m', '10m', '15m', '30m', '1h', '2h', '6h', '1d', '3d', '1w', '2w', '1mo', '5mo', '1q', '1y'])(
    'bucket(time, %s) is what the calendar says',
    (text) => {
      const step = parseDuration(text)!;
      // All at once, and those of one year alone, whose buckets are few.
      const near = times.filter((time) => time > Date.UTC(2024, 0) && time < Date.UTC(2025, 0));
      for (const some of [
        times,
        near,
        times.filter((time) => Math.abs(time - Date.UTC(2018, 6)) < 4000 * 24 * hourMs),
      ]) {
        const made = scalarFunctions
          .get('bucket')!
          .evaluate(
            [valuesFromScalars(some), valuesFromScalars(some.map(() => text))],
            context,
            [undefined, text],
            'time',
          );
        some.forEach((time, row) =>
          expect([time, scalarAt(made, row)]).toEqual([time, bucketStart(time, step, timezone)]),
        );
      }
    },
  );
});

describe('time and duration', () => {
  const moved = (name: string, time: string, duration: string, timezone: string): string => {
    const { value } = callScalar(name, [Date.parse(time), duration], { types: ['time', 'text'], timezone });
    return new Date(value as number).toISOString();
  };

  it('days are those of the calendar, hours elapse', () => {
    expect(moved('add_duration', '2024-03-30T12:00Z', '1d', 'Europe/Berlin')).toBe('2024-03-31T11:00:00.000Z');
    expect(moved('add_duration', '2024-03-30T12:00Z', '24h', 'Europe/Berlin')).toBe('2024-03-31T12:00:00.000Z');
    expect(moved('add_duration', '2024-01-31T00:00Z', '1mo', 'UTC')).toBe('2024-02-29T00:00:00.000Z');
    expect(moved('subtract_duration', '2024-03-31T00:00Z', '1mo', 'UTC')).toBe('2024-02-29T00:00:00.000Z');
    expect(moved('subtract_duration', '1970-01-01T00:00Z', '1w', 'UTC')).toBe('1969-12-25T00:00:00.000Z');
    expect(moved('add_duration', '2024-01-01T00:00Z', '500ms', 'Asia/Kolkata')).toBe('2024-01-01T00:00:00.500Z');
  });

  it('beyond what a time can be there is no value', () => {
    expect(callScalar('add_duration', [8.64e15, '1ms'], { types: ['time', 'text'] })).toEqual({
      value: null,
      missing: 1,
    });
  });
});
