import { errorFromUnknown, VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { DurableState } from '../host/lock.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import { emptyCatalog, type Catalog } from './catalog.ts';
import { closedError } from './closed-error.ts';
import { encodeFileHeader, fileHeaderBytes, hasFileHeader, storeVersion } from './file-header.ts';
import { fileNames, manifestFileName, temporarySuffix } from './file-names.ts';
import { applyEdit, editMagic, encodeEdit, readEdit, wholeEdit, type ManifestEdit } from './manifest-edit.ts';
import { readWhole, replaceFile } from './whole-file.ts';

/*
 * CURRENT: one line, "varve VERSION MANIFEST-NUMBER\n". The manifest it names is the only one that counts.
 */

/** A manifest read to its end. */
export interface ReadManifest {
  readonly number: number;
  readonly catalog: Catalog;
}

/**
 * Reads the manifest that CURRENT names, to its end; or that of an earlier moment, up to its version.
 * @returns null where there is no CURRENT: no store, or one whose making was cut off.
 * @throws VarveError `data_corrupted` when it is damaged anywhere but at its end, `unsupported_version`.
 */
export async function readManifest(
  vfs: Vfs,
  directory: string,
  moment: Pick<DurableState, 'version' | 'manifest'> | null = null,
): Promise<ReadManifest | null> {
  const current = `${directory}/${fileNames.current}`;
  if (!(await vfs.exists(current))) return null;
  const number = moment?.manifest ?? numberOfCurrent(current, new TextDecoder().decode(await readWhole(vfs, current)));
  const path = `${directory}/${manifestFileName(number)}`;
  if (!(await vfs.exists(path))) throw corrupted(`"${current}" names "${path}", which is not there`);
  const bytes = await readWhole(vfs, path);
  if (!hasFileHeader(path, bytes, 'manifest', number)) throw corrupted(`the header of "${path}" is damaged`);
  let catalog = emptyCatalog(0);
  let at = fileHeaderBytes;
  let last = 0;
  for (let read = readEdit(bytes, at, number); read !== null; read = readEdit(bytes, at, number)) {
    const first = at === fileHeaderBytes;
    if (first !== (read.edit.whole !== undefined) || (!first && read.number !== last + 1))
      throw corrupted(`"${path}" goes from edit ${last} to ${read.number}`);
    if (first || moment === null || read.number <= moment.version) catalog = applyEdit(catalog, read.edit, read.number);
    last = read.number;
    at = read.end;
  }
  if (at === fileHeaderBytes) throw corrupted(`"${path}" has no whole first edit`);
  const later = laterEdit(bytes, at, number, last);
  if (later !== null) throw corrupted(`"${path}" is damaged at byte ${at}, and edit ${later} follows`);
  return { number, catalog };
}

function numberOfCurrent(path: string, text: string): number {
  const match = /^varve (\d+) MANIFEST-(\d+)\n$/.exec(text);
  if (match === null) throw corrupted(`"${path}" does not name a manifest`);
  if (Number(match[1]) !== storeVersion)
    throw new VarveError('unsupported_version', `The store has format ${match[1]}, this is ${storeVersion}.`, {
      hint: 'Open it with the version of varve that wrote it, or a newer one.',
    });
  return Number(match[2]);
}

/**
 * @returns the number of a valid edit after an invalid one, or null. One that is no later than the last valid one is a
 * stale one of an earlier file of this number, in blocks that were used again.
 */
function laterEdit(bytes: Uint8Array, from: number, manifest: number, last: number): number | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = from + 8; at + 8 <= bytes.length; at += 8) {
    if (view.getUint32(at, true) !== editMagic) continue;
    const read = readEdit(bytes, at, manifest);
    if (read !== null && read.number > last) return read.number;
  }
  return null;
}

function corrupted(what: string): VarveError {
  return new VarveError('data_corrupted', `The store cannot be read: ${what}.`, {
    hint: 'Nothing was changed. Restore the file from a copy.',
  });
}

/**
 * Writes edits, one fdatasync each, in the order of the calls; past manifestBytesMax, and after a write that failed for
 * want of room, a whole manifest is written anew and CURRENT switched to it. Any other failure ends it: what is on the
 * disk is then not known.
 */
export class Manifest {
  readonly #vfs: Vfs;
  readonly #directory: string;
  readonly #bytesMax: number;
  readonly #onReplaced: (path: string, edit: number) => void;
  #catalog: Catalog;
  #number: number;
  #file: VfsFile | null = null;
  #offset = 0;
  #failed: VarveError | null = null;
  #closed = false;
  #turn: Promise<unknown> = Promise.resolve();

