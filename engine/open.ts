import { totalmem } from 'node:os';
import { resolve } from 'node:path';
import type { OpenOptions, Varve } from './api.ts';
import { createNodeHost } from './host/node-host.ts';
import { openStore } from './store/store.ts';
import { createVarve } from './varve.ts';

/**
 * Opens a store, recovering it first where the last process did not close it.
 *
 * @param directory folder of the store; made when missing, unless `create` is false or it is opened `readOnly`.
 * @throws VarveError `locked` when another process has it open for writing, `not_found` when it is missing and not to
 * be made, `data_corrupted` when what was durable cannot be read.
 */
export async function open(directory: string, options: OpenOptions = {}): Promise<Varve> {
  const readOnly = options.readOnly ?? false;
  const host = createNodeHost(options.onLog ?? (() => undefined), options.threads);
  const { seed } = options;
  try {
    const store = await openStore(host, resolve(directory), { readOnly, create: options.create ?? !readOnly, seed });
    return createVarve(host, store, options.memory ?? totalmem() / 4);
  } catch (error) {
    await host.threads.close();
    throw error;
  }
}
