import { addStep, bucketStart, lengthOf, localOf, printStep, readStep, type Step } from '../calendar.ts';
import { isTime, type Cell } from '../cells.ts';
import { pick } from '../random.ts';
import type { Expr } from '../tree.ts';
import { called, constant, grown, infix, type ScalarRule } from './rule.ts';

const ms = (cell: Cell | undefined): number => (isTime(cell!) ? cell.ms : NaN);

/** Steps of buckets; those of hours and less divide a day. */
export const bucketSteps: readonly Step[] = [
  ...(['h', 'd', 'w', 'mo', 'q', 'y'] as const).map((unit) => ({ count: 1, unit })),
  { count: 15, unit: 'm' },
  { count: 30, unit: 'm' },
  { count: 6, unit: 'h' },
  { count: 12, unit: 'h' },
  { count: 2, unit: 'd' },
  { count: 7, unit: 'd' },
  { count: 2, unit: 'w' },
  { count: 2, unit: 'mo' },
];

const duckUnits: Readonly<Record<string, string>> = {
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  q: 'quarter',
  y: 'year',
};

/** Zones without summer time: ms ahead of UTC of a moment, for DuckDB. Kathmandu's clock went on by 15 minutes at the end of 1985. */
const steadyZones: Readonly<Record<string, (time: string) => string>> = {
  'Asia/Kolkata': () => '19800000',
  'Asia/Kathmandu': (time) => `(case when ${time} < 504901800000 then 19800000 else 20700000 end)`,
};

/** @returns the start of a bucket for DuckDB; in zones other than UTC for single units, hours left out. */
function duckBucket(time: string, step: Step, zone: string): string | null {
  const { count, unit } = step;
  // A midnight that Havana's clock shows twice is the first one to the language, the second to DuckDB.
  if (zone === 'America/Havana') return null;
  const name = duckUnits[unit];
  const steady = steadyZones[zone];
  if (steady !== undefined && !Number.isNaN(lengthOf(step)))
    return `floored(${time}, ${lengthOf(step)}, ${unit === 'w' ? 345_600_000 : 0} - ${steady(time)})`;
  if (zone !== 'UTC')
    return count !== 1 || name === undefined || unit === 'h' ? null : `epoch_ms(date_trunc('${name}', zoned(${time})))`;
  const width = lengthOf(step);
  if (count === 1 && name !== undefined) return `epoch_ms(date_trunc('${name}', make_timestamp(${time} * 1000)))`;
  if (!Number.isNaN(width)) return `floored(${time}, ${width}, ${unit === 'w' ? 345_600_000 : 0})`;
  const months = count * { mo: 1, q: 3, y: 12 }[unit as 'mo' | 'q' | 'y'];
  return `epoch_ms(time_bucket(interval '${months} months', make_timestamp(${time} * 1000), timestamp '1970-01-01'))`;
}

/** DuckDB moves a timestamp by the calendar; what a clock skips or shows twice it may read otherwise. */
function duckMoved(time: string, duration: Step, sign: 1 | -1, zone: string): string | null {
  const { count, unit } = duration;
  const months = { mo: 1, q: 3, y: 12 }[unit as string];
  const ms = lengthOf(duration);
  if (
    !Number.isNaN(ms) &&
    (zone === 'UTC' || steadyZones[zone] !== undefined || unit === 'h' || unit === 'm' || unit === 'ms')
  )
    return `(${time} + ${sign * ms})`;
  if (zone !== 'UTC' || months === undefined) return null;
  return `epoch_ms(make_timestamp(${time} * 1000) ${sign === 1 ? '+' : '-'} interval ${count * months} month)`;
}

const step = (random: () => number, from: readonly Step[]): Expr => constant(printStep(pick(random, from)), 'duration');

/** The fields that a zone's clock shows. */
const fields: readonly (readonly [string, string, (local: Date) => number])[] = [
  ['hour_of_day', 'hour', (local) => local.getUTCHours()],
  ['day_of_week', 'isodow', (local) => local.getUTCDay() || 7],
  ['day_of_month', 'day', (local) => local.getUTCDate()],
  ['month', 'month', (local) => local.getUTCMonth() + 1],
  ['year', 'year', (local) => local.getUTCFullYear()],
];

const movers: readonly Step[] = [
  { count: 1, unit: 'd' },
  { count: 1, unit: 'mo' },
  { count: 3, unit: 'mo' },
  { count: 1, unit: 'w' },
  { count: 36, unit: 'h' },
  { count: 1, unit: 'y' },
  { count: 90, unit: 'm' },
  { count: 250, unit: 'ms' },
];

export const timeRules: readonly ScalarRule[] = [
  {
    name: 'bucket',
    result: 'time',
    weight: 3,
    make: (random, grow) => [grow('time'), step(random, bucketSteps)],
    varve: called('bucket'),
    duck: ([time, duration], _parts, zone) => duckBucket(time!, readStep(duration!), zone),
    at: ([time, duration], zone) => ({ ms: bucketStart(zone, ms(time), readStep(duration as string)) }),
  },
  ...fields.map(([name, duckName, of]): ScalarRule => ({
    name,
    result: 'int',
    weight: 1,
    make: grown('time'),
    varve: called(name),
    duck: ([time], _parts, zone) =>
      `date_part('${duckName}', ${zone === 'UTC' ? `make_timestamp(${time} * 1000)` : `zoned(${time})`})::BIGINT`,
    at: ([time], zone) => BigInt(of(localOf(zone, ms(time)))),
  })),
  {
    name: 'time - time',
    result: 'int',
    weight: 1.5,
    make: grown('time', 'time'),
    varve: infix('-'),
    duck: infix('-'),
    at: ([a, b]) => BigInt(ms(a) - ms(b)),
  },
  ...([1, -1] as const).map((sign): ScalarRule => ({
    name: sign === 1 ? 'time + duration' : 'time - duration',
    result: 'time',
    weight: 1,
    make: (random, grow) => [grow('time'), step(random, movers)],
    varve: infix(sign === 1 ? '+' : '-'),
    duck: ([time, duration], _parts, zone) => duckMoved(time!, readStep(duration!), sign, zone),
    at: ([time, duration], zone) => ({ ms: addStep(zone, ms(time), readStep(duration as string), sign) }),
  })),
];
