import { errorFromUnknown } from '../base/errors.ts';
import { fileNames, keyFileName } from './file-names.ts';
import { readKeyFile } from './idempotency.ts';
import { readManifest } from './manifest.ts';
import { replayLog } from './replay.ts';
import { checkSegment } from './segment-check.ts';
import type { StoreCore } from './store-core.ts';
import type { CheckFinding, CheckReport } from './store-types.ts';

/**
 * Reads every byte of a version of the store and checks every checksum: manifest, log, segments, key files.
 * @returns what is wrong, each finding with its file; nothing is changed.
 */
export async function checkStore(core: StoreCore): Promise<CheckReport> {
  const { host, directory, manifest, obsolete } = core;
  const { catalog } = manifest;
  const findings: CheckFinding[] = [];
  let files = 0;
  let bytes = 0;
  const look = async (file: string, action: () => Promise<number>): Promise<void> => {
    files++;
    try {
      bytes += await action();
    } catch (error) {
      findings.push({ file, problem: errorFromUnknown(error).message });
    }
  };
  obsolete.pin(catalog.edit);
  try {
    await look(`${directory}/${fileNames.current}`, async () => {
      await readManifest(host.vfs, directory);
      return 0;
    });
    const logs = `${directory}/${fileNames.logs}`;
    await look(logs, async () => {
      const { firstLog, frame } = manifest.catalog;
      const replayed = await replayLog(host.vfs, logs, { firstLog, frame, edit: Infinity });
      return replayed.files.reduce((sum, file) => sum + file.bytes.length, 0);
    });
    for (const { segments } of catalog.tables.values()) {
      for (const meta of segments) {
        const path = `${directory}/${meta.file}`;
        await look(path, async () => {
          for (const problem of await checkSegment(host.vfs, path, meta)) findings.push({ file: path, problem });
          return meta.bytes;
        });
      }
    }
    for (const file of catalog.keyFiles)
      await look(`${directory}/${fileNames.keys}/${keyFileName(file.number)}`, async () => {
        await readKeyFile(host.vfs, directory, file);
        return 0;
      });
  } finally {
    obsolete.unpin(catalog.edit);
  }
  return { files, bytes, findings };
}
