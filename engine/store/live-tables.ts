import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import type { Batch } from '../column/batch.ts';
import { decodeBatch } from '../column/batch-codec.ts';
import type { TableSchema } from '../column/schema.ts';
import { newTableSchema, widenColumns, type Catalog } from './catalog.ts';
import type { ChunkDescriptor } from './row-source.ts';
import type { TableOptions } from './store-types.ts';

/** A chunk of the memtable and the commits that its rows came by, both inclusive. */
export interface MemtableChunk {
  readonly descriptor: ChunkDescriptor;
  readonly commitMin: number;
  readonly commitMax: number;
}

/** A table as it is now: what the manifest says and what only the log holds. */
export interface LiveTable {
  schema: TableSchema;
  /** False until its first rows are in: an import under way has reserved its name and number. */
  visible: boolean;
  nextColumn: number;
  /** Numbers given to columns, those of imports under way included. */
  readonly columnIds: Map<string, number>;
  /** In the order of their commits. */
  chunks: MemtableChunk[];
  /** Appends and imports under way that have reserved it. */
  users: number;
  /** Commits of imports since the oldest chunk: chunks on both sides of one are never joined. */
  barriers: number[];
}

/** Tables with the rows that no segment holds yet: the memtable. */
export class LiveTables {
  readonly #tables = new Map<string, LiveTable>();
  nextTable: number;
  rows = 0;
  bytes = 0;
  /** Chunks of commits up to this one are being written out: they are not joined with later ones. */
  frozen = 0;

