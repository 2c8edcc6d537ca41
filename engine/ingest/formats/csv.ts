import { limits } from '../../base/limits.ts';
import type {
  ColumnSetter,
  Detection,
  Format,
  FormatOptions,
  FormatSample,
  RecordReader,
  RowBuilder,
} from './format.ts';

const delimiters = [',', '\t', ';', '|'] as const;
const encoder = new TextEncoder();

/** A field: its text, and whether it stood in quotes (`""` is the empty text, an empty unquoted field null). */
interface Field {
  readonly text: string;
  readonly quoted: boolean;
}

interface CsvRecord {
  readonly fields: readonly Field[];
  readonly end: number;
  readonly error: string | null;
}

export const csv: Format = {
  name: 'csv',
  aliases: ['tsv'],
  summary: 'delimited text with a header: comma, tab, semicolon or bar, quotes doubled inside quotes',
  framing: 'csv',
  defaults: { time: [], actor: [] },
  detect,
  createReader,
};

function detect(sample: FormatSample): Detection | null {
  const text = new TextDecoder('utf-8').decode(sample.bytes).replace(/^\uFEFF/, '');
  let best: { delimiter: string; columns: number; share: number } | null = null;
  for (const delimiter of delimiters) {
    const widths: number[] = [];
    for (let at = 0; at < text.length && widths.length < 100;) {
      const record = readRecord(text, at, delimiter);
      if (record.end >= text.length && !sample.complete && widths.length > 0) break;
      if (record.fields.length > 1 || record.fields[0]!.text !== '') widths.push(record.fields.length);
      at = record.end;
    }
    const columns = widths[0] ?? 0;
    const share = widths.filter((width) => width === columns).length / Math.max(1, widths.length);
    if (columns > 1 && (best === null || share * columns > best.share * best.columns))
      best = { delimiter, columns, share };
  }
  if (best === null || best.share < 0.5) return null;
  const name = best.delimiter === '\t' ? 'tab' : `"${best.delimiter}"`;
  return {
    score: 0.5 * best.share,
    options: { delimiter: best.delimiter },
    evidence: `${best.columns} columns between ${name} in ${Math.round(best.share * 100)} % of the lines`,
  };
}

function createReader(options: FormatOptions): RecordReader {
  const delimiter = typeof options['delimiter'] === 'string' ? options['delimiter'] : ',';
  let header: string[] | null = Array.isArray(options['header']) ? [...(options['header'] as string[])] : null;
  return {
    read(bytes, first, rows) {
      let text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
      let at = first && text.startsWith('\uFEFF') ? 1 : 0;
      if (text.includes('\u0000')) text = text.replaceAll('\u0000', '\uFFFD');
      if (first && header === null) {
        const record = readRecord(text, at, delimiter);
        header = columnNames(record.fields);
        at = record.end;
      }
      readRows(text, at, delimiter, header ?? [], rows);
    },
  };
}

/** Empty names become column_N; a name that stands twice gets _2. */
function columnNames(fields: readonly Field[]): string[] {
  const seen = new Set<string>();
  return fields.map(({ text }, index) => {
    const wanted = text.trim() === '' ? `column_${index + 1}` : text.trim();
    let name = wanted;
    for (let count = 2; seen.has(name); count++) name = `${wanted}_${count}`;
    seen.add(name);
    return name;
  });
}

function readRows(text: string, from: number, delimiter: string, header: readonly string[], rows: RowBuilder): void {
  if (header.length > limits.columnsMax) {
    rows.rejectRow(
      `The header has ${header.length} columns, at most ${limits.columnsMax} are read (columnsMax).`,
      encoder.encode(text.slice(0, 1000)),
      0,
    );
    return;
  }
  const setters: ColumnSetter[] = header.map((name) => rows.column(name));
  for (let at = from; at < text.length;) {
    const record = readRecord(text, at, delimiter);
    const { fields } = record;
    const blank = fields.length === 1 && fields[0]!.text === '' && !fields[0]!.quoted;
    if (!blank || header.length === 1) {
      const wrong =
        record.error ??
        (fields.length === header.length ? null : `It has ${fields.length} fields, the header ${header.length}.`);
      if (wrong === null) {
        if (!blank) {
          setFields(fields, setters);
          rows.endRow();
        }
      } else
        rows.rejectRow(
          wrong,
          encoder.encode(text.slice(at, record.end).replace(/\r?\n$/, '')),
          encoder.encode(text.slice(0, at)).length,
        );
    }
    at = record.end;
  }
}

function setFields(fields: readonly Field[], setters: readonly ColumnSetter[]): void {
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index]!;
    if (field.text === '' && field.quoted) setters[index]!.setText('');
    else if (field.text !== '') setters[index]!.setUntyped(field.text);
  }
}

/** Reads the record that begins at `start`, line end included. */
function readRecord(text: string, start: number, delimiter: string): CsvRecord {
  const fields: Field[] = [];
  let at = start;
  let error: string | null = null;
  for (;;) {
    if (text[at] === '"') {
      const quoted = readQuoted(text, at);
      at = quoted.end;
      if (quoted.open) error = 'A quoted field has no closing quote.';
      const rest = plainEnd(text, at, delimiter);
      if (rest > at && text.slice(at, rest).trim() !== '') error ??= 'Text follows the closing quote of a field.';
      fields.push({ text: quoted.text, quoted: true });
      at = rest;
    } else {
      const end = plainEnd(text, at, delimiter);
      fields.push({ text: text.slice(at, end), quoted: false });
      at = end;
    }
    if (text[at] !== delimiter) break;
    at++;
  }
  if (text[at] === '\r') at++;
  if (text[at] === '\n') at++;
  return { fields, end: at, error };
}

/** The next delimiter or line end. */
function plainEnd(text: string, from: number, delimiter: string): number {
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === delimiter || character === '\n' || character === '\r') return at;
  }
  return text.length;
}

function readQuoted(text: string, start: number): { text: string; end: number; open: boolean } {
  let value = '';
  let at = start + 1;
  for (;;) {
    const end = text.indexOf('"', at);
    if (end < 0) return { text: value + text.slice(at), end: text.length, open: true };
    value += text.slice(at, end);
    if (text[end + 1] !== '"') return { text: value, end: end + 1, open: false };
    value += '"';
    at = end + 2;
  }
}
