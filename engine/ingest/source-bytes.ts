import { createHash } from 'node:crypto';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import { VarveError } from '../base/errors.ts';
import type { Vfs } from '../host/vfs.ts';

const readBytes = 1024 * 1024;

/** How a source is compressed, by its first bytes (brotli has none, so it goes by the name). */
export function compressionOf(name: string, head: Uint8Array): 'gzip' | 'brotli' | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  return name.endsWith('.br') ? 'brotli' : null;
}

/** A file's bytes as they lie. */
export async function* bytesOfFile(vfs: Vfs, path: string): AsyncGenerator<Uint8Array> {
  const file = await vfs.openRead(path);
  try {
    for (let at = 0; ;) {
      const buffer = new Uint8Array(readBytes);
      const read = await file.read(buffer, at);
      if (read === 0) return;
      at += read;
      yield buffer.subarray(0, read);
    }
  } finally {
    await file.close();
  }
}

/**
 * The bytes of a compressed stream, inflated as they come; several gzip members are read one after another.
 * @throws VarveError `data_corrupted` at the place where the stream is damaged or cut, after all that came before it.
 */
export async function* inflate(
  name: string,
  stream: AsyncIterable<Uint8Array>,
  compression: 'gzip' | 'brotli',
): AsyncGenerator<Uint8Array> {
  const inflater = compression === 'gzip' ? createGunzip() : createBrotliDecompress();
  const state: { queue: Uint8Array[]; ended: boolean; error: Error | null; wake: () => void } = {
    queue: [],
    ended: false,
    error: null,
    wake: () => undefined,
  };
  // An async iterator over the stream would throw away what is buffered when the stream fails.
  inflater.on('data', (bytes: Uint8Array) => {
    state.queue.push(bytes);
    if (state.queue.length > 16) inflater.pause();
    state.wake();
  });
  inflater.on('end', () => {
    state.ended = true;
    state.wake();
  });
  inflater.on('error', (error) => {
    state.error = error;
    state.wake();
  });
  const pump = (async () => {
    for await (const chunk of stream) {
      if (state.error !== null) return;
      if (!inflater.write(chunk))
        await new Promise<void>((resolve) => {
          inflater.once('drain', resolve);
          inflater.once('error', () => resolve());
        });
    }
    inflater.end();
  })().catch((error: Error) => {
    state.error ??= error;
    state.wake();
  });
  let total = 0;
  for (;;) {
    const bytes = state.queue.shift();
    if (bytes !== undefined) {
      total += bytes.length;
      yield bytes;
      if (state.queue.length === 0) inflater.resume();
    } else if (state.error !== null) {
      throw new VarveError(
        'data_corrupted',
        `"${name}" is damaged or cut: its ${compression} stream ends after ${total} bytes (${state.error.message}).`,
        {
          cause: state.error,
          hint: 'What came before is in. Fetch the file again and import it: only what is new is added.',
        },
      );
    } else if (state.ended) break;
    else
      await new Promise<void>((resolve) => {
        state.wake = resolve;
      });
  }
  await pump;
}

/** @returns the digest by which a source is known again: of its first bytes, at most 64 KiB. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex').slice(0, 32);
}

/** @returns the files that a path names: itself, all below a folder (hidden ones apart) in path order, or what a glob matches. */
export async function filesOf(vfs: Vfs, path: string): Promise<string[]> {
  if (/[*?]/.test(path) && !(await vfs.exists(path))) {
    const root = path.slice(0, path.search(/[*?]/)).replace(/[^/]*$/, '') || './';
    const pattern = new RegExp(
      `^${path
        .replace(/^\.\//, '')
        .replace(/[.+^${}()|[\]\\]/g, '\\$&')
        .replaceAll('**/', '\u0001')
        .replaceAll('*', '[^/]*')
        .replaceAll('?', '[^/]')
        .replaceAll('\u0001', '(?:.*/)?')}$`,
    );
    const files = (await walk(vfs, root.replace(/\/$/, '') || '/')).filter((file) =>
      pattern.test(file.replace(/^\.\//, '')),
    );
    if (files.length === 0) throw new VarveError('not_found', `No file matches "${path}".`);
    return files;
  }
  if (!(await vfs.exists(path))) throw new VarveError('not_found', `"${path}" is not there.`);
  if (!(await isFolder(vfs, path))) return [path];
  const files = await walk(vfs, path.replace(/\/$/, ''));
  if (files.length === 0) throw new VarveError('not_found', `The folder "${path}" holds no file.`);
  return files;
}

async function walk(vfs: Vfs, folder: string): Promise<string[]> {
  const files: string[] = [];
  for (const name of await vfs.list(folder)) {
    if (name.startsWith('.')) continue;
    const path = `${folder}/${name}`;
    if (await isFolder(vfs, path)) files.push(...(await walk(vfs, path)));
    else files.push(path);
  }
  return files;
}

/** A folder is what can be listed: a file cannot. */
async function isFolder(vfs: Vfs, path: string): Promise<boolean> {
  try {
    await vfs.list(path);
    return true;
  } catch (error) {
    if (error instanceof VarveError && error.code === 'not_found') return false;
    throw error;
  }
}
