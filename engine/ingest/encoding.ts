import { VarveError } from '../base/errors.ts';
import { invalidUtf8At } from './utf8.ts';

/** Share of NUL bytes beyond which a source is no text. */
const nulShareMax = 0.01;
/** Share of other control characters beyond which it is none either: bytes at random have a tenth. */
const controlShareMax = 0.05;
/** Share of lines with bytes that are no UTF-8 beyond which a source is in another encoding, not damaged. */
const foreignShareMin = 0.1;

/**
 * Refuses what is no text in UTF-8, by the encoding that it looks like.
 * @throws VarveError `usage` for UTF-16, UTF-32, binary data; where `strict`, for Latin-1, Shift-JIS and the like too.
 */
export function checkEncoding(name: string, bytes: Uint8Array, strict: boolean): void {
  const wide = wideEncoding(bytes);
  if (wide !== null) throw foreign(name, wide);
  let zeros = 0;
  let controls = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0) zeros++;
    else if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  }
  if (zeros > bytes.length * nulShareMax || controls > bytes.length * controlShareMax) {
    const what = zeros > bytes.length * nulShareMax ? `${zeros} of` : `${controls + zeros} of`;
    const kind = zeros > bytes.length * nulShareMax ? 'NUL' : 'control characters';
    throw new VarveError('usage', `"${name}" is binary: ${what} its first ${bytes.length} bytes are ${kind}.`, {
      hint: 'Give the text it was made from; formats are csv, json, apache, nginx.',
    });
  }
  if (strict) checkLines(name, bytes);
}

/** UTF-16 and UTF-32 by their byte order mark, UTF-16 also by where its NUL bytes lie. */
function wideEncoding(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    return bytes[2] === 0 && bytes[3] === 0 && bytes.length > 3 ? 'UTF-32 (little-endian)' : 'UTF-16 (little-endian)';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'UTF-16 (big-endian)';
  if (bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 0xfe && bytes[3] === 0xff) return 'UTF-32 (big-endian)';
  let even = 0;
  let odd = 0;
  const length = Math.min(bytes.length, 4096);
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  if (odd > length * 0.4 && even < length * 0.02) return 'UTF-16 (little-endian)';
  return even > length * 0.4 && odd < length * 0.02 ? 'UTF-16 (big-endian)' : null;
}

function checkLines(name: string, bytes: Uint8Array): void {
  let lines = 0;
  let wrong = 0;
  let shiftJis = 0;
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    // The last line of a sample may be cut inside a character.
    if (newline < 0 && lines > 0) break;
    const end = newline < 0 ? bytes.length : newline;
    const invalid = invalidUtf8At(bytes, at, end);
    if (end > at) lines++;
    if (invalid >= 0 && (newline >= 0 || invalid < end - 3)) {
      wrong++;
      if (isShiftJis(bytes, at, end)) shiftJis++;
    }
    at = end + 1;
  }
  if (wrong === 0 || wrong < lines * foreignShareMin) return;
  throw foreign(name, shiftJis === wrong ? 'Shift-JIS' : 'Latin-1 or Windows-1252');
}

/** Whether bytes beyond ASCII are pairs as Shift-JIS has them, and some lie where Latin-1 has control characters. */
function isShiftJis(bytes: Uint8Array, from: number, to: number): boolean {
  let low = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte < 0x80 || (byte >= 0xa1 && byte <= 0xdf)) continue;
    const second = at + 1 < to ? bytes[at + 1] : 0;
    if (byte === 0x80 || byte === 0xa0 || byte > 0xfc || second < 0x40 || second === 0x7f || second > 0xfc)
      return false;
    if (byte < 0xa0) low = true;
    at++;
  }
  return low;
}

function foreign(name: string, encoding: string): VarveError {
  return new VarveError('usage', `"${name}" is no UTF-8; it looks like ${encoding}.`, {
    hint: `Convert it first: iconv -f ${encoding.split(' ')[0]!.toUpperCase()} -t UTF-8.`,
  });
}
