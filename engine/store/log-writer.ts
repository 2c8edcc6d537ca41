import type { Vfs, VfsFile } from '../host/vfs.ts';
import { encodeFileHeader, fileHeaderBytes } from './file-header.ts';
import { logFileName } from './file-names.ts';
import { sealFrame } from './log-frame.ts';

/** Frames that become durable together. The frames' bytes are shared, not copied, on their way to another thread. */
export interface LogGroup {
  readonly frames: readonly Uint8Array[];
  /** Sequence of the first frame; further ones count on. */
  readonly sequence: number;
  readonly durable: number;
  /** Commit number of the first frame; further ones count on. */
  readonly commit: number;
  readonly edit: number;
}

/** Writes one log file after another. One call at a time. */
export interface LogWriter {
  /** Makes the file with that number, its name durable, and leaves the one before. */
  open(directory: string, number: number): Promise<void>;
  /** Seals, writes and syncs a group: one fdatasync. @returns bytes of the file so far. */
  write(group: LogGroup): Promise<number>;
  /** After a write that failed for want of room: the file ends where the last group ended, and is left. */
  abandon(): Promise<void>;
  /** Leaves the file. */
  leave(): Promise<void>;
  /** Ends the writer. */
  close(): Promise<void>;
}

/** Makes a writer that works in the calling thread. */
export function createLogWriter(vfs: Vfs): LogWriter {
  let file: VfsFile | null = null;
  let epoch = 0;
  let offset = 0;
  const leave = async (): Promise<void> => {
    const left = file;
    file = null;
    await left?.close();
  };
  return {
    async open(directory, number) {
      await leave();
      const made = await vfs.create(`${directory}/${logFileName(number)}`);
      file = made;
      epoch = number;
      offset = 0;
      await made.write(encodeFileHeader('log', number), 0);
      await made.sync();
      await vfs.syncDirectory(directory);
      offset = fileHeaderBytes;
    },
    async write({ frames, sequence, durable, commit, edit }) {
      let at = offset;
      for (let index = 0; index < frames.length; index++) {
        const frame = frames[index];
        sealFrame(frame, { epoch, sequence: sequence + index, durable, commit: commit + index, edit });
        await file!.write(frame, at);
        at += frame.length;
      }
      await file!.sync();
      offset = at;
      return offset;
    },
    async abandon() {
      if (file === null) return;
      await file.truncate(offset);
      await file.sync();
      await leave();
    },
    leave,
    close: leave,
  };
}
