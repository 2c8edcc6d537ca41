import { bomLength } from './csv-detect.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { isTimeKind, timeRanks, type LineLayout, type LogField } from './log-layout.ts';
import { LineMatcher } from './log-line.ts';
import { timeFromPattern } from './strftime.ts';
import { clfTime } from './time-bytes.ts';
import { timeFromBytes } from './times.ts';
import { unescapeBytes } from './unescape.ts';
import { invalidUtf8At } from './utf8.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const dash = 0x2d;
const blank = 0x20;

/** Where the parts of a request line become columns, where no field of the layout is that already. */
interface RequestSetters {
  readonly method: ColumnSetter | null;
  readonly path: ColumnSetter | null;
  readonly protocol: ColumnSetter | null;
}

/**
 * Reads the lines of one log format into rows. Escapes are undone as the server writes them; bytes that are no UTF-8
 * then become U+FFFD, since servers log what clients send.
 */
export class LogReader {
  readonly #layout: LineLayout;
  readonly #timezone: string;
  readonly #matcher: LineMatcher;
  /** What `#accept` read of the line's numeric fields; NaN = nothing. */
  readonly #numbers: Float64Array;
  readonly #timeField: number;
  readonly #fractionField: number;
  readonly #emptyIsMissing: readonly boolean[];
  readonly #dashIsMissing: boolean;
  #scratch = new Uint8Array(1024);
  /** The last `23/Nov/2026:17:29:00 -0330`: lines of one second follow each other. */
  readonly #clock = new Uint8Array(26);
  #clockMs = NaN;

  constructor(layout: LineLayout, timezone: string) {
    this.#layout = layout;
    this.#timezone = timezone;
    this.#matcher = new LineMatcher(layout, (field, bytes, from, to) => this.#accept(field, bytes, from, to));
    const { fields, quoted } = this.#matcher;
    this.#numbers = new Float64Array(fields.length);
    this.#timeField = timeFieldOf(fields);
    this.#fractionField = fields.findIndex(({ kind }) => timeRanks.get(kind) === 0);
    this.#dashIsMissing = layout.escape === 'apache' || layout.escape === 'default';
    this.#emptyIsMissing = quoted.map((inQuotes) => !this.#dashIsMissing || !inQuotes);
  }

  /** @returns whether a line has this layout. */
  fits(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#matcher.match(bytes, from, to) === null;
  }

  /** @returns where the last field begins in the line that fitted last. */
  lastStart(): number {
    return this.#matcher.starts[this.#matcher.starts.length - 1];
  }

