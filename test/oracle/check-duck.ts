import { OverflowError } from './aggregates.ts';
import type { Cell } from './cells.ts';
import type { Bench, Checked } from './check.ts';
import { cellOf, sameCell, show } from './compare.ts';
import { bucketsOfQuery } from './evaluate.ts';
import { partialOf } from './evaluate-every.ts';
import { windowStart } from './evaluate-groups.ts';
import { NoEquivalent, printDuck } from './print-duck.ts';
import type { EngineAnswer, State } from './stores.ts';
import type { Query } from './tree.ts';

/** DuckDB's rows, or why there are none. */
export type DuckAnswer =
  { readonly sql: string; readonly rows: readonly (readonly unknown[])[] } | { readonly skipped: string };

/** Asks DuckDB where it has an equivalent of the query; never rejects for what DuckDB says. */
export async function askDuck(query: Query, state: State, bench: Bench): Promise<DuckAnswer> {
  try {
    const sql = sqlOf(query, state, bench);
    return { sql, rows: await bench.duck.ask(sql, query.zone, state) };
  } catch (error) {
    if (error instanceof NoEquivalent) return { skipped: error.message };
    if (error instanceof OverflowError) return { skipped: 'overflow' };
    return { skipped: `error: ${(error as Error).message.split('\n')[0]!.slice(0, 90)}` };
  }
}

function sqlOf(query: Query, state: State, bench: Bench): string {
  const world = bench.worlds.get(state)!;
  const isPartial = partialOf(query, world);
  const buckets = query.every === null ? [] : bucketsOfQuery(query, world);
  return printDuck(
    query,
    buckets.map((bucket) => ({
      ...bucket,
      from: windowStart(query, bucket),
      partial: isPartial({ ms: bucket.start }),
    })),
  );
}

/** Holds DuckDB's answer against the engine's. */
export function againstDuck(answer: EngineAnswer, theirs: DuckAnswer): Pick<Checked, 'problem' | 'duck'> {
  if ('skipped' in theirs) return { problem: null, duck: theirs.skipped };
  const { rows, sql } = theirs;
  if (rows.length !== answer.rows.length)
    return { problem: `DuckDB has ${rows.length} rows, Varve ${answer.rows.length}\n  ${sql}`, duck: 'differs' };
  for (const [index, row] of answer.rows.entries()) {
    for (const [column, value] of row.entries()) {
      const own = cellOf(value, answer.types[column]!);
      const other = theirCell(rows[index]![column], own);
      if (!sameCell(own, other, 1e-12))
        return {
          problem: `DuckDB, row ${index}, column ${answer.names[column]}: ${show(other)}, Varve ${show(own)}\n  ${sql}`,
          duck: 'differs',
        };
    }
  }
  return { problem: null, duck: 'compared' };
}

/** DuckDB's value in the shape of ours: a time is its ms, a list has items. */
function theirCell(value: unknown, like: Cell): Cell {
  if (typeof like === 'object' && like !== null && 'ms' in like && typeof value === 'bigint')
    return { ms: Number(value) };
  if (typeof value === 'object' && value !== null && 'items' in value)
    return (value as { items: readonly Cell[] }).items;
  return (value ?? null) as Cell;
}
