import { describe, expect, it } from 'vitest';
import { addSteps, bucketBoundaries, bucketStart, parseTime, utcFromLocal, zonedFields } from './calendar.ts';
import { parseDuration } from './duration.ts';
import { offsetAt } from './time-zone.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 31);
const dayMs = 86_400_000;

/** Zones whose clocks did odd things, and where to look for them. */
const zones: readonly (readonly [string, string, number])[] = [
  ['UTC', '2024-01-01', 400],
  ['Europe/Berlin', '2024-01-01', 400],
  ['America/New_York', '2024-01-01', 400],
  ['Asia/Kolkata', '2024-01-01', 100],
  ['Australia/Lord_Howe', '2024-01-01', 400],
  ['Pacific/Apia', '2011-06-01', 400],
  ['Pacific/Kwajalein', '1993-06-01', 200],
  ['America/Sao_Paulo', '2018-06-01', 400],
  ['Africa/Casablanca', '2024-01-01', 400],
  ['Asia/Kathmandu', '1985-06-01', 400],
  ['Africa/Monrovia', '1971-06-01', 400],
  ['Europe/Amsterdam', '1936-06-01', 800],
  ['Antarctica/Troll', '2024-01-01', 400],
  ['America/St_Johns', '2006-01-01', 700],
  ['Asia/Gaza', '2011-01-01', 400],
];
const steps = ['1s', '30s', '5m', '15m', '30m', '1h', '2h', '6h', '12h', '1d', '3d', '1w', '2w', '1mo', '1q', '1y'];

function random(state: { seed: number }): number {
  state.seed = (Math.imul(state.seed, 1_664_525) + 1_013_904_223) >>> 0;
  return state.seed / 2 ** 32;
}

/** Moments spread over a range, and close around every change of the zone's clock in it. */
function momentsOf(timezone: string, from: number, days: number): number[] {
  const state = { seed };
  const moments = Array.from({ length: 120 }, () => Math.floor(from + random(state) * days * dayMs));
  for (let at = from; at < from + days * dayMs; at += dayMs / 24) {
    if (offsetAt(timezone, at) === offsetAt(timezone, at + dayMs / 24)) continue;
    for (let near = -150; near <= 150; near += 2) moments.push(at + near * 60_000 + Math.floor(random(state) * 60_000));
  }
  return moments;
}

describe.each(zones)(`buckets in %s from %s (seed ${seed})`, (timezone, since, days) => {
  const from = parseTime(since, 'UTC')!;
  const moments = momentsOf(timezone, from, days);

  it.each(steps)('%s: every moment lies in the bucket that it starts, among the boundaries of any range', (text) => {
    const step = parseDuration(text)!;
    const wrong: string[] = [];
    for (const moment of moments) {
      const start = bucketStart(moment, step, timezone);
      const width = Math.max(dayMs / 8, 3 * (addSteps(moment, step, 1, timezone) - moment));
      const small = step.unit === 's' || (step.unit === 'm' && step.count < 15);
      const reach = small ? 20_000 : width;
      const bounds = bucketBoundaries(moment - reach, moment + reach, step, timezone);
      const place = bounds.indexOf(start);
      const name = new Date(moment).toISOString();
      if (start > moment) wrong.push(`${name}: starts later, ${new Date(start).toISOString()}`);
      else if (bucketStart(start, step, timezone) !== start) wrong.push(`${name}: its start lies in another bucket`);
      else if (place < 0) wrong.push(`${name}: ${new Date(start).toISOString()} is no boundary`);
      else if (moment >= bounds[place + 1]!) wrong.push(`${name}: beyond its bucket's end`);
      for (let i = 1; i < bounds.length; i++) if (bounds[i]! <= bounds[i - 1]!) wrong.push(`${name}: not ascending`);
    }
    expect(wrong.slice(0, 5)).toEqual([]);
  });

  it('a day begins with the first moment of its date, and holds what a clock set back across midnight shows again', () => {
    const step = parseDuration('1d')!;
    const dateOf = (at: number): number => {
      const { year, month, day } = zonedFields(at, timezone);
      return (year * 100 + month) * 100 + day;
    };
    const again = moments.filter((moment) => dateOf(bucketStart(moment, step, timezone)) > dateOf(moment));
    expect(again.length > 0).toBe(timezone === 'America/St_Johns');
    const wrong = moments.filter((moment) => {
      const start = bucketStart(moment, step, timezone);
      return dateOf(start) < dateOf(moment) || dateOf(start - 1) === dateOf(start);
    });
    expect(wrong.slice(0, 5).map((moment) => new Date(moment).toISOString())).toEqual([]);
  });

  it('a local time is read as the first moment that shows it, else as the end of its gap', () => {
    const wrong = moments.filter((moment) => {
      const local = moment + offsetAt(timezone, moment);
      const read = utcFromLocal(local, timezone);
      return read > moment || read + offsetAt(timezone, read) !== local;
    });
    expect(wrong.slice(0, 5).map((moment) => new Date(moment).toISOString())).toEqual([]);
  });
});