  /**
   * Reads lines, ended by LF or CR LF, the last perhaps by nothing; empty ones are passed over.
   * @param otherwise reads a line that has not this layout; without it, the line is rejected.
   */
  read(bytes: Uint8Array, rows: RowBuilder, otherwise?: (from: number, to: number) => void): void {
    const { fields } = this.#matcher;
    const time = this.#timeField < 0 ? null : rows.column('time');
    const setters = fields.map((field) => (isTimeKind(field.kind) ? null : rows.column(field.column)));
    const request = requestSetters(fields, rows);
    for (let at = bomLength(bytes); at < bytes.length;) {
      const newline = bytes.indexOf(10, at);
      const next = newline < 0 ? bytes.length : newline + 1;
      let end = newline < 0 ? bytes.length : newline;
      if (end > at && bytes[end - 1] === 13) end--;
      if (end > at) {
        const wrong = this.#matcher.match(bytes, at, end);
        if (wrong === null) {
          for (let field = 0; field < setters.length; field++) {
            const setter = setters[field];
            if (setter !== null) this.#set(field, setter, request, bytes);
          }
          if (time !== null) time.setTime(this.#time());
          rows.endRow(at, end);
        } else if (otherwise !== undefined) otherwise(at, end);
        else rows.rejectRow(wrong, bytes.subarray(at, end), at);
      }
      at = next;
    }
  }

  /** Whether a field's text is of its kind; keeps the number it means. */
  #accept(field: number, bytes: Uint8Array, from: number, to: number): boolean {
    const { kind, pattern } = this.#matcher.fields[field];
    let number = NaN;
    switch (kind) {
      case 'text':
      case 'untyped':
      case 'request':
        return true;
      case 'token':
        // A list of addresses has blanks behind its commas: what stands before one is no whole word.
        return to === from || bytes[to - 1] !== 0x2c;
      case 'time':
        number =
          pattern === undefined
            ? this.#clockTime(bytes, from, to)
            : timeFromPattern(decoder.decode(bytes.subarray(from, to)), pattern, this.#timezone);
        this.#numbers[field] = number;
        return !Number.isNaN(number);
      case 'addresses':
        // Between quotes the end is known; else a list goes on behind its commas and colons.
        if (this.#matcher.quoted[field] || to === from) return true;
        return bytes[to - 1] !== 0x2c && !(bytes[to - 1] === 0x3a && bytes[to - 2] === blank);
      case 'query':
        return to === from || bytes[from] === 0x3f || (bytes[from] === dash && to === from + 1);
      case 'protocol':
        return to - from <= 1 || bytes[from] === 0x48;
      case 'durations':
      case 'numbers':
        number = sumOfNumbers(bytes, from, to);
        this.#numbers[field] = number;
        return to === from || !Number.isNaN(number);
      case 'number':
      case 'bytes':
        this.#numbers[field] = number = numberAt(bytes, from, to);
        return !Number.isNaN(number) || to === from || (bytes[from] === dash && to === from + 1);
      default:
        this.#numbers[field] = number = numberAt(bytes, from, to);
        return !Number.isNaN(number);
    }
  }

  #clockTime(bytes: Uint8Array, from: number, to: number): number {
    const clock = this.#clock;
    if (to - from !== 26) return timeFromBytes(bytes, from, to, this.#timezone);
    let same = 25;
    while (same >= 0 && clock[same] === bytes[from + same]) same--;
    if (same < 0) return this.#clockMs;
    for (let index = 0; index < 26; index++) clock[index] = bytes[from + index];
    this.#clockMs = clfTime(bytes, from, to);
    if (Number.isNaN(this.#clockMs)) this.#clockMs = timeFromBytes(bytes, from, to, this.#timezone);
    return this.#clockMs;
  }

  /** UTC ms of the line, by the finest of its time fields. */
  #time(): number {
    const { kind } = this.#matcher.fields[this.#timeField];
    const number = this.#numbers[this.#timeField];
    if (kind === 'milliseconds') return number;
    if (kind === 'microseconds') return Math.floor(number / 1000);
    // Nearest first: 1795467540.229 · 1000 lies a little beside the millisecond that was written.
    const ms = kind === 'seconds' ? Math.floor(Math.round(number * 1e6) / 1e3) : number;
    if (this.#fractionField < 0) return ms;
    const fraction = this.#numbers[this.#fractionField];
    const fine = this.#matcher.fields[this.#fractionField].kind === 'microsecond_fraction';
    return ms + (fine ? Math.floor(fraction / 1000) : fraction);
  }

  #set(field: number, setter: ColumnSetter, request: RequestSetters, bytes: Uint8Array): void {
    const from = this.#matcher.starts[field];
    const to = this.#matcher.ends[field];
    const { kind, column } = this.#matcher.fields[field];
    if (from === to ? this.#emptyIsMissing[field] : this.#isDash(bytes, from, to)) {
      if (kind === 'bytes') setter.setInt(0);
      return;
    }
    switch (kind) {
      case 'number':
      case 'bytes':
        setNumber(setter, this.#numbers[field], bytes, from, to);
        return;
      case 'durations':
        if (this.#numbers[field] >= 0) setter.setFloat(Math.round(this.#numbers[field] * 1e6) / 1e6);
        return;
      case 'numbers':
        // A list of several is told by its commas and colons.
        if (Number.isNaN(numberAt(bytes, from, to))) this.#setText(setter, bytes, from, to);
        else setNumber(setter, this.#numbers[field], bytes, from, to);
        return;
      case 'request':
        this.#setText(setter, bytes, from, to);
        this.#setRequest(request, bytes, from, to);
        return;
      default:
        // Apache writes a user whose name is empty as two quotes.
        if (column === 'user' && to - from === 2 && bytes[from] === 0x22 && bytes[from + 1] === 0x22)
          setter.setText('');
        else this.#setText(setter, bytes, from, to, kind === 'untyped');
    }
  }

  #isDash(bytes: Uint8Array, from: number, to: number): boolean {
    return this.#dashIsMissing && to === from + 1 && bytes[from] === dash;
  }

  #setText(setter: ColumnSetter, bytes: Uint8Array, from: number, to: number, untyped = false): void {
    let high = 0;
    let escapes = false;
    for (let at = from; at < to; at++) {
      high |= bytes[at];
      if (bytes[at] === 0x5c) escapes = true;
    }
    if (high < 0x80 && !escapes) {
      if (untyped) setter.setUntypedBytes(bytes, from, to);
      else setter.setTextBytes(bytes, from, to);
      return;
    }
    if (this.#scratch.length < to - from + 4) this.#scratch = new Uint8Array((to - from) * 2 + 4);
    const length = unescapeBytes(bytes, from, to, this.#layout.escape, this.#scratch);
    if (invalidUtf8At(this.#scratch, 0, length) < 0) setter.setTextBytes(this.#scratch, 0, length);
    else setter.setText(decoder.decode(this.#scratch.subarray(0, length)));
  }

  /** `GET /path HTTP/1.1`, or `GET /path` of HTTP/0.9; what is no such line stays in `request` alone. */
  #setRequest(request: RequestSetters, bytes: Uint8Array, from: number, to: number): void {
    let method = from;
    while (method < to && isMethodByte(bytes[method])) method++;
    if (method === from || method + 1 >= to || bytes[method] !== blank) return;
    let last = to - 1;
    while (last > method && bytes[last] !== blank) last--;
    const versioned = last > method + 1 && to - last > 6 && isHttp(bytes, last + 1);
    request.method?.setTextBytes(bytes, from, method);
    if (request.path !== null) this.#setText(request.path, bytes, method + 1, versioned ? last : to);
    if (versioned && request.protocol !== null) this.#setText(request.protocol, bytes, last + 1, to);
  }
}

function requestSetters(fields: readonly LogField[], rows: RowBuilder): RequestSetters {
  const split = fields.some(({ kind }) => kind === 'request');
  const setter = (name: string): ColumnSetter | null =>
    !split || fields.some(({ column }) => column === name) ? null : rows.column(name);
  return { method: setter('method'), path: setter('path'), protocol: setter('protocol') };
}

function timeFieldOf(fields: readonly LogField[]): number {
  let best = -1;
  fields.forEach(({ kind }, field) => {
    const rank = timeRanks.get(kind) ?? 0;
    if (rank > (best < 0 ? 0 : timeRanks.get(fields[best].kind)!)) best = field;
  });
  return best;
}

function isMethodByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a) || byte === dash || byte === 0x5f;
}

function isHttp(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === 0x48 &&
    bytes[at + 1] === 0x54 &&
    bytes[at + 2] === 0x54 &&
    bytes[at + 3] === 0x50 &&
    bytes[at + 4] === 0x2f
  );
}

/** Sets what `numberAt` found: an int where no point stands, exact where a double is not. */
export function setNumber(setter: ColumnSetter, number: number, bytes: Uint8Array, from: number, to: number): void {
  const point = bytes.subarray(from, to).indexOf(0x2e) >= 0;
  if (point) setter.setFloat(number);
  else if (Number.isSafeInteger(number)) setter.setInt(number);
  else setter.setUntypedBytes(bytes, from, to);
}

/** @returns the decimal that the bytes are, NaN when they are none. */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  const negative = bytes[from] === dash;
  let mantissa = 0;
  let scale = 1;
  let point = false;
  const start = negative ? from + 1 : from;
  for (let at = start; at < to; at++) {
    const digit = bytes[at] - 48;
    if (digit >= 0 && digit <= 9) {
      mantissa = mantissa * 10 + digit;
      if (point) scale *= 10;
    } else if (bytes[at] === 0x2e && !point && at > start && at + 1 < to) point = true;
    else return NaN;
  }
  if (start >= to || to - start > 20) return NaN;
  return negative ? -mantissa / scale : mantissa / scale;
}

/**
 * Reads `0.100, 0.250 : 0.001`, where a dash stands for a number that is missing. @returns the sum, −1 when all are
 * missing, NaN when the bytes are no such list.
 */
function sumOfNumbers(bytes: Uint8Array, from: number, to: number): number {
  let sum = -1;
  for (let at = from; at <= to;) {
    let end = at;
    while (end < to && bytes[end] !== 0x2c && bytes[end] !== blank) end++;
    const number = numberAt(bytes, at, end);
    if (!Number.isNaN(number)) sum = Math.max(sum, 0) + number;
    else if (end !== at + 1 || bytes[at] !== dash) return NaN;
    if (end === to) return sum;
    if (bytes[end] === 0x2c && bytes[end + 1] === blank) at = end + 2;
    else if (bytes[end + 1] === 0x3a && bytes[end + 2] === blank) at = end + 3;
    else return NaN;
  }
  return NaN;
}
