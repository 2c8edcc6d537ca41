import { timeColumnName } from '../column/batch.ts';
import type { Vfs, VfsFile } from '../host/vfs.ts';
import type { BuildColumn } from './build-column.ts';
import type { SegmentFooter } from './footer.ts';
import type { PlannedOutput } from './plan-outputs.ts';
import type { SegmentMeta } from './row-source.ts';
import { segmentFile } from './segment-outputs.ts';
import type { BuildRequest } from './segment-tasks.ts';
import { verifySegment } from './segment-verify.ts';
import { SegmentWriter, type WrittenColumn } from './segment-writer.ts';

/** One segment while it is written: a file beside its place, which takes it only when it is known to be on the disk. */
export class OutputFile {
  readonly writer: SegmentWriter;
  readonly #vfs: Vfs;
  readonly #request: BuildRequest;
  readonly #output: PlannedOutput;
  readonly #id: number;
  readonly #timeColumn: number;
  readonly #made: string[];
  #file: VfsFile | null;
  #content: { readonly footer: SegmentFooter; readonly bytes: number } | null = null;

  private constructor(
    vfs: Vfs,
    request: BuildRequest,
    columns: readonly BuildColumn[],
    output: PlannedOutput,
    id: number,
    file: VfsFile,
    made: string[],
  ) {
    this.#vfs = vfs;
    this.#request = request;
    this.#output = output;
    this.#id = id;
    this.#file = file;
    this.#made = made;
    this.#timeColumn = columns.find(({ name }) => name === timeColumnName)?.id ?? 0;
    this.writer = new SegmentWriter(
      file,
      { table: request.table, segment: id },
      request.seed,
      columns.map((column) => writtenColumn(column, output)),
    );
  }

  /**
   * Makes the file and the folders on the way to it.
   * @param made receives the paths of files that are there until the manifest names them: to be removed on an error.
   */
  static async create(
    vfs: Vfs,
    request: BuildRequest,
    columns: readonly BuildColumn[],
    output: PlannedOutput,
    id: number,
    made: string[],
  ): Promise<OutputFile> {
    const path = `${request.directory}/${segmentFile(request.table, output.partition, id)}`;
    const names = segmentFile(request.table, output.partition, id).split('/').slice(0, -1);
    await makeDurableDirectory(vfs, request.directory, names);
    const temporary = `${path}.tmp`;
    // One of a build that was ended half way.
    if (await vfs.exists(temporary)) await vfs.unlink(temporary);
    made.push(temporary);
    return new OutputFile(vfs, request, columns, output, id, await vfs.create(temporary), made);
  }

  /** Writes what is left of the segment and syncs it; it still is beside its place. */
  async complete(): Promise<void> {
    this.#content = await this.writer.finish();
    await this.#file!.sync();
    await this.close();
  }

  /** Reads the complete segment back and gives it its name; it is durable when this returns. */
  async publish(): Promise<SegmentMeta> {
    const { table, directory, commitMin, commitMax } = this.#request;
    const file = segmentFile(table, this.#output.partition, this.#id);
    const path = `${directory}/${file}`;
    const { footer, bytes } = this.#content!;
    await verifySegment(this.#vfs, `${path}.tmp`, {
      table,
      segment: this.#id,
      bytes,
      rows: footer.rows,
      timeColumn: this.#timeColumn,
    });
    this.#made.push(path);
    await this.#vfs.rename(`${path}.tmp`, path);
    await this.#vfs.syncDirectory(path.slice(0, path.lastIndexOf('/')));
    return {
      id: this.#id,
      table,
      file,
      partition: this.#output.partition,
      rows: footer.rows,
      entries: footer.entries,
      bytes,
      timeMin: footer.timeMin,
      timeMax: footer.timeMax,
      hashRange: this.#output.hashRange,
      commitMin,
      commitMax,
      columns: footer.columns.map(({ id, type, wide }) => ({ id, type, wide })),
    };
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }
}

function writtenColumn({ id, merged, rows }: BuildColumn, output: PlannedOutput): WrittenColumn {
  if (rows === null) return { id, type: 'text', wide: false, isActor: true, dictionary: null, mapCodes: null };
  const used = output.used.get(id);
  const dictionary = used === undefined ? (merged?.dictionary ?? null) : used.pick(merged!.dictionary);
  return {
    id,
    type: rows.type,
    wide: rows.wide,
    isActor: false,
    dictionary,
    mapCodes: used === undefined ? null : (codes, count) => used.map(codes, count),
  };
}

/** Makes a folder and makes every name on the way to it durable. @param root is there already. */
async function makeDurableDirectory(vfs: Vfs, root: string, names: readonly string[]): Promise<void> {
  let path = root;
  for (const name of names) {
    const parent = path;
    path = `${path}/${name}`;
    if (!(await vfs.exists(path))) await vfs.makeDirectory(path);
    // One that is there need not be durable: whoever made it may have been cut off, or be at it now.
    await vfs.syncDirectory(parent);
  }
}

/** Removes files of a build that failed. */
export async function removeFiles(vfs: Vfs, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    // It may be gone already, or the disk may be: what stays is an orphan, which the next open removes.
    await vfs.unlink(path).catch(() => undefined);
  }
}
