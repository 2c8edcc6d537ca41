import { limits } from '../base/limits.ts';
import { VarveError } from '../base/errors.ts';
import { CsvScanner, fieldText } from './csv-scanner.ts';
import type { Detection, FormatSample } from './formats/format.ts';
import { isCanonicalInt, isPlainDecimal } from './infer.ts';
import { dateOrderOf, timeFromText } from './times.ts';

const delimiters = [',', '\t', ';', '|'] as const;
/** Beyond these nothing new is learnt, but for dates: a day after the 12th may come late. */
const recordsMax = 2000;
const headerRecordsMax = 100;

/** Some records of a sample, cut up by one delimiter. */
interface Cut {
  readonly delimiter: string;
  readonly records: readonly (readonly string[])[];
  /** The width that most records have, and the share that has it. */
  readonly columns: number;
  readonly share: number;
  /** The sample ends before the first record does. */
  readonly cutOff: boolean;
}

/** Finds delimiter and header of delimited text; the header goes into the options, so that any piece can be read alone. */
export function detectCsv(sample: FormatSample): Detection | null {
  const cuts = delimiters.map((delimiter) => cutSample(sample, delimiter));
  const best = cuts.reduce((a, b) => (b.share * b.columns > a.share * a.columns ? b : a));
  const byName = /\.(csv|tsv)(\.\w+)?$/i.test(sample.name);
  if (best.records.length === 0 || best.share < 0.5 || (best.columns < 2 && !byName)) return null;
  const [first, ...rest] = best.records;
  if (first.length > limits.columnsMax) throw tooWide();
  if (best.cutOff) {
    return {
      score: 0.5,
      options: { delimiter: best.delimiter },
      evidence: `more than ${first.length - 1} columns in a line that is longer than what was looked at`,
    };
  }
  const named = first.length === best.columns && isHeader(first, rest.slice(0, headerRecordsMax));
  const columns = named ? first.length : best.columns;
  const header = columnNames(named ? first : new Array<string>(columns).fill(''));
  const rows = named ? rest : best.records;
  const name = best.delimiter === '\t' ? 'tab' : `"${best.delimiter}"`;
  return {
    score: best.columns < 2 ? 0.1 : 0.5 * best.share,
    options: {
      delimiter: best.delimiter,
      header,
      headerRow: named,
      ...dateOrders(header, rows),
    },
    evidence: `${columns} columns between ${name} in ${Math.round(best.share * 100)} % of the lines, ${named ? 'named by the first' : 'without names'}`,
  };
}

/** The columns whose dates tell by themselves whether the day or the month comes first. */
function dateOrders(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): { dayFirst?: string[]; monthFirst?: string[] } {
  const orders = header.map((_name, column) => dateOrderOf(rows.map((record) => record[column] ?? '')));
  const dayFirst = header.filter((_name, column) => orders[column] === 'day_first');
  const monthFirst = header.filter((_name, column) => orders[column] === 'month_first');
  return { ...(dayFirst.length > 0 && { dayFirst }), ...(monthFirst.length > 0 && { monthFirst }) };
}

function cutSample({ bytes, complete }: FormatSample, delimiter: string): Cut {
  const scanner = new CsvScanner(bytes, delimiter.charCodeAt(0));
  const records: string[][] = [];
  const widths = new Map<number, number>();
  let failed = 0;
  let cutOff = false;
  for (let at = bomLength(bytes); at < bytes.length && records.length + failed < recordsMax;) {
    at = scanner.read(at, bytes.length);
    if (at >= bytes.length && !complete) {
      if (records.length > 0) break;
      cutOff = true;
    }
    if (scanner.blank) continue;
    if (scanner.error !== '') {
      failed++;
      const end = bytes.indexOf(10, at);
      at = end < 0 ? bytes.length : end + 1;
      continue;
    }
    records.push(Array.from({ length: scanner.count }, (_, index) => fieldText(bytes, scanner, index)));
    widths.set(scanner.count, (widths.get(scanner.count) ?? 0) + 1);
  }
  const [columns, count] = [...widths].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0]);
  return { delimiter, records, columns, share: count / Math.max(1, records.length + failed), cutOff };
}

/** @returns how many bytes a UTF-8 byte order mark takes at the beginning. */
export function bomLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}

/**
 * Whether the first record names the columns: none of its fields is a number or a time, and either some column below
 * has such values, or its names are distinct and none is met as a value below.
 */
function isHeader(first: readonly string[], rest: readonly (readonly string[])[]): boolean {
  if (first.some(isTyped) || first.every((name) => name.trim() === '')) return false;
  const below = rest.filter((record) => record.length === first.length);
  const typed = first.some((_name, column) => {
    const values = below.map((record) => record[column]).filter((value) => value !== '');
    return values.length > 0 && values.every(isTyped);
  });
  if (typed || below.length === 0) return true;
  const names = first.filter((name) => name.trim() !== '');
  return (
    new Set(names).size === names.length &&
    names.length * 2 > first.length &&
    names.every((name) => /\p{L}/u.test(name)) &&
    !first.some((name, column) => name !== '' && below.some((record) => record[column] === name))
  );
}

function isTyped(text: string): boolean {
  return (
    isCanonicalInt(text) ||
    isPlainDecimal(text) ||
    text === 'true' ||
    text === 'false' ||
    (text.length >= 8 && timeFromText(text, 'UTC') !== null) ||
    (/\d/.test(text) && /^[\d\s.,:/+-]*$/.test(text))
  );
}

/** Empty names become column_N; a name that stands twice gets _2. @throws VarveError `limit` beyond columnsMax or nameBytesMax. */
export function columnNames(fields: readonly string[]): string[] {
  if (fields.length > limits.columnsMax) throw tooWide();
  const seen = new Set<string>();
  return fields.map((text, index) => {
    const wanted = text.trim() === '' ? `column_${index + 1}` : text.trim();
    if (wanted.length > limits.nameBytesMax) {
      throw new VarveError('limit', `The name of column ${index + 1} is longer than ${limits.nameBytesMax} bytes.`, {
        hint: 'Is the first line the header, and the delimiter right?',
      });
    }
    let name = wanted;
    for (let count = 2; seen.has(name); count++) name = `${wanted}_${count}`;
    seen.add(name);
    return name;
  });
}

function tooWide(): VarveError {
  return new VarveError('limit', `The header has more than ${limits.columnsMax} columns (columnsMax).`, {
    hint: 'A table so wide is a matrix, not events: turn it into rows of name and value first.',
  });
}
