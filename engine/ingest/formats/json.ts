import { parseExactJson } from '../exact-json.ts';
import { setEvent, settersOf, type EventValue, type Setters } from '../flatten.ts';
import { skipBlank } from '../json-bytes.ts';
import { detectJsonLog, jsonLogReader } from '../json-log.ts';
import { JsonScanner } from '../json-scanner.ts';
import type { Format, FormatSample, RowBuilder } from './format.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** NDJSON, concatenated JSON and one array of events; what stands between two events does not matter. */
export const json: Format = {
  name: 'json',
  aliases: ['ndjson', 'jsonl'],
  summary: 'NDJSON, JSON values one after another, or one JSON array of events',
  framing: 'json',
  defaults: { time: [], actor: [] },
  detect(sample: FormatSample) {
    const text = new TextDecoder('utf-8').decode(sample.bytes).trimStart();
    if (!/^[[{]/.test(text)) return null;
    const first = parseExactJson(text.startsWith('[') ? text.slice(1) : text);
    const good = !('error' in first) || (!sample.complete && first.at > 0);
    // A line of another format may begin with a bracket: then all of it has to be JSON.
    const events = 'error' in first || (first.value !== null && typeof first.value === 'object');
    const known = events || (sample.complete && !('error' in parseExactJson(text)));
    const lines = text.startsWith('[')
      ? 'one array'
      : /^\{[^\n]*\}\r?\n\s*\{/.test(text)
        ? 'an object a line'
        : 'objects one after another';
    const log = lines === 'an object a line' ? detectJsonLog(sample) : null;
    const server = log === null ? '' : `, as ${log['escape'] === 'apache' ? 'Apache' : 'nginx'} logs it`;
    return {
      score: !known ? 0.05 : good ? 0.9 : 0.3,
      options: log ?? {},
      anyBytes: log !== null,
      evidence: `JSON, ${lines}${server}`,
    };
  },
  createReader(options, context) {
    if (!Array.isArray(options['keys'])) return { read: readPiece };
    const read = jsonLogReader(options, context.timezone, (bytes, rows) => readPiece(bytes, false, rows));
    return { read: (bytes, _first, rows) => read(bytes, rows) };
  },
};

/** Reads objects one after another; a broken one costs itself, up to the next line that begins with a brace. */
function readPiece(bytes: Uint8Array, first: boolean, rows: RowBuilder): void {
  const scanner = new JsonScanner(bytes, rows);
  let setters: Setters | null = null;
  let inArray = false;
  const bom = first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  for (let at = bom ? 3 : 0; ;) {
    at = skipBlank(bytes, at);
    if (at >= bytes.length) return;
    const byte = bytes[at];
    // A piece may begin in the middle of an array.
    if (byte === 0x2c || byte === 0x5d || (byte === 0x5b && !inArray)) {
      inArray = byte === 0x5b || (byte === 0x2c && inArray);
      at++;
      continue;
    }
    const start = at;
    scanner.at = start;
    const right = byte === 0x7b ? scanner.readObject() : scanner.skipValue();
    const reason = right ? reasonBehind(bytes, scanner.at, byte === 0x7b) : reasonOf(scanner, start);
    if (reason !== null) {
      at = resumeAt(bytes, start, scanner, right, byte === 0x7b);
      rows.rejectRow(reason, bytes.subarray(start, trimmedEnd(bytes, start, at)), start);
      continue;
    }
    at = scanner.at;
    if (scanner.complex) {
      rows.restartRow();
      setters ??= settersOf(rows);
      const wrong = setGeneral(bytes, start, at, setters);
      if (wrong !== null) {
        rows.rejectRow(`This is no event: ${wrong}.`, bytes.subarray(start, at), start);
        continue;
      }
    }
    rows.endRow(start, at);
  }
}

/** Reads a record that the scanner left: its keys stand twice, or its arrays hold objects. */
function setGeneral(bytes: Uint8Array, start: number, end: number, setters: Setters): string | null {
  const result = parseExactJson(decoder.decode(bytes.subarray(start, end)));
  return 'error' in result ? result.error : setEvent(result.value as { readonly [name: string]: EventValue }, setters);
}

function reasonOf(scanner: JsonScanner, start: number): string {
  return scanner.noEvent
    ? `This is no event: ${scanner.error}.`
    : `This is no JSON: ${scanner.error} (byte ${scanner.at - start + 1} of the record).`;
}

/** The record is the line: what stands behind a value must be the line's end, or belong to an array or the next object. */
function reasonBehind(bytes: Uint8Array, from: number, isObject: boolean): string | null {
  let at = from;
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++;
  const byte = bytes[at];
  const fits = at >= bytes.length || byte === 0x0a || byte === 0x0d || byte === 0x2c || byte === 0x5d;
  if (!fits && byte !== 0x7b && byte !== 0x5b) return 'This is no JSON: something follows the value on its line.';
  return isObject ? null : 'This is no event: it is no object.';
}

/** Where reading goes on after a record that was refused. */
function resumeAt(bytes: Uint8Array, start: number, scanner: JsonScanner, right: boolean, isObject: boolean): number {
  if (right)
    return !isObject && reasonBehind(bytes, scanner.at, true) === null ? scanner.at : lineEnd(bytes, scanner.at);
  const failedAt = scanner.at;
  if (!scanner.noEvent) {
    // A line without indent that begins an object is a record of its own, though the broken one took it in.
    const line = nextObject(bytes, start, failedAt, false);
    return line < failedAt ? line : nextObject(bytes, failedAt);
  }
  scanner.at = start;
  return scanner.skipValue() ? scanner.at : nextObject(bytes, failedAt);
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(0x0a, from);
  return end < 0 ? bytes.length : end;
}

/** @returns the next line that begins an object, `indented` or not; `bytes.length` when none does before `to`. */
function nextObject(bytes: Uint8Array, from: number, to = bytes.length, indented = true): number {
  for (let end = bytes.indexOf(0x0a, from); end >= 0 && end < to; end = bytes.indexOf(0x0a, end + 1)) {
    let at = end + 1;
    while (indented && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
    if (bytes[at] === 0x7b) return at;
  }
  return bytes.length;
}

function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === 0x20 || bytes[at - 1] === 0x0a || bytes[at - 1] === 0x0d)) at--;
  return at;
}
