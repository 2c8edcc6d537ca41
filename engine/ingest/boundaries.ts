import type { Framing } from './formats/format.ts';

/** Where records end, as far as a source's format tells without reading the records. */
export type Cutting =
  | { readonly kind: 'lines' }
  /** A line end outside quotes; a quote counts only at the beginning of a field. */
  | { readonly kind: 'csv'; readonly delimiter: number }
  /** One object a line: a line end that an opening brace follows, and the last line end of the source. */
  | { readonly kind: 'json-lines' }
  /** The end of an object that no other holds; those in one outer array count as such. */
  | { readonly kind: 'json' };

/** Finds boundaries in bytes that come bit by bit; each range is looked at once. */
export interface BoundaryScanner {
  /**
   * Takes note of `bytes[from … to)`, which follow what was scanned before.
   * @returns where the last whole record so far ends, 0 when none does.
   */
  scan(bytes: Uint8Array, from: number, to: number): number;
  /** Begins anew: the next byte begins a record. */
  restart(): void;
}

const newline = 10;
const quote = 0x22;
const brace = 0x7b;
const comma = 0x2c;

/**
 * @param head the beginning of the source, to tell JSON of one object a line.
 * @param delimiter of a CSV, one ASCII character.
 */
export function cuttingOf(framing: Framing, head: Uint8Array, delimiter = ','): Cutting {
  if (framing === 'lines') return { kind: 'lines' };
  if (framing === 'csv') return { kind: 'csv', delimiter: delimiter.charCodeAt(0) };
  return { kind: beginsWithObjectLine(head) ? 'json-lines' : 'json' };
}

/** Whether the first line is one JSON object: a text in JSON holds no line end, so lines can be told apart from then on. */
function beginsWithObjectLine(head: Uint8Array): boolean {
  let start = 0;
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) start = 3;
  while (start < head.length && (head[start] === newline || head[start] === 13 || head[start] === 32)) start++;
  const end = head.indexOf(newline, start);
  if (head[start] !== brace || end < 0) return false;
  try {
    JSON.parse(new TextDecoder('utf-8').decode(head.subarray(start, end)));
    return true;
  } catch {
    return false;
  }
}

/** @returns where the last whole record of `bytes` ends, 0 when none does. */
export function lastBoundary(bytes: Uint8Array, cutting: Cutting): number {
  return createScanner(cutting).scan(bytes, 0, bytes.length);
}

/** @returns a scanner that stands at the beginning of a record. */
export function createScanner(cutting: Cutting): BoundaryScanner {
  switch (cutting.kind) {
    case 'lines':
      return lineScanner((bytes, to) => bytes.lastIndexOf(newline, to - 1) + 1);
    case 'json-lines':
      return lineScanner(lastObjectLine);
    case 'csv':
      return csvScanner(cutting.delimiter);
    case 'json':
      return jsonScanner();
  }
}

function lineScanner(last: (bytes: Uint8Array, to: number) => number): BoundaryScanner {
  let boundary = 0;
  return {
    scan(bytes, from, to) {
      const found = to > from ? last(bytes.subarray(0, to), to) : 0;
      if (found > boundary) boundary = found;
      return boundary;
    },
    restart() {
      boundary = 0;
    },
  };
}

/** @returns where the last line begins that an opening brace begins; 0 when only the first does. */
export function lastObjectLine(bytes: Uint8Array, to: number): number {
  for (let at = bytes.lastIndexOf(newline, to - 1); at >= 0; at = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1)) {
    if (at + 1 < to && bytes[at + 1] === brace) return at + 1;
  }
  return 0;
}

function csvScanner(delimiter: number): BoundaryScanner {
  let boundary = 0;
  let quoted = false;
  let before = newline;
  return {
    scan(bytes, from, to) {
      // Most files hold few quotes or none: then the last line end is all there is to find.
      const first = quoted ? from : bytes.subarray(from, to).indexOf(quote);
      if (first < 0) {
        const end = bytes.subarray(from, to).lastIndexOf(newline);
        if (end >= 0) boundary = from + end + 1;
        if (to > from) before = bytes[to - 1];
        return boundary;
      }
      for (let at = from; at < to; at++) {
        const byte = bytes[at];
        if (byte !== quote) {
          if (byte === newline && !quoted) boundary = at + 1;
          before = byte;
        } else if (quoted) {
          // A second quote right after this one takes it back: the two are one quote inside the field.
          quoted = false;
          before = quote;
        } else {
          quoted = before === quote || before === delimiter || before === newline || before === 13;
          before = 0;
        }
      }
      return boundary;
    },
    restart() {
      boundary = 0;
      quoted = false;
      before = newline;
    },
  };
}

function jsonScanner(): BoundaryScanner {
  let boundary = 0;
  /** End of an object behind which only blanks came so far; -1 when there is none. */
  let ended = -1;
  let depth = 0;
  let text = false;
  let escaped = false;
  return {
    scan(bytes, from, to) {
      for (let at = from; at < to; at++) {
        const byte = bytes[at];
        if (text) {
          if (escaped) escaped = false;
          else if (byte === 0x5c) escaped = true;
          // No JSON text holds a line end: one that seems to was never closed.
          else if (byte === quote || byte === newline) text = false;
          continue;
        }
        if (ended >= 0 && byte !== 0x20 && byte !== 0x09) {
          // What else follows on its line belongs to the record, for the reader to judge.
          if (byte === newline || byte === comma) boundary = at + 1;
          else if (byte === 13 || byte === brace || byte === 0x5b || byte === 0x5d) boundary = ended;
          ended = -1;
        }
        if (byte === quote) text = true;
        else if (byte === brace) depth++;
        else if (byte === 0x7d) {
          if (depth > 0) depth--;
          if (depth === 0) ended = at + 1;
        }
      }
      return boundary;
    },
    restart() {
      boundary = 0;
      ended = -1;
      depth = 0;
      text = false;
      escaped = false;
    },
  };
}
