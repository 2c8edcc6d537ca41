export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y';

/** A duration as it is written: a count of one unit. A calendar step or a fixed length, as the place says. */
export interface Step {
  readonly count: number;
  readonly unit: DurationUnit;
}

const fixedMs: Readonly<Partial<Record<DurationUnit, number>>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const monthMs = 2_629_746_000;
/** Of each unit in 10,000 years: what is longer leads out of the calendar. */
const longestMs = 10_000 * 12 * monthMs;

/**
 * Reads `30m`, `7d`, `1mo`: one whole number and one unit in lower case.
 * @returns null for anything else, for none of a unit, and for more than 10,000 years.
 */
export function parseDuration(text: string): Step | null {
  const match = /^(\d{1,9})(ms|s|mo|m|h|d|w|q|y)$/.exec(text);
  if (match === null) return null;
  const step: Step = { count: Number(match[1]), unit: match[2] as DurationUnit };
  const months = { mo: 1, q: 3, y: 12 }[step.unit as 'mo' | 'q' | 'y'] ?? 0;
  const length = fixedLengthMs(step) ?? step.count * months * monthMs;
  return length === 0 || length > longestMs ? null : step;
}

/** @returns the duration as it is written. */
export function printDuration(step: Step): string {
  return `${step.count}${step.unit}`;
}

/** @returns the length in ms where the unit has one of its own (d = 24 h, w = 168 h); null for months, quarters, years. */
export function fixedLengthMs(step: Step): number | null {
  const unit = fixedMs[step.unit];
  return unit === undefined ? null : unit * step.count;
}