  /** @param number of the manifest that CURRENT names, 0 = none; the first edit goes to a new one. */
  constructor(
    vfs: Vfs,
    directory: string,
    number: number,
    catalog: Catalog,
    options: {
      readonly bytesMax?: number;
      /** Told of each manifest that CURRENT no longer names, and since which edit. */
      readonly onReplaced?: (path: string, edit: number) => void;
    } = {},
  ) {
    this.#vfs = vfs;
    this.#directory = directory;
    this.#number = number;
    this.#catalog = catalog;
    this.#bytesMax = options.bytesMax ?? limits.manifestBytesMax;
    this.#onReplaced = options.onReplaced ?? (() => undefined);
  }

  /** The last durable version. */
  get catalog(): Catalog {
    return this.#catalog;
  }

  get failed(): VarveError | null {
    return this.#failed;
  }

  /** Manifests that CURRENT no longer names are below this. */
  get number(): number {
    return this.#number;
  }

  /**
   * Makes one edit durable.
   * @param make is called when it is this edit's turn, with the version it changes.
   * @param apply is called at once when it is durable, before any other edit is made.
   * @throws VarveError `storage_full` when the version stays what it was, `storage_failed` when that is not known.
   */
  commit(make: (catalog: Catalog) => ManifestEdit, apply: (catalog: Catalog) => void): Promise<void> {
    if (this.#closed) return Promise.reject(closedError());
    const done = this.#turn.then(() => this.#commit(make, apply));
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #commit(make: (catalog: Catalog) => ManifestEdit, apply: (catalog: Catalog) => void): Promise<void> {
    if (this.#failed !== null) throw this.#failed;
    const edit = make(this.#catalog);
    const next = applyEdit(this.#catalog, edit, this.#catalog.edit + 1);
    try {
      if (this.#file === null || this.#offset > this.#bytesMax) await this.#writeWhole(next);
      else await this.#append(this.#file, encodeEdit(edit, this.#number, next.edit));
      // A sync that failed beside this one may have dropped what this one has written.
      if (this.#failed !== null) throw this.#failed;
    } catch (cause) {
      throw await this.#fail(errorFromUnknown(cause));
    }
    this.#catalog = next;
    apply(next);
  }

  async #append(file: VfsFile, bytes: Uint8Array): Promise<void> {
    await file.write(bytes, this.#offset);
    await file.sync();
    this.#offset += bytes.length;
  }

  async #writeWhole(catalog: Catalog): Promise<void> {
    const { number, file, offset } = await writeManifest(this.#vfs, this.#directory, this.#number + 1, catalog);
    await this.#file?.close();
    if (this.#number > 0) this.#onReplaced(`${this.#directory}/${manifestFileName(this.#number)}`, catalog.edit);
    // Nothing is awaited from here until the catalog is the new one: a reader is told of both at once.
    this.#number = number;
    this.#file = file;
    this.#offset = offset;
  }

  async #fail(cause: VarveError): Promise<VarveError> {
    if (cause.code === 'storage_full') {
      try {
        // What was half written must not be taken for a torn edit that later ones follow.
        if (this.#file !== null) {
          await this.#file.truncate(this.#offset);
          await this.#file.sync();
          await this.#file.close();
        }
        this.#file = null;
        return cause;
      } catch (second) {
        return this.#end(errorFromUnknown(second));
      }
    }
    return this.#end(cause);
  }

  #end(cause: VarveError): VarveError {
    this.#failed = new VarveError('storage_failed', `The manifest could not be written: ${cause.message}`, {
      cause,
      hint: 'Restart: what is in is found out then.',
    });
    return this.#failed;
  }

  /** Takes no more edits: a sync failed somewhere in the store. */
  fail(cause: VarveError): void {
    if (this.#failed === null) this.#end(cause);
  }

  /** Takes nothing more, waits for what is under way and closes the file. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#turn;
    const file = this.#file;
    this.#file = null;
    this.#failed ??= closedError();
    await file?.close();
  }
}

/** Writes a catalog as a manifest of its own and switches CURRENT to it, each durable before the next. */
async function writeManifest(
  vfs: Vfs,
  directory: string,
  number: number,
  catalog: Catalog,
): Promise<{ readonly number: number; readonly file: VfsFile; readonly offset: number }> {
  const path = `${directory}/${manifestFileName(number)}`;
  // A manifest that was written but never named by CURRENT may be there.
  for (const left of [path, `${path}${temporarySuffix}`]) if (await vfs.exists(left)) await vfs.unlink(left);
  const edit = encodeEdit(wholeEdit(catalog), number, catalog.edit);
  const bytes = new Uint8Array(fileHeaderBytes + edit.length);
  bytes.set(encodeFileHeader('manifest', number));
  bytes.set(edit, fileHeaderBytes);
  await replaceFile(vfs, path, bytes);
  const current = new TextEncoder().encode(`varve ${storeVersion} ${manifestFileName(number)}\n`);
  await vfs.syncDirectory(directory);
  await replaceFile(vfs, `${directory}/${fileNames.current}`, current);
  await vfs.syncDirectory(directory);
  return { number, file: await vfs.openWrite(path), offset: bytes.length };
}
