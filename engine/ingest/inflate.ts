import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { isVarveError, VarveError } from '../base/errors.ts';
import { bzip2Bytes } from './bunzip2.ts';
import { zstdBytes } from './zstd.ts';

export type Compression = 'gzip' | 'zstd' | 'bzip2' | 'brotli';

const outBytes = 256 * 1024;
/** Inflated chunks that may wait for who takes them. */
const queueMax = 8;

/**
 * How a source is compressed, by its first bytes; brotli has none that tell, so it goes by the name.
 * @throws VarveError `usage` for what is not read.
 */
export function compressionOf(name: string, head: Uint8Array): Compression | null {
  const begins = (...bytes: number[]): boolean => bytes.every((byte, index) => head[index] === byte);
  if (begins(0x1f, 0x8b)) return 'gzip';
  if (begins(0x28, 0xb5, 0x2f, 0xfd)) return 'zstd';
  if ((head[0] ?? 0) >>> 4 === 5 && head[1] === 0x2a && head[2] === 0x4d && head[3] === 0x18) return 'zstd';
  // BZh, the size of blocks, then the first block or the end.
  if (begins(0x42, 0x5a, 0x68) && (head[4] === 0x31 || head[4] === 0x17)) return 'bzip2';
  if (begins(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0)) throw unreadable(name, 'xz', 'xz -dc');
  if (begins(0x04, 0x22, 0x4d, 0x18)) throw unreadable(name, 'lz4', 'lz4 -dc');
  if (begins(0x50, 0x4b, 3, 4)) throw unreadable(name, 'a zip archive', 'unzip -p');
  if (begins(0x1f, 0x9d)) throw unreadable(name, 'compress', 'gzip -dc');
  return name.endsWith('.br') ? 'brotli' : null;
}

function unreadable(name: string, what: string, command: string): VarveError {
  return new VarveError('usage', `"${name}" is compressed as ${what}, which is not read.`, {
    hint: `Inflate it on the way: ${command} FILE | varve import -. Read are gzip, zstd, bzip2 and brotli.`,
  });
}

/**
 * The bytes of a compressed stream, inflated as they come; what was made and not yet taken is bounded. Gzip members, zstd
 * frames and bzip2 streams are read one after another.
 * @throws VarveError `data_corrupted` at the place where the stream is damaged or cut, after all that came before it.
 */
export async function* inflate(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  try {
    for await (const bytes of inflated(name, stream, compression)) {
      total += bytes.length;
      yield bytes;
    }
  } catch (error) {
    throw damaged(name, compression, total, error);
  }
}

function inflated(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  compression: Compression,
): AsyncGenerator<Uint8Array> {
  if (compression === 'zstd') return zstdBytes(name, stream);
  return compression === 'bzip2' ? bzip2Bytes(stream) : platformBytes(stream, compression);
}

/** Inflates in the platform's own threads. */
async function* platformBytes(
  stream: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'brotli',
): AsyncGenerator<Uint8Array> {
  const inflater =
    compression === 'gzip' ? createGunzip({ chunkSize: outBytes }) : createBrotliDecompress({ chunkSize: outBytes });
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
  try {
    for (;;) {
      const bytes = queue.shift();
      if (bytes !== undefined) {
        yield bytes;
        if (queue.length === 0) inflater.resume();
      } else if (state.error !== null) {
        throw state.error;
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
  // What the source itself failed of is no fault of the compressed bytes.
  if (isVarveError(cause) && cause.code !== 'data_corrupted') return cause;
  const why = cause instanceof Error ? cause.message : String(cause);
  const hint = isVarveError(cause) ? cause.hint : undefined;
  return new VarveError(
    'data_corrupted',
    `"${name}" is damaged or cut: its ${compression} stream ends after ${bytes} bytes (${why}).`,
    {
      cause,
      hint: hint ?? 'What came before is in. Fetch the file again and import it: only what is new is added.',
    },
  );
}
