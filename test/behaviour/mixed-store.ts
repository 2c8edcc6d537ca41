import type { Batch } from '../../engine/column/batch.ts';
import { encodeBatch } from '../../engine/column/batch-codec.ts';
import { dictionaryFromTexts } from '../../engine/column/dictionary-builder.ts';
import { openStore } from '../../engine/store/store.ts';
import { defaultSizes } from '../../engine/store/sizes.ts';
import { hostOver, vfs } from '../own-store.ts';

/** Events in the order in which they are told; nobody lacks a time or an actor. */
export interface EventColumns {
  /** UTC ms. */
  readonly times: Float64Array;
  /** Actor 7 is `u7`. */
  readonly actors: Uint32Array;
  /** Places in `eventNames`; 0 = null. */
  readonly events: Uint8Array;
}

/** Names by code; 0 stands for null. */
export const eventNames = ['', 'a', 'b', 'c', 'd', 'e', 'é', '(x)', 'f', 'g', 'h', 'i', 'j'] as const;

/** How a table lies. */
export interface Layout {
  /** Time ranges of merged segments. */
  readonly partitions: number;
  readonly merged: number;
  readonly unmerged: number;
  /** Rows of the memtable, those of the log. */
  readonly inMemory: number;
}

const batchRows = 65_536;

/**
 * Makes a store whose table `e` (time, user_id, event, rid) lies in all ways at once: half of its rows in merged segments of several
 * partitions, then three segments that are not merged, and the last rows in the log. `rid` counts rows as they are told.
 * To keep it so it is to be opened `readOnly`.
 * @param options `partitionRowsMin` is the rows of a small partition; `rowsInMemory` the rows left to the log.
 */
export async function makeMixedStore(
  folder: string,
  columns: EventColumns,
  options: { readonly partitionRowsMin: number; readonly rowsInMemory: number },
): Promise<Layout> {
  const store = await openStore(hostOver(vfs), folder, {
    readOnly: false,
    create: true,
    sizes: {
      ...defaultSizes,
      partitionRowsMin: options.partitionRowsMin,
      partitionRowsMax: 4 * options.partitionRowsMin,
      runsMax: 1000,
      levelZeroSegmentsMax: 1000,
      importLogRowsMax: 0,
      closeRowsMax: Number.MAX_SAFE_INTEGER,
    },
  });
  const table = { table: 'e', options: { timeName: 'time', actor: 'user_id', actors: [] } };
  const write = async (from: number, to: number): Promise<void> => {
    const batches: Uint8Array[] = [];
    for (let at = from; at < to; at += batchRows)
      batches.push(encodeBatch(batchOfRows(columns, at, Math.min(to, at + batchRows))));
    if (batches.length > 0) await store.importBatches([{ ...table, batches }], {});
  };
  const toDisk = columns.times.length - options.rowsInMemory;
  const half = Math.floor(toDisk / 2);
  for (let at = 0; at < half; at += 8 * batchRows) await write(at, Math.min(half, at + 8 * batchRows));
  await store.compact();
  for (let part = 0; part < 3; part++)
    await write(half + Math.floor(((toDisk - half) * part) / 3), half + Math.floor(((toDisk - half) * (part + 1)) / 3));
  for (let at = toDisk; at < columns.times.length; at += 5000)
    await store.append([
      { ...table, bytes: encodeBatch(batchOfRows(columns, at, Math.min(columns.times.length, at + 5000))) },
    ]);
  const snapshot = store.snapshot();
  const { sources } = snapshot.tables.get('e')!;
  const segments = sources.flatMap((source) => (source.kind === 'segment' ? [source.meta] : []));
  const layout = {
    partitions: new Set(segments.flatMap(({ partition }) => (partition === null ? [] : [JSON.stringify(partition)])))
      .size,
    merged: segments.filter(({ partition }) => partition !== null).length,
    unmerged: segments.filter(({ partition }) => partition === null).length,
    inMemory: sources.reduce((rows, source) => rows + (source.kind === 'chunk' ? source.rowCount : 0), 0),
  };
  snapshot.release();
  await store.close();
  return layout;
}

function batchOfRows({ times, actors, events }: EventColumns, from: number, to: number): Batch {
  const length = to - from;
  const codeOf = new Map<number, number>();
  const codes = new Uint32Array(length);
  for (let row = 0; row < length; row++) {
    const actor = actors[from + row];
    let code = codeOf.get(actor);
    if (code === undefined) codeOf.set(actor, (code = codeOf.size));
    codes[row] = code;
  }
  const actorTexts = dictionaryFromTexts(Array.from(codeOf.keys(), (actor) => `u${actor}`));
  const validity = new Uint8Array((length + 7) >> 3);
  const names = new Uint8Array(length);
  for (let row = 0; row < length; row++) {
    const event = events[from + row];
    if (event === 0) continue;
    validity[row >> 3] |= 1 << (row & 7);
    names[row] = event - 1;
  }
  const time = { kind: 'int', length, base: 0, values: times.slice(from, to), validity: null } as const;
  const rid = { ...time, values: Float64Array.from({ length }, (_, row) => from + row) };
  return {
    rowCount: length,
    columns: [
      { name: 'time', type: 'time', vector: time, dictionary: null },
      {
        name: 'user_id',
        type: 'text',
        vector: { kind: 'text', length, codes, validity: null },
        dictionary: actorTexts,
      },
      {
        name: 'event',
        type: 'text',
        vector: { kind: 'text', length, codes: names, validity },
        dictionary: dictionaryFromTexts(eventNames.slice(1)),
      },
      { name: 'rid', type: 'int', vector: rid, dictionary: null },
    ],
  };
}
