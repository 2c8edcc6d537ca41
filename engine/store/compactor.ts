import { errorFromUnknown, VarveError } from '../base/errors.ts';
import { closedError } from './closed-error.ts';
import { planCompaction } from './compact-policy.ts';
import type { LiveTable } from './live-tables.ts';
import { endOfPartition, partitionOf } from './partition.ts';
import { buildSegmentsOf, publishSegments } from './publish-segments.ts';
import type { SegmentMeta } from './row-source.ts';
import type { CompactionJob } from './segment-tasks.ts';
import { describeSegment, editWith, logOf, type StoreCore } from './store-core.ts';

/** Merges segments, one job at a time, beside whatever else goes on; readers keep the version they began with. */
export class Compactor {
  readonly #core: StoreCore;
  /** Writes the memtable out, when rows in memory keep older segments from being merged. */
  readonly #flush: () => Promise<void>;
  #turn: Promise<unknown> = Promise.resolve();
  #background: Promise<void> | null = null;
  /** Why a table's last job failed, by name; the others' go on, and the next commit tries again. */
  readonly #failed = new Map<string, VarveError>();
  #closed = false;

  constructor(core: StoreCore, flush: () => Promise<void>) {
    this.#core = core;
    this.#flush = flush;
  }

  /** Starts merging in the background where there is something to merge. Called after each commit of segments. */
  poke(): void {
    if (this.#closed || this.#background !== null) return;
    this.#failed.clear();
    this.#background = this.#work().finally(() => {
      this.#background = null;
    });
  }

  async #work(): Promise<void> {
    while (!this.#closed && this.#core.manifest.failed === null) {
      const tables = this.#core.live.visible().filter(({ schema }) => !this.#failed.has(schema.name));
      if (!(await this.#inTurn(() => this.#mergeQuietly(tables)))) return;
    }
  }

  /** @returns whether there was something to merge, well or not. */
  async #mergeQuietly(tables: readonly LiveTable[]): Promise<boolean> {
    for (const table of tables) {
      try {
        if (await this.#mergeOne([table], false)) return true;
      } catch (error) {
        const failure = errorFromUnknown(error);
        const { name } = table.schema;
        this.#failed.set(name, failure);
        this.#core.host.log('compaction_failed', { table: name, code: failure.code, problem: failure.message });
        return true;
      }
    }
    return false;
  }

  /**
   * Waits until a table has room for another segment of level 0.
   * @throws what keeps compaction from making room.
   */
  async room(name: string): Promise<void> {
    const { sizes, manifest } = this.#core;
    for (;;) {
      const segments = manifest.catalog.tables.get(name)?.segments ?? [];
      const fresh = segments.filter(({ partition }) => partition === null);
      if (fresh.length < sizes.levelZeroSegmentsMax) return;
      const table = this.#core.live.get(name);
      const horizon = table === undefined ? Infinity : horizonOf(this.#core, table);
      if (fresh.filter(({ commitMax }) => commitMax < horizon).length < sizes.runsMax) await this.#flush();
      this.poke();
      await this.#background;
      const failure = this.#failed.get(name) ?? manifest.failed;
      if (failure !== null) throw failure;
      if (this.#closed) throw closedError();
    }
  }

  /** Merges all there is to merge in the tables. */
  async mergeAll(tables: readonly LiveTable[]): Promise<void> {
    while (await this.#inTurn(() => this.#mergeOne(tables, true))) if (this.#closed) throw closedError();
  }

  #inTurn<T>(action: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(action);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  /** @returns whether there was something to merge; nothing is begun once the store is being closed. */
  async #mergeOne(tables: readonly LiveTable[], all: boolean): Promise<boolean> {
    if (this.#closed) return false;
    const { manifest, sizes } = this.#core;
    for (const table of tables) {
      const segments = manifest.catalog.tables.get(table.schema.name)?.segments ?? [];
      const job = planCompaction(segments, horizonOf(this.#core, table), sizes, all);
      if (job === null) continue;
      await this.#merge(table, job);
      return true;
    }
    return false;
  }

  async #merge(table: LiveTable, job: CompactionJob): Promise<void> {
    const core = this.#core;
    const { schema } = table;
    const firstId = core.counters.segment;
    core.counters.segment += outputsMax(job);
    const segments = await buildSegmentsOf(core, [job], () => ({
      table: job.table,
      actor: schema.actor,
      columns: schema.columns,
      inputs: job.inputs.map((meta) => describeSegment(core, schema, meta)),
      firstId,
      cut: job.cut,
      commitMin: job.inputs.reduce((least, { commitMin }) => Math.min(least, commitMin), Infinity),
      commitMax: job.inputs.reduce((most, { commitMax }) => Math.max(most, commitMax), 0),
    }));
    const rows = (metas: readonly SegmentMeta[]): number => metas.reduce((sum, meta) => sum + meta.rows, 0);
    if (rows(segments) !== rows(job.inputs))
      throw new VarveError('internal', `BUG: ${rows(job.inputs)} rows were merged to ${rows(segments)}`);
    await publishSegments(
      core,
      segments,
      (catalog) =>
        editWith(core, catalog, {
          add: segments,
          remove: job.inputs.map(({ id }) => ({ table: job.table, id })),
        }),
      (catalog) =>
        core.obsolete.add(
          job.inputs.map(({ file }) => `${core.directory}/${file}`),
          catalog.edit,
        ),
    );
  }

  /** Ends the background work after the job that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#background;
    await this.#turn;
  }
}

/**
 * Segments of earlier commits only may be merged: rows in memory, and those on their way into the log, are still to be
 * written out among the others.
 */
function horizonOf(core: StoreCore, table: LiveTable): number {
  return Math.min(table.chunks[0]?.commitMin ?? Infinity, logOf(core).commitUnderWay);
}

/** @returns at least the number of segments that a job can make. */
function outputsMax({ inputs, cut }: CompactionJob): number {
  const timeMin = inputs.reduce((least, segment) => Math.min(least, segment.timeMin), Infinity);
  const timeMax = inputs.reduce((most, segment) => Math.max(most, segment.timeMax), -Infinity);
  const rows = inputs.reduce((sum, segment) => sum + segment.rows, 0);
  let shortest = Infinity;
  for (const time of [timeMin, timeMax]) {
    const partition = partitionOf(time, cut.width);
    shortest = Math.min(shortest, endOfPartition(partition) - partition.start);
  }
  // Months and years differ in length by less than a seventh.
  const partitions = Math.ceil(((timeMax - timeMin) / shortest) * 1.2) + 3;
  return Math.min(rows, partitions * cut.hashRanges.length);
}
