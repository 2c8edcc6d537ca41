import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root, whether this runs from its source or from what was built of it. */
export const root: string = findRoot(dirname(fileURLToPath(import.meta.url)));

/** The folder `bench` has a package of its own, so a package.json alone does not tell. */
function findRoot(folder: string): string {
  return existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'engine'))
    ? folder
    : findRoot(dirname(folder));
}

/** Lets `use` have a new folder, which goes afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'varve-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @returns the bytes of all files below a folder; one that goes meanwhile, as what was compacted does, has none. */
export async function bytesBelow(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) bytes += await bytesOf(join(entry.parentPath, entry.name));
  }
  return bytes;
}

async function bytesOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
