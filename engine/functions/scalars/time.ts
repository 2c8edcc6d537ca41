import { addSteps, isBucketStep, isTimeValue } from '../../base/calendar.ts';
import { fixedLengthMs, parseDuration, printDuration, type Step } from '../../base/duration.ts';
import { placeIn, zoneOffsets } from '../../base/time-zone.ts';
import type { Nulls, Values } from '../../column/values.ts';
import { isNullAt } from '../access.ts';
import { checkArguments, isTime } from '../signature.ts';
import { bucketStarts, timeBounds } from './buckets.ts';
import { dayOfMonthOf, dayOfWeekOf, hourOf, monthOf, yearOf } from './civil.ts';
import { noteMissing } from './number-values.ts';
import type { ScalarContext, ScalarFunction } from './scalar.ts';

/** Times are numbers; of a kind that is not, all are null. */
function timesOf(values: Values): { readonly times: Float64Array; readonly nulls: Nulls } {
  if (values.kind === 'number') return { times: values.values, nulls: values.nulls };
  return { times: new Float64Array(values.length), nulls: new Uint8Array(values.length).fill(1) };
}

/** @param of reads what the clock shows, as if it were UTC ms. */
function field(name: string, summary: string, of: (localMs: number) => number): ScalarFunction {
  return {
    name,
    summary,
    example: `select ${name}(time) as x from events limit 1`,
    signature: (args) => checkArguments(name, args, [isTime], 'int'),
    evaluate: ([arg], { timezone }) => {
      const { times, nulls } = timesOf(arg!);
      const values = new Float64Array(arg!.length);
      const bounds = timeBounds(times, nulls, values.length);
      if (bounds !== null) readFields(times, nulls, values, zoneOffsets(timezone, bounds.least, bounds.most), of);
      return { kind: 'number', length: values.length, values, nulls: null };
    },
  };
}

function readFields(
  times: Float64Array,
  nulls: Nulls,
  out: Float64Array,
  { starts, offsetsMs }: ReturnType<typeof zoneOffsets>,
  of: (localMs: number) => number,
): void {
  let from = NaN;
  let to = NaN;
  let offset = 0;
  for (let row = 0; row < out.length; row++) {
    if (nulls !== null && nulls[row] === 1) continue;
    const time = times[row];
    if (!(time >= from && time < to)) {
      const place = placeIn(starts, time);
      from = starts[place];
      to = starts[place + 1] ?? Infinity;
      offset = offsetsMs[place];
    }
    out[row] = of(time + offset);
  }
}

export const hourOfDay = field('hour_of_day', 'hour on the clock of the time zone, 0–23', hourOf);
export const dayOfWeek = field('day_of_week', 'day of the week, 1–7 = Monday–Sunday', dayOfWeekOf);
export const dayOfMonth = field('day_of_month', 'day of the month, 1–31', dayOfMonthOf);
export const month = field('month', 'month, 1–12', monthOf);
export const year = field('year', 'year', yearOf);

export const bucket: ScalarFunction = {
  name: 'bucket',
  summary: 'start of the calendar bucket that a time lies in, in the time zone of the query: bucket(time, 1h)',
  example: 'select bucket(time, 1d) as day, count() from events group by day',
  signature: (args) => {
    if (args.length !== 2)
      return { error: `bucket takes 2 arguments, not ${args.length}`, hint: 'Write bucket(time, 1h).' };
    if (!isTime(args[0]!.type))
      return { error: `bucket wants a time as argument 1, not ${args[0]!.type}`, argument: 0 };
    const step = typeof args[1]!.constant === 'string' ? parseDuration(args[1]!.constant) : null;
    if (step === null)
      return { error: 'bucket wants a duration as argument 2', hint: 'Write bucket(time, 1h).', argument: 1 };
    return isBucketStep(step)
      ? { type: 'time' }
      : {
          error: `buckets of ${printDuration(step)} do not divide a day`,
          hint: 'Use a step such as 15m, 1h, 6h, or whole days.',
          argument: 1,
        };
  },
  evaluate: ([arg], { timezone }, constants) => {
    const { times, nulls } = timesOf(arg!);
    const { length } = arg!;
    const step = parseDuration(String(constants[1]))!;
    return { kind: 'number', length, values: bucketStarts(times, nulls, length, step, timezone), nulls: null };
  },
};

function stepped(name: string, sign: 1 | -1): ScalarFunction {
  const shown = sign === 1 ? '+' : '-';
  return {
    name,
    summary: `a time moved ${sign === 1 ? 'on' : 'back'} by a calendar step`,
    example: `select time ${shown} 1d as x from events limit 1`,
    signature: (args) =>
      args[0]!.type === 'time' || args[0]!.type === 'null'
        ? { type: 'time' }
        : { error: `${args[0]!.type} ${shown} a duration: only a time takes a duration`, argument: 0 },
    evaluate: ([arg], context, constants) => {
      const step = parseDuration(String(constants[1]))!;
      return movedTimes(name, arg!, step, sign, context);
    },
  };
}

function movedTimes(name: string, arg: Values, step: Step, sign: 1 | -1, context: ScalarContext): Values {
  const { times } = timesOf(arg);
  const { length } = arg;
  const values = new Float64Array(length);
  let nulls: Uint8Array | null = null;
  let missing = 0;
  const width = fixedLengthMs(step);
  const isCalendar = step.unit === 'd' || step.unit === 'w';
  const elapsed = width === null || (isCalendar && context.timezone !== 'UTC') ? null : sign * width;
  for (let row = 0; row < length; row++) {
    if (isNullAt(arg, row)) continue;
    const moved = elapsed === null ? addSteps(times[row], step, sign, context.timezone) : times[row] + elapsed;
    if (isTimeValue(moved)) values[row] = moved;
    else {
      nulls ??= new Uint8Array(length);
      nulls[row] = 1;
      missing++;
    }
  }
  noteMissing(name, missing, context);
  return { kind: 'number', length, values, nulls };
}

export const addDuration = stepped('add_duration', 1);
export const subtractDuration = stepped('subtract_duration', -1);
