import { VarveError } from '../base/errors.ts';
import { hash64OfText } from '../base/hash64.ts';
import { limits } from '../base/limits.ts';
import { checksum } from '../host/checksum.ts';
import type { Vfs } from '../host/vfs.ts';
import type { KeyFile } from './catalog.ts';
import { encodeFileHeader, fileHeaderBytes, hasFileHeader } from './file-header.ts';
import { fileNames, keyFileName } from './file-names.ts';
import { readWhole, replaceFile } from './whole-file.ts';
import type { AppendOutcome } from './store-types.ts';

/*
 * A key file: the header of file-header.ts, then
 *
 *   16  u32  keys
 *   20  u32  checksum of the keys' bytes
 *   24  56 bytes a key, in order of their commits:
 *         0  16 bytes  hash of table and key (hash64 with seeds 0 and 1)
 *        16  16 bytes  hash of the payload's digest
 *        32  u32  low word of the hash of the table's name
 *        36  u32  rows accepted
 *        40  u32  rows rejected
 *        44  u32  0
 *        48  f64  when, UTC milliseconds
 */
const recordBytes = 56;
const recordWords = recordBytes / 4;

/** More files than this are joined into one. */
const keyFilesMax = 16;

const dayMs = 86_400_000;

/** What a repeat of a key is told. */
export interface KnownOutcome {
  readonly samePayload: boolean;
  readonly outcome: AppendOutcome;
}

/**
 * The idempotency keys of all tables that had effect, 56 bytes a key. A key is known by 128 bits of hash. It is
 * remembered for idempotencyDays and until its table has had idempotencyKeysMin later ones, whichever is longer.
 */
export class KeyIndex {
  #words = new Uint32Array(64 * recordWords);
  #floats = new Float64Array(this.#words.buffer);
  /** Open addressing by hash: place of a key + 1, or 0. */
  #table = new Uint32Array(128);
  #count = 0;
  /** Keys that key files hold. */
  #stored = 0;

  get count(): number {
    return this.#count;
  }

  /** @returns what a key was answered with, or null for one that is not known. */
  find(table: string, key: string, digest: string): KnownOutcome | null {
    const record = recordOf(table, key, digest, { accepted: 0, rejected: 0, duplicate: false }, 0);
    const place = this.#find(record);
    if (place < 0) return null;
    const at = place * recordWords;
    const words = this.#words;
    return {
      samePayload: [4, 5, 6, 7].every((word) => words[at + word] === record[word]),
      outcome: { accepted: words[at + 9], rejected: words[at + 10], duplicate: false },
    };
  }

  add(table: string, key: string, digest: string, outcome: AppendOutcome, time: number): void {
    this.#insert(recordOf(table, key, digest, outcome, time));
  }

  #find(record: Uint32Array): number {
    const mask = this.#table.length - 1;
    for (let slot = record[0] & mask; this.#table[slot] !== 0; slot = (slot + 1) & mask) {
      const at = (this.#table[slot] - 1) * recordWords;
      const words = this.#words;
      if (
        words[at] === record[0] &&
        words[at + 1] === record[1] &&
        words[at + 2] === record[2] &&
        words[at + 3] === record[3]
      )
        return this.#table[slot] - 1;
    }
    return -1;
  }

