import { limits } from '../base/limits.ts';
import type { Framing } from './formats/format.ts';

/** What is read and parsed at once: enough to be quick, little enough to be held several times. */
const pieceBytes = 8 * 1024 * 1024;

/** A piece of a source: whole records. `skipped`: one record that was too large, left out. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly offset: number;
  readonly skipped: boolean;
}

/** Cuts a stream into pieces of whole records, in bounded memory: a record beyond recordBytesMax is left out. */
export async function* piecesOf(stream: AsyncIterable<Uint8Array>, framing: Framing): AsyncGenerator<Piece> {
  let held = new Uint8Array(0);
  let offset = 0;
  for await (const chunk of stream) {
    const joined = new Uint8Array(held.length + chunk.length);
    joined.set(held);
    joined.set(chunk, held.length);
    held = joined;
    if (held.length < pieceBytes) continue;
    const cut = lastBoundary(held, framing);
    if (cut > 0) {
      yield { bytes: held.subarray(0, cut), offset, skipped: false };
      held = held.slice(cut);
      offset += cut;
    } else if (held.length > limits.recordBytesMax + pieceBytes) {
      yield { bytes: held, offset, skipped: true };
      offset += held.length;
      held = new Uint8Array(0);
    }
  }
  if (held.length > 0) yield { bytes: held, offset, skipped: false };
}

/** @returns where the last whole record ends, 0 when none does. */
export function lastBoundary(bytes: Uint8Array, framing: Framing): number {
  if (framing === 'lines') return bytes.lastIndexOf(10) + 1;
  return framing === 'csv' ? lastCsvBoundary(bytes) : lastJsonBoundary(bytes);
}

/** A line end outside quotes: one with an even number of quotes before it. */
function lastCsvBoundary(bytes: Uint8Array): number {
  let quoted = false;
  let boundary = 0;
  for (let at = 0; at < bytes.length; at++) {
    if (bytes[at] === 0x22) quoted = !quoted;
    else if (bytes[at] === 10 && !quoted) boundary = at + 1;
  }
  return boundary;
}

/**
 * The end of an object that no other holds; objects in one outer array count as such. Where brackets do not balance
 * (a broken record), the last line end that an object follows.
 */
function lastJsonBoundary(bytes: Uint8Array): number {
  let depth = 0;
  let text = false;
  let boundary = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (text) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) text = false;
    } else if (byte === 0x22) text = true;
    else if (byte === 0x7b) depth++;
    else if (byte === 0x7d) {
      depth = Math.max(0, depth - 1);
      if (depth === 0) boundary = at + 1;
    }
  }
  if (boundary > 0 && bytes.length - boundary < limits.recordBytesMax) return boundary;
  for (let at = bytes.length - 2; at > 0; at--) if (bytes[at] === 10 && bytes[at + 1] === 0x7b) return at + 1;
  return boundary;
}
