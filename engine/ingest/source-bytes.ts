import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { errorFromUnknown, VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';

const readBytes = 1024 * 1024;
/** Inflated chunks that may wait for who takes them. */
const queueMax = 8;

/** How a source is compressed, by its first bytes (brotli has none, so it goes by the name). */
function compressionOf(name: string, head: Uint8Array): 'gzip' | 'brotli' | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return name.endsWith('.br') ? 'brotli' : null;
}

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

/** A source's bytes as text lies in them: inflated, and UTF-8 where they were UTF-16. */
export interface PlainBytes {
  readonly compression: 'gzip' | 'brotli' | null;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be';
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
 * Opens a stream of bytes as they lie: sees through compression and UTF-16 with a byte order mark.
 * @param headBytes how many of the first bytes to have at once.
 * @throws VarveError `data_corrupted` from the stream, at the place where it is damaged or cut.
 */
export async function plainBytes(name: string, raw: AsyncIterable<Uint8Array>, headBytes: number): Promise<PlainBytes> {
  const opened = await takeHead(raw, headBytes);
  const compression = compressionOf(name, opened.head);
  const plain = compression === null ? opened : await takeHead(inflate(name, opened.stream, compression), headBytes);
  const encoding = encodingOf(plain.head);
  if (encoding === 'utf-8') return { ...plain, compression, encoding };
  return { ...(await takeHead(utf8Bytes(plain.stream, encoding), headBytes)), compression, encoding };
}

/** UTF-16 by its byte order mark; one that two NUL bytes follow is UTF-32's, which is not read. */
function encodingOf(head: Uint8Array): PlainBytes['encoding'] {
  if (head[0] === 0xff && head[1] === 0xfe) return head[2] === 0 && head[3] === 0 ? 'utf-8' : 'utf-16le';
  return head[0] === 0xfe && head[1] === 0xff ? 'utf-16be' : 'utf-8';
}

async function* utf8Bytes(
  stream: AsyncIterable<Uint8Array>,
  encoding: 'utf-16le' | 'utf-16be',
): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  const encoder = new TextEncoder();
  for await (const chunk of stream) {
    const bytes = encoder.encode(decoder.decode(chunk, { stream: true }));
    if (bytes.length > 0) yield bytes;
  }
  const rest = encoder.encode(decoder.decode());
  if (rest.length > 0) yield rest;
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

/**
 * The bytes of a compressed stream, inflated as they come, by the platform's own threads; several gzip members are read
 * one after another.
 * @throws VarveError `data_corrupted` at the place where the stream is damaged or cut, after all that came before it.
 */
export async function* inflate(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'brotli',
): AsyncGenerator<Uint8Array> {
  const options = { chunkSize: readBytes / 4 };
  const inflater = compression === 'gzip' ? createGunzip(options) : createBrotliDecompress(options);
  const queue: Uint8Array[] = [];
  const state = { ended: false, closed: false, error: null as unknown, wake: (): void => undefined };
  // An async iterator over the stream would throw away what is buffered when the stream fails.
  inflater.on('data', (bytes: Uint8Array) => {
    queue.push(bytes);
    if (queue.length >= queueMax) inflater.pause();
    state.wake();
  });
  const stop = (change: () => void) => {
    change();
    state.wake();
  };
  inflater.on('end', () => stop(() => (state.ended = true)));
  inflater.on('error', (error) => stop(() => (state.error ??= error)));
  inflater.on('close', () => stop(() => (state.closed = true)));
  const pump = (async () => {
    for await (const chunk of stream) {
      if (!inflater.write(chunk) && !state.closed)
        await new Promise<void>((resolve) => {
          inflater.once('drain', resolve);
          inflater.once('close', resolve);
        });
      if (state.closed) return;
    }
    inflater.end();
  })().catch((error: unknown) => stop(() => (state.error ??= error)));
  let total = 0;
  try {
    for (;;) {
      const bytes = queue.shift();
      if (bytes !== undefined) {
        total += bytes.length;
        yield bytes;
        if (queue.length === 0) inflater.resume();
      } else if (state.error !== null) {
        throw damaged(name, compression, total, state.error);
      } else if (state.ended) return;
      else
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
    }
  } finally {
    inflater.destroy();
    // Who stops early does not wait for a source that may be slow to give its next bytes.
    if (state.ended) await pump;
  }
}

function damaged(name: string, compression: string, bytes: number, cause: unknown): VarveError {
  if (cause instanceof VarveError) return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  return new VarveError(
    'data_corrupted',
    `"${name}" is damaged or cut: its ${compression} stream ends after ${bytes} bytes (${why}).`,
    { cause, hint: 'What came before is in. Fetch the file again and import it: only what is new is added.' },
  );
}
