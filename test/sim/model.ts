import { hasActor, makeRows, type SimRow } from './sim-rows.ts';

/** What is known of a batch: whether it must, must not, or may be in the store. */
export type BatchState = 'in flight' | 'acknowledged' | 'unknown' | 'rejected';

/** One append, or one step of an import: its batches are in together or not at all. */
export interface SimBatch {
  readonly id: number;
  /** Number of a batch's rows for each table it goes to. */
  readonly tables: readonly string[];
  readonly issuedAt: number;
  state: BatchState;
  acknowledgedAt: number;
  /** The first snapshot of the writer that has shown it: it was durable then and must stay. */
  seenAt: number;
  /** The import that it belongs to, and its step. */
  readonly source: string | null;
  readonly step: number;
}

/** Rows of a snapshot by table, in the order of its sources. */
export type Contents = ReadonlyMap<string, readonly SimRow[]>;

/** A promise that was broken: what the simulation looks for. */
export class Violation extends Error {}

/** What the store must hold, as its users know it. */
export class Model {
  readonly batches = new Map<number, SimBatch>();
  readonly #rows = new Map<number, readonly SimRow[]>();
  #next = 1;
  #ticks = 0;

  /** @returns a number that tells before from after. */
  tick(): number {
    return ++this.#ticks;
  }

  /** A batch is on its way. */
  begin(tables: readonly string[], source: string | null = null, step = 0): SimBatch {
    const batch: SimBatch = {
      id: this.#next++,
      tables,
      issuedAt: this.tick(),
      state: 'in flight',
      acknowledgedAt: Infinity,
      seenAt: Infinity,
      source,
      step,
    };
    this.batches.set(batch.id, batch);
    this.#rows.set(batch.id, makeRows(batch.id));
    return batch;
  }

  rowsOf(batch: SimBatch): readonly SimRow[] {
    return this.#rows.get(batch.id)!;
  }

  acknowledge(batch: SimBatch): void {
    batch.state = 'acknowledged';
    batch.acknowledgedAt = Math.min(batch.acknowledgedAt, this.tick());
  }

  /** What a recovered store does not show, and nobody sends again, must never come back. */
  settle(contents: Contents): void {
    const present = new Set([...contents.values()].flatMap((rows) => rows.map((row) => row.batch)));
    for (const batch of this.batches.values())
      if (batch.state === 'unknown' && !present.has(batch.id)) batch.state = 'rejected';
  }

  /** The machine stopped: nobody was answered. */
  crash(): void {
    for (const batch of this.batches.values()) if (batch.state === 'in flight') batch.state = 'unknown';
  }

  /**
   * Compares what a snapshot gives with what must be there.
   * @param askedAt the tick at which the snapshot was taken.
   * @param positions the next step of each import, taken with the snapshot.
   * @param trusted whether what is shown must stay: not so for a reader beside the writer.
   */
  check(contents: Contents, askedAt: number, positions: ReadonlyMap<string, number>, trusted: boolean): void {
    const present = new Map<number, Set<string>>();
    for (const [table, rows] of contents) {
      for (const [id, found] of groupByBatch(rows)) {
        this.#checkBatch(table, id, found);
        present.set(id, (present.get(id) ?? new Set()).add(table));
      }
      if (hasActor(table)) this.#checkArrival(table, rows);
    }
    for (const batch of this.batches.values()) this.#checkPresence(batch, present.get(batch.id), askedAt, trusted);
    this.#checkPositions(present, positions);
  }

