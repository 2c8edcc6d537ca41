import { textOf, type Cell } from './cells.ts';
import { evaluate, type World } from './evaluate.ts';
import type { Row } from './evaluate-expr.ts';
import { livesOf } from './evaluate-lives.ts';
import type { Query, Source } from './tree.ts';

/** @returns the rows of all sources as one stream: in the order of time, equal times in the order of the sources. */
export function readSources(query: Query, world: World): readonly Row[] {
  const [only] = query.from;
  if (query.from.length === 1) return readSource(only!, world, query.zone);
  const columns = unionOf(query.from, world);
  return query.from
    .flatMap((source) => readSource(source, world, query.zone).map((row) => widened(source, row, columns)))
    .sort((a, b) => a.ms - b.ms);
}

/** @returns the rows of one source in the order of time. */
export function readSource(source: Source, world: World, zone: string): readonly Row[] {
  switch (source.kind) {
    case 'table':
      return world.tables.get(source.name)!.rows;
    case 'query':
      return evaluate(source.query, world).stream;
    default:
      return livesOf(source, world, zone);
  }
}

/** The columns of several tables by name, each in the type that holds all of theirs. */
function unionOf(sources: readonly Source[], world: World): ReadonlyMap<string, string> {
  const columns = new Map<string, string>();
  for (const source of sources) {
    const table = source.kind === 'table' ? world.tables.get(source.name)! : undefined;
    for (const { name, type } of table?.columns ?? []) {
      const known = columns.get(name);
      columns.set(name, known === undefined || known === type ? type : wider(known, type));
    }
  }
  return columns;
}

function wider(a: string, b: string): string {
  return [a, b].every((type) => type === 'int' || type === 'float') ? 'float' : 'text';
}

function widened(source: Source, row: Row, columns: ReadonlyMap<string, string>): Row {
  const cells = new Map<string, Cell>([
    ['actor', row.cells.get('actor')!],
    ['_table', source.kind === 'table' ? source.name : null],
  ]);
  for (const [name, type] of columns) {
    const cell = row.cells.get(name) ?? null;
    cells.set(name, cell === null ? null : type === 'float' ? Number(cell) : type === 'text' ? textOf(cell) : cell);
  }
  return { cells, ms: row.ms };
}
