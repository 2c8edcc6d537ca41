const dayMs = 86_400_000;

/**
 * Days from 1970-01-01 to the first of a month, both as a clock shows them.
 * Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (days_from_civil).
 * @param month counted from January 1970.
 */
export function dayOfMonthStart(month: number): number {
  const year = 1970 + Math.floor(month / 12);
  const ofYear = month - 12 * Math.floor(month / 12);
  // Years begin in March, so that the leap day is the last of one.
  const shifted = ofYear < 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((ofYear + 10) % 12) + 2) / 5);
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** @returns the month, counted from January 1970, that a day since 1970-01-01 lies in (civil_from_days). */
export function monthOfDay(day: number): number {
  const shifted = day + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  // March is 2 months after the January of its own year.
  return (era * 400 + yearOfEra - 1970) * 12 + fromMarch + 2;
}

/** @returns the day since 1970-01-01 of what a clock shows. */
export function dayOf(localMs: number): number {
  return Math.floor(localMs / dayMs);
}

/** @returns the year of a time on a clock. */
export function yearOf(localMs: number): number {
  return 1970 + Math.floor(monthOfDay(dayOf(localMs)) / 12);
}

/** @returns the month, 1–12, of a time on a clock. */
export function monthOf(localMs: number): number {
  const month = monthOfDay(dayOf(localMs));
  return month - 12 * Math.floor(month / 12) + 1;
}

/** @returns the day of the month of a time on a clock. */
export function dayOfMonthOf(localMs: number): number {
  const day = dayOf(localMs);
  return day - dayOfMonthStart(monthOfDay(day)) + 1;
}

/** @returns the day of the week, 1–7 = Monday–Sunday, of a time on a clock; 1970-01-01 was a Thursday. */
export function dayOfWeekOf(localMs: number): number {
  const days = dayOf(localMs) + 3;
  return days - 7 * Math.floor(days / 7) + 1;
}

/** @returns the hour, 0–23, of a time on a clock. */
export function hourOf(localMs: number): number {
  return Math.floor((localMs - dayOf(localMs) * dayMs) / 3_600_000);
}
