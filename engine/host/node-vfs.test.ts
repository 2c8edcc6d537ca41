import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support.ts';
import { nodeVfs } from './node-vfs.ts';

test.each([0, 1, 4095, 4096, 4097, 70_001])(
  'an uncached read of a file of %i bytes gives what is in it',
  async (size) => {
    const path = join(temporaryFolder(), 'file');
    const content = Uint8Array.from({ length: size }, (_, index) => index * 7);
    writeFileSync(path, content);
    // Pages of a WebAssembly memory lie where uncached reads may write to.
    const memory = (
      globalThis as unknown as { WebAssembly: { Memory: new (options: object) => { buffer: ArrayBuffer } } }
    ).WebAssembly;
    const { buffer } = new memory.Memory({ initial: 1, maximum: 1 });
    const file = await nodeVfs.openUncached(path);
    const found: number[] = [];
    for (let position = 0; ; position += buffer.byteLength) {
      const read = await file.read(new Uint8Array(buffer), position);
      found.push(...new Uint8Array(buffer, 0, read));
      if (read < buffer.byteLength) break;
    }
    await file.close();
    expect(Uint8Array.from(found)).toEqual(content);
  },
);

test('a file that is not there cannot be opened uncached', async () => {
  await expect(nodeVfs.openUncached(join(temporaryFolder(), 'none'))).rejects.toMatchObject({ code: 'not_found' });
});
