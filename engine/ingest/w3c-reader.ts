import { VarveError } from '../base/errors.ts';
import { formatTimeUtc, utcFromLocal } from '../base/calendar.ts';
import { limits } from '../base/limits.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { numberAt, setNumber } from './log-fields.ts';
import { clockTime, isoTime } from './time-bytes.ts';
import { invalidUtf8At } from './utf8.ts';
import { w3cLayout, type W3cField, type W3cLayout } from './w3c-layout.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const hash = 0x23;
const dash = 0x2d;
const plus = 0x2b;
const quote = 0x22;
const blank = 0x20;
const tab = 0x09;
const hourMs = 3_600_000;
const halfDayMs = 43_200_000;
const dayMs = 86_400_000;
/** Layouts of one piece that are kept: logs repeat their `#Fields` at every start of the server. */
const layoutsMax = 64;

/** A layout and where its fields go. */
interface BoundLayout {
  readonly layout: W3cLayout;
  /** null: the field is part of the time. */
  readonly setters: readonly (ColumnSetter | null)[];
}

/**
 * Reads logs in the W3C's extended format, as IIS and others write them: lines that begin with # say what the lines
 * behind them hold. Times are UTC unless they are said to be local; "-" is no value; bytes that are no UTF-8 become U+FFFD.
 */
