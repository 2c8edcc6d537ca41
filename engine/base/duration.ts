export type DurationUnit = 'ms' | 's' | 'm' | 'h' | 'd' | 'w' | 'mo' | 'q' | 'y';

/** A duration as it is written: a count of one unit. A calendar step or a fixed length, as the place says. */
export interface Step {
  readonly count: number;
  readonly unit: DurationUnit;
}
