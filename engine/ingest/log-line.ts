import type { LineLayout, LogField } from './log-layout.ts';

/** Bytes looked at for one line, in lengths of it: a hostile line shall not take much longer than a long one. */
const passesMax = 40;
const workMin = 100_000;
const quote = 0x22;
const backslash = 0x5c;
const blank = 0x20;

/** Says whether a field's text can stand there; the end of a loose field is found by that of later ones. */
export type AcceptField = (field: number, bytes: Uint8Array, from: number, to: number) => boolean;

interface Step {
  readonly kind: 'literal' | 'quoted' | 'plain' | 'loose' | 'last';
  /** The literal itself, or the one that follows the field. */
  readonly literal: Uint8Array;
  readonly field: number;
  readonly token: boolean;
  readonly name: string;
}

/**
 * Finds the fields of log lines; `starts` and `ends` hold where they lie in the bytes after `match`. A field between
 * quotes ends at the next quote that no backslash precedes; a number ends where the text that follows it begins; any
 * other may hold that text, so its end is the first place from which the rest of the line fits.
 */
export class LineMatcher {
  readonly fields: readonly LogField[];
  /** Whether the field stands between quotes. */
  readonly quoted: readonly boolean[];
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #steps: readonly Step[];
  readonly #accept: AcceptField;
  /** Bytes that may still be looked at. */
  #work = 0;
  #deepest = 0;

  constructor(layout: LineLayout, accept: AcceptField) {
    const { steps, quoted } = compileSteps(layout);
    this.fields = layout.parts.flatMap((part) => ('field' in part ? [part.field] : []));
    this.quoted = quoted;
    this.starts = new Int32Array(this.fields.length);
    this.ends = new Int32Array(this.fields.length);
    this.#steps = steps;
    this.#accept = accept;
  }

  /** Fits the layout to the line `bytes[from … to)`. @returns null, the places being set; or why it does not fit. */
  match(bytes: Uint8Array, from: number, to: number): string | null {
    this.#work = workMin + passesMax * (to - from);
    this.#deepest = 0;
    return this.#fit(bytes, 0, from, to) ? null : this.#reason();
  }

  #fit(bytes: Uint8Array, step: number, from: number, to: number): boolean {
    let at = from;
    for (let index = step; index < this.#steps.length; index++) {
      const current = this.#steps[index];
      const { kind, field, literal } = current;
      if (index > this.#deepest) this.#deepest = index;
      if (kind === 'literal') {
        if (!standsAt(bytes, at, to, literal)) return false;
        at += literal.length;
        continue;
      }
      if (kind === 'loose') return this.#fitLoose(bytes, index, at, to);
      const end = kind === 'last' ? to : kind === 'quoted' ? quotedEnd(bytes, at, to) : find(bytes, at, to, literal);
      this.#work -= (end < 0 ? to : end) - at + 8;
      if (end < 0 || this.#work < 0) return false;
      this.starts[field] = at;
      this.ends[field] = end;
      if (!this.#accept(field, bytes, at, end)) return false;
      at = end;
    }
    return at === to;
  }

  /** Tries the ends of a loose field, the nearest first. */
  #fitLoose(bytes: Uint8Array, index: number, from: number, to: number): boolean {
    const { field, literal, token } = this.#steps[index];
    let last = from;
    for (let end = find(bytes, from, to, literal); end >= 0 && end <= to; end = find(bytes, end + 1, to, literal)) {
      this.#work -= end - last + 8;
      last = end;
      if (this.#work < 0) return false;
      if (token && hasBlank(bytes, from, end)) return false;
      if (this.#accept(field, bytes, from, end) && this.#fit(bytes, index + 1, end, to)) {
        this.starts[field] = from;
        this.ends[field] = end;
        return true;
      }
    }
    this.#work -= to - last;
    return false;
  }

  #reason(): string {
    const step = this.#steps[this.#deepest];
    const before = this.#steps[this.#deepest - 1];
    if (this.#work < 0) return 'The line does not fit the log format, and too many ways to read it were tried.';
    if (step.kind !== 'literal')
      return `The line does not fit the log format at "${step.name}": it is missing or not of its kind.`;
    const where = before === undefined ? 'at its beginning' : `after "${before.name}"`;
    const text = new TextDecoder().decode(step.literal);
    return `The line does not fit the log format: ${JSON.stringify(text)} is missing ${where}.`;
  }
}

function compileSteps({ parts, escape }: LineLayout): { steps: Step[]; quoted: boolean[] } {
  const encoder = new TextEncoder();
  const quoted: boolean[] = [];
  const steps = parts.map((part, index): Step => {
    const before = parts[index - 1];
    const after = parts[index + 1];
    if ('literal' in part)
      return { kind: 'literal', literal: encoder.encode(part.literal), field: -1, token: false, name: '' };
    const next = after !== undefined && 'literal' in after ? after.literal : '';
    const inQuotes =
      next.startsWith('"') && before !== undefined && 'literal' in before && before.literal.endsWith('"');
    quoted.push(inQuotes);
    const { kind, column } = part.field;
    const place = { literal: encoder.encode(next), field: quoted.length - 1, name: column, token: kind === 'token' };
    if (after === undefined) return { kind: 'last', ...place };
    if (inQuotes && escape !== 'none') return { kind: 'quoted', ...place };
    const numeric = kind === 'number' || kind === 'bytes' || /second/.test(kind);
    return { kind: next !== '' && (numeric || (place.token && next.startsWith(' '))) ? 'plain' : 'loose', ...place };
  });
  return { steps, quoted };
}

function standsAt(bytes: Uint8Array, at: number, to: number, literal: Uint8Array): boolean {
  if (at + literal.length > to) return false;
  for (let index = 0; index < literal.length; index++) if (bytes[at + index] !== literal[index]) return false;
  return true;
}

/** @returns where `literal` begins next, −1 when nowhere before `to`. The empty one is everywhere. */
function find(bytes: Uint8Array, from: number, to: number, literal: Uint8Array): number {
  const last = to - literal.length;
  if (literal.length === 0) return from <= to ? from : -1;
  const first = literal[0];
  for (let at = from; at <= last; at++) if (bytes[at] === first && standsAt(bytes, at, to, literal)) return at;
  return -1;
}

function hasBlank(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (bytes[at] === blank) return true;
  return false;
}

function quotedEnd(bytes: Uint8Array, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === quote) return at;
    if (byte === backslash) at++;
  }
  return -1;
}
