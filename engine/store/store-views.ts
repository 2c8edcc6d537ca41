import type { LiveTable } from './live-tables.ts';
import { describeSegment, type StoreCore } from './store-core.ts';
import type { ImportPosition, Snapshot, TableInfo } from './store-types.ts';

/** @returns how far sources were imported, by source key. */
export function positionsOf({ positions }: StoreCore): Map<string, ImportPosition> {
  return new Map([...positions].map(([source, { position }]) => [source, position]));
}

/** @returns the store as it is now; its files stay until it is released. */
export function snapshotOf(core: StoreCore): Snapshot {
  const { catalog } = core.manifest;
  core.obsolete.pin(catalog.edit);
  let released = false;
  const tables = core.live.visible().map((table) => {
    const { schema, chunks } = table;
    const segments = catalog.tables.get(schema.name)?.segments ?? [];
    const sources = [
      ...segments.map((meta) => ({ commit: meta.commitMin, source: describeSegment(core, schema, meta) })),
      ...chunks.map(({ descriptor, commitMin }) => ({ commit: commitMin, source: descriptor })),
    ].sort((a, b) => a.commit - b.commit);
    return [schema.name, { schema, sources: sources.map(({ source }) => source) }] as const;
  });
  return {
    id: `${catalog.edit}.${core.counters.commit}`,
    tables: new Map(tables),
    definitions: catalog.definitions,
    release() {
      if (released) return;
      released = true;
      core.obsolete.unpin(catalog.edit);
    },
  };
}

/** @returns what there is of a table. */
export function infoOf(core: StoreCore, { schema, chunks }: LiveTable): TableInfo {
  const segments = core.manifest.catalog.tables.get(schema.name)?.segments ?? [];
  const parts = [
    ...segments.map(({ rows, bytes, timeMin, timeMax }) => ({ rows, bytes, timeMin, timeMax })),
    ...chunks.map(({ descriptor: { rowCount, bytes, timeMin, timeMax } }) => ({
      rows: rowCount,
      bytes: bytes.length,
      timeMin,
      timeMax,
    })),
  ];
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  return {
    name: schema.name,
    schema,
    rows,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    segments: segments.length,
    timeMin: rows === 0 ? null : parts.reduce((least, part) => Math.min(least, part.timeMin), Infinity),
    timeMax: rows === 0 ? null : parts.reduce((most, part) => Math.max(most, part.timeMax), -Infinity),
  };
}
