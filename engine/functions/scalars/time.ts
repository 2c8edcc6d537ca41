import { bucketStart, isBucketStep, zonedFields, type ZonedFields } from '../../base/calendar.ts';
import { parseDuration, printDuration } from '../../base/duration.ts';
import { offsetAt } from '../../base/time-zone.ts';
import { numberAt, isNullAt } from '../access.ts';
import { checkArguments, isTime } from '../signature.ts';
import type { ScalarFunction } from './scalar.ts';

/** Clocks of today change at whole quarters of an hour and by whole quarters. */
const quarterMs = 900_000;

/** Whether all times of a quarter share a zone's hour and day: before 1972 some clocks stood off by minutes and seconds. */
function isEvenQuarter(quarter: number, timezone: string): boolean {
  const offset = offsetAt(timezone, quarter * quarterMs);
  return offset % quarterMs === 0 && offset === offsetAt(timezone, (quarter + 1) * quarterMs - 1);
}

function field(name: string, summary: string, pick: (fields: ZonedFields) => number): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${name}(time) as x from events limit 1`,
    signature: (args) => checkArguments(name, args, [isTime], 'int'),
    evaluate: ([time], context) => {
      const values = new Float64Array(time!.length);
      let quarter = NaN;
      let known = 0;
      for (let row = 0; row < values.length; row++) {
        if (isNullAt(time!, row)) continue;
        const at = numberAt(time!, row);
        const own = Math.floor(at / quarterMs);
        if (own !== quarter) {
          quarter = isEvenQuarter(own, context.timezone) ? own : NaN;
          known = pick(zonedFields(at, context.timezone));
        }
        values[row] = known;
      }
      return { kind: 'number', length: values.length, values, nulls: null };
    },
  };
}

export const hourOfDay = field('hour_of_day', 'hour on the clock of the time zone, 0–23', (fields) => fields.hour);
export const dayOfWeek = field('day_of_week', 'day of the week, 1–7 = Monday–Sunday', (fields) => fields.dayOfWeek);
export const dayOfMonth = field('day_of_month', 'day of the month', (fields) => fields.day);
export const month = field('month', 'month, 1–12', (fields) => fields.month);
export const year = field('year', 'year', (fields) => fields.year);

export const bucket: ScalarFunction = {
  name: 'bucket',
  summary: 'start of the calendar bucket that a time lies in',
  example: 'select bucket(time, 1d) as day, count() from events group by day',
  signature: (args) => {
    if (args.length !== 2)
      return { error: `bucket takes 2 arguments, not ${args.length}`, hint: 'Write bucket(time, 1h).' };
    if (!isTime(args[0]!.type)) return { error: `bucket wants a time as argument 1, not ${args[0]!.type}` };
    const step = typeof args[1]!.constant === 'string' ? parseDuration(args[1]!.constant) : null;
    if (step === null) return { error: 'bucket wants a duration as argument 2', hint: 'Write bucket(time, 1h).' };
    return isBucketStep(step)
      ? { type: 'time' }
      : {
          error: `buckets of ${printDuration(step)} do not divide a day`,
          hint: 'Use a step such as 15m, 1h, 6h, or whole days.',
        };
  },
  evaluate: ([time], context, constants) => {
    const step = parseDuration(String(constants[1]))!;
    const values = new Float64Array(time!.length);
    const known = new Map<number, number>();
    const grain = step.unit === 'ms' || step.unit === 's' || (step.unit === 'm' && step.count < 15) ? 1 : quarterMs;
    for (let row = 0; row < values.length; row++) {
      if (isNullAt(time!, row)) continue;
      const at = numberAt(time!, row);
      const own = Math.floor(at / grain);
      let start = known.get(own);
      if (start === undefined) {
        start = bucketStart(at, step, context.timezone);
        if (grain === 1 || isEvenQuarter(own, context.timezone)) known.set(own, start);
      }
      values[row] = start;
    }
    return { kind: 'number', length: values.length, values, nulls: null };
  },
};