export class W3cReader {
  readonly #timezone: string;
  /** What stands behind `#Fields:`, null before the first. */
  #fields: string | null = null;
  #local = false;
  /** IIS writes no quotes around fields, and `+` for blanks in headers. */
  #microsoft = true;
  /** The time of the last line, or of `#Date`: where lines bear no date, their clocks go on from there. */
  #clock = NaN;
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);
  #scratch = new Uint8Array(1024);
  readonly #columns = new Set<string>();

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  /** Lines that tell another reader what this one knows. */
  directives(): string {
    const date = Number.isNaN(this.#clock) ? '' : `#Date: ${formatTimeUtc(this.#clock)}\n`;
    const software = this.#microsoft ? '' : '#Software: other\n';
    const fields = this.#fields === null ? '' : `#Fields: ${this.#fields}\n`;
    return `${software}${this.#local ? '#Time Format: Local\n' : ''}${date}${fields}`;
  }

  /** Whether lines bear no date of their own. */
  needsClock(): boolean {
    const layout = this.#fields === null ? '' : w3cLayout(this.#fields, this.#microsoft);
    return typeof layout !== 'string' && layout.date < 0 && layout.time >= 0;
  }

  /**
   * Reads the lines from `from` on, ended by LF or CR LF, the last perhaps by nothing.
   * @throws VarveError `limit` beyond `columnsMax`.
   */
  read(bytes: Uint8Array, from: number, rows: RowBuilder): void {
    const layouts = new Map<string, BoundLayout | string>();
    let bound = this.#bind(layouts, rows);
    for (let at = from; at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const next = newline < 0 ? bytes.length : newline + 1;
      let end = newline < 0 ? bytes.length : newline;
      if (end > at && bytes[end - 1] === 13) end--;
      if (bytes[at] === hash) {
        if (this.readDirective(decoder.decode(bytes.subarray(at, end)))) bound = this.#bind(layouts, rows);
      } else if (!isEmpty(bytes, at, end)) {
        const wrong = typeof bound === 'string' ? bound : this.#readLine(bytes, at, end, bound);
        if (wrong === null) rows.endRow(at, end);
        else rows.rejectRow(wrong, bytes.subarray(at, end), at);
      }
      at = next;
    }
  }

  /** Takes note of a line that begins with #. @returns whether what the fields are may have changed. */
  readDirective(line: string): boolean {
    // Cut by hand: a pattern of blanks around words that may hold blanks tries all ways to part them.
    const colon = Math.max(1, line.indexOf(':'));
    const name = line.slice(1, colon).trim().toLowerCase();
    const value = line.slice(colon + 1).trim();
    switch (name) {
      case 'fields':
        this.#fields = value;
        return true;
      case 'date':
      case 'start-date': {
        const bytes = new TextEncoder().encode(value);
        this.#clock = isoTime(bytes, 0, bytes.length, 'UTC');
        return false;
      }
      case 'software':
        this.#microsoft = /^microsoft internet information/i.test(value);
        return true;
      case 'time format':
        this.#local = /^local/i.test(value);
        return false;
      default:
        return false;
    }
  }

  #bind(layouts: Map<string, BoundLayout | string>, rows: RowBuilder): BoundLayout | string {
    if (this.#fields === null) return 'No #Fields line stands before it: what its columns are is not known.';
    const key = `${this.#microsoft ? '' : 'other '}${this.#fields}`;
    const known = layouts.get(key);
    if (known !== undefined) return known;
    const layout = w3cLayout(this.#fields, this.#microsoft);
    if (layouts.size >= layoutsMax) layouts.clear();
    const bound = typeof layout === 'string' ? layout : this.#bound(layout, rows);
    layouts.set(key, bound);
    return bound;
  }

  #bound(layout: W3cLayout, rows: RowBuilder): BoundLayout {
    for (const { column } of layout.fields) this.#columns.add(column);
    if (this.#columns.size > limits.columnsMax)
      throw new VarveError('limit', `The #Fields lines name more than ${limits.columnsMax} columns (columnsMax).`, {
        hint: 'A log has the same fields from end to end, or a few sets of them: is it one?',
      });
    if (this.#starts.length <= layout.fields.length) {
      this.#starts = new Int32Array(layout.fields.length + 1);
      this.#ends = new Int32Array(layout.fields.length + 1);
    }
    const time = layout.date >= 0 || layout.time >= 0 ? rows.column('time') : null;
    const first = layout.time >= 0 ? layout.time : layout.date;
    const setters = layout.fields.map(({ column }, index) =>
      index === first ? time : index === layout.date ? null : rows.column(column),
    );
    return { layout, setters };
  }

  /** @returns why the line is no row, or null: its columns are set. */
  #readLine(bytes: Uint8Array, from: number, to: number, { layout, setters }: BoundLayout): string | null {
    const { fields } = layout;
    let separator = blank;
    let count = this.#split(bytes, from, to, blank, false);
    if (count !== fields.length && bytes.subarray(from, to).includes(tab)) {
      separator = tab;
      count = this.#split(bytes, from, to, tab, false);
    }
    if (!this.#microsoft && bytes.subarray(from, to).includes(quote))
      count = this.#split(bytes, from, to, separator, true);
    if (count !== fields.length) return countReason(count, fields.length);
    if (bytes.subarray(from, to).includes(0)) return 'It holds a NUL byte.';
    for (let index = 0; index < count; index++) {
      const setter = setters[index];
      const { kind } = fields[index];
      if (setter === null) continue;
      if (kind === 'date' || kind === 'time') {
        const time = this.#timeOf(bytes, layout);
        if (Number.isNaN(time)) return this.#timeReason(layout);
        setter.setTime(time);
      } else if (!this.#set(setter, kind, bytes, this.#starts[index], this.#ends[index], separator))
        return `Its field ${index + 1}, ${fields[index].column}, is no number.`;
    }
    return null;
  }

  /** Cuts a line at each separator. @returns how many fields it has; those beyond the layout's are counted only. */
  #split(bytes: Uint8Array, from: number, to: number, separator: number, quotes: boolean): number {
    const starts = this.#starts;
    const ends = this.#ends;
    let count = 0;
    let at = from;
    // Some writers end each line with a separator, and IIS never has an empty field.
    const last = to > from && bytes[to - 1] === separator ? to - 1 : to;
    for (;;) {
      let start = at;
      let end = -1;
      if (quotes && bytes[at] === quote) {
        end = closingQuote(bytes, at + 1, last, separator);
        if (end >= 0) {
          start = at + 1;
          at = end + 1;
        }
      }
      if (end < 0) {
        while (at < last && bytes[at] !== separator) at++;
        end = at;
      }
      if (count < starts.length) {
        starts[count] = start;
        ends[count] = end;
      }
      count++;
      if (at >= last) return count;
      at++;
    }
  }

  #timeOf(bytes: Uint8Array, layout: W3cLayout): number {
    const { date, time } = layout;
    const local = this.#local || layout.local;
    const zone = local ? this.#timezone : 'UTC';
    const dateFrom = date < 0 ? 0 : this.#starts[date];
    if (time < 0) return isoTime(bytes, dateFrom, this.#ends[date], zone);
    const clock = clockTime(bytes, this.#starts[time], this.#ends[time]);
    if (date >= 0) {
      const day = this.#ends[date] - dateFrom === 10 ? isoTime(bytes, dateFrom, this.#ends[date], 'UTC') : NaN;
      return local && !Number.isNaN(day + clock) ? utcFromLocal(day + clock, this.#timezone) : day + clock;
    }
    let at = Math.floor(this.#clock / dayMs) * dayMs + clock;
    if (Number.isNaN(at)) return NaN;
    // A clock that falls back by hours has passed midnight; one that is almost a day ahead is a line that came late.
    if (at < this.#clock - halfDayMs) at += dayMs;
    else if (at > this.#clock + dayMs - hourMs) at -= dayMs;
    if (at > this.#clock) this.#clock = at;
    return local ? utcFromLocal(at, this.#timezone) : at;
  }

  #timeReason({ date }: W3cLayout): string {
    return date < 0 && Number.isNaN(this.#clock)
      ? 'Its date is not known: no #Date line stands before it, and it has no field for it.'
      : 'Its date or time cannot be read.';
  }

  /** @returns false for what should be a number and is none. */
  #set(
    setter: ColumnSetter,
    kind: W3cField['kind'],
    bytes: Uint8Array,
    from: number,
    to: number,
    separator: number,
  ): boolean {
    if (to === from || (to === from + 1 && bytes[from] === dash)) return true;
    if (kind === 'number') {
      const number = numberAt(bytes, from, to);
      if (!Number.isNaN(number)) setNumber(setter, number, bytes, from, to);
      return !Number.isNaN(number);
    }
    const pluses = this.#microsoft && separator === blank && (kind === 'agent' || kind === 'list');
    let high = 0;
    let change = false;
    for (let at = from; at < to; at++) {
      high |= bytes[at];
      change ||= bytes[at] === plus || bytes[at] === quote;
    }
    if (high >= 0x80 && invalidUtf8At(bytes, from, to) >= 0) {
      setter.setText(decoder.decode(bytes.subarray(from, to)));
      return true;
    }
    if (kind === 'untyped') setter.setUntypedBytes(bytes, from, to);
    else if (!pluses || !change) setter.setTextBytes(bytes, from, to);
    else {
      if (this.#scratch.length < to - from) this.#scratch = new Uint8Array(2 * (to - from));
      copyWithBlanks(bytes, from, to, this.#scratch, kind === 'agent');
      setter.setTextBytes(this.#scratch, 0, to - from);
    }
    return true;
  }
}

/**
 * Copies a header with the blanks that IIS wrote as `+`. A true `+` is written the same; the one that is known is that
 * of `(+http://…)` and `; +http://…`, by which robots name themselves.
 * @param all every `+` is one; else those behind a comma or a semicolon.
 */
function copyWithBlanks(bytes: Uint8Array, from: number, to: number, target: Uint8Array, all: boolean): void {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    const before = at > from ? bytes[at - 1] : 0;
    const link = (before === 0x28 || before === plus) && isHttp(bytes, at + 1, to);
    const isBlank = byte === plus && (all ? !link : before === 0x2c || before === 0x3b);
    target[at - from] = isBlank ? blank : byte;
  }
}

function isHttp(bytes: Uint8Array, at: number, to: number): boolean {
  return (
    at + 4 <= to && bytes[at] === 0x68 && bytes[at + 1] === 0x74 && bytes[at + 2] === 0x74 && bytes[at + 3] === 0x70
  );
}

/** @returns where the quote is that closes a field: one that no other follows, at its end. −1 when none does. */
function closingQuote(bytes: Uint8Array, from: number, to: number, separator: number): number {
  for (let at = from; at < to; at++) {
    if (bytes[at] !== quote) continue;
    if (at + 1 < to && bytes[at + 1] === quote) at++;
    else if (at + 1 === to || bytes[at + 1] === separator) return at;
  }
  return -1;
}

/** Of blanks, or of the NUL bytes that fill a log file up whose server still writes to it. */
function isEmpty(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from];
  if (from < to && first !== 0 && first !== blank && first !== tab) return false;
  for (let at = from; at < to; at++) if (bytes[at] !== 0 && bytes[at] !== blank && bytes[at] !== tab) return false;
  return true;
}

function countReason(count: number, wanted: number): string {
  return `It has ${count} ${count === 1 ? 'field' : 'fields'}, the #Fields line before it names ${wanted}.`;
}
