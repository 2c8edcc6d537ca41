import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { OwnThread } from '../host/threads.ts';
import { closedError } from './closed-error.ts';
import { createLogWriter, type LogWriter } from './log-writer.ts';

/** What became durable, for whoever keeps it in memory. */
export interface DurableFrame {
  readonly sequence: number;
  readonly commit: number;
}

interface Waiting {
  readonly frame: Uint8Array;
  readonly apply: (durable: DurableFrame) => void;
  readonly resolve: () => void;
  readonly reject: (error: VarveError) => void;
}

interface Rotation {
  readonly apply: (rotated: { readonly firstLog: number; readonly frame: number }) => void;
  readonly resolve: () => void;
  readonly reject: (error: VarveError) => void;
}

/** Where a log begins and what it asks of the store around it. */
export interface LogStart {
  readonly directory: string;
  /** Number of the next file; none of that number or above exists. */
  readonly number: number;
  /** Sequence of the last frame there is. */
  readonly sequence: number;
  /** @returns the number of the next commit; each frame takes one. */
  nextCommit(frames: number): number;
  /** @returns the last durable edit of the manifest. */
  lastEdit(): number;
}

/**
 * The write-ahead log. Frames that wait while another write is under way go together: one run of writes, one fdatasync,
 * and all of them are acknowledged. It is written in a thread of its own where there are threads. The first failure ends
 * the log: nothing is tried again, since a second fsync may say that all is well when it is not.
 */
export class Log {
  readonly #host: Host;
  readonly #start: LogStart;
  #writer: LogWriter | null = null;
  #number: number;
  #open = false;
  #bytes = 0;
  #commitUnderWay = Infinity;
  #sequence: number;
  #waiting: Waiting[] = [];
  readonly #rotations: Rotation[] = [];
  #running: Promise<void> | null = null;
  #failed: VarveError | null = null;
  #closed = false;

  constructor(host: Host, start: LogStart) {
    this.#host = host;
    this.#start = start;
    this.#number = start.number;
    this.#sequence = start.sequence;
  }

  get failed(): VarveError | null {
    return this.#failed;
  }

