import { decodeBatch } from '../column/batch-codec.ts';
import type { Batch } from '../column/batch.ts';
import type { TableSchema } from '../column/schema.ts';
import type { StoredPosition } from './catalog.ts';
import { describeChunk, type LiveTable } from './live-tables.ts';
import { encodeFrame } from './log-frame.ts';
import {
  buildSegmentsOf,
  discardSegments,
  levelZeroWish,
  publishSegments,
  type BuildWish,
} from './publish-segments.ts';
import type { SegmentMeta } from './row-source.ts';
import { applyFrame, editWith, logOf, setPosition, type StoreCore } from './store-core.ts';
import type { ImportPart, ImportPosition } from './store-types.ts';

type Positions = Readonly<Record<string, ImportPosition>>;

interface Part {
  readonly table: LiveTable;
  readonly part: ImportPart;
  readonly batches: readonly Batch[];
}

/**
 * Imports that are under way: each is built at once, and commits in its turn. When one fails, those called after it
 * fail too, for the position of a later one says that the earlier rows are in.
 */
export class BulkImports {
  readonly #core: StoreCore;
  #last: Promise<void> = Promise.resolve();
  readonly #running = new Set<Promise<void>>();

  constructor(core: StoreCore) {
    this.#core = core;
  }

  /**
   * Makes the parts and positions durable and visible in one commit, in the order of the calls.
   * @param room resolves when the tables have room for another segment.
   * @throws what `room`, the build or the commit throws.
   */
  async run(parts: readonly ImportPart[], positions: Positions, room: () => Promise<void>): Promise<void> {
    logOf(this.#core);
    if (this.#running.size === 0) this.#last = Promise.resolve();
    const done = this.#runInTurn(parts, positions, room, this.#last);
    this.#last = done;
    this.#running.add(done);
    try {
      await done;
    } finally {
      this.#running.delete(done);
    }
  }

  async #runInTurn(
    parts: readonly ImportPart[],
    positions: Positions,
    room: () => Promise<void>,
    before: Promise<void>,
  ): Promise<void> {
    const core = this.#core;
    await room();
    const tables = parts.map(({ table, options }) => core.live.reserve(table, options));
    try {
      const known = parts.map((part, index) => decodePart(core, tables[index], part));
      const rows = known.reduce((sum, { batches }) => sum + batches.reduce((own, batch) => own + batch.rowCount, 0), 0);
      if (rows <= core.sizes.importLogRowsMax) {
        await before;
        await commitByLog(core, known, positions);
        return;
      }
      const built = await buildSegmentsOf(core, known, (part) => wishFor(core, part));
      try {
        await before;
      } catch (error) {
        discardSegments(core, built);
        throw error;
      }
      await commitSegments(core, known, built, positions);
    } finally {
      for (const table of tables) core.live.release(table);
    }
  }

  /** Waits for all that are under way, and for those that come meanwhile. */
  async settled(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }
}

function decodePart(core: StoreCore, table: LiveTable, part: ImportPart): Part {
  const batches = part.batches.map(decodeBatch);
  for (const batch of batches) core.live.reserveColumns(table, batch);
  return { table, part, batches };
}

async function commitByLog(core: StoreCore, parts: readonly Part[], positions: Positions): Promise<void> {
  const tables = parts.flatMap(({ table, part }) =>
    part.batches.map((bytes) => ({ table: part.table, options: optionsOf(table), bytes: bytes.length })),
  );
  const batches = parts.flatMap(({ part }) => part.batches);
  const header = { kind: 'append', tables, positions: Object.entries(positions) } as const;
  await logOf(core).append(encodeFrame(header, batches), ({ commit }) => applyFrame(core, { header, batches }, commit));
}

/** @returns options that make the same table again. */
export function optionsOf({ schema }: LiveTable): ImportPart['options'] {
  return { timeName: schema.timeName, actor: schema.actor, actors: schema.actors };
}

function wishFor(core: StoreCore, { table, part, batches }: Part): BuildWish {
  const { actor } = table.schema;
  const { columns } = core.live.schemaWith(table, batches);
  // Rows of nobody take their hash from this number, not their place: that is given at the commit.
  const sequence = core.counters.segment;
  const inputs = part.batches.map((bytes, index) =>
    describeChunk(batches[index], bytes, sequence + index / 65_536, actor),
  );
  return levelZeroWish(core, table.schema, columns, inputs, { commitMin: 0, commitMax: 0 });
}

async function commitSegments(
  core: StoreCore,
  parts: readonly Part[],
  segments: readonly SegmentMeta[],
  positions: Positions,
): Promise<void> {
  const { live, counters } = core;
  const batchesOf = new Map<LiveTable, Batch[]>();
  for (const { table, batches } of parts) batchesOf.set(table, [...(batchesOf.get(table) ?? []), ...batches]);
  const seen = new Map<LiveTable, TableSchema>();
  let stored: (readonly [string, StoredPosition])[] = [];
  await publishSegments(
    core,
    segments,
    (catalog) => {
      // The place among all that came in is known only now: columns may have come by the log since the build.
      const commit = ++counters.commit;
      stored = Object.entries(positions).map(([source, position]) => [source, { position, commit }]);
      const own = [...batchesOf].map(([table, batches]) => {
        seen.set(table, table.schema);
        table.barriers.push(commit);
        return { schema: live.schemaWith(table, batches), nextColumn: table.nextColumn };
      });
      const edit = editWith(core, catalog, {});
      return {
        ...edit,
        tables: [
          ...(edit.tables ?? []).filter(({ schema }) => !own.some((one) => one.schema.id === schema.id)),
          ...own,
        ],
        add: segments.map((segment) => ({ ...segment, commitMin: commit, commitMax: commit })),
        positions: [...(edit.positions ?? []), ...stored],
      };
    },
    (catalog) => {
      for (const [table, batches] of batchesOf) {
        const unchanged = table.schema === seen.get(table);
        table.schema = unchanged ? catalog.tables.get(table.schema.name)!.schema : live.schemaWith(table, batches);
        table.visible = true;
      }
      for (const [source, position] of stored) setPosition(core.positions, source, position);
    },
  );
}
