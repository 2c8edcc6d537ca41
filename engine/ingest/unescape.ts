import { decodeJsonText } from './json-bytes.ts';

/** How a server writes what could break a line: Apache; nginx's `escape=default`, `escape=json`, `escape=none`. */
export type LogEscape = 'apache' | 'default' | 'json' | 'none';

const backslash = 0x5c;
/** What Apache writes as a backslash and a letter, or the character itself. */
const controls = new Map([
  [0x22, 0x22],
  [backslash, backslash],
  [0x6e, 10],
  [0x74, 9],
  [0x72, 13],
  [0x62, 8],
  [0x76, 11],
]);

/**
 * Undoes a server's escapes in `bytes[from … to)`, into `target`, which has room for as many bytes and four more.
 * nginx's default escape writes `\xHH` with capitals, and only for a quote, a backslash and what is no printable ASCII:
 * another `\xHH` was sent so. What is no escape of the server stays as it is. @returns how many bytes were written.
 */
export function unescapeBytes(
  bytes: Uint8Array,
  from: number,
  to: number,
  escape: LogEscape,
  target: Uint8Array,
): number {
  if (escape === 'json') {
    const length = decodeJsonText(bytes, from, to, target);
    if (length >= 0) return length;
  }
  let write = 0;
  for (let at = from; at < to; at++) {
    let byte = bytes[at];
    if (byte === backslash && at + 1 < to && escape !== 'none' && escape !== 'json') {
      const code = bytes[at + 1];
      const control = escape === 'apache' ? controls.get(code) : undefined;
      if (control !== undefined) {
        byte = control;
        at++;
      } else if (code === 0x78 && at + 3 < to) {
        const value = escapedByte(bytes[at + 2], bytes[at + 3], escape);
        if (value >= 0) {
          byte = value;
          at += 3;
        }
      }
    }
    target[write++] = byte;
  }
  return write;
}

function escapedByte(high: number, low: number, escape: LogEscape): number {
  const value = hexDigit(high) * 16 + hexDigit(low);
  if (!(value >= 0)) return -1;
  if (escape === 'apache') return value;
  if ((high | 0x20) === high && high > 57) return -1;
  if ((low | 0x20) === low && low > 57) return -1;
  return value < 0x20 || value >= 0x7f || value === 0x22 || value === backslash ? value : -1;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = (byte | 0x20) - 87;
  return letter >= 10 && letter <= 15 ? letter : NaN;
}
