import { utcFromLocal } from '../base/calendar.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { numberAt, setNumber } from './log-fields.ts';
import { clockTime, dayStart, digits } from './time-bytes.ts';
import { invalidUtf8At } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const comma = 0x2c;
const blank = 0x20;
const dash = 0x2d;
const slash = 0x2f;

/** The columns in their order, the time apart; the source is Microsoft's description of the "IIS log file format". */
const columns = [
  ...['host', 'user', 'date', 'time', 'site', 'server_name', 'server', 'ms', 'request_bytes', 'bytes', 'status'],
  ...['win32_status', 'method', 'path', 'query'],
] as const;
const dateField = 2;
const timeField = 3;
const firstNumber = 7;
const lastNumber = 11;
const queryField = 14;

/** Whether the day stands before the month is a setting of the server. */
export type IisDateOrder = 'month_first' | 'day_first';

/**
 * Reads IIS's own log format: fifteen fields, each ended by a comma, times of the server's zone. "-" is no value; bytes
 * that are no UTF-8 become U+FFFD.
 */
export class IisNativeReader {
  readonly #order: IisDateOrder;
  readonly #timezone: string;
  readonly #starts = new Int32Array(columns.length);
  readonly #ends = new Int32Array(columns.length);
  #time = NaN;

  constructor(order: IisDateOrder, timezone: string) {
    this.#order = order;
    this.#timezone = timezone;
  }

  /** Reads lines, ended by LF or CR LF, the last perhaps by nothing; empty ones are passed over. */
  read(bytes: Uint8Array, rows: RowBuilder): void {
    const setters = columns.map((column) => (column === 'date' ? null : rows.column(column)));
    for (let at = 0; at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const next = newline < 0 ? bytes.length : newline + 1;
      let end = newline < 0 ? bytes.length : newline;
      if (end > at && bytes[end - 1] === 13) end--;
      if (end > at) {
        const wrong = this.match(bytes, at, end);
        if (wrong === null) {
          this.#set(bytes, setters);
          rows.endRow(at, end);
        } else rows.rejectRow(wrong, bytes.subarray(at, end), at);
      }
      at = next;
    }
  }

  /** Finds the fields of a line. @returns null, or why it is none of this format. */
  match(bytes: Uint8Array, from: number, to: number): string | null {
    let at = from;
    for (let index = 0; index < columns.length; index++) {
      this.#starts[index] = at;
      const end = index === queryField ? to - 1 : fieldEnd(bytes, at, to);
      if (end < at || bytes[end] !== comma || (index < queryField && bytes[end + 1] !== blank))
        return `It has ${bytes[end] === comma ? index + 1 : index} of ${columns.length} fields, each ended by a comma.`;
      this.#ends[index] = end;
      at = end + 2;
    }
    if (bytes.subarray(from, to).includes(0)) return 'It holds a NUL byte.';
    for (let index = firstNumber; index <= lastNumber; index++)
      if (!this.#isMissing(bytes, index) && Number.isNaN(this.#numberAt(bytes, index)))
        return `Its field ${index + 1}, ${columns[index]}, is no number.`;
    this.#time =
      dateOf(bytes, this.#starts[dateField], this.#ends[dateField], this.#order) +
      clockTime(bytes, this.#starts[timeField], this.#ends[timeField]);
    return Number.isNaN(this.#time) ? 'Its date or time cannot be read.' : null;
  }

  /** The date of the line that was matched last. */
  dateText(bytes: Uint8Array): string {
    return decoder.decode(bytes.subarray(this.#starts[dateField], this.#ends[dateField]));
  }

  #isMissing(bytes: Uint8Array, index: number): boolean {
    const from = this.#starts[index];
    const length = this.#ends[index] - from;
    return length === 0 || (length === 1 && bytes[from] === dash);
  }

  #numberAt(bytes: Uint8Array, index: number): number {
    return numberAt(bytes, this.#starts[index], this.#ends[index]);
  }

  #set(bytes: Uint8Array, setters: readonly (ColumnSetter | null)[]): void {
    for (let index = 0; index < setters.length; index++) {
      const setter = setters[index];
      const from = this.#starts[index];
      const to = this.#ends[index];
      if (setter === null) continue;
      if (index === timeField)
        setter.setTime(this.#timezone === 'UTC' ? this.#time : utcFromLocal(this.#time, this.#timezone));
      else if (this.#isMissing(bytes, index)) continue;
      else if (index >= firstNumber && index <= lastNumber)
        setNumber(setter, this.#numberAt(bytes, index), bytes, from, to);
      else if (invalidUtf8At(bytes, from, to) < 0) setter.setTextBytes(bytes, from, to);
      else setter.setText(decoder.decode(bytes.subarray(from, to)));
    }
  }
}

/** @returns the next comma that a blank follows, or that ends the line; −1 when there is none. */
function fieldEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) if (bytes[at] === comma && (at + 1 === to || bytes[at + 1] === blank)) return at;
  return -1;
}

/** Reads `03/20/01`, `3/20/2001` and the like. @returns UTC ms of the day, or NaN. */
function dateOf(bytes: Uint8Array, from: number, to: number, order: IisDateOrder): number {
  const first = bytes.indexOf(slash, from);
  const second = first < 0 ? -1 : bytes.indexOf(slash, first + 1);
  if (second < 0 || second >= to || first - from > 2 || second - first > 3) return NaN;
  const a = digits(bytes, from, first - from);
  const b = digits(bytes, first + 1, second - first - 1);
  const short = to - second - 1 === 2;
  if (!short && to - second - 1 !== 4) return NaN;
  const written = digits(bytes, second + 1, to - second - 1);
  // Two digits are the years 1970–2069.
  const year = short ? written + (written < 70 ? 2000 : 1900) : written;
  return order === 'day_first' ? dayStart(year, b, a) : dayStart(year, a, b);
}

/** Which part of the dates is above 12: no month can be. */
export function iisDateOrder(dates: Iterable<string>): IisDateOrder {
  for (const date of dates) {
    const [first, second] = date.split('/').map(Number);
    if (first > 12) return 'day_first';
    if (second > 12) return 'month_first';
  }
  return 'month_first';
}
