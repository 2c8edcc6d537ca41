const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

/** How a field was written. */
export const fieldKinds = { plain: 0, quoted: 1, /** Quoted, with doubled quotes inside. */ doubled: 2 } as const;

/** Finds the fields of delimited records in bytes (RFC 4180; CR, LF and CR LF end a line alike). */
export class CsvScanner {
  readonly #bytes: Uint8Array;
  readonly #delimiter: number;
  /** Of the record read last: how many fields, where each lies without its quotes, and its kind. */
  count = 0;
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  kinds = new Uint8Array(64);
  /** What is wrong with it, '' = nothing. */
  error = '';
  /** The bits of all its bytes: beyond 0x7f some are no ASCII. */
  bits = 0;
  /** It holds a NUL. */
  nul = false;

  constructor(bytes: Uint8Array, delimiter: number) {
    this.#bytes = bytes;
    this.#delimiter = delimiter;
  }

  /** Reads the record that begins at `start` and ends before `limit` at the latest. @returns where the next begins. */
  read(start: number, limit: number): number {
    const bytes = this.#bytes;
    const delimiter = this.#delimiter;
    this.count = 0;
    this.error = '';
    let bits = 0;
    let nul = false;
    let at = start;
    for (;;) {
      if (at < limit && bytes[at] === quote) {
        at = this.#quoted(at, limit);
        bits |= this.bits;
        nul ||= this.nul;
        if (this.error !== '') break;
      } else {
        const from = at;
        for (; at < limit; at++) {
          const byte = bytes[at];
          if (byte === delimiter || byte === lineFeed || byte === carriageReturn) break;
          bits |= byte;
          if (byte === 0) nul = true;
        }
        this.#add(from, at, fieldKinds.plain);
      }
      if (at >= limit || bytes[at] !== delimiter) break;
      at++;
    }
    this.bits = bits;
    this.nul = nul;
    if (at < limit && bytes[at] === carriageReturn) at++;
    if (at < limit && bytes[at] === lineFeed) at++;
    return at;
  }

  /** Whether the record is a line with nothing on it. */
  get blank(): boolean {
    return this.count === 1 && this.starts[0] === this.ends[0] && this.kinds[0] === fieldKinds.plain;
  }

  /** A quoted field; what follows its closing quote may be blanks alone. @returns where the delimiter or line end stands. */
  #quoted(start: number, limit: number): number {
    const bytes = this.#bytes;
    let kind: number = fieldKinds.quoted;
    let bits = 0;
    let nul = false;
    let at = start + 1;
    for (; at < limit; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        if (bytes[at + 1] !== quote || at + 1 >= limit) break;
        kind = fieldKinds.doubled;
        at++;
      }
      bits |= byte;
      if (byte === 0) nul = true;
    }
    this.bits = bits;
    this.nul = nul;
    if (at >= limit) {
      this.error = 'A quoted field has no closing quote.';
      return limit;
    }
    this.#add(start + 1, at, kind);
    for (at++; at < limit; at++) {
      const byte = bytes[at];
      if (byte === this.#delimiter || byte === lineFeed || byte === carriageReturn) break;
      if (byte !== 0x20) {
        this.error = 'Text follows the closing quote of a field.';
        break;
      }
    }
    return at;
  }

  #add(from: number, to: number, kind: number): void {
    const index = this.count++;
    if (index === this.starts.length) {
      this.starts = grown(this.starts);
      this.ends = grown(this.ends);
      const kinds = new Uint8Array(index * 2);
      kinds.set(this.kinds);
      this.kinds = kinds;
    }
    this.starts[index] = from;
    this.ends[index] = to;
    this.kinds[index] = kind;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const copy = new Int32Array(array.length * 2);
  copy.set(array);
  return copy;
}

/** @returns where the line that holds `at` ends, its end included. */
export function lineEndAfter(bytes: Uint8Array, at: number): number {
  for (let end = at; end < bytes.length; end++) {
    if (bytes[end] === lineFeed) return end + 1;
    if (bytes[end] === carriageReturn) return bytes[end + 1] === lineFeed ? end + 2 : end + 1;
  }
  return bytes.length;
}

/** @returns a field's text with its doubled quotes as one; bytes that are no UTF-8 are read as latin1. */
export function fieldText(bytes: Uint8Array, scanner: CsvScanner, index: number): string {
  const part = bytes.subarray(scanner.starts[index], scanner.ends[index]);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part);
  } catch {
    text = new TextDecoder('latin1').decode(part);
  }
  return scanner.kinds[index] === fieldKinds.doubled ? text.replaceAll('""', '"') : text;
}
