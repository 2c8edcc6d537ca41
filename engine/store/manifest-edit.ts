import { decode, encode } from '@msgpack/msgpack';
import { VarveError } from '../base/errors.ts';
import { groupBy } from '../base/group-by.ts';
import type { TableSchema } from '../column/schema.ts';
import { checksum } from '../host/checksum.ts';
import type { Catalog, KeyFile, StoredPosition, TableState } from './catalog.ts';
import type { SegmentMeta } from './row-source.ts';

/*
 * An edit in a manifest, begun at a multiple of 8:
 *
 *    0  u32  magic "VEDT"
 *    4  u32  checksum of bytes 8 … end of the body
 *    8  u32  length of the body
 *   12  u32  number of the manifest, so that an edit of another file fails
 *   16  f64  number of the edit; the first of a file is whole: it says all there is
 *   24  body: msgpack (ManifestEdit)
 *    …  zeros up to a multiple of 8
 */
const editHeaderBytes = 24;
export const editMagic = 0x54444556;

/** What changes from one version of the store to the next. What is absent stays. */
export interface ManifestEdit {
  /** Present in the first edit of a manifest: forget what was before. */
  readonly whole?: { readonly seed: number };
  /** Tables that are new or whose columns changed, with all their columns. */
  readonly tables?: readonly { readonly schema: TableSchema; readonly nextColumn: number }[];
  readonly add?: readonly SegmentMeta[];
  readonly remove?: readonly { readonly table: number; readonly id: number }[];
  readonly positions?: readonly (readonly [string, StoredPosition])[];
  readonly keyFiles?: readonly KeyFile[];
  /** Saved queries that are new or changed, by name; null = dropped. */
  readonly definitions?: readonly (readonly [name: string, text: string | null])[];
  readonly firstLog?: number;
  readonly frame?: number;
  readonly commit?: number;
  readonly nextTable?: number;
  readonly nextSegment?: number;
  readonly nextKeyFile?: number;
}

/** @returns an edit's bytes. */
export function encodeEdit(edit: ManifestEdit, manifest: number, number: number): Uint8Array {
  const body = encode(edit, { ignoreUndefined: true });
  const bytes = new Uint8Array(align(editHeaderBytes + body.length));
  const view = new DataView(bytes.buffer);
  view.setUint32(0, editMagic, true);
  view.setUint32(8, body.length, true);
  view.setUint32(12, manifest, true);
  view.setFloat64(16, number, true);
  bytes.set(body, editHeaderBytes);
  view.setUint32(4, checksum(bytes.subarray(8, editHeaderBytes + body.length)), true);
  return bytes;
}

/** @returns the edit at `at`, or null when there is no whole and valid one. */
export function readEdit(
  bytes: Uint8Array,
  at: number,
  manifest: number,
): { readonly edit: ManifestEdit; readonly number: number; readonly end: number } | null {
  if (at + editHeaderBytes > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, editHeaderBytes);
  const length = view.getUint32(8, true);
  if (view.getUint32(0, true) !== editMagic || view.getUint32(12, true) !== manifest) return null;
  const end = at + editHeaderBytes + length;
  if (end > bytes.length || checksum(bytes.subarray(at + 8, end)) !== view.getUint32(4, true)) return null;
  return {
    edit: decode(bytes.subarray(at + editHeaderBytes, end)) as ManifestEdit,
    number: view.getFloat64(16, true),
    end: align(end),
  };
}

/** @returns the edit that says all that a catalog holds. */
export function wholeEdit(catalog: Catalog): ManifestEdit {
  const { seed, firstLog, frame, commit, nextTable, nextSegment, nextKeyFile } = catalog;
  const tables = [...catalog.tables.values()];
  return {
    whole: { seed },
    tables: tables.map(({ schema, nextColumn }) => ({ schema, nextColumn })),
    add: tables.flatMap(({ segments }) => segments),
    positions: [...catalog.positions],
    keyFiles: catalog.keyFiles,
    definitions: [...catalog.definitions],
    firstLog,
    frame,
    commit,
    nextTable,
    nextSegment,
    nextKeyFile,
  };
}

/**
 * @returns the version of the store after an edit.
 * @throws VarveError `data_corrupted` when the edit names a table or segment that is not there.
 */
export function applyEdit(before: Catalog, edit: ManifestEdit, number: number): Catalog {
  const whole = edit.whole !== undefined;
  const tables = new Map<string, TableState>(whole ? [] : before.tables);
  for (const { schema, nextColumn } of edit.tables ?? []) {
    const segments = tables.get(schema.name)?.segments ?? [];
    tables.set(schema.name, { schema, segments, nextColumn });
  }
  changeSegments(tables, edit);
  return {
    edit: number,
    seed: edit.whole?.seed ?? before.seed,
    tables,
    positions:
      edit.positions === undefined && !whole
        ? before.positions
        : new Map([...(whole ? [] : before.positions), ...(edit.positions ?? [])]),
    keyFiles: edit.keyFiles ?? (whole ? [] : before.keyFiles),
    definitions: definitionsAfter(whole ? new Map() : before.definitions, edit),
    firstLog: edit.firstLog ?? before.firstLog,
    frame: edit.frame ?? before.frame,
    commit: edit.commit ?? before.commit,
    nextTable: edit.nextTable ?? before.nextTable,
    nextSegment: edit.nextSegment ?? before.nextSegment,
    nextKeyFile: edit.nextKeyFile ?? before.nextKeyFile,
  };
}

function definitionsAfter(before: ReadonlyMap<string, string>, edit: ManifestEdit): ReadonlyMap<string, string> {
  if (edit.definitions === undefined) return before;
  const after = new Map(before);
  for (const [name, text] of edit.definitions) {
    if (text === null) after.delete(name);
    else after.set(name, text);
  }
  return after;
}

function changeSegments(tables: Map<string, TableState>, edit: ManifestEdit): void {
  const nameOf = new Map([...tables].map(([name, { schema }]) => [schema.id, name]));
  const stateOf = (table: number): [string, TableState] => {
    const name = nameOf.get(table);
    if (name === undefined)
      throw new VarveError('data_corrupted', `The manifest has a segment of no table (${table}).`);
    return [name, tables.get(name)!];
  };
  for (const { table, id } of edit.remove ?? []) {
    const [name, state] = stateOf(table);
    const segments = state.segments.filter((segment) => segment.id !== id);
    if (segments.length === state.segments.length)
      throw new VarveError(
        'data_corrupted',
        `The manifest removes segment ${id} of table "${name}", which is not there.`,
      );
    tables.set(name, { ...state, segments });
  }
  for (const [table, added] of groupBy(edit.add ?? [], ({ table }) => table)) {
    const [name, state] = stateOf(table);
    const segments = [...state.segments, ...added].sort((a, b) => a.commitMin - b.commitMin || a.id - b.id);
    tables.set(name, { ...state, segments });
  }
}

function align(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
