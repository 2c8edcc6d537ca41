import { VarveError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import { closedError } from './closed-error.ts';
import { openToRead } from './open-store.ts';
import { checkStore } from './store-check.ts';
import type { StoreCore } from './store-core.ts';
import type { Snapshot, Store } from './store-types.ts';
import { infoOf, positionsOf, snapshotOf } from './store-views.ts';

/** A version that was taken in, kept by the writer beside until nobody here reads it. */
interface Version {
  readonly core: StoreCore;
  /** Counts a user of it; the handle itself is the first. */
  use(): void;
  /** The last user has the writer let the files go. */
  leave(): void;
}

/**
 * Opens a store to read, beside a writer or none; `refresh` moves it on to what is durable then. A snapshot keeps the
 * version that it was taken of, also past a refresh.
 * @throws VarveError `not_found`, `data_corrupted`, `unsupported_version`.
 */
export async function openReader(host: Host, directory: string): Promise<Store> {
  let version = await openVersion(host, directory);
  let turn: Promise<void> = Promise.resolve();
  let closed = false;
  const opened = (): void => {
    if (closed) throw closedError();
  };
  const refresh = async (): Promise<void> => {
    opened();
    const before = version;
    const next = await openVersion(host, directory);
    if (closed) {
      next.leave();
      throw closedError();
    }
    version = next;
    before.leave();
  };
  const refused = (): Promise<never> =>
    Promise.reject(new VarveError('usage', 'The store is open read-only.', { hint: 'Open it without readOnly.' }));
  return {
    directory,
    readOnly: true,
    seed: version.core.manifest.catalog.seed,
    tables: () => version.core.live.visible().map((table) => infoOf(version.core, table)),
    schema: (table) => version.core.live.get(table)?.schema,
    append: refused,
    importBatches: refused,
    importPositions: () => positionsOf(version.core),
    snapshot() {
      opened();
      return snapshotOfVersion(version);
    },
    define: refused,
    compact: refused,
    async check() {
      const { core, use, leave } = version;
      use();
      return checkStore(core).finally(leave);
    },
    refresh() {
      // One after another: each leaves the version that the one before it took in.
      const done = turn.then(refresh);
      turn = done.catch(() => undefined);
      return done;
    },
    close() {
      if (!closed) version.leave();
      closed = true;
      return Promise.resolve();
    },
  };
}

async function openVersion(host: Host, directory: string): Promise<Version> {
  const pin = await host.lock.pin(directory);
  let users = 1;
  try {
    return {
      core: await openToRead(host, directory, pin),
      use: () => void users++,
      leave() {
        users--;
        if (users === 0) pin?.release();
      },
    };
  } catch (error) {
    pin?.release();
    throw error;
  }
}

function snapshotOfVersion(version: Version): Snapshot {
  const snapshot = snapshotOf(version.core);
  version.use();
  let released = false;
  return {
    ...snapshot,
    release() {
      if (released) return;
      released = true;
      snapshot.release();
      version.leave();
    },
  };
}
