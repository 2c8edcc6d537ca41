import { encodeBatch } from '../../engine/column/batch-codec.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import type { ExecutionResult } from '../../engine/execute/result.ts';
import { scalarAt } from '../../engine/functions/access.ts';
import type { Host } from '../../engine/host/host.ts';
import { batchFromRows } from '../../engine/ingest/append-rows.ts';
import type { StoreSizes } from '../../engine/store/sizes.ts';
import { openStore } from '../../engine/store/store.ts';
import type { Store } from '../../engine/store/store-types.ts';
import { temporaryFolder } from '../support.ts';

/** Small tables are cut as large ones are: many slices, all of them in the pool where there is one. */
export const smallSizes = { sliceActorsMax: 4, sliceRowsMax: 40, poolRowsMin: 0 };

/**
 * @param sizes by which the store cuts its segments, where they are not the usual ones.
 * @returns a store with the table `t`, whose rows were appended chunk by chunk.
 */
export async function storeOf(
  host: Host,
  chunks: readonly (readonly { readonly time: number }[])[],
  sizes: Partial<StoreSizes> = {},
): Promise<Store> {
  const store = await openStore(host, temporaryFolder(), { readOnly: false, create: true, sizes });
  for (const rows of chunks) {
    const events = rows.map((row) => ({ ...row, time: new Date(row.time) }));
    const { batch, options } = batchFromRows(events, { time: 'time', actor: 'user' }, store.schema('t'), 0);
    await store.append([{ table: 't', options, bytes: encodeBatch(batch) }]);
  }
  return store;
}

export function smallEnvironment(host: Host): ExecutionEnvironment {
  return { ...createExecutionEnvironment(host, { memory: 64 * 1024 * 1024, seed: 0 }), sizes: smallSizes };
}

/** @returns an answer row by row; -0 is 0 to the language. */
export function rowsOf(result: ExecutionResult): Scalar[][] {
  return Array.from({ length: result.rowCount }, (_, row) =>
    result.data.map((values) => {
      const value = scalarAt(values, row);
      return value === 0 ? 0 : value;
    }),
  );
}
