import { parseExactJson, skipSpace } from '../exact-json.ts';
import { setEvent, settersOf, type EventValue } from '../flatten.ts';
import type { Format, FormatSample, RowBuilder } from './format.ts';

const encoder = new TextEncoder();

/** NDJSON, concatenated JSON and one array of events; what stands between two events does not matter. */
export const json: Format = {
  name: 'json',
  aliases: ['ndjson', 'jsonl'],
  summary: 'NDJSON, JSON values one after another, or one JSON array of events',
  framing: 'json',
  defaults: { time: [], actor: [] },
  detect(sample: FormatSample) {
    const text = textOf(sample.bytes).trimStart();
    if (!/^[[{]/.test(text)) return null;
    const first = parseExactJson(text.startsWith('[') ? text.slice(1) : text);
    const good = !('error' in first) || (!sample.complete && first.at > 0);
    const lines = text.startsWith('[')
      ? 'one array'
      : /^\{[^\n]*\}\r?\n\s*\{/.test(text)
        ? 'an object a line'
        : 'objects one after another';
    return { score: good ? 0.9 : 0.3, options: {}, evidence: `JSON, ${lines}` };
  },
  createReader: () => ({ read: readPiece }),
};

function textOf(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes);
}

/** Lines are tried as such first: a broken one costs itself alone. */
function readPiece(bytes: Uint8Array, first: boolean, rows: RowBuilder): void {
  const text = textOf(bytes);
  const setters = settersOf(rows);
  let at = skipSpace(text, 0);
  const inArray = first && text[at] === '[';
  if (inArray) at++;
  for (;;) {
    at = skipSpace(text, at);
    if (text[at] === ',' && at > 0) at = skipSpace(text, at + 1);
    if (at >= text.length) return;
    if (text[at] === ']') {
      at++;
      continue;
    }
    const start = at;
    const result = readRecord(text, start);
    if ('error' in result) {
      // The next line that begins an object is where reading goes on.
      const next = /\n[ \t]*(?=\{)/g;
      next.lastIndex = start;
      at = next.exec(text) === null ? text.length : next.lastIndex;
      reject(
        rows,
        text,
        start,
        at,
        `This is no JSON: ${result.error} (character ${result.at - start + 1} of the record).`,
      );
      continue;
    }
    at = result.end;
    if (Array.isArray(result.value) && !inArray)
      for (const item of result.value as readonly EventValue[]) takeEvent(item, rows, setters, text, start, at);
    else takeEvent(result.value, rows, setters, text, start, at);
  }
}

/** The platform's parser is several times faster; it is asked where a line is one object without long numbers. */
function readRecord(text: string, start: number): ReturnType<typeof parseExactJson> {
  const lineEnd = text.indexOf('\n', start) < 0 ? text.length : text.indexOf('\n', start);
  const line = text.slice(start, lineEnd);
  if (line.startsWith('{') && line.trimEnd().endsWith('}') && !/\d{16}/.test(line)) {
    try {
      return { value: JSON.parse(line) as EventValue, end: lineEnd };
    } catch {
      // Several values on a line, a value over several lines, or no JSON: the exact parser tells which.
    }
  }
  return parseExactJson(text, start);
}

function takeEvent(
  value: EventValue,
  rows: RowBuilder,
  setters: ReturnType<typeof settersOf>,
  text: string,
  start: number,
  end: number,
): void {
  const wrong =
    value === null || typeof value !== 'object' || Array.isArray(value)
      ? 'it is no object'
      : setEvent(value as { readonly [name: string]: EventValue }, setters);
  if (wrong === null) rows.endRow();
  else reject(rows, text, start, end, `This is no event: ${wrong}.`);
}

function reject(rows: RowBuilder, text: string, start: number, end: number, reason: string): void {
  const offset = encoder.encode(text.slice(0, start)).length;
  rows.rejectRow(reason, encoder.encode(text.slice(start, end).trimEnd()), offset);
}
