import { textWidth } from '../../../../engine/index.ts';

/** @returns a share as "65.8 %"; what is not all does not read as all, what is not nothing not as nothing. */
export function percent(share: number | null): string {
  if (share === null || Number.isNaN(share)) return '–';
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  if (share > 0.9995 && share < 1) return '> 99.9 %';
  return `${Number((share * 100).toFixed(1))} %`;
}

/** @returns a text with spaces before it, to that width. */
export function atRight(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - textWidth(text))) + text;
}

/** @returns a text with spaces behind it, to that width. */
export function atLeft(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** @returns the width of the widest text. */
export function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, textWidth(text)), 0);
}

/** @returns times (UTC ms) to the day, where that says all, else to the minute or the millisecond. */
export function timeLabels(times: readonly number[]): string[] {
  const whole = times.map((time) => new Date(time).toISOString());
  if (whole.every((text) => text.endsWith('T00:00:00.000Z'))) return whole.map((text) => text.slice(0, 10));
  return whole.every((text) => text.endsWith(':00.000Z')) ? whole.map((text) => `${text.slice(0, 16)}Z`) : whole;
}