  constructor(catalog: Catalog) {
    this.nextTable = catalog.nextTable;
    for (const [name, { schema, nextColumn }] of catalog.tables) {
      this.#tables.set(name, {
        schema,
        visible: true,
        nextColumn,
        columnIds: new Map(schema.columns.map((column) => [column.name, column.id])),
        chunks: [],
        users: 0,
        barriers: [],
      });
    }
  }

  /** Tables that have rows, or had. */
  visible(): LiveTable[] {
    return [...this.#tables.values()].filter(({ visible }) => visible);
  }

  get(name: string): LiveTable | undefined {
    const table = this.#tables.get(name);
    return table?.visible === true ? table : undefined;
  }

  /**
   * The table of that name; made with these options, but not seen by anyone, when there is none. It stays at least until
   * `release`.
   */
  reserve(name: string, options: TableOptions): LiveTable {
    const table = this.#tableOf(name, options);
    table.users++;
    return table;
  }

  /** Forgets a table that has no rows when all who reserved it failed: the next may make it with other options. */
  release(table: LiveTable): void {
    table.users--;
    if (table.users === 0 && !table.visible) this.#tables.delete(table.schema.name);
  }

  #tableOf(name: string, options: TableOptions): LiveTable {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = {
        schema: newTableSchema(this.nextTable++, name, options),
        visible: false,
        nextColumn: 2,
        columnIds: new Map([['time', 1]]),
        chunks: [],
        users: 0,
        barriers: [],
      };
      this.#tables.set(name, table);
    }
    return table;
  }

  /**
   * Gives a batch's new columns their numbers, before it goes anywhere.
   * @throws VarveError `limit` when the table would have more than columnsMax columns; none is added then.
   */
  reserveColumns(table: LiveTable, batch: Batch): void {
    const fresh = batch.columns.filter(({ name }) => !table.columnIds.has(name));
    const count = table.columnIds.size + fresh.length;
    if (fresh.length > 0 && count > limits.columnsMax)
      throw new VarveError(
        'limit',
        `Table "${table.schema.name}" would have ${count} columns, at most ${limits.columnsMax} are kept (columnsMax).`,
        { hint: 'Names that hold values (ids, dates) belong into one column of names and one of values.' },
      );
    for (const { name } of fresh) idOfColumn(table, name);
  }

  /** @returns the schema of a table once these batches are in. */
  schemaWith(table: LiveTable, batches: readonly Batch[]): TableSchema {
    let { columns } = table.schema;
    for (const batch of batches) columns = widenColumns(columns, batch.columns, (name) => idOfColumn(table, name));
    return columns === table.schema.columns ? table.schema : { ...table.schema, columns };
  }

  /** Makes an encoded batch part of the memtable. @param commit that of its frame. */
  add(name: string, options: TableOptions, bytes: Uint8Array, commit: number): void {
    const table = this.#tableOf(name, options);
    const batch = decodeBatch(bytes);
    table.schema = this.schemaWith(table, [batch]);
    table.visible = true;
    if (batch.rowCount === 0) return;
    const descriptor = describeChunk(batch, bytes, commit, table.schema.actor);
    table.chunks = [...table.chunks, { descriptor, commitMin: commit, commitMax: commit }];
    this.rows += batch.rowCount;
    this.bytes += bytes.length;
  }

  /** Finds the imports that came between chunks that were replayed. */
  restoreBarriers(catalog: Catalog): void {
    for (const [name, { segments }] of catalog.tables) {
      const table = this.#tables.get(name)!;
      const first = table.chunks[0]?.commitMin ?? Infinity;
      table.barriers = segments.map(({ commitMin }) => commitMin).filter((commit) => commit > first);
    }
  }

  /** Puts one chunk in the place of neighbours that hold the same rows. */
  replace(table: LiveTable, old: readonly MemtableChunk[], by: MemtableChunk): void {
    const at = table.chunks.indexOf(old[0]);
    table.chunks = table.chunks.toSpliced(at, old.length, by);
    this.bytes += by.descriptor.bytes.length - old.reduce((sum, { descriptor }) => sum + descriptor.bytes.length, 0);
  }

  /** Forgets chunks of commits up to this one: segments hold them now. */
  drop(commit: number): void {
    for (const table of this.#tables.values()) {
      table.barriers = table.barriers.filter((barrier) => barrier > commit);
      const kept = table.chunks.filter(({ commitMax }) => commitMax > commit);
      if (kept.length === table.chunks.length) continue;
      for (const { descriptor } of table.chunks.slice(0, table.chunks.length - kept.length)) {
        this.rows -= descriptor.rowCount;
        this.bytes -= descriptor.bytes.length;
      }
      table.chunks = kept;
    }
  }

  /** @returns chunks of commits up to `commit`, cut where an import came between. */
  runs(table: LiveTable, commit: number): MemtableChunk[][] {
    const runs: MemtableChunk[][] = [];
    for (const chunk of table.chunks) {
      if (chunk.commitMax > commit) break;
      const before = runs.at(-1)?.at(-1);
      const cut = before === undefined || this.isCut(table, before, chunk);
      if (cut) runs.push([chunk]);
      else runs.at(-1)!.push(chunk);
    }
    return runs;
  }

  /** @returns whether an import came in between two chunks. */
  isCut(table: LiveTable, before: MemtableChunk, after: MemtableChunk): boolean {
    return table.barriers.some((barrier) => barrier > before.commitMax && barrier < after.commitMin);
  }
}

function idOfColumn(table: LiveTable, name: string): number {
  let id = table.columnIds.get(name);
  if (id === undefined) table.columnIds.set(name, (id = table.nextColumn++));
  return id;
}

/** @returns what a snapshot says of a chunk. */
export function describeChunk(
  batch: Batch,
  bytes: Uint8Array,
  sequence: number,
  actor: string | null,
): ChunkDescriptor {
  const time = batch.columns.find(({ name }) => name === 'time')!.vector;
  let timeMin = Infinity;
  let timeMax = -Infinity;
  if (time.kind === 'int') {
    const { base, values } = time;
    for (let row = 0; row < time.length; row++) {
      const value = base + Number(values[row]);
      if (value < timeMin) timeMin = value;
      if (value > timeMax) timeMax = value;
    }
  }
  return { kind: 'chunk', sequence, rowCount: batch.rowCount, timeMin, timeMax, bytes, order: null, actor };
}
