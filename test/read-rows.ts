import { textsOfDictionary } from '../engine/column/dictionary.ts';
import { valuesFromVector } from '../engine/column/values-from-vector.ts';
import { scalarAt } from '../engine/functions/access.ts';
import type { Vfs } from '../engine/host/vfs.ts';
import { createBlockCache, type BlockCache } from '../engine/store/block-cache.ts';
import { createSharedMemory } from '../engine/kernels/memory.ts';
import { sortChunk } from '../engine/store/chunk-source.ts';
import { openRowSource } from '../engine/store/open-source.ts';
import type { RowSource } from '../engine/store/row-source.ts';
import type { Snapshot } from '../engine/store/store-types.ts';

/** A row as a test looks at it: the actor's text (null for nobody) and its columns. */
export type ReadRow = { readonly actor: string | null } & { readonly [column: string]: unknown };

export function newCache(): BlockCache {
  return createBlockCache(createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 27 }), 2 ** 27);
}

/** Reads every row of a table at a snapshot, source by source in stored order, as a query does, but without one. */
export function readRows(vfs: Vfs, snapshot: Snapshot, table: string, columns: readonly string[], seed = 0): ReadRow[] {
  const environment = { vfs, cache: newCache() };
  const rows: ReadRow[] = [];
  for (const descriptor of snapshot.tables.get(table)?.sources ?? []) {
    const sorted =
      descriptor.kind === 'chunk'
        ? { ...descriptor, order: sortChunk(descriptor.bytes, descriptor.actor, descriptor.sequence, seed) }
        : descriptor;
    const source = openRowSource(environment, sorted);
    try {
      rows.push(...rowsOf(source, columns));
    } finally {
      source.release();
    }
  }
  return rows;
}

function rowsOf(source: RowSource, columns: readonly string[]): ReadRow[] {
  const entries = source.readActors({ from: 0, to: 2 ** 32 });
  const texts = textsOfDictionary(entries.texts);
  const actorOf = (row: number): string | null => {
    let entry = 0;
    while (entries.firstRows[entry + 1]! <= row) entry++;
    return entries.nobody[entry] === 1 ? null : texts[entry]!;
  };
  return source.blocks.flatMap((block, index) => {
    const values = columns.map((name) => {
      const type = source.columnType(name);
      if (type === null) return null;
      const dictionary = type.endsWith('text') ? textsOfDictionary(source.readDictionary(name)) : null;
      return valuesFromVector(source.readBlock(name, index), type, dictionary, null);
    });
    return Array.from({ length: block.rowCount }, (_, row): ReadRow => ({
      ...Object.fromEntries(columns.map((name, i) => [name, values[i] === null ? null : scalarAt(values[i]!, row)])),
      actor: actorOf(block.firstRow + row),
    }));
  });
}
