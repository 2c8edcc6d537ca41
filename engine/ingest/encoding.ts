import { VarveError } from '../base/errors.ts';
import { invalidUtf8At } from './utf8.ts';

/** Share of NUL bytes beyond which a source is no text. */
const nulShareMax = 0.01;
/** Share of other control characters beyond which it is none either: bytes at random have a tenth. */
const controlShareMax = 0.05;
/** Share of lines with bytes that are no UTF-8 beyond which a source is in another encoding, not damaged. */
const foreignShareMin = 0.1;
/** Share of bytes beyond ASCII that no text in Windows-1252 has: five that stand for nothing, and ÿ. */
const oddShareMax = 0.2;

/** The name of an encoding as the platform has it. @throws VarveError `usage` for one that it does not know. */
export function knownEncoding(name: string): string {
  try {
    return new TextDecoder(name).encoding;
  } catch {
    throw new VarveError('usage', `There is no encoding "${name}".`, {
      hint: 'Use utf-8, utf-16le, utf-16be, windows-1252 (latin1), windows-1251, iso-8859-2, shift_jis, gb18030 and the like.',
    });
  }
}

/**
 * Tells UTF-16 by its byte order mark, or by where its NUL bytes lie.
 * @throws VarveError `usage` for UTF-32.
 */
export function wideEncodingOf(name: string, bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  const [a, b, c, d] = bytes;
  if ((a === 0xff && b === 0xfe && c === 0 && d === 0) || (a === 0 && b === 0 && c === 0xfe && d === 0xff))
    throw foreign(name, 'UTF-32', `Convert it first: iconv -f UTF-32 -t UTF-8.`);
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  let even = 0;
  let odd = 0;
  const length = Math.min(bytes.length, 4096);
  for (let at = 0; at < length; at++) {
    if (bytes[at] !== 0) continue;
    if (at % 2 === 0) even++;
    else odd++;
  }
  if (odd > length * 0.3 && even < length * 0.02) return 'utf-16le';
  return even > length * 0.3 && odd < length * 0.02 ? 'utf-16be' : null;
}

/**
 * Refuses what is no text; NUL bytes at the end are let be: a server that still writes to a log has filled it up.
 * @throws VarveError `usage`.
 */
export function checkText(name: string, sample: Uint8Array): void {
  let end = sample.length;
  while (end > 0 && sample[end - 1] === 0) end--;
  const bytes = end === 0 ? sample : sample.subarray(0, end);
  let zeros = 0;
  let controls = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === 0) zeros++;
    else if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1b) controls++;
  }
  if (zeros <= bytes.length * nulShareMax && controls <= bytes.length * controlShareMax) return;
  const what = zeros > bytes.length * nulShareMax ? `${zeros} of` : `${controls + zeros} of`;
  const kind = zeros > bytes.length * nulShareMax ? 'NUL' : 'control characters';
  throw new VarveError('usage', `"${name}" is binary: ${what} its first ${bytes.length} bytes are ${kind}.`, {
    hint: 'Give the text it was made from; compressed text is read as gzip, zstd, bzip2 and brotli (named .br).',
  });
}

/**
 * Tells text that is no UTF-8. @returns `windows-1252`, which holds Latin-1; `utf-8` where only some lines are damaged.
 * @throws VarveError `usage` for what looks like another encoding.
 */
export function narrowEncodingOf(name: string, bytes: Uint8Array): 'utf-8' | 'windows-1252' {
  const { lines, right, wrong, shiftJis, foreignBytes, odd } = countLines(bytes);
  // Text in another encoding hardly ever looks like UTF-8: where some lines are it, the others are damaged.
  if (wrong === 0 || wrong < lines * foreignShareMin || right > wrong) return 'utf-8';
  if (shiftJis === wrong) throw foreign(name, 'Shift-JIS', 'Say --encoding shift_jis.');
  if (odd <= foreignBytes * oddShareMax) return 'windows-1252';
  throw new VarveError('usage', `"${name}" is no UTF-8, and its encoding was not recognised.`, {
    hint: 'Name it with --encoding; --encoding utf-8 reads it all the same, and puts the lines that are none in the quarantine.',
  });
}

/** @returns whether some line is no UTF-8. */
export function hasForeignLines(bytes: Uint8Array): boolean {
  return countLines(bytes).wrong > 0;
}

interface LineCounts {
  lines: number;
  /** UTF-8 beyond ASCII. */
  right: number;
  /** No UTF-8. */
  wrong: number;
  /** Of those, what may be Shift-JIS. */
  shiftJis: number;
  /** Bytes beyond ASCII in wrong lines. */
  foreignBytes: number;
  /** Of those, what no text in Windows-1252 has. */
  odd: number;
}

function countLines(bytes: Uint8Array): LineCounts {
  const counts = { lines: 0, right: 0, wrong: 0, shiftJis: 0, foreignBytes: 0, odd: 0 };
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    // The last line of a sample may be cut inside a character.
    if (newline < 0 && counts.lines > 0) break;
    const end = newline < 0 ? bytes.length : newline;
    const invalid = invalidUtf8At(bytes, at, end);
    if (end > at) counts.lines++;
    if (invalid >= 0 && (newline >= 0 || invalid < end - 3)) {
      counts.wrong++;
      if (isShiftJis(bytes, at, end)) counts.shiftJis++;
      countOddBytes(bytes, at, end, counts);
    } else if (invalid < 0 && hasHighByte(bytes, at, end)) counts.right++;
    at = end + 1;
  }
  return counts;
}

function hasHighByte(bytes: Uint8Array, from: number, to: number): boolean {
  let high = 0;
  for (let at = from; at < to; at++) high |= bytes[at];
  return high >= 0x80;
}

function countOddBytes(bytes: Uint8Array, from: number, to: number, counts: LineCounts): void {
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte < 0x80) continue;
    counts.foreignBytes++;
    if (byte === 0xff || byte === 0x81 || byte === 0x8d || byte === 0x8f || byte === 0x90 || byte === 0x9d)
      counts.odd++;
  }
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

function foreign(name: string, encoding: string, hint: string): VarveError {
  return new VarveError('usage', `"${name}" is no UTF-8; it looks like ${encoding}.`, { hint });
}
