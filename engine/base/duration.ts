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

/** Reads `30m`, `7d`, `1mo`: one whole number and one unit in lower case. @returns null for anything else. */
export function parseDuration(text: string): Step | null {
  const match = /^(\d{1,9})(ms|s|mo|m|h|d|w|q|y)$/.exec(text);
  if (match === null) return null;
  const count = Number(match[1]);
  return count === 0 ? null : { count, unit: match[2] as DurationUnit };
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
