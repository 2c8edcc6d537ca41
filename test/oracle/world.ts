import type { Cell } from './cells.ts';
import { textOf } from './cells.ts';
import { now, type TableData } from './data.ts';
import type { Table, World } from './evaluate.ts';
import type { Row } from './evaluate-expr.ts';

/**
 * Makes what the evaluator reads.
 * @param stored the stored order of each table: its `rid`s, first to last among equal times.
 */
export function worldOf(tables: readonly TableData[], stored: ReadonlyMap<string, readonly bigint[]>): World {
  return { now, tables: new Map(tables.map((table) => [table.name, tableOf(table, stored.get(table.name)!)])) };
}

function tableOf(table: TableData, stored: readonly bigint[]): Table {
  const place = new Map(stored.map((rid, index) => [rid, index]));
  const rows = table.cells.map((own): Row => {
    const time = own.get('time') as { readonly ms: number };
    const actor = own.get(table.actor)!;
    const cells = new Map<string, Cell>([...own, ['actor', actor === null ? null : textOf(actor)]]);
    return { cells, ms: time.ms };
  });
  const placeOf = (row: Row): number => place.get(row.cells.get('rid') as bigint)!;
  rows.sort((a, b) => a.ms - b.ms || placeOf(a) - placeOf(b));
  return { name: table.name, columns: table.columns, rows };
}
