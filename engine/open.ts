import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { OpenOptions, Varve } from './api.ts';
import { checkBytes, checkText, checkWhole } from './arguments.ts';
import { isVarveError, VarveError } from './base/errors.ts';
import type { Host } from './host/host.ts';
import { createNodeHost } from './host/node-host.ts';

/**
 * Opens a store, recovering it first where the last process did not close it.
 *
 * @param directory folder of the store; made when missing, unless `create` is false or it is opened `readOnly`.
 * @throws VarveError `locked` when another process has it open for writing, `not_found` when it is missing and not to
 * be made, `data_corrupted` when what was durable cannot be read.
 */
export async function open(directory: string, options: OpenOptions = {}): Promise<Varve> {
  checkText("A store's folder", directory);
  checkWhole('threads', options.threads, 0);
  checkBytes('memory', options.memory);
  checkWhole('seed', options.seed, 0);
  const readOnly = options.readOnly ?? false;
  const host = createNodeHost(options.onLog ?? (() => undefined), options.threads);
  const { seed } = options;
  try {
    await expectFolder(host, resolve(directory));
    // What a store is made of is loaded by the first that is opened, not by whoever imports the package.
    const [{ openStore }, { createVarve }] = await Promise.all([import('./store/store.ts'), import('./varve.ts')]);
    const store = await openStore(host, resolve(directory), { readOnly, create: options.create ?? !readOnly, seed });
    return createVarve(host, store, options.memory ?? totalmem() / 4);
  } catch (error) {
    await host.threads.close();
    throw error;
  }
}

/** A file cannot be listed: the error of reading what would be below it names a path that nobody gave. */
async function expectFolder(host: Host, directory: string): Promise<void> {
  await host.vfs.list(directory).catch((error: unknown) => {
    if (!isVarveError(error) || error.code !== 'not_found') throw error;
    throw new VarveError('usage', `"${directory}" is a file; a store is a folder.`, {
      hint: 'Name another folder: --data DIR, or the first argument of open.',
      cause: error,
    });
  });
}
