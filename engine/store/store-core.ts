import { VarveError } from '../base/errors.ts';
import type { TableSchema } from '../column/schema.ts';
import type { Host } from '../host/host.ts';
import type { Catalog, StoredPosition } from './catalog.ts';
import { fileNames, logFileName } from './file-names.ts';
import type { KeyIndex } from './idempotency.ts';
import type { LiveTables } from './live-tables.ts';
import type { Log } from './log.ts';
import type { Frame } from './log-frame.ts';
import type { ManifestEdit } from './manifest-edit.ts';
import type { Manifest } from './manifest.ts';
import type { ObsoleteFiles } from './obsolete-files.ts';
import type { SegmentDescriptor, SegmentMeta } from './row-source.ts';
import type { StoreSizes } from './sizes.ts';

/** Numbers that are given out once. */
export interface Counters {
  commit: number;
  segment: number;
  keyFile: number;
}

/** What the parts of a store share. */
export interface StoreCore {
  readonly host: Host;
  readonly directory: string;
  readonly sizes: StoreSizes;
  readonly manifest: Manifest;
  readonly live: LiveTables;
  /** Positions of imports, those that only the log holds included. */
  readonly positions: Map<string, StoredPosition>;
  readonly keys: KeyIndex;
  readonly obsolete: ObsoleteFiles;
  readonly counters: Counters;
  /** After a sync that failed: nothing more is acknowledged by this process; queries go on. */
  giveUp(cause: VarveError): void;
  /** null: open to read only. */
  readonly log: Log | null;
}

/** @returns the log. @throws VarveError `usage` when the store is open to read only. */
export function logOf(core: StoreCore): Log {
  if (core.log === null)
    throw new VarveError('usage', 'The store is open read-only.', { hint: 'Open it without readOnly.' });
  return core.log;
}

/**
 * Makes a frame of the log part of the tables, keys and positions in memory.
 * @param commit the frame's number among all that came in.
 */
export function applyFrame(
  core: Omit<StoreCore, 'log' | 'manifest' | 'giveUp'>,
  frame: Pick<Frame, 'header' | 'batches'>,
  commit: number,
): void {
  const { header, batches } = frame;
  header.tables.forEach(({ table, options }, index) => core.live.add(table, options, batches[index], commit));
  for (const [source, position] of header.positions ?? []) setPosition(core.positions, source, { position, commit });
  if (header.key !== undefined)
    core.keys.add(
      header.keyTable ?? '',
      header.key,
      header.digest ?? '',
      header.outcome ?? { accepted: 0, rejected: 0, duplicate: false },
      header.time ?? 0,
    );
}

/** Notes a position, unless a later commit has set another: an edit of the manifest may be later than a frame. */
export function setPosition(positions: Map<string, StoredPosition>, source: string, stored: StoredPosition): void {
  const known = positions.get(source);
  if (known === undefined || known.commit < stored.commit) positions.set(source, stored);
}

/**
 * An edit that, beside what it is made for, brings the manifest up to what is known now: numbers given out, and tables
 * and columns that frames of the log have made.
 */
export function editWith(core: StoreCore, catalog: Catalog, edit: ManifestEdit): ManifestEdit {
  const tables = core.live
    .visible()
    .filter(({ schema }) => catalog.tables.get(schema.name)?.schema !== schema)
    .map(({ schema, nextColumn }) => ({ schema, nextColumn }));
  const positions = [...core.positions].filter(([source, position]) => catalog.positions.get(source) !== position);
  return {
    ...(tables.length === 0 ? {} : { tables }),
    ...(positions.length === 0 ? {} : { positions }),
    commit: core.counters.commit,
    nextTable: core.live.nextTable,
    nextSegment: core.counters.segment,
    nextKeyFile: core.counters.keyFile,
    ...edit,
  };
}

/** @returns what a snapshot says of a segment. */
export function describeSegment(
  core: { readonly directory: string },
  schema: TableSchema,
  meta: SegmentMeta,
): SegmentDescriptor {
  return {
    kind: 'segment',
    path: `${core.directory}/${meta.file}`,
    meta,
    columns: schema.columns.map(({ id, name }) => ({ id, name })),
    actor: schema.actor,
  };
}

/** @returns the paths of log files from one number to the one before another. */
export function logPaths(directory: string, from: number, to: number): string[] {
  return Array.from(
    { length: Math.max(0, to - from) },
    (_, i) => `${directory}/${fileNames.logs}/${logFileName(from + i)}`,
  );
}
