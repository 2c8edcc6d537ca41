import { lengthOf } from './calendar.ts';
import type { Expr, Source } from './tree.ts';

type Lives = Source & { readonly kind: 'sessions' | 'actors' };

/**
 * Sessions and actors by window functions.
 * @param inner the events, in brackets or a table's name.
 * @param write writes an expression.
 */
export function printLives(source: Lives, inner: string, write: (expr: Expr) => string): string {
  const { per } = source;
  const events =
    per === null ? `select * from ${inner}` : `select * replace (CAST(${per} AS VARCHAR) as actor) from ${inner}`;
  const made = source.aggregates.map(({ expr, alias }) => `, ${write(expr)} as ${alias}`).join('');
  const common = `actor, min(time) as time, max(time) as last, count(*) as events`;
  if (source.kind === 'actors')
    return `(select ${common}${made} from (${events}) where actor is not null group by actor)`;
  const { gap, starting, ending } = source;
  const before = 'lag(time) over _w';
  const cuts = [
    `${before} is null`,
    `time - ${before} > ${lengthOf(gap)}`,
    ...(starting === null ? [] : [`coalesce(${write(starting)}, false)`]),
    ...(ending === null ? [] : [`coalesce(lag(${write(ending)}) over _w, false)`]),
  ];
  const order = 'partition by actor order by time, _rank';
  const cut = `select *, case when ${cuts.join(' or ')} then 1 else 0 end as _cut from (${events}) where actor is not null window _w as (${order})`;
  const numbered = `select *, sum(_cut) over (${order} rows unbounded preceding) as _session from (${cut})`;
  return `(select ${common}, max(time) - min(time) as duration${made} from (${numbered}) group by actor, _session)`;
}
