import { fixedLengthMs, printDuration, type Step } from '../base/duration.ts';
import { VarveError } from '../base/errors.ts';
import type { SelectSyntax } from './syntax.ts';

const dayMs = 86_400_000;
/** Twelve times twelve months and more: each length of so many months in a row occurs. */
const monthsTried = 48;

/** @returns the least and greatest length of a calendar step in ms, clock changes aside. */
function lengthsOf(step: Step): { readonly least: number; readonly greatest: number } {
  const fixed = fixedLengthMs(step);
  if (fixed !== null) return { least: fixed, greatest: fixed };
  const months = monthsOf(step);
  const days = Array.from(
    { length: monthsTried },
    (_, start) => (Date.UTC(2023, start + months, 1) - Date.UTC(2023, start, 1)) / dayMs,
  );
  return { least: Math.min(...days) * dayMs, greatest: Math.max(...days) * dayMs };
}

function monthsOf({ count, unit }: Step): number {
  return count * (unit === 'y' ? 12 : unit === 'q' ? 3 : 1);
}

/** Checks `trailing`. @throws VarveError `syntax` without `every`, `usage` for one shorter than a bucket. */
export function checkTrailing({ every, trailing }: SelectSyntax): void {
  if (trailing === null) return;
  const { span } = trailing;
  if (every === null)
    throw new VarveError('syntax', 'trailing goes with every.', { span, hint: 'Write every 1d trailing 7d.' });
  const both = [trailing.step, every.step].map((step) => (fixedLengthMs(step) === null ? monthsOf(step) : null));
  const enough =
    both[0] !== null && both[1] !== null
      ? both[0]! >= both[1]!
      : lengthsOf(trailing.step).least >= lengthsOf(every.step).greatest;
  if (!enough)
    throw new VarveError(
      'usage',
      `trailing ${printDuration(trailing.step)} is shorter than the bucket of every ${printDuration(every.step)}.`,
      { span, hint: 'Let it be the bucket or longer: every 1d trailing 7d.' },
    );
}
