import { bomLength, columnNames, detectCsv } from '../csv-detect.ts';
import { CsvScanner, fieldKinds, fieldText, lineEndAfter } from '../csv-scanner.ts';
import { invalidUtf8At } from '../utf8.ts';
import type { ColumnSetter, Format, FormatOptions, RecordReader, RowBuilder } from './format.ts';

/**
 * Delimited text. Options: `delimiter`; `header`, the names of the columns; `headerRow`, whether the source's first
 * record is the header and no row (without `header` it is, with it it is not unless said); `dayFirst` and `monthFirst`,
 * the columns whose dates like 3/4/2024 begin with the day or the month.
 */
export const csv: Format = {
  name: 'csv',
  aliases: ['tsv'],
  summary: 'delimited text: comma, tab, semicolon or bar, quotes doubled inside quotes, with a header or without',
  framing: 'csv',
  defaults: { time: [], actor: [] },
  detect: detectCsv,
  createReader,
};

function createReader(options: FormatOptions): RecordReader {
  const delimiter = typeof options['delimiter'] === 'string' ? options['delimiter'] : ',';
  const given = options['header'];
  let header: readonly string[] | null = Array.isArray(given) ? columnNames(given as string[]) : null;
  const dayFirst = namesOf(options['dayFirst']);
  const monthFirst = namesOf(options['monthFirst']);
  const headerRow = options['headerRow'] ?? header === null;
  return {
    read(bytes, first, rows) {
      const scanner = new CsvScanner(bytes, delimiter.charCodeAt(0));
      let at = first ? bomLength(bytes) : 0;
      if (first && headerRow === true) {
        do at = scanner.read(at, bytes.length);
        while (scanner.blank && at < bytes.length);
        header ??= columnNames(Array.from({ length: scanner.count }, (_, index) => fieldText(bytes, scanner, index)));
      }
      const setters = (header ?? []).map((name) =>
        rows.column(name, dayFirst.has(name) ? 'day_first' : monthFirst.has(name) ? 'month_first' : null),
      );
      readRows(bytes, at, scanner, setters, rows);
    },
  };
}

function namesOf(option: FormatOptions[string] | undefined): ReadonlySet<string> {
  return new Set(Array.isArray(option) ? (option as readonly string[]) : []);
}

function readRows(
  bytes: Uint8Array,
  from: number,
  scanner: CsvScanner,
  setters: readonly ColumnSetter[],
  rows: RowBuilder,
): void {
  let scratch = new Uint8Array(256);
  for (let at = from; at < bytes.length;) {
    const start = at;
    at = scanner.read(start, bytes.length);
    if (scanner.blank) continue;
    const wrong = wrongWith(bytes, start, at, scanner, setters.length);
    if (wrong !== null) {
      if (scanner.error !== '') at = recover(bytes, start, scanner, setters.length);
      rows.rejectRow(wrong, bytes.subarray(start, withoutLineEnd(bytes, start, at)), start);
      continue;
    }
    const { starts, ends, kinds } = scanner;
    for (let index = 0; index < setters.length; index++) {
      const begin = starts[index];
      const end = ends[index];
      const kind = kinds[index];
      if (kind === fieldKinds.doubled) {
        if (scratch.length < end - begin) scratch = new Uint8Array((end - begin) * 2);
        setters[index].setUntypedBytes(scratch, 0, copySingled(bytes, begin, end, scratch));
      } else if (end > begin) setters[index].setUntypedBytes(bytes, begin, end);
      else if (kind === fieldKinds.quoted) setters[index].setTextBytes(bytes, begin, end);
    }
    rows.endRow(start, at);
  }
}

/** @returns why a record is no row, or null. */
function wrongWith(bytes: Uint8Array, start: number, end: number, scanner: CsvScanner, columns: number): string | null {
  if (scanner.error !== '') return scanner.error;
  if (scanner.count !== columns) return fieldCountReason(scanner, columns);
  if (scanner.nul) return 'It holds a NUL byte.';
  const invalid = scanner.bits < 0x80 ? -1 : invalidUtf8At(bytes, start, end);
  return invalid < 0 ? null : `Byte ${invalid - start + 1} of the record is no UTF-8.`;
}

function fieldCountReason({ count }: CsvScanner, columns: number): string {
  return `It has ${count} ${count === 1 ? 'field' : 'fields'}, ${count < columns ? 'fewer' : 'more'} than the header's ${columns}.`;
}

/** After a broken quote: the next line that is a record by itself. What lies before it goes with the broken one. */
function recover(bytes: Uint8Array, start: number, scanner: CsvScanner, columns: number): number {
  for (let at = lineEndAfter(bytes, start); at < bytes.length;) {
    const end = lineEndAfter(bytes, at);
    const read = scanner.read(at, end);
    if (read === end && scanner.error === '' && scanner.count === columns) return at;
    at = end;
  }
  return bytes.length;
}

function withoutLineEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = end;
  if (at > start && bytes[at - 1] === 0x0a) at--;
  if (at > start && bytes[at - 1] === 0x0d) at--;
  return at;
}

/** Copies a field with its doubled quotes as one. @returns how many bytes. */
function copySingled(bytes: Uint8Array, from: number, to: number, target: Uint8Array): number {
  let write = 0;
  for (let at = from; at < to; at++) {
    target[write++] = bytes[at];
    if (bytes[at] === 0x22) at++;
  }
  return write;
}
