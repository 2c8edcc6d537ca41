import { VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';
import { frameMagic, readFrame, type Frame } from './log-frame.ts';

/** A log file read to its end. */
export interface ReplayedFile {
  readonly number: number;
  readonly frames: readonly Frame[];
  readonly bytes: Uint8Array;
  /** Where the last whole frame ends. */
  readonly validEnd: number;
}

/**
 * Reads every log file in order. What follows the last valid frame of the last file is a torn tail, unless a later
 * valid frame says that it had been durable: then it is corruption, as is anything invalid in an earlier file, a
 * missing sequence, or a missing file.
 * @throws VarveError `data_corrupted` with the file and the byte; nothing is changed.
 */
export async function replayLog(vfs: Vfs, directory: string): Promise<ReplayedFile[]> {
  const names = (await vfs.list(directory)).filter((name) => /^\d{6,}\.log$/.test(name));
  const files: ReplayedFile[] = [];
  for (const name of names) {
    const file = await replayFile(vfs, `${directory}/${name}`, Number.parseInt(name, 10));
    // A recovery that was cut off after it had published its copy left the original too, whatever that held.
    while (files.length > 0 && replaces(file, files.at(-1)!)) files.pop();
    files.push(file);
  }
  let sequence = 0;
  for (const file of files) {
    for (const frame of file.frames) {
      if (frame.sequence !== sequence + 1)
        throw new VarveError(
          'data_corrupted',
          `The log "${directory}" goes from frame ${sequence} to ${frame.sequence}.`,
        );
      sequence = frame.sequence;
    }
    checkTail(directory, file, sequence);
  }
  return files;
}

/** The sequences are checked for gaps afterwards: leaving out a file that held more would show as one. */
function replaces(file: ReplayedFile, before: ReplayedFile): boolean {
  return file.frames.length > 0 && (before.frames[0]?.sequence ?? Infinity) >= file.frames[0]!.sequence;
}

async function replayFile(vfs: Vfs, path: string, number: number): Promise<ReplayedFile> {
  const handle = await vfs.openRead(path);
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer(await handle.size()));
    await handle.read(bytes, 0);
    const frames: Frame[] = [];
    let at = 0;
    for (let frame = readFrame(bytes, at, number); frame !== null; frame = readFrame(bytes, at, number)) {
      // A frame out of order is a stale one of an earlier file of this number, in blocks that were used again.
      if (frames.length > 0 && frame.sequence !== frames.at(-1)!.sequence + 1) break;
      frames.push(frame);
      at = frame.end;
    }
    return { number, frames, bytes, validEnd: at };
  } finally {
    await handle.close();
  }
}

/** Looks for valid frames after the first invalid byte: one that knew a later frame durable proves a loss. */
function checkTail(directory: string, file: ReplayedFile, lastSequence: number): void {
  const view = new DataView(file.bytes.buffer);
  for (let at = file.validEnd + 8; at + 8 <= file.bytes.length; at += 8) {
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
