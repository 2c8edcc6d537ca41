/**
 * Files, as the store needs them: the whole of what it may do to a disk, so that a simulated disk can stand in.
 *
 * Paths are absolute. A method that fails throws a `VarveError`: `not_found`, `storage_full` (ENOSPC, EDQUOT),
 * `forbidden` (EACCES, EPERM, EROFS), else `storage_failed`, with the path in the message. Nothing is durable until
 * the file's `sync` (its content) and the folder's `syncDirectory` (its name) have returned; whatever these fail of, they
 * throw `storage_failed`, since what is on the disk then is not known.
 */
export interface Vfs {
  /** Opens an existing file to read. */
  openRead(path: string): Promise<VfsFile>;
  /** Creates a file to write (and read); it must not exist. */
  create(path: string): Promise<VfsFile>;
  /** Opens an existing file to write (and read) without truncating it. */
  openWrite(path: string): Promise<VfsFile>;
  /** The same as `openRead`, without a turn of the event loop: for reading segments inside a query. */
  openReadSync(path: string): VfsReadFile;
  /**
   * Opens an existing file to read what the device holds rather than what the page cache remembers (O_DIRECT), where the
   * file system can; else as `openRead`. Every read must begin at a multiple of `directBytes`, into a buffer that begins
   * at one in memory (that of a WebAssembly.Memory does) and is a multiple of it long.
   */
  openUncached(path: string): Promise<VfsFile>;
  /** @returns the names in a folder, sorted by bytes; empty when the folder does not exist. */
  list(path: string): Promise<string[]>;
  exists(path: string): Promise<boolean>;
  /** @returns whether it is a pipe, a socket or a device, where a link leads there too: reading one may wait for ever. */
  isSpecial(path: string): Promise<boolean>;
  /** Makes a folder and what leads to it. */
  makeDirectory(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Removes an empty folder. */
  removeDirectory(path: string): Promise<void>;
  /** Makes creations, renames and removals in this folder durable. */
  syncDirectory(path: string): Promise<void>;
  /** @returns free and total bytes of the file system that holds `path`. */
  space(path: string): Promise<{ readonly freeBytes: number; readonly totalBytes: number }>;
}

/** What places, lengths and buffers of uncached reads are multiples of: the largest block of common devices. */
export const directBytes = 4096;

/** What a query needs of a file. */
export interface VfsReadFile {
  readonly path: string;
  /** Fills `into` from `position`; @returns bytes read, fewer only at the end of the file. `into` may be a view of shared memory. */
  readSync(into: Uint8Array, position: number): number;
  /** Has the machine fetch bytes that will be read soon, without waiting for them; where it can. */
  ahead?(position: number, bytes: number): void;
  sizeSync(): number;
  closeSync(): void;
}

/** An open file. Writes loop until all bytes are written (a short write is never success). */
export interface VfsFile {
  readonly path: string;
  read(into: Uint8Array, position: number): Promise<number>;
  write(bytes: Uint8Array, position: number): Promise<void>;
  truncate(size: number): Promise<void>;
  /** fdatasync. After a failure the file must be given up: never called again on the same file. */
  sync(): Promise<void>;
  size(): Promise<number>;
  close(): Promise<void>;
}