  /** Takes nothing more: a sync failed somewhere in the store. What waits is not known to be in. */
  fail(cause: VarveError): void {
    this.#failed ??= new VarveError('storage_failed', `The store could not be written: ${cause.message}`, {
      cause,
      hint: 'Restart, and send what was not acknowledged again with the same idempotency key.',
    });
  }

  /** Whether this process has begun a file and not left it. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Sequence of the last durable frame. */
  get sequence(): number {
    return this.#sequence;
  }

  /** The first commit of frames that are being written, whose rows are not in memory yet; Infinity = none. */
  get commitUnderWay(): number {
    return this.#commitUnderWay;
  }

  /** Bytes of the file that is written now. */
  get bytes(): number {
    return this.#open ? this.#bytes : 0;
  }

  /**
   * Makes a frame durable.
   * @param apply is called at once when it is, in the order of the sequences, before anything else is written.
   * @throws VarveError `storage_full` when nothing of it is kept, `storage_failed` when that is not known.
   */
  append(frame: Uint8Array, apply: (durable: DurableFrame) => void): Promise<void> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#waiting.push({ frame, apply, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /**
   * Goes on in a new file.
   * @param apply is called at once when it is there: every frame up to `frame` lies in files below `firstLog`.
   */
  rotate(apply: (rotated: { readonly firstLog: number; readonly frame: number }) => void): Promise<void> {
    if (this.#failed !== null) return Promise.reject(this.#failed);
    if (this.#closed) return Promise.reject(closedError());
    return new Promise((resolve, reject) => {
      this.#rotations.push({ apply, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  async #run(): Promise<void> {
    // What is appended in this turn of the event loop goes with the first write.
    await Promise.resolve();
    for (;;) {
      const rotation = this.#rotations.shift();
      if (rotation !== undefined) {
        await this.#rotate(rotation);
      } else if (this.#waiting.length > 0) {
        const group = this.#waiting;
        this.#waiting = [];
        await this.#commit(group);
      } else break;
    }
    this.#running = null;
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    const first = this.#sequence + 1;
    const commit = this.#start.nextCommit(group.length);
    this.#commitUnderWay = commit;
    try {
      if (this.#failed !== null) throw this.#failed;
      if (!this.#open) await this.#openFile();
      this.#bytes = await this.#writer!.write({
        frames: group.map(({ frame }) => frame),
        sequence: first,
        durable: this.#sequence,
        commit,
        edit: this.#start.lastEdit(),
      });
      // A sync that failed beside this one may have dropped the name of the file.
      if (this.#failed !== null) throw this.#failed;
    } catch (cause) {
      this.#commitUnderWay = Infinity;
      await this.#fail(group, errorFromUnknown(cause));
      return;
    }
    this.#sequence += group.length;
    this.#commitUnderWay = Infinity;
    group.forEach(({ apply }, index) => apply({ sequence: first + index, commit: commit + index }));
    for (const { resolve } of group) resolve();
  }

  async #rotate({ apply, resolve, reject }: Rotation): Promise<void> {
    try {
      if (this.#failed !== null) throw this.#failed;
      if (this.#open) this.#number++;
      await this.#openFile();
    } catch (cause) {
      await this.#fail([], errorFromUnknown(cause));
      reject(this.#failed ?? errorFromUnknown(cause));
      return;
    }
    apply({ firstLog: this.#number, frame: this.#sequence });
    resolve();
  }

  async #openFile(): Promise<void> {
    this.#writer ??= createWriter(this.#host);
    this.#open = false;
    try {
      await this.#writer.open(this.#start.directory, this.#number);
    } catch (error) {
      // The file may be there in part: its number is not used again.
      this.#number++;
      throw error;
    }
    this.#open = true;
    this.#bytes = 0;
  }

  /**
   * A full disk: the half-written file ends at what was acknowledged and is never written again. Any other failure ends
   * the log for this process.
   */
  async #fail(group: readonly Waiting[], cause: VarveError): Promise<void> {
    let error = cause;
    if (cause.code === 'storage_full') {
      try {
        await this.#writer?.abandon();
        if (this.#open) this.#number++;
        this.#open = false;
      } catch (second) {
        // A part of a frame may stay: whether it is read again is not known, and nothing may follow it.
        error = new VarveError('storage_failed', errorFromUnknown(second).message, { cause: second });
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

  /**
   * Takes nothing more, and writes as the last frame one that has no sequence of its own: it bears that of the frame
   * before it. It may be lost without a trace, and where it can be read, all before it is durable.
   * @throws VarveError `storage_full`, `storage_failed`.
   */
  async end(frame: Uint8Array): Promise<void> {
    this.#closed = true;
    while (this.#running !== null) await this.#running;
    if (this.#failed !== null) throw this.#failed;
    if (!this.#open) await this.#openFile();
    const { nextCommit, lastEdit } = this.#start;
    const sequence = this.#sequence;
    await this.#writer!.write({
      frames: [frame],
      sequence,
      durable: sequence,
      commit: nextCommit(0),
      edit: lastEdit(),
    });
  }

  /** Takes nothing more, waits for what is under way and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#running !== null) await this.#running;
    const writer = this.#writer;
    this.#writer = null;
    this.#failed ??= closedError();
    await writer?.close();
  }
}

function createWriter(host: Host): LogWriter {
  const thread = host.threads.start('log');
  return thread === null ? createLogWriter(host.vfs) : writerInThread(thread);
}

/** A writer whose work is done in a thread of its own. */
function writerInThread(thread: OwnThread): LogWriter {
  return {
    open: (directory, number) => thread.run('open', { directory, number }),
    write: (group) => thread.run('write', group),
    abandon: () => thread.run('abandon', null),
    leave: () => thread.run('leave', null),
    async close() {
      try {
        await thread.run('leave', null);
      } finally {
        await thread.close();
      }
    },
  };
}
