import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';
import { utf8Bytes } from './decode-text.ts';
import { wideEncodingOf } from './encoding.ts';
import { compressionOf, inflate, type Compression } from './inflate.ts';

const readBytes = 1024 * 1024;

/** A file's bytes as they lie, from `start` on. @throws VarveError `not_found`, `forbidden`, `storage_failed`. */
export async function* bytesOfFile(vfs: Vfs, path: string, start = 0): AsyncGenerator<Uint8Array> {
  const file = await vfs.openRead(path);
  try {
    for (let at = start; ;) {
      const buffer = Buffer.allocUnsafeSlow(readBytes);
      const read = await file.read(buffer, at);
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  } catch (error) {
    // A folder can be opened but not read; whatever cannot be read is no fault of the store.
    const known = errorFromUnknown(error);
    if (known.code !== 'storage_failed') throw known;
    throw new VarveError('not_found', known.message, {
      cause: error,
      hint: 'Only files and folders of files are read.',
    });
  } finally {
    await file.close();
  }
}

/** A source's bytes as text lies in them: inflated, and UTF-8 whatever they were. */
export interface PlainBytes {
  readonly compression: Compression | null;
  /** What they were in. */
  readonly encoding: string;
  /** The first bytes, at most as many as were asked for. */
  readonly head: Uint8Array;
  /** The head is all there is. */
  readonly complete: boolean;
  /** All bytes, the head's among them. */
  readonly stream: AsyncGenerator<Uint8Array>;
  /** Lets go of the source where its stream was not read to the end. */
  close(): Promise<void>;
}

/**
 * Opens a stream of bytes as they lie: sees through compression and UTF-16.
 * @param headBytes how many of the first bytes to have at once.
 * @param encoding what the text is in; null: UTF-16 is seen, all else left as it is.
 * @throws VarveError `usage` for what is not read; `data_corrupted` from the stream, where it is damaged or cut.
 */
export async function plainBytes(
  name: string,
  raw: AsyncIterable<Uint8Array>,
  headBytes: number,
  encoding: string | null = null,
): Promise<PlainBytes> {
  let opened = await takeHead(raw, headBytes);
  try {
    const compression = compressionOf(name, opened.head);
    if (compression !== null) opened = await takeHead(inflate(name, opened.stream, compression), headBytes);
    const plain = { ...opened, compression, encoding: 'utf-8' };
    return await recoded(plain, encoding ?? wideEncodingOf(name, plain.head) ?? 'utf-8', headBytes);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** The same text, which was taken for UTF-8, from another encoding. */
export async function recoded(plain: PlainBytes, encoding: string, headBytes: number): Promise<PlainBytes> {
  if (encoding === plain.encoding) return plain;
  return { ...plain, ...(await takeHead(utf8Bytes(plain.stream, encoding), headBytes)), encoding };
}

/** Reads the first bytes of a stream, and gives them back in front of the rest; a failure comes after them. */
async function takeHead(
  stream: AsyncIterable<Uint8Array>,
  headBytes: number,
): Promise<Pick<PlainBytes, 'head' | 'complete' | 'stream' | 'close'>> {
  const chunks = stream[Symbol.asyncIterator]();
  const taken: Uint8Array[] = [];
  let length = 0;
  let ended = false;
  let failed: unknown = null;
  while (length < headBytes && !ended) {
    try {
      const next = await chunks.next();
      if (next.done === true) ended = true;
      else {
        taken.push(next.value);
        length += next.value.length;
      }
    } catch (error) {
      failed = error;
      ended = true;
    }
  }
  if (failed !== null && taken.length === 0) throw failed;
  const head = new Uint8Array(Buffer.concat(taken).subarray(0, headBytes));
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* taken.splice(0);
      if (failed !== null) throw failed;
      for (let next = ended ? null : await chunks.next(); next !== null && next.done !== true;) {
        yield next.value;
        next = await chunks.next();
      }
    } finally {
      await chunks.return?.();
    }
  }
  const close = async (): Promise<void> => void (await chunks.return?.());
  return { head, complete: ended && failed === null && length <= headBytes, stream: all(), close };
}
