import { VarveError } from '../base/errors.ts';
import type { TimePattern } from './strftime.ts';
import type { LogEscape } from './unescape.ts';

/** What a field's text is. */
export type FieldKind =
  | 'text'
  /** Whatever it looks like: a note or a variable of one's own may be a number. */
  | 'untyped'
  /** Text without blanks. */
  | 'token'
  /** Addresses of one or several upstreams or proxies. */
  | 'addresses'
  | 'number'
  /** Seconds of one or several upstreams; they are added up. */
  | 'durations'
  /** Numbers of one or several upstreams; several stay text. */
  | 'numbers'
  /** A number for which "-" stands for 0: Apache's %b. */
  | 'bytes'
  | 'request'
  | 'query'
  | 'protocol'
  | TimeKind;

export type TimeKind =
  'time' | 'seconds' | 'milliseconds' | 'microseconds' | 'millisecond_fraction' | 'microsecond_fraction';

/** A field of a log line: the column it becomes and how its text is read. */
export interface LogField {
  readonly column: string;
  readonly kind: FieldKind;
  /** Of a `time` in a form of its own. */
  readonly pattern?: TimePattern;
}

/** A part of a log line's layout: text that stands there, or a field. */
export type LinePart = { readonly literal: string } | { readonly field: LogField };

export interface LineLayout {
  readonly parts: readonly LinePart[];
  readonly escape: LogEscape;
}

/** Collects the parts of a layout; names that come twice are told apart. */
export interface LayoutParts {
  literal(text: string): void;
  field(field: LogField): void;
  /** @throws VarveError `usage` when there is no field, or a field follows another that nothing parts. */
  finish(escape: LogEscape, format: string): LineLayout;
}

/** @returns an empty layout to be filled from left to right. */
export function layoutParts(): LayoutParts {
  const parts: LinePart[] = [];
  const names = new Set<string>();
  return {
    literal(text) {
      const last = parts.at(-1);
      if (text === '') return;
      if (last !== undefined && 'literal' in last) parts[parts.length - 1] = { literal: last.literal + text };
      else parts.push({ literal: text });
    },
    field(field) {
      let name = field.column;
      if (!isTimeKind(field.kind)) {
        for (let count = 2; names.has(name); count++) name = `${field.column}_${count}`;
        names.add(name);
      }
      parts.push({ field: { ...field, column: name } });
    },
    finish(escape, format) {
      if (!parts.some((part) => 'field' in part)) {
        throw new VarveError('usage', `The log format ${JSON.stringify(format)} names no field.`, {
          hint: 'Give the string behind LogFormat or log_format as it stands in the configuration.',
        });
      }
      const timed = parts.some((part) => 'field' in part && isTimeKind(part.field.kind));
      return { parts: timed ? parts.map(besideTime) : parts, escape };
    },
  };
}

/** A field that is called time, and is not the line's time, gives way to it. */
function besideTime(part: LinePart): LinePart {
  if (!('field' in part) || part.field.column !== 'time' || isTimeKind(part.field.kind)) return part;
  return { field: { ...part.field, column: 'properties.time' } };
}

/** @returns whether a field is part of the line's time. */
export function isTimeKind(kind: FieldKind): kind is TimeKind {
  return timeRanks.has(kind);
}

/** The field with the highest rank is the time; the fractions are added to one of whole seconds. */
export const timeRanks: ReadonlyMap<FieldKind, number> = new Map([
  ['millisecond_fraction', 0],
  ['microsecond_fraction', 0],
  ['time', 1],
  ['seconds', 2],
  ['milliseconds', 3],
  ['microseconds', 4],
]);
