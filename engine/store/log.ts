import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import { sealFrame } from './log-frame.ts';

/** A log file is left for the next one beyond this, so that a damaged one costs little to copy. */
const logFileBytesMax = 64 * 1024 * 1024;

interface Waiting {
  readonly frame: Uint8Array;
  readonly resolve: (sequence: number) => void;
  readonly reject: (error: VarveError) => void;
}

/** @returns the name of a log file: six digits and more, in the order of the files. */
export function logFileName(number: number): string {
  return `${String(number).padStart(6, '0')}.log`;
}

/**
 * The write-ahead log. Frames that wait while another write is under way go together: one write run, one fdatasync, and
 * all of them are acknowledged. The first failure ends the log: nothing is tried again, since a second fsync may say
 * that all is well when it is not.
 */
export class Log {
  readonly #vfs: Vfs;
  readonly #directory: string;
  #number: number;
  #file: VfsFile | null = null;
  #offset = 0;
  #sequence: number;
  readonly #first: number;
  #waiting: Waiting[] = [];
  #running: Promise<void> | null = null;
  #failed: VarveError | null = null;
  #closed = false;

  /** @param number of the file to write next; it must not exist. @param sequence of the last frame there is. */
  constructor(vfs: Vfs, directory: string, number: number, sequence: number) {
    this.#vfs = vfs;
    this.#directory = directory;
    this.#number = number;
    this.#sequence = sequence;
    this.#first = sequence;
  }

  /** Whether this process has written to the log. */
  get written(): boolean {
    return this.#file !== null || this.#sequence > this.#first;
  }

  get failed(): VarveError | null {
    return this.#failed;
  }

  /**
   * Makes a frame durable. @returns its sequence.
   * @throws VarveError `storage_full` when nothing of it is kept, `storage_failed` when that is not known.
   */
  append(frame: Uint8Array): Promise<number> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frame, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // What is appended in this turn of the event loop goes with the first write.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      await this.#commit(group);
    }
    this.#running = null;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const start = this.#offset;
    const first = this.#sequence;
    try {
      if (this.#failed !== null) throw this.#failed;
      const file = this.#file ?? (await this.#createFile());
      group.forEach(({ frame }, index) => sealFrame(frame, this.#number, first + 1 + index, first));
      for (const { frame } of group) {
        await file.write(frame, this.#offset);
        this.#offset += frame.length;
      }
      await file.sync();
    } catch (cause) {
      await this.#fail(group, start, errorFromUnknown(cause));
      return;
    }
    this.#sequence = first + group.length;
    group.forEach(({ resolve }, index) => resolve(first + 1 + index));
    if (this.#offset > logFileBytesMax) await this.#leaveFile();
  }

  async #createFile(): Promise<VfsFile> {
    const file = await this.#vfs.create(`${this.#directory}/${logFileName(this.#number)}`);
    await this.#vfs.syncDirectory(this.#directory);
    this.#file = file;
    this.#offset = 0;
    return file;
  }

  /**
   * A full disk: the half-written file ends at what was acknowledged and is never written again. Any other failure ends
   * the log for this process.
   */
  async #fail(group: readonly Waiting[], start: number, cause: VarveError): Promise<void> {
    let error = cause;
    if (cause.code === 'storage_full') {
      try {
        if (this.#file !== null) {
          await this.#file.truncate(start);
          await this.#file.sync();
        }
        await this.#leaveFile();
      } catch (second) {
        error = errorFromUnknown(second);
      }
    }
    if (error.code !== 'storage_full') {
      error = new VarveError(
        'storage_failed',
        `The log could not be written: ${error.message} Whether the rows are in is not known.`,
        { cause: error, hint: 'Restart, and send them again with the same idempotency key.' },
      );
      this.#failed = error;
    }
    for (const { reject } of group) reject(error);
    for (const { reject } of this.#failed === null ? [] : this.#waiting.splice(0)) reject(error);
  }

  async #leaveFile(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    this.#offset = 0;
    this.#number++;
    await file?.close();
  }

  /** Takes no frame any more, waits for those that wait, and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
    await this.#file?.close();
    this.#file = null;
  }
}

function closedError(): VarveError {
  return new VarveError('usage', 'The store was closed.', { hint: 'Open it again.' });
}
