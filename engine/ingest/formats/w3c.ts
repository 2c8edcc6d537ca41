import { bomLength } from '../csv-detect.ts';
import { BatchBuilder } from '../row-builder.ts';
import { W3cReader } from '../w3c-reader.ts';
import { w3cLayout } from '../w3c-layout.ts';
import type { Format, FormatSample } from './format.ts';

const directive = /^#\s*(version|software|fields|date|start-date|end-date|remark|time format)\s*:/i;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

/** Logs in the W3C's extended format: IIS, and whatever else says its fields in a line of the log. */
export const w3c: Format = {
  name: 'w3c',
  aliases: ['iis', 'w3c-extended'],
  summary: "the W3C's extended log format, as IIS writes it: #Fields says what the lines behind it hold",
  framing: 'lines',
  defaults: { time: ['time'], actor: ['host', 'src_ip'] },
  detect(sample) {
    const { directives, names } = headerOf(sample);
    if (directives === 0) return null;
    const layout = names === null ? 'no #Fields line stands at its beginning' : w3cLayout(names, true);
    return typeof layout === 'string'
      ? { score: 0.6, options: {}, evidence: `W3C extended log, but its fields are not known: ${layout}` }
      : { score: 0.98, options: {}, evidence: `W3C extended log, ${layout.fields.length} columns ${namedBy(sample)}` };
  },
  carry(records, before) {
    const reader = readerAfter(before);
    let needsClock = reader.needsClock();
    for (const line of directivesIn(records)) needsClock ||= reader.readDirective(line) && reader.needsClock();
    if (!needsClock) return encoder.encode(reader.directives());
    // Where lines bear no date, the clock goes on from line to line.
    const thorough = readerAfter(before);
    thorough.read(records, 0, new BatchBuilder('UTC'));
    return encoder.encode(thorough.directives());
  },
  createReader(_options, context) {
    const reader = new W3cReader(context.timezone);
    return { read: (bytes, first, rows) => reader.read(bytes, first ? bomLength(bytes) : 0, rows) };
  },
};

function readerAfter(before: Uint8Array | null): W3cReader {
  const reader = new W3cReader('UTC');
  if (before !== null) reader.read(before, 0, new BatchBuilder('UTC'));
  return reader;
}

function namedBy({ bytes }: FormatSample): string {
  const sets = new Set([...directivesIn(bytes)].filter((line) => /^#\s*fields\s*:/i.test(line)));
  return sets.size === 1 ? 'named by #Fields' : `named by the first #Fields; ${sets.size} sets of them are met`;
}

/** The lines that begin with # at the beginning, or the first one behind it. */
function headerOf({ bytes }: FormatSample): { readonly directives: number; readonly names: string | null } {
  let directives = 0;
  for (const line of decoder
    .decode(bytes.subarray(0, 16_384))
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)) {
    if (line.trim() === '') continue;
    if (!line.startsWith('#')) break;
    if (directive.test(line)) directives++;
    const names = /^#\s*fields\s*:(.*)$/i.exec(line)?.[1];
    if (names !== undefined) return { directives, names };
  }
  return { directives, names: null };
}

function* directivesIn(bytes: Uint8Array): Generator<string> {
  for (let at = bytes.indexOf(0x23); at >= 0; at = bytes.indexOf(0x23, at + 1)) {
    if (at > 0 && bytes[at - 1] !== 10) continue;
    const end = bytes.indexOf(10, at);
    yield decoder.decode(bytes.subarray(at, end < 0 ? bytes.length : end)).trimEnd();
  }
}
