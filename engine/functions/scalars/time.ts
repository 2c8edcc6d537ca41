import { bucketStart, zonedFields, type ZonedFields } from '../../base/calendar.ts';
import { parseDuration } from '../../base/duration.ts';
import { numberAt, isNullAt } from '../access.ts';
import { checkArguments, isTime } from '../signature.ts';
import type { ScalarFunction } from './scalar.ts';

/** Times that share a bucket of this width share every field but the finest: zones change their clocks at whole quarters. */
const quarterMs = 900_000;

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
          quarter = own;
          known = pick(zonedFields(own * quarterMs, context.timezone));
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
    return typeof args[1]!.constant === 'string' && parseDuration(args[1]!.constant) !== null
      ? { type: 'time' }
      : { error: 'bucket wants a duration as argument 2', hint: 'Write bucket(time, 1h).' };
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
        start = bucketStart(own * grain, step, context.timezone);
        known.set(own, start);
      }
      values[row] = start;
    }
    return { kind: 'number', length: values.length, values, nulls: null };
  },
};
