import { ByteReader } from '../base/bytes.ts';
import { VarveError } from '../base/errors.ts';

/** What a footer is made of. */
export type FooterTree = number | boolean | string | null | readonly FooterTree[];

/** Lists of a footer within each other. */
const depthMax = 8;
const textBytesMax = 64;

const texts = new TextDecoder('utf-8', { fatal: true });

/**
 * Reads the part of msgpack that footers are written in: arrays, numbers, short texts, booleans and nil. Every thread
 * reads the footers of a store before its first answer, some thousand numbers each, in code that has not run before:
 * there a reader of everything that msgpack can hold takes noticeably longer.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 * @throws VarveError `data_corrupted` for anything else, for bytes that end early, and for bytes that are left over.
 */
export function readFooterTree(bytes: Uint8Array): FooterTree {
  const reader = new ByteReader(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tree = readValue(reader, view, 0);
  if (reader.remaining !== 0) throw malformed('bytes are left over');
  return tree;
}

function readValue(reader: ByteReader, view: DataView, depth: number): FooterTree {
  const head = reader.uint8();
  if (head < 0x80) return head;
  if (head >= 0xe0) return head - 256;
  if (head >= 0xa0 && head < 0xc0) return readText(reader, head - 0xa0);
  if (head >= 0x90 && head < 0xa0) return readList(reader, view, head - 0x90, depth);
  switch (head) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xca:
      return view.getFloat32(reader.take(4));
    case 0xcb:
      return view.getFloat64(reader.take(8));
    case 0xcc:
      return reader.uint8();
    case 0xcd:
      return view.getUint16(reader.take(2));
    case 0xce:
      return view.getUint32(reader.take(4));
    case 0xcf:
      return Number(view.getBigUint64(reader.take(8)));
    case 0xd0:
      return view.getInt8(reader.take(1));
    case 0xd1:
      return view.getInt16(reader.take(2));
    case 0xd2:
      return view.getInt32(reader.take(4));
    case 0xd3:
      return Number(view.getBigInt64(reader.take(8)));
    case 0xd9:
      return readText(reader, reader.uint8());
    case 0xdc:
      return readList(reader, view, view.getUint16(reader.take(2)), depth);
    case 0xdd:
      return readList(reader, view, view.getUint32(reader.take(4)), depth);
    default:
      throw malformed(`it holds a value of kind ${head}`);
  }
}

function readList(reader: ByteReader, view: DataView, length: number, depth: number): FooterTree {
  // A value takes a byte at least: no room is made for more than there can be.
  if (length > reader.remaining || depth === depthMax) throw malformed('a list is too long or too deep');
  const list: FooterTree[] = [];
  for (let at = 0; at < length; at++) list.push(readValue(reader, view, depth + 1));
  return list;
}

function readText(reader: ByteReader, length: number): string {
  if (length > textBytesMax) throw malformed('a text is too long');
  try {
    return texts.decode(reader.view(length));
  } catch (cause) {
    throw malformed('a text is no UTF-8', cause);
  }
}

function malformed(what: string, cause?: unknown): VarveError {
  return new VarveError('data_corrupted', `A footer cannot be read: ${what}.`, { cause });
}
