import { isList, isTime, keyOf, type Cell, type Type } from './cells.ts';
import { now, type TableData } from './data.ts';
import type { Scope } from './generate-expr.ts';
import type { Scopes } from './generate-range.ts';

/** Values that no row needs to have. */
const others: readonly (readonly [Type, readonly Cell[]])[] = [
  ['text', ['none', 'u1', '3', 'DE']],
  ['int', [0n, 1n, -1n, 2n, 3n, 7n, 100n, 9223372036854775807n, -9223372036854775808n, 9007199254740993n]],
  ['float', [0, 0.5, 1, -1.25, 2.5, 7, 1e300, 9007199254740992]],
  ['bool', [true, false]],
  ['time', [{ ms: Date.parse('2024-03-31T01:00:00Z') }, { ms: 0 }]],
];

/** @returns what queries over these tables may be made of: their columns, and values that occur in them. */
export function scopesOf(tables: readonly TableData[], features: ReadonlySet<string>): Omit<Scopes, 'zone'> {
  const scopes = tables.map((table): [string, Scope] => [
    table.name,
    { columns: [...table.columns, { name: 'actor', type: 'text' }], constants: constantsOf([table]), features },
  ]);
  return { tables: new Map(scopes), stream: streamOf(tables, features), now };
}

function streamOf(tables: readonly TableData[], features: ReadonlySet<string>): Scope {
  const columns = new Map<string, Type>([
    ['actor', 'text'],
    ['_table', 'text'],
  ]);
  for (const { name, type } of tables.flatMap((table) => table.columns)) {
    const known = columns.get(name);
    columns.set(name, known === undefined || known === type ? type : 'float');
  }
  return { columns: [...columns].map(([name, type]) => ({ name, type })), constants: constantsOf(tables), features };
}

function constantsOf(tables: readonly TableData[]): ReadonlyMap<Type, readonly Cell[]> {
  const byType = new Map<Type, Map<string, Cell>>();
  const add = (type: Type, cell: Cell): void => {
    let known = byType.get(type);
    if (known === undefined) byType.set(type, (known = new Map()));
    if (cell !== null && isWritten(cell) && known.size < 40) known.set(keyOf(cell), cell);
  };
  for (const [type, cells] of others) for (const cell of cells) add(type, cell);
  for (const { columns, cells } of tables)
    for (const own of cells.filter((_, index) => index % 5 === 0))
      for (const { name, type } of columns) if (!type.startsWith('list')) add(type, own.get(name) ?? null);
  return new Map([...byType].map(([type, known]) => [type, [...known.values()]]));
}

/** Whether a query can write the value. */
function isWritten(cell: Cell): boolean {
  if (isTime(cell)) return true;
  return !isList(cell) && (typeof cell !== 'number' || Number.isFinite(cell));
}
