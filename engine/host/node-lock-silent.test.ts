import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { temporaryFolder } from '../../test/support.ts';
import { codeOf } from '../../test/store-rows.ts';
import { nodeLock } from './node-lock.ts';

vi.mock('../base/limits.ts', async (original) => {
  const { limits } = await original<{ limits: object }>();
  return { limits: { ...limits, writerAnswerMsMax: 20 } };
});

it('a reader does not wait without end for a holder of the lock that says nothing', async () => {
  const directory = temporaryFolder();
  const asked: Socket[] = [];
  const silent = createServer((socket) => void asked.push(socket));
  await new Promise<void>((resolve) => silent.listen(join(directory, 'LOCK'), resolve));
  expect(await codeOf(nodeLock.pin(directory))).toBe('busy');
  expect(asked).toHaveLength(1);
  for (const socket of asked) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
});
