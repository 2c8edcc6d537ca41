import { isInt64 } from './exact-json.ts';
import { decimalValue } from './number-bytes.ts';
import { writeCodePoint } from './utf8.ts';

/** @returns the place after blanks and line ends. */
export function skipBlank(bytes: Uint8Array, from: number): number {
  let at = from;
  for (; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) break;
  }
  return at;
}

/** What `scanJsonNumber` found: `value`, or `big` when a double would round it; `error` '' when all is well. */
export const scannedNumber: { value: number; big: bigint | null; error: string } = { value: 0, big: null, error: '' };

/**
 * Reads the JSON number that begins at `from` into `scannedNumber`. A whole number beyond 64 bits and a number beyond
 * the doubles are errors. @returns where it ends, or where the error is.
 */
export function scanJsonNumber(bytes: Uint8Array, from: number): number {
  scannedNumber.big = null;
  scannedNumber.error = '';
  const negative = bytes[from] === 0x2d;
  const start = negative ? from + 1 : from;
  let at = start;
  let mantissa = 0;
  for (; isDigit(bytes[at]); at++) mantissa = mantissa * 10 + (bytes[at] - 48);
  let digits = at - start;
  if (digits > 1 && bytes[start] === 48) {
    // A number with a leading zero ends behind it; what follows is then no comma.
    at = start + 1;
    digits = 1;
    mantissa = 0;
  }
  if (digits === 0) {
    scannedNumber.error =
      start >= bytes.length ? 'it ends in the middle' : `${characterAt(bytes, from)} begins no JSON value`;
    return start >= bytes.length ? bytes.length : from;
  }
  const wholeEnd = at;
  let scale = 0;
  if (bytes[at] === 0x2e && isDigit(bytes[at + 1])) {
    for (at++; isDigit(bytes[at]); at++) mantissa = mantissa * 10 + (bytes[at] - 48);
    scale = at - wholeEnd - 1;
  }
  const exponent = exponentEnd(bytes, at);
  if (exponent === at && digits + scale <= 15) {
    scannedNumber.value = scale === 0 ? mantissa : decimalValue(mantissa, scale);
    if (negative) scannedNumber.value = -scannedNumber.value;
    return at;
  }
  let text = '';
  for (let index = from; index < exponent; index++) text += String.fromCharCode(bytes[index]);
  return readLongNumber(text, exponent === wholeEnd, exponent);
}

function readLongNumber(text: string, whole: boolean, end: number): number {
  const value = Number(text);
  scannedNumber.value = value;
  if (!Number.isFinite(value)) scannedNumber.error = 'a number is too large to be held';
  else if (whole && !Number.isSafeInteger(value)) {
    const exact = BigInt(text);
    if (isInt64(exact)) scannedNumber.big = exact;
    else scannedNumber.error = 'a whole number has more than 64 bits';
  }
  return end;
}

function exponentEnd(bytes: Uint8Array, from: number): number {
  if ((bytes[from] | 0x20) !== 0x65) return from;
  let at = from + 1;
  if (bytes[at] === 0x2b || bytes[at] === 0x2d) at++;
  if (!isDigit(bytes[at])) return from;
  while (isDigit(bytes[at])) at++;
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte! >= 48 && byte! <= 57;
}

function characterAt(bytes: Uint8Array, at: number): string {
  return JSON.stringify(new TextDecoder().decode(bytes.subarray(at, at + 4)).slice(0, 1));
}

const controls = new Map([
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x2f, 0x2f],
  [0x62, 8],
  [0x66, 12],
  [0x6e, 10],
  [0x72, 13],
  [0x74, 9],
]);

/**
 * Writes the text between two quotes without its escapes as UTF-8 into `target`, which has room for as many bytes and
 * four more. Half a surrogate pair becomes U+FFFD. @returns how many bytes; −1 − the place of an escape that is none.
 */
export function decodeJsonText(bytes: Uint8Array, from: number, to: number, target: Uint8Array): number {
  let write = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte !== 0x5c) {
      target[write++] = byte;
      continue;
    }
    const escape = bytes[++at];
    if (escape !== 0x75) {
      const control = controls.get(escape);
      if (control === undefined) return -1 - (at - 1);
      target[write++] = control;
      continue;
    }
    let code = hex4(bytes, at + 1, to);
    if (code < 0) return -1 - (at - 1);
    at += 4;
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = code < 0xdc00 && bytes[at + 1] === 0x5c && bytes[at + 2] === 0x75 ? hex4(bytes, at + 3, to) : -1;
      if (low >= 0xdc00 && low <= 0xdfff) {
        code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
        at += 6;
      } else code = 0xfffd;
    }
    write = writeCodePoint(target, write, code);
  }
  return write;
}

function hex4(bytes: Uint8Array, from: number, to: number): number {
  if (from + 4 > to) return -1;
  let value = 0;
  for (let at = from; at < from + 4; at++) {
    const byte = bytes[at];
    const digit = byte <= 57 ? byte - 48 : (byte | 0x20) - 87;
    if (digit < 0 || digit > 15 || (byte > 57 && digit < 10)) return -1;
    value = value * 16 + digit;
  }
  return value;
}
