import { errorFromUnknown, type VarveError } from '../base/errors.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';

/**
 * Files whose failed syncs are told. A sync that failed may have dropped what others had written in the same folder or
 * file, and theirs then succeeds: after it nothing more may be acknowledged.
 * @param onFailure is told before the failure is thrown.
 */
export function guardSyncs(vfs: Vfs, onFailure: (error: VarveError) => void): Vfs {
  const told = async (sync: Promise<void>): Promise<void> => {
    try {
      await sync;
    } catch (error) {
      onFailure(errorFromUnknown(error));
      throw error;
    }
  };
  const guarded = (file: VfsFile): VfsFile => ({
    path: file.path,
    read: (into, position) => file.read(into, position),
    write: (bytes, position) => file.write(bytes, position),
    truncate: (size) => file.truncate(size),
    sync: () => told(file.sync()),
    size: () => file.size(),
    close: () => file.close(),
  });
  return {
    ...vfs,
    create: async (path) => guarded(await vfs.create(path)),
    openWrite: async (path) => guarded(await vfs.openWrite(path)),
    syncDirectory: (path) => told(vfs.syncDirectory(path)),
  };
}
