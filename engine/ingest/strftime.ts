import { utcFromLocal } from '../base/calendar.ts';
import { VarveError } from '../base/errors.ts';

/** A form of times, as `strftime` has it, ready to read texts with. */
export interface TimePattern {
  readonly expression: RegExp;
  /** The directive of each group of the expression. */
  readonly directives: readonly string[];
}

const monthNames = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** Directives that stand for several. */
const composed = new Map([
  ['D', '%m/%d/%y'],
  ['F', '%Y-%m-%d'],
  ['T', '%H:%M:%S'],
  ['R', '%H:%M'],
  ['r', '%I:%M:%S %p'],
  ['c', '%a %b %e %H:%M:%S %Y'],
  ['x', '%m/%d/%y'],
  ['X', '%H:%M:%S'],
  ['n', ' '],
  ['t', ' '],
]);
const expressions = new Map([
  ['Y', '\\d{4}'],
  ['y', '\\d{2}'],
  ['m', '\\d{2}'],
  ['d', '\\d{2}'],
  ['e', ' ?\\d{1,2}'],
  ['H', '\\d{2}'],
  ['k', ' ?\\d{1,2}'],
  ['I', '\\d{2}'],
  ['l', ' ?\\d{1,2}'],
  ['M', '\\d{2}'],
  ['S', '\\d{2}'],
  ['p', '[AaPp][Mm]'],
  ['b', '[A-Za-z]{3}'],
  ['h', '[A-Za-z]{3}'],
  ['B', '[A-Za-z]{3,9}'],
  ['a', '[A-Za-z]{2,3}'],
  ['A', '[A-Za-z]{3,9}'],
  ['j', '\\d{3}'],
  ['u', '\\d'],
  ['w', '\\d'],
  ['z', '[+-]\\d{2}:?\\d{2}|Z'],
  ['Z', '[A-Za-z]{1,5}'],
  ['s', '\\d{1,12}'],
]);

/** @throws VarveError `usage` that names a directive which cannot be read back. */
export function compileTimePattern(format: string): TimePattern {
  const directives: string[] = [];
  const plain = format.replace(/%([DFTRrcxXnt])/g, (_all, letter: string) => composed.get(letter)!);
  const source = plain.replace(/%[EO^_0-]?(.)|([\\^$.*+?()[\]{}|/])/g, (_all, letter: string, special: string) => {
    if (special !== undefined) return `\\${special}`;
    if (letter === '%') return '%';
    const expression = expressions.get(letter);
    if (expression === undefined) {
      throw new VarveError('usage', `The time format "${format}" holds %${letter}, which cannot be read back.`, {
        hint: `Known are ${[...expressions.keys(), ...composed.keys()].map((known) => `%${known}`).join(' ')}.`,
      });
    }
    directives.push(letter);
    return `(${expression})`;
  });
  return { expression: new RegExp(`^${source}$`), directives };
}

/** @param timezone zone of times that bear none. @returns UTC ms, NaN when the text is not of that form. */
export function timeFromPattern(text: string, pattern: TimePattern, timezone: string): number {
  const match = pattern.expression.exec(text);
  if (match === null) return NaN;
  const parts = new Map(pattern.directives.map((directive, index) => [directive, match[index + 1].trim()]));
  const number = (...names: string[]): number | null => {
    const name = names.find((one) => parts.has(one));
    return name === undefined ? null : Number(parts.get(name));
  };
  const epoch = number('s');
  if (epoch !== null) return epoch * 1000;
  const short = number('y');
  const year = number('Y') ?? (short === null ? NaN : short + (short < 70 ? 2000 : 1900));
  const name = parts.get('b') ?? parts.get('h') ?? parts.get('B');
  const dayOfYear = number('j');
  const month = name === undefined ? (number('m') ?? 1) - 1 : monthNames.indexOf(name.slice(0, 3).toLowerCase());
  const day = number('d', 'e') ?? 1;
  const date = new Date(Date.UTC(year, dayOfYear === null ? month : 0, dayOfYear ?? day));
  if (month < 0 || Number.isNaN(date.getTime())) return NaN;
  if (dayOfYear === null && (date.getUTCMonth() !== month || date.getUTCDate() !== day)) return NaN;
  const twelve = number('I', 'l');
  const late = parts.get('p')?.toLowerCase() === 'pm';
  const hour = number('H', 'k') ?? (twelve === null ? 0 : (twelve % 12) + (late ? 12 : 0));
  const minute = number('M') ?? 0;
  const second = number('S') ?? 0;
  if (hour > 23 || minute > 59 || second > 60) return NaN;
  const local = date.getTime() + ((hour * 60 + minute) * 60 + second) * 1000;
  const offset = parts.get('z');
  if (offset === 'Z' || /^(UTC|GMT|Z)$/.test(parts.get('Z') ?? '')) return local;
  if (offset === undefined) return utcFromLocal(local, timezone);
  const digits = offset.slice(1).replace(':', '');
  const size = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
  return offset.startsWith('-') ? local + size : local - size;
}
