import { timeFromText } from './times.ts';
import type { RowBuilder } from './formats/format.ts';

const latin = new TextDecoder('latin1');

/** A part of a log line's layout: text that stands there, or a field. */
export type LinePart = { readonly literal: string } | { readonly field: LogField };

/** A field of a log line: the column it becomes and how its text is read. */
export interface LogField {
  readonly column: string;
  readonly kind:
    | 'text'
    | 'number'
    | 'request'
    | 'time'
    | 'seconds'
    | 'milliseconds'
    | 'microseconds'
    | 'fraction'
    | 'bytes'
    | 'skip';
}

export interface LineLayout {
  readonly parts: readonly LinePart[];
  /** What stands for a missing value: '-' with Apache and nginx's default escape. */
  readonly missing: string;
}

/**
 * The layout as a pattern over latin1 text: a field between quotes runs to the next quote that no backslash precedes,
 * one between brackets to the bracket, others to the literal that follows; a user may hold blanks.
 */
export function patternOf(layout: LineLayout): RegExp {
  let source = '^';
  layout.parts.forEach((part, index) => {
    if ('literal' in part) {
      source += part.literal.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      return;
    }
    const before = layout.parts[index - 1];
    const after = layout.parts[index + 1];
    const opening = before !== undefined && 'literal' in before ? before.literal.at(-1) : '';
    const closing = after !== undefined && 'literal' in after ? after.literal[0]! : '';
    if (opening === '"' && closing === '"') source += '((?:[^"\\\\]|\\\\.)*)';
    else if (opening === '[' && closing === ']') source += '([^\\]]*)';
    else if (closing === '') source += '(.*)';
    else if (['seconds', 'milliseconds', 'microseconds', 'fraction'].includes(part.field.kind))
      source += '(\\d*(?:\\.\\d+)?)';
    else if (part.field.column === 'user' || part.field.column === 'path') source += '(.*?)';
    else if (closing === ' ') source += '(\\S*)';
    else source += `([^${closing.replace(/[\\\]^-]/g, '\\$&')}]*)`;
  });
  return new RegExp(`${source}$`, 's');
}

/** Undoes what servers write for bytes they escape: \xHH, \" \\ \n \t \r \b \v; then the bytes are UTF-8, else latin1. */
export function unescapeField(text: string): string {
  const plain = text.includes('\\')
    ? text.replace(/\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)/gs, (_all, code: string) => {
        if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
        return ({ n: '\n', t: '\t', r: '\r', b: '\b', v: '\v' } as Record<string, string>)[code] ?? code;
      })
    : text;
  if (!/[\u0080-\u00ff]/.test(plain)) return plain;
  const bytes = Uint8Array.from(plain, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return plain;
  }
}

/** Reads pieces of log lines into rows. */
export function readLines(
  bytes: Uint8Array,
  layout: LineLayout,
  pattern: RegExp,
  timezone: string,
  rows: RowBuilder,
): void {
  const fields = layout.parts.flatMap((part) => ('field' in part ? [part.field] : []));
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    const next = newline < 0 ? bytes.length : newline + 1;
    const end = newline < 0 ? bytes.length : newline > at && bytes[newline - 1] === 13 ? newline - 1 : newline;
    if (end > at) {
      const raw = bytes.subarray(at, end);
      const match = pattern.exec(latin.decode(raw));
      const wrong =
        match === null
          ? 'The line is not laid out as the log format says.'
          : setFields(match, fields, layout.missing, timezone, rows);
      if (wrong === null) rows.endRow();
      else rows.rejectRow(wrong, raw, at);
    }
    at = next;
  }
}

function setFields(
  match: RegExpExecArray,
  fields: readonly LogField[],
  missing: string,
  timezone: string,
  rows: RowBuilder,
): string | null {
  let time: number | null = null;
  let fraction = 0;
  for (let index = 0; index < fields.length; index++) {
    const { column, kind } = fields[index]!;
    const text = match[index + 1]!;
    // Apache's %b writes - for no bytes.
    if (text === missing && kind === 'bytes') rows.column(column).setInt(0);
    if (text === missing || kind === 'skip') continue;
    switch (kind) {
      case 'text':
        rows.column(column).setText(unescapeField(text));
        break;
      case 'request':
        setRequest(unescapeField(text), rows);
        break;
      case 'bytes':
      case 'number': {
        // Several upstreams are written "0.1, 0.2": no number, kept as it is.
        const number = Number(text);
        if (text === '' || Number.isNaN(number)) rows.column(column).setText(unescapeField(text));
        else if (Number.isSafeInteger(number) && !text.includes('.')) rows.column(column).setInt(number);
        else rows.column(column).setFloat(number);
        break;
      }
      case 'fraction':
        fraction = Number(text);
        break;
      default: {
        const read =
          kind === 'time'
            ? timeFromText(text, timezone)
            : Number(text) * ({ seconds: 1000, milliseconds: 1, microseconds: 0.001 } as const)[kind];
        if (read === null || Number.isNaN(read)) return `"${text}" is no time.`;
        // The finest of several times wins.
        if (time === null || read % 1000 !== 0) time = Math.round(read * 1000) / 1000;
      }
    }
  }
  if (time !== null) rows.column('time').setTime(Math.floor(time + fraction));
  return null;
}

/** `GET /path HTTP/1.1`; what is no such line stays in `request` alone. */
function setRequest(request: string, rows: RowBuilder): void {
  rows.column('request').setText(request);
  const match = /^([A-Za-z]+) (.+?)(?: (HTTP\/\d(?:\.\d)?))?$/s.exec(request);
  if (match === null) return;
  rows.column('method').setText(match[1]!);
  rows.column('path').setText(match[2]!);
  if (match[3] !== undefined) rows.column('protocol').setText(match[3]);
}