  #insert(record: Uint32Array): void {
    if (this.#find(record) >= 0) return;
    if ((this.#count + 1) * recordWords > this.#words.length) {
      const words = new Uint32Array(this.#words.length * 2);
      words.set(this.#words);
      this.#words = words;
      this.#floats = new Float64Array(words.buffer);
    }
    this.#words.set(record, this.#count * recordWords);
    this.#count++;
    if (this.#count * 2 > this.#table.length) this.#rehash(this.#table.length * 2);
    else this.#place(this.#count - 1);
  }

  #place(key: number): void {
    const mask = this.#table.length - 1;
    let slot = this.#words[key * recordWords] & mask;
    while (this.#table[slot] !== 0) slot = (slot + 1) & mask;
    this.#table[slot] = key + 1;
  }

  #rehash(size: number): void {
    this.#table = new Uint32Array(size);
    for (let key = 0; key < this.#count; key++) this.#place(key);
  }

  /** Forgets what is older than idempotencyDays and has idempotencyKeysMin later keys of its table. */
  #expire(now: number): void {
    const later = new Map<number, number>();
    const kept: number[] = [];
    for (let key = this.#count - 1; key >= 0; key--) {
      const table = this.#words[key * recordWords + 8];
      const count = later.get(table) ?? 0;
      later.set(table, count + 1);
      const age = now - this.#floats[(key * recordWords + 12) / 2];
      if (age <= limits.idempotencyDays * dayMs || count < limits.idempotencyKeysMin) kept.push(key);
    }
    if (kept.length === this.#count) return;
    kept.reverse().forEach((key, place) => {
      this.#words.copyWithin(place * recordWords, key * recordWords, (key + 1) * recordWords);
    });
    this.#count = kept.length;
    this.#rehash(this.#table.length);
  }

  /**
   * Writes the keys that no file holds yet to one; past keyFilesMax files, all keys to one, without those expired.
   * @returns the files that hold all keys then, for the manifest; the same list when there is nothing to write.
   */
  async store(
    vfs: Vfs,
    directory: string,
    files: readonly KeyFile[],
    number: number,
    now: number,
  ): Promise<readonly KeyFile[]> {
    if (this.#stored === this.#count) return files;
    const join = files.length >= keyFilesMax;
    if (join) {
      // Places change, and should the write fail, the next one must not take any key for written.
      this.#stored = 0;
      this.#expire(now);
    }
    const first = join ? 0 : this.#stored;
    const count = this.#count;
    const folder = `${directory}/${fileNames.keys}`;
    // A folder that is there need not be durable: whoever made it may have been cut off.
    if (!(await vfs.exists(folder))) await vfs.makeDirectory(folder);
    await vfs.syncDirectory(directory);
    await replaceFile(vfs, `${folder}/${keyFileName(number)}`, encodeKeys(number, this.#words, first, count));
    await vfs.syncDirectory(folder);
    this.#stored = count;
    return [...(join ? [] : files), { number, keys: count - first }];
  }

  /** Says that a `store` did not come into the manifest: its keys are written again by the next. */
  unstore(files: readonly KeyFile[]): void {
    this.#stored = Math.min(
      this.#stored,
      files.reduce((sum, file) => sum + file.keys, 0),
    );
  }

  /**
   * Reads the key files that the manifest names.
   * @throws VarveError `data_corrupted` when one is missing or damaged.
   */
  async load(vfs: Vfs, directory: string, files: readonly KeyFile[]): Promise<void> {
    for (const file of files) for (const record of await readKeyFile(vfs, directory, file)) this.#insert(record);
    this.#stored = this.#count;
  }
}

/**
 * Reads one key file.
 * @returns its records, each a view of 14 words.
 * @throws VarveError `data_corrupted` when it is missing or damaged.
 */
export async function readKeyFile(vfs: Vfs, directory: string, file: KeyFile): Promise<Uint32Array[]> {
  const path = `${directory}/${fileNames.keys}/${keyFileName(file.number)}`;
  if (!(await vfs.exists(path))) throw new VarveError('data_corrupted', `The key file "${path}" is missing.`);
  const bytes = await readWhole(vfs, path);
  const start = fileHeaderBytes + 8;
  const damaged =
    bytes.length !== start + file.keys * recordBytes ||
    !hasFileHeader(path, bytes, 'keys', file.number) ||
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(fileHeaderBytes + 4, true) !==
      checksum(bytes.subarray(start));
  if (damaged) throw new VarveError('data_corrupted', `The key file "${path}" is damaged.`);
  const words = new Uint32Array(bytes.slice(start).buffer);
  return Array.from({ length: file.keys }, (_, key) => words.subarray(key * recordWords, (key + 1) * recordWords));
}

function encodeKeys(number: number, words: Uint32Array, first: number, count: number): Uint8Array {
  const start = fileHeaderBytes + 8;
  const bytes = new Uint8Array(start + (count - first) * recordBytes);
  bytes.set(encodeFileHeader('keys', number));
  bytes.set(new Uint8Array(words.buffer, first * recordBytes, (count - first) * recordBytes), start);
  const view = new DataView(bytes.buffer);
  view.setUint32(fileHeaderBytes, count - first, true);
  view.setUint32(fileHeaderBytes + 4, checksum(bytes.subarray(start)), true);
  return bytes;
}

function recordOf(table: string, key: string, digest: string, outcome: AppendOutcome, time: number): Uint32Array {
  const record = new Uint32Array(recordWords);
  [`${table}\u0000${key}`, digest].forEach((text, part) => {
    for (const seed of [0, 1]) {
      const { low, high } = hash64OfText(text, seed);
      record[4 * part + 2 * seed] = low;
      record[4 * part + 2 * seed + 1] = high;
    }
  });
  record[8] = hash64OfText(table).low;
  record[9] = outcome.accepted;
  record[10] = outcome.rejected;
  new Float64Array(record.buffer)[6] = time;
  return record;
}
