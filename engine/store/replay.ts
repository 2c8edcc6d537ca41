import { VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';
import { fileHeaderBytes, hasFileHeader } from './file-header.ts';
import { logFileName, numberOfFile } from './file-names.ts';
import { frameMagic, readFrame, type Frame } from './log-frame.ts';

/** A log file read to its end. */
export interface ReplayedFile {
  readonly number: number;
  readonly frames: readonly Frame[];
  readonly bytes: Uint8Array;
  /** Where the last whole frame ends. */
  readonly validEnd: number;
}

/** What the log holds that no segment does. */
export interface ReplayedLog {
  readonly files: readonly ReplayedFile[];
  /** The highest number of a log file in the folder, of any, 0 = none. */
  readonly lastNumber: number;
  /** Sequence of the last frame. */
  readonly sequence: number;
  /** Bytes after the last whole frame. */
  readonly bytesCut: number;
  /** The last frame says that the writer ended well, and nothing follows it. */
  readonly closed: boolean;
}

/** Where a replay begins, as the manifest says. */
export interface ReplayStart {
  readonly firstLog: number;
  /** Sequence of the last frame before that file. */
  readonly frame: number;
  readonly edit: number;
}

/**
 * Reads the log files from the first that the manifest names. What follows the last valid frame of a file is a torn tail,
 * unless a later valid frame says that it had been durable: then it is corruption, as is a missing sequence, a missing
 * file, or a frame that knew a later edit of the manifest. Files that were made but never written do not count.
 * @throws VarveError `data_corrupted` with the file and the byte, `unsupported_version`; nothing is changed.
 */
export async function replayLog(vfs: Vfs, directory: string, start: ReplayStart): Promise<ReplayedLog> {
  const numbers = (await vfs.list(directory))
    .map((name) => numberOfFile(name, '.log'))
    .filter((number) => number !== null)
    .sort((a, b) => a - b);
  const needed = numbers.filter((number) => number >= start.firstLog);
  if (needed[0] !== start.firstLog)
    throw new VarveError('data_corrupted', `Log file ${start.firstLog} of "${directory}" is missing.`, {
      hint: 'Nothing was changed. Restore the file from a copy.',
    });
  const files: ReplayedFile[] = [];
  for (const number of needed) {
    const file = await replayFile(vfs, directory, number);
    if (file.bytes.length > fileHeaderBytes) files.push(file);
  }
  const sequence = checkOrder(directory, files, start);
  const last = files.at(-1);
  return {
    files,
    lastNumber: numbers.at(-1)!,
    sequence,
    bytesCut: last === undefined ? 0 : last.bytes.length - last.validEnd,
    closed: last?.frames.at(-1)?.header.kind === 'close' && last.validEnd === last.bytes.length,
  };
}

async function replayFile(vfs: Vfs, directory: string, number: number): Promise<ReplayedFile> {
  const path = `${directory}/${logFileName(number)}`;
  const handle = await vfs.openRead(path);
  try {
    const whole = new Uint8Array(new SharedArrayBuffer(await handle.size()));
    const bytes = whole.subarray(0, await handle.read(whole, 0));
    const frames: Frame[] = [];
    if (!hasFileHeader(path, bytes, 'log', number)) return { number, frames, bytes, validEnd: 0 };
    let at = fileHeaderBytes;
    for (let frame = readFrame(bytes, at, number); frame !== null; frame = readFrame(bytes, at, number)) {
      // A frame out of order is a stale one of an earlier file of this number, in blocks that were used again.
      if (frames.length > 0 && frame.sequence !== nextSequence(frames.at(-1)!.sequence, frame)) break;
      frames.push(frame);
      at = frame.end;
    }
    return { number, frames, bytes, validEnd: at };
  } finally {
    await handle.close();
  }
}

function checkOrder(directory: string, files: readonly ReplayedFile[], start: ReplayStart): number {
  let sequence = start.frame;
  // A file may end in part of a frame and be followed by others, where the disk was full: what counts is the sequence.
  for (const file of files) {
    for (const frame of file.frames) {
      if (frame.sequence !== nextSequence(sequence, frame))
        throw new VarveError(
          'data_corrupted',
          `The log "${directory}" goes from frame ${sequence} to ${frame.sequence}.`,
        );
      if (frame.edit > start.edit)
        throw new VarveError(
          'data_corrupted',
          `The manifest ends at edit ${start.edit}, and frame ${sequence + 1} of the log knew edit ${frame.edit}.`,
          { hint: 'Nothing was changed. Restore the manifest from a copy.' },
        );
      sequence = frame.sequence;
    }
    checkTail(directory, file, sequence);
  }
  return sequence;
}

/** A frame of a clean close has no sequence of its own, so that nothing is missed when it is lost. */
function nextSequence(before: number, { header }: Frame): number {
  return header.kind === 'close' ? before : before + 1;
}

/** Looks for valid frames after the first invalid byte: one that knew a later frame durable proves a loss. */
function checkTail(directory: string, file: ReplayedFile, lastSequence: number): void {
  const view = new DataView(file.bytes.buffer);
  const from = Math.max(file.validEnd, fileHeaderBytes - 8);
  for (let at = from + 8; at + 8 <= file.bytes.length; at += 8) {
    if (view.getUint32(at, true) !== frameMagic) continue;
    const frame = readFrame(file.bytes, at, file.number);
    if (frame !== null && frame.durable > lastSequence)
      throw corrupted(directory, file, `and frame ${frame.sequence} says that ${frame.durable} had been durable`);
  }
}

function corrupted(directory: string, file: ReplayedFile, why: string): VarveError {
  return new VarveError(
    'data_corrupted',
    `Log file ${file.number} of "${directory}" is damaged at byte ${file.validEnd}, ${why}.`,
    { hint: 'Nothing was changed. Restore the file from a copy.' },
  );
}
