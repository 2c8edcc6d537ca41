import { errorFromUnknown } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { Catalog } from './catalog.ts';
import { fileNames, keyFileName, manifestFileName, numberOfFile, temporarySuffix } from './file-names.ts';

/**
 * Removes what the manifest does not name: files that a crash left half made, and those that it kept from being removed.
 * Called once the store is open; a file that cannot be removed is left.
 */
export async function removeOrphans(host: Host, directory: string, catalog: Catalog, manifest: number): Promise<void> {
  const { vfs } = host;
  const named = new Set<string>([`${directory}/${fileNames.current}`, `${directory}/${manifestFileName(manifest)}`]);
  for (const { number } of catalog.keyFiles) named.add(`${directory}/${fileNames.keys}/${keyFileName(number)}`);
  for (const { segments } of catalog.tables.values())
    for (const { file } of segments) named.add(`${directory}/${file}`);
  const found: string[] = [];
  for (const name of await vfs.list(directory))
    if (/^MANIFEST-\d+$/.test(name) || name.endsWith(temporarySuffix)) found.push(`${directory}/${name}`);
  for (const name of await vfs.list(`${directory}/${fileNames.logs}`)) {
    const number = numberOfFile(name, '.log');
    if (number !== null && number < catalog.firstLog) found.push(`${directory}/${fileNames.logs}/${name}`);
  }
  for (const name of await vfs.list(`${directory}/${fileNames.keys}`))
    if (isOwn(name, '.keys')) found.push(`${directory}/${fileNames.keys}/${name}`);
  const folders: string[] = [];
  for (const table of await vfs.list(`${directory}/${fileNames.tables}`)) {
    if (!/^\d+$/.test(table)) continue;
    for (const partition of await vfs.list(`${directory}/${fileNames.tables}/${table}`)) {
      if (!/^level0$|\.[hdmy]$/.test(partition)) continue;
      const folder = `${directory}/${fileNames.tables}/${table}/${partition}`;
      folders.push(folder);
      for (const name of await vfs.list(folder)) if (isOwn(name, '.seg')) found.push(`${folder}/${name}`);
    }
  }
  const orphans = found.filter((path) => !named.has(path));
  for (const path of orphans) await quietly(host, path, () => vfs.unlink(path));
  for (const folder of folders)
    if ((await vfs.list(folder)).length === 0) await quietly(host, folder, () => vfs.removeDirectory(folder));
  if (orphans.length > 0) host.log('orphans_removed', { files: orphans.length });
}

/** Others leave files in folders too (a desktop its thumbnails): those stay. */
function isOwn(name: string, suffix: string): boolean {
  return name.endsWith(suffix) || name.endsWith(`${suffix}${temporarySuffix}`);
}

async function quietly(host: Host, path: string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    host.log('file_not_removed', { path, problem: errorFromUnknown(error).message });
  }
}
