import { lengthOf } from './calendar.ts';
import { textOf, type Cell } from './cells.ts';
import { readingOf, type World } from './evaluate.ts';
import { valueOf, valueOfGroup, type Reading, type Row } from './evaluate-expr.ts';
import { emptyQuery } from './empty-query.ts';
import { readSource } from './evaluate-sources.ts';
import type { Source } from './tree.ts';

type Lives = Source & { readonly kind: 'sessions' | 'actors' };

/** @returns a row a session or a row an actor, in the order of time. */
export function livesOf(source: Lives, world: World, zone: string): readonly Row[] {
  const reading = readingOf({ ...emptyQuery, zone }, world);
  const byActor = new Map<string, Row[]>();
  for (const row of readSource(source.source, world, zone)) {
    const actor = source.per === null ? row.cells.get('actor')! : row.cells.get(source.per)!;
    if (actor === null) continue;
    const name = textOf(actor);
    const own = { ...row, cells: new Map([...row.cells, ['actor', name]]) };
    const events = byActor.get(name);
    if (events === undefined) byActor.set(name, [own]);
    else events.push(own);
  }
  return [...byActor]
    .flatMap(([actor, rows]) =>
      (source.kind === 'sessions' ? sessionsOf(source, rows, reading) : [rows]).map((part) =>
        lifeOf(source, actor, part, reading),
      ),
    )
    .sort((a, b) => a.ms - b.ms);
}

/** Cuts an actor's events where more than `gap` lies between, before one that starts and behind one that ends a session. */
function sessionsOf(source: Lives & { readonly kind: 'sessions' }, rows: readonly Row[], reading: Reading): Row[][] {
  const { gap, starting, ending } = source;
  const sessions: Row[][] = [];
  let before: Row | null = null;
  for (const row of rows) {
    const cut =
      before === null ||
      row.ms - before.ms > lengthOf(gap) ||
      (starting !== null && valueOf(starting, row, reading) === true) ||
      (ending !== null && valueOf(ending, before, reading) === true);
    if (cut) sessions.push([row]);
    else sessions.at(-1)!.push(row);
    before = row;
  }
  return sessions;
}

function lifeOf(source: Lives, actor: string, rows: readonly Row[], reading: Reading): Row {
  const [start, end] = [rows[0]!.ms, rows.at(-1)!.ms];
  const group = { keys: [], rows, context: { from: null, to: null } };
  const cells = new Map<string, Cell>([
    ['actor', actor],
    ['time', { ms: start }],
    ['last', { ms: end }],
    ['events', BigInt(rows.length)],
    ...(source.kind === 'sessions' ? [['duration', BigInt(end - start)] as [string, Cell]] : []),
    ...source.aggregates.map(({ expr, alias }): [string, Cell] => [alias, valueOfGroup(expr, group, reading)]),
  ]);
  return { cells, ms: start };
}
