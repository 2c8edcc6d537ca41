import { writeCodePoint } from './utf8.ts';

/** What Windows-1252 has where Latin-1 has control characters; the source is the WHATWG's index of the encoding. */
const windows1252 = Uint16Array.of(
  ...[0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d],
  ...[0x017d, 0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a],
  ...[0x0153, 0x9d, 0x017e, 0x0178],
);

/**
 * Text of another encoding as UTF-8. A character that the end of the source cuts is left out: when the source has grown,
 * it begins with the same bytes.
 * @param encoding by the name that `knownEncoding` gives.
 */
export async function* utf8Bytes(stream: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const recode = encoding === 'windows-1252' ? utf8OfWindows1252 : recoder(encoding);
  for await (const chunk of stream) {
    const bytes = recode(chunk);
    if (bytes.length > 0) yield bytes;
  }
}

function recoder(encoding: string): (chunk: Uint8Array) => Uint8Array {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  return (chunk) => encoder.encode(decoder.decode(chunk, { stream: true }));
}

/** Decoded here, since releases of the platform differ in what they take Windows-1252 for. */
function utf8OfWindows1252(chunk: Uint8Array): Uint8Array {
  const target = new Uint8Array(chunk.length * 3 + 4);
  let write = 0;
  for (let at = 0; at < chunk.length; at++) {
    const byte = chunk[at];
    if (byte < 0x80) target[write++] = byte;
    else write = writeCodePoint(target, write, byte < 0xa0 ? windows1252[byte - 0x80] : byte);
  }
  return target.subarray(0, write);
}
