import { linkSync, symlinkSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../test/support.ts';
import { codeOf } from '../../test/store-rows.ts';
import type { Lock, ReaderPins } from './lock.ts';
import { nodeLock } from './node-lock.ts';

const readers: ReaderPins = { pin: () => ({ version: 7, manifest: 1, frame: 3 }), unpin: () => undefined };

/** Leaves a socket that nobody listens to, as a process that was killed does. */
async function leaveStale(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.own`, resolve));
  linkSync(`${path}.own`, path);
  await new Promise((resolve) => server.close(resolve));
}

describe('the lock of a store', () => {
  it('goes to one of many that find it left by a process that died', async () => {
    for (let turn = 0; turn < 5; turn++) {
      const directory = temporaryFolder();
      await leaveStale(join(directory, 'LOCK'));
      const tries = await Promise.allSettled(Array.from({ length: 8 }, () => nodeLock.acquire(directory, readers)));
      const locks = tries.flatMap((one): Lock[] => (one.status === 'fulfilled' ? [one.value] : []));
      expect(locks).toHaveLength(1);
      expect(await codeOf(nodeLock.acquire(directory, readers))).toBe('locked');
      await locks[0].release();
      await (await nodeLock.acquire(directory, readers)).release();
    }
  });

  it('is the same by whatever path, however long, the folder is reached', async () => {
    const directory = join(temporaryFolder(), 'd'.repeat(120));
    mkdirSync(directory);
    const other = join(temporaryFolder(), 'e'.repeat(120));
    symlinkSync(directory, other);
    const lock = await nodeLock.acquire(directory, readers);
    expect(await codeOf(nodeLock.acquire(other, readers))).toBe('locked');
    const pin = await nodeLock.pin(other);
    expect(pin).toMatchObject({ version: 7, frame: 3 });
    pin?.release();
    await lock.release();
    expect(await nodeLock.pin(other)).toBeNull();
  });
});
