import { decode, encode } from '@msgpack/msgpack';
import { VarveError } from '../base/errors.ts';
import { checksum } from '../host/checksum.ts';
import type { AppendOutcome, ImportPosition, TableOptions } from './store-types.ts';

/*
 * A frame of the log, begun at a multiple of 8:
 *
 *    0  u32  magic "VRVF"
 *    4  u32  crc-32 of bytes 8 … end of the payload
 *    8  u32  length of the payload
 *   12  u32  epoch: the number of the log file, so that a stale frame of another file fails
 *   16  f64  sequence of this frame: one more than that of the frame before, across files; that frame's own for a close
 *   24  f64  durable: the last sequence known to be on the disk when this frame was written
 *   32  f64  commit: place of its rows among all rows that came in, whichever way
 *   40  f64  edit: the last edit of the manifest known to be on the disk when this frame was written
 *   48  payload: u32 length of the header, u32 0, header (msgpack), zeros to 8, encoded batches, each begun at a multiple of 8
 *    …  zeros up to a multiple of 8
 */

const frameHeaderBytes = 48;
export const frameMagic = 0x46565256;

/** What one append holds beside its rows. */
export interface FrameHeader {
  /** `mark`: nothing came in; it says that what is before it is on the disk. `close`: the same, and the writer ended well; it has no sequence of its own. */
  readonly kind: 'append' | 'mark' | 'close';
  readonly key?: string | undefined;
  readonly digest?: string | undefined;
  readonly outcome?: AppendOutcome | undefined;
  readonly time?: number;
  /** The table that the key belongs to. */
  readonly keyTable?: string | undefined;
  readonly positions?: readonly (readonly [string, ImportPosition])[];
  readonly tables: readonly { readonly table: string; readonly options: TableOptions; readonly bytes: number }[];
}

/** Numbers of a frame that are known when it is written. */
export interface FrameNumbers {
  readonly epoch: number;
  readonly sequence: number;
  readonly durable: number;
  readonly commit: number;
  readonly edit: number;
}

export interface Frame extends Omit<FrameNumbers, 'epoch'> {
  readonly header: FrameHeader;
  readonly batches: readonly Uint8Array[];
  /** Where the next frame begins. */
  readonly end: number;
}

/** @returns a frame's bytes; its numbers are set by `sealFrame` when it is written. */
export function encodeFrame(header: FrameHeader, batches: readonly Uint8Array[]): Uint8Array {
  const head = encode(header, { ignoreUndefined: true });
  let length = align(8 + head.length);
  for (const batch of batches) length = align(length + batch.length);
  const bytes = new Uint8Array(new SharedArrayBuffer(frameHeaderBytes + length));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, length, true);
  view.setUint32(frameHeaderBytes, head.length, true);
  bytes.set(head, frameHeaderBytes + 8);
  let at = align(8 + head.length);
  for (const batch of batches) {
    bytes.set(batch, frameHeaderBytes + at);
    at = align(at + batch.length);
  }
  return bytes;
}

/** Writes the numbers of a frame and its checksum. */
export function sealFrame(bytes: Uint8Array, numbers: FrameNumbers): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, frameHeaderBytes);
  view.setUint32(0, frameMagic, true);
  view.setUint32(12, numbers.epoch, true);
  view.setFloat64(16, numbers.sequence, true);
  view.setFloat64(24, numbers.durable, true);
  view.setFloat64(32, numbers.commit, true);
  view.setFloat64(40, numbers.edit, true);
  view.setUint32(4, checksum(bytes.subarray(8)), true);
}

/** @returns the frame at `at`, its batches as views of `bytes`, or null when there is no whole and valid one. */
export function readFrame(bytes: Uint8Array, at: number, epoch: number): Frame | null {
  if (at + frameHeaderBytes > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, frameHeaderBytes);
  const length = view.getUint32(8, true);
  const end = at + frameHeaderBytes + length;
  if (
    view.getUint32(0, true) !== frameMagic ||
    view.getUint32(12, true) !== epoch ||
    length < 8 ||
    length % 8 !== 0 ||
    end > bytes.length
  )
    return null;
  if (checksum(bytes.subarray(at + 8, end)) !== view.getUint32(4, true)) return null;
  const payload = bytes.subarray(at + frameHeaderBytes, end);
  const headLength = new DataView(payload.buffer, payload.byteOffset, 8).getUint32(0, true);
  const header = decode(payload.slice(8, 8 + headLength)) as FrameHeader;
  const batches: Uint8Array[] = [];
  let position = align(8 + headLength);
  for (const table of header.tables) {
    batches.push(payload.subarray(position, position + table.bytes));
    position = align(position + table.bytes);
  }
  if (position > payload.length)
    throw new VarveError('data_corrupted', `A frame at byte ${at} of the log names more rows than it holds.`);
  return {
    sequence: view.getFloat64(16, true),
    durable: view.getFloat64(24, true),
    commit: view.getFloat64(32, true),
    edit: view.getFloat64(40, true),
    header,
    batches,
    end,
  };
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
