import { open, type ResultValue, type Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';
import { makeMixedStore, type EventColumns, type Layout } from './mixed-store.ts';

/** Whether tests are to be as large as they can be. */
export const askedLong = process.env['VARVE_LONG'] !== undefined;
export const mebibyte = 1024 * 1024;

/** @returns `count` places in an order without any: neighbours lie far from each other. */
export function mixedOrder(
  count: number,
  of: (place: number) => readonly [time: number, actor: number, event: number],
): EventColumns {
  const columns = {
    times: new Float64Array(count),
    actors: new Uint32Array(count),
    events: new Uint8Array(count),
  };
  // A prime: no count here is a multiple of it.
  const stride = 1_299_709;
  for (let told = 0; told < count; told++) {
    const place = Number((BigInt(told) * BigInt(stride)) % BigInt(count));
    const [time, actor, event] = of(place);
    columns.times[told] = time;
    columns.actors[told] = actor;
    columns.events[told] = event;
  }
  return columns;
}

/** A store that is asked with little memory. */
export interface Asked {
  readonly layout: Layout;
  rows(query: string, memory?: number, timeoutMs?: number): Promise<Record<string, ResultValue>[]>;
  close(): Promise<void>;
}

/** Makes a store of all layouts and opens it. @param memory bytes that a query may hold unless it says otherwise. */
export async function openAsked(columns: EventColumns, now: Date, memory: number): Promise<Asked> {
  const folder = temporaryFolder();
  const rows = columns.times.length;
  const layout = await makeMixedStore(folder, columns, {
    partitionRowsMin: Math.floor(rows / 8),
    rowsInMemory: Math.floor(Math.min(rows / 10, 100_000)),
  });
  const db: Varve = await open(folder, { readOnly: true, threads: askedLong ? 2 : 0, memory: 64 * mebibyte });
  return {
    layout,
    rows: async (query, most = memory, timeoutMs = 600_000) =>
      (await db.query(query, { memory: most, timeoutMs, now })).rows(),
    close: () => db.close(),
  };
}

/** @returns some columns of rows, as lists. */
export function pickOf(rows: readonly Record<string, ResultValue>[], ...names: readonly string[]): ResultValue[][] {
  return rows.map((row) => names.map((name) => row[name]!));
}
