import { fixedLengthMs, parseDuration, printDuration } from '../base/duration.ts';

const unitNames: ReadonlyMap<string, string> = new Map(
  (
    [
      ['ms', 'millisecond milliseconds msec msecs millis'],
      ['s', 'second seconds sec secs'],
      ['m', 'minute minutes min mins'],
      ['h', 'hour hours hr hrs'],
      ['d', 'day days daily'],
      ['w', 'week weeks wk wks weekly'],
      ['mo', 'month months mon mons monthly mth'],
      ['q', 'quarter quarters quarterly qtr'],
      ['y', 'year years yr yrs yearly'],
    ] as const
  ).flatMap(([unit, names]) => [unit, ...names.split(' ')].map((name) => [name, unit] as const)),
);

const fixedUnits = ['d', 'h', 'm', 's', 'ms'] as const;

/**
 * The duration that a writer meant by `1 day`, `5min`, `1.5h`, `1h30m`, `7D`, `hour`.
 * @returns its text, or null where there is none.
 */
export function nearestDuration(text: string): string | null {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)?\s*([\p{L}]+)\s*/gu)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text.trim()) return null;
  const steps = parts.map(([, count, unit]) => ({
    count: Number(count ?? 1),
    unit: unitNames.get(unit!.toLowerCase()),
  }));
  if (steps.some(({ unit }) => unit === undefined)) return null;
  if (steps.length === 1 && Number.isInteger(steps[0]!.count)) {
    const made = `${steps[0]!.count}${steps[0]!.unit!}`;
    return parseDuration(made) === null ? null : made;
  }
  let length = 0;
  for (const { count, unit } of steps) {
    const one = parseDuration(`1${unit!}`);
    const oneMs = one === null ? null : fixedLengthMs(one);
    if (oneMs === null) return null;
    length += count * oneMs;
  }
  for (const unit of fixedUnits) {
    const count = length / fixedLengthMs({ count: 1, unit })!;
    if (Number.isInteger(count) && count > 0) return printDuration({ count, unit });
  }
  return null;
}