  #checkBatch(table: string, id: number, found: readonly SimRow[]): void {
    const batch = this.batches.get(id);
    if (batch?.tables.includes(table) !== true) throw new Violation(`table ${table} has rows of no batch: ${id}`);
    const rows = this.rowsOf(batch);
    const sorted = [...found].sort((a, b) => a.n - b.n);
    if (sorted.length !== rows.length)
      throw new Violation(`${describe(batch)} has ${sorted.length} of ${rows.length} rows in table ${table}`);
    sorted.forEach((row, n) => {
      const right = rows[n];
      if (row.n !== n || row.time !== right.time || row.user !== right.user || row.mixed !== right.mixed)
        throw new Violation(
          `${describe(batch)}, table ${table}: a row is ${JSON.stringify(row)}, not ${JSON.stringify(right)}`,
        );
    });
  }

  #checkPresence(batch: SimBatch, tables: Set<string> | undefined, askedAt: number, trusted: boolean): void {
    if (this.rowsOf(batch).length === 0) return;
    const count = tables?.size ?? 0;
    if (count !== 0 && count !== batch.tables.length)
      throw new Violation(`${describe(batch)} is in ${count} of ${batch.tables.length} tables`);
    if (count === 0 && batch.acknowledgedAt < askedAt) throw new Violation(`${describe(batch)} is lost`);
    if (count === 0 && batch.seenAt < askedAt) throw new Violation(`${describe(batch)} had been shown and is lost`);
    if (count > 0 && batch.state === 'rejected') throw new Violation(`${describe(batch)} is there`);
    if (count > 0 && trusted) batch.seenAt = Math.min(batch.seenAt, askedAt);
  }

  /** Rows of one actor and time stand in the order in which they came, as far as the users know it. */
  #checkArrival(table: string, rows: readonly SimRow[]): void {
    const latest = new Map<string, number>();
    const place = new Map<string, number>();
    for (const row of rows) {
      const batch = this.batches.get(row.batch)!;
      const key = `${row.user === null ? `${row.batch}:${row.n}` : row.user} ${row.time}`;
      const issued = latest.get(key) ?? -1;
      if (batch.acknowledgedAt < issued)
        throw new Violation(`${describe(batch)}, table ${table}: rows stand after those of a batch that came later`);
      latest.set(key, Math.max(issued, batch.issuedAt));
      const own = `${row.batch} ${key}`;
      if ((place.get(own) ?? -1) >= row.n) throw new Violation(`${describe(batch)}: equal times changed their order`);
      place.set(own, row.n);
    }
  }

  /** An import's position and its rows go together: all steps before it are in, none from it on. */
  #checkPositions(present: ReadonlyMap<number, Set<string>>, positions: ReadonlyMap<string, number>): void {
    for (const batch of this.batches.values()) {
      if (batch.source === null || this.rowsOf(batch).length === 0) continue;
      const next = positions.get(batch.source) ?? 0;
      if (present.has(batch.id) && batch.step >= next)
        throw new Violation(`${describe(batch)} is in, and its import stands at step ${next}`);
    }
    const done = new Map<string, Set<number>>();
    for (const batch of this.batches.values()) {
      if (batch.source === null || (this.rowsOf(batch).length > 0 && !present.has(batch.id))) continue;
      done.set(batch.source, (done.get(batch.source) ?? new Set()).add(batch.step));
    }
    for (const [source, next] of positions) {
      for (let step = 0; step < next; step++)
        if (done.get(source)?.has(step) !== true)
          throw new Violation(
            `import ${source} stands at step ${next}, and the rows of step ${step} are not in: ${[
              ...this.batches.values(),
            ]
              .filter((b) => b.source === source)
              .map((b) => `${describe(b)}${present.has(b.id) ? ' in' : ''}`)
              .join(', ')}`,
          );
    }
  }
}

function groupByBatch(rows: readonly SimRow[]): Map<number, SimRow[]> {
  const groups = new Map<number, SimRow[]>();
  for (const row of rows) {
    const group = groups.get(row.batch);
    if (group === undefined) groups.set(row.batch, [row]);
    else group.push(row);
  }
  return groups;
}

function describe({ id, state, seenAt, source, step }: SimBatch): string {
  return `batch ${id} (${state}${seenAt < Infinity ? ', seen' : ''}${source === null ? '' : `, step ${step} of ${source}`})`;
}
