import type { Vfs } from '../host/vfs.ts';
import { temporarySuffix } from './file-names.ts';

/** @returns a file's bytes. */
export async function readWhole(vfs: Vfs, path: string): Promise<Uint8Array> {
  const file = await vfs.openRead(path);
  try {
    const bytes = new Uint8Array(await file.size());
    const read = await file.read(bytes, 0);
    return bytes.subarray(0, read);
  } finally {
    await file.close();
  }
}

/** Writes a file beside the one it replaces, syncs it and renames it; the folder is the caller's to sync. */
export async function replaceFile(vfs: Vfs, path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}${temporarySuffix}`;
  if (await vfs.exists(temporary)) await vfs.unlink(temporary);
  const file = await vfs.create(temporary);
  try {
    await file.write(bytes, 0);
    await file.sync();
  } finally {
    await file.close();
  }
  await vfs.rename(temporary, path);
}
