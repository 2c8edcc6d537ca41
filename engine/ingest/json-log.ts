import type { FormatOptions, FormatSample, RowBuilder } from './formats/format.ts';
import { LogReader } from './log-fields.ts';
import { sampleLines } from './log-guess.ts';
import { layoutParts, type LineLayout } from './log-layout.ts';
import { invalidUtf8At } from './utf8.ts';

/** Share of the lines that must have the same keys in the same order. */
const alikeShareMin = 0.9;
const statusKey = /^(http_?)?(response_?)?(status|code)(_code)?$|^sc_status$|^response$/i;
const requestKey = /^(request|request_?uri|uri|uri_path|url|path|http_path)$/i;

/** Keys of a flat object on one line, and whether each value stands in quotes. */
interface Template {
  readonly keys: readonly string[];
  readonly quoted: readonly boolean[];
}

/**
 * Finds out whether JSON lines are a web server's log: flat objects with the same keys throughout, of a request and a
 * status. A server writes them by a template and escapes in its own way, so that some are no JSON: nginx copies bytes
 * that are no UTF-8, Apache writes `\xHH`. @returns options for `jsonLogReader`; null when it is none.
 */
export function detectJsonLog(sample: FormatSample): FormatOptions | null {
  const lines = sampleLines(sample);
  const counts = new Map<string, { template: Template; count: number }>();
  let dashes = 0;
  let empties = 0;
  let hexes = 0;
  let broken = 0;
  for (const { from, to } of lines) {
    const text = latin1.decode(sample.bytes.subarray(from, to));
    const template = templateOf(text);
    if (template === null) continue;
    const id = JSON.stringify(template);
    const entry = counts.get(id) ?? { template, count: 0 };
    entry.count++;
    counts.set(id, entry);
    dashes += text.split(':"-"').length - 1;
    empties += text.split(':""').length - 1;
    if (hexEscape.test(text)) hexes++;
    if (invalidUtf8At(sample.bytes, from, to) >= 0) broken++;
  }
  const best = [...counts.values()].sort((a, b) => b.count - a.count)[0];
  if (best === undefined || best.count < lines.length * alikeShareMin) return null;
  const { keys, quoted } = best.template;
  const aboutRequests = keys.some((key) => statusKey.test(key)) && keys.some((key) => requestKey.test(key));
  if (!aboutRequests && (hexes + broken === 0 || hexes + broken === lines.length)) return null;
  const escape = hexes > 0 || (broken === 0 && dashes > empties) ? 'apache' : 'json';
  return { keys, quoted: quoted.map((one) => (one ? 'q' : 'n')).join(''), escape };
}

/** A backslash that no other takes for itself. */
const hexEscape = /(?<!\\)(?:\\\\)*\\x[0-9a-f]{2}/i;
/** Bytes as characters, so that places and lengths stay. */
const latin1 = new TextDecoder('latin1');

function templateOf(line: string): Template | null {
  if (!line.startsWith('{') || !line.endsWith('}')) return null;
  const member = /\s*"([\w@.-]{1,200})"\s*:\s*(?:("(?:[^"\\]|\\.)*")|(-?\d[\d.]*|-|))\s*(,|\}$)/gy;
  member.lastIndex = 1;
  const keys: string[] = [];
  const quoted: boolean[] = [];
  for (let match = member.exec(line); match !== null; match = member.exec(line)) {
    keys.push(match[1]!);
    quoted.push(match[2] !== undefined);
    if (match[4] === '}') return new Set(keys).size === keys.length ? { keys, quoted } : null;
  }
  return null;
}

/**
 * Reads lines by the template that `detectJsonLog` found; others are left to `otherwise`. What is missing is no value:
 * nothing in nginx's JSON, "-" in Apache's.
 */
export function jsonLogReader(
  options: FormatOptions,
  timezone: string,
  otherwise: (bytes: Uint8Array, rows: RowBuilder) => void,
): (bytes: Uint8Array, rows: RowBuilder) => void {
  const reader = new LogReader(layoutOf(options), timezone);
  return (bytes, rows) =>
    reader.read(bytes, rows, (from, to) => otherwise(bytes.subarray(from, to), shifted(rows, from)));
}

function layoutOf(options: FormatOptions): LineLayout {
  const keys = options['keys'] as readonly string[];
  const quoted = options['quoted'] as string;
  const parts = layoutParts();
  keys.forEach((key, index) => {
    const quote = quoted[index] === 'q' ? '"' : '';
    parts.literal(`${index === 0 ? '{' : ','}"${key}":${quote}`);
    parts.field({ column: key, kind: quote === '' ? 'number' : key === 'request' ? 'request' : 'text' });
    parts.literal(quote);
  });
  parts.literal('}');
  return parts.finish(options['escape'] === 'apache' ? 'apache' : 'json', 'JSON');
}

/** The same rows, where places count from `by` bytes on. */
function shifted(rows: RowBuilder, by: number): RowBuilder {
  return {
    column: (name, order) => rows.column(name, order),
    endRow: (from = 0, to = from) => rows.endRow(from + by, to + by),
    rejectRow: (reason, raw, offset) => rows.rejectRow(reason, raw, offset + by),
    restartRow: () => rows.restartRow(),
  };
}
