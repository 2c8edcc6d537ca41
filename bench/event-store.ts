import { generateColumns } from '../data/columns.ts';
import type { PlainBatch } from '../data/plain-batch.ts';
import { generateUniformColumns } from '../data/uniform-columns.ts';
import { isVarveError } from '../engine/base/errors.ts';
import { encodeBatch } from '../engine/column/batch-codec.ts';
import { createNodeHost } from '../engine/host/node-host.ts';
import { open } from '../engine/open.ts';
import { openStore } from '../engine/store/store.ts';
import { batchFromPlain } from './batch-from-plain.ts';
import { bytesBelow } from './folders.ts';

/** `d1`: like life; `d2`: uniform and by itself in every value. */
export const dataSets: ReadonlyMap<string, typeof generateColumns> = new Map([
  ['d1', generateColumns],
  ['d2', generateUniformColumns],
]);

export interface EventStoreOptions {
  readonly events: number;
  readonly seed: number;
  readonly data: string;
}

/** A store that was made, closed again. */
export interface EventStore {
  readonly directory: string;
  /** Fewer than asked for where the store takes no more. */
  readonly rows: number;
  readonly bytes: number;
  readonly notes: readonly string[];
}

/** Rows of a call of `importBatches`: each makes a segment. */
const callRows = 524_288;
/** Calls under way, so that segments are built side by side. */
const callsMax = 2;

/** Makes a store with one table `events`, straight from columns, and compacts it. @throws VarveError of the store. */
export async function makeEventStore(directory: string, options: EventStoreOptions): Promise<EventStore> {
  const batches = dataSets.get(options.data)!({ rows: options.events, seed: options.seed });
  const store = await makeEventStoreOf(directory, batches);
  const missing = store.rows < options.events ? [`${options.events} events were asked for`] : [];
  return { ...store, notes: [...missing, ...store.notes] };
}

/** As `makeEventStore`, of any columns. */
export async function makeEventStoreOf(directory: string, batches: Iterable<PlainBatch>): Promise<EventStore> {
  const started = performance.now();
  const { rows, notes } = await writeColumns(directory, batches);
  const written = performance.now();
  notes.push(`made and written: ${perSecond(rows, written - started)} events/s`);
  const before = await bytesBelow(directory);
  const compacted = await compactStore(directory);
  if (compacted === null) notes.push('not compacted: this store is its log');
  else {
    const ms = performance.now() - written;
    notes.push(`compacted: ${perSecond(rows, ms)} events/s, ${(before / rows).toFixed(1)} bytes an event before`);
  }
  return { directory, rows, bytes: await bytesBelow(directory), notes };
}

async function writeColumns(
  directory: string,
  plain: Iterable<PlainBatch>,
): Promise<{ rows: number; notes: string[] }> {
  const host = createNodeHost(() => undefined);
  const store = await openStore(host, directory, { readOnly: false, create: true });
  const notes: string[] = [];
  let rows = 0;
  const write = async (batches: readonly PlainBatch[]): Promise<void> => {
    const part = {
      table: 'events',
      options: { timeName: 'time', actor: 'actor', actors: [] },
      batches: batches.map((batch) => encodeBatch(batchFromPlain(batch))),
    };
    await store.importBatches([part], {});
    rows += batches.reduce((sum, batch) => sum + batch.rowCount, 0);
  };
  try {
    const underWay: Promise<void>[] = [];
    for (const group of groups(plain)) {
      const writing = write(group);
      // What fails is thrown below, where it is waited for.
      writing.catch(() => undefined);
      underWay.push(writing);
      if (underWay.length >= callsMax) await underWay.shift();
    }
    for (const writing of underWay) await writing;
  } catch (error) {
    // A store that is its log takes no more than it can keep in memory; what is in it can be asked.
    if (!isVarveError(error) || error.code !== 'limit' || rows === 0) throw error;
    notes.push(`only ${rows} events: ${error.message}`);
  } finally {
    await store.close();
    await host.threads.close();
  }
  return { rows, notes };
}

function* groups(batches: Iterable<PlainBatch>): Iterable<PlainBatch[]> {
  let group: PlainBatch[] = [];
  let rows = 0;
  for (const batch of batches) {
    group.push(batch);
    rows += batch.rowCount;
    if (rows < callRows) continue;
    yield group;
    group = [];
    rows = 0;
  }
  if (group.length > 0) yield group;
}

/** Compacts a store. @returns the bytes it then has, or null where there is nothing to compact it into. */
export async function compactStore(directory: string): Promise<number | null> {
  const db = await open(directory);
  try {
    await db.compact();
  } catch (error) {
    if (isVarveError(error) && error.code === 'usage') return null;
    throw error;
  } finally {
    await db.close();
  }
  return bytesBelow(directory);
}

function perSecond(rows: number, ms: number): string {
  return Math.round(rows / (ms / 1000)).toLocaleString('en-US');
}
