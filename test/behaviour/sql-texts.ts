/** A range and the buckets in it, as a query says them; times are texts with their offset. */
export interface SqlBuckets {
  readonly since: string;
  readonly until: string;
  readonly unit: 'day' | 'week' | 'month';
}

export interface SqlRetention extends SqlBuckets {
  readonly periods: number;
  readonly recurring: boolean;
  readonly after: boolean;
  /** Conditions on `k`. */
  readonly start: string;
  readonly returning: string;
  /** The value of the cohort's event, or null for all together. */
  readonly key: string | null;
}

/** Buckets `b` of a range, each with its end. */
function bucketsOf({ since, until, unit }: SqlBuckets): string {
  return `buckets as (
    select b, b + interval 1 ${unit} as ends
    from (select unnest(generate_series(date_trunc('${unit}', timestamptz '${since}'), timestamptz '${until}' - interval 1 millisecond, interval 1 ${unit})) as b)
  )`;
}

/** @returns columns key, cohort (ms, null = mean over complete cells), actors, period, retained. */
export function sqlRetention(question: SqlRetention): string {
  const { since, until, unit, periods, recurring, after, start, returning, key } = question;
  return `with ${bucketsOf(question)},
  base as (
    select *, date_trunc('${unit}', ts) as b, ${key ?? 'null::varchar'} as g
    from e where ts >= timestamptz '${since}' and ts < timestamptz '${until}'
  ),
  starts as (
    select a, b, g, row_number() over (partition by a${recurring ? ', b' : ''} order by t, rid) as place
    from base where ${start}
  ),
  members as (select a, b, g from starts where place = 1),
  visits as (select distinct a, b from base where ${returning}),
  cells as (
    select groups.g, buckets.b, p, buckets.b + p * interval 1 ${unit} as other
    from (select distinct g from members) groups, buckets, (select unnest(range(${periods + 1}))::int as p)
  ),
  sizes as (select g, b, count(*) as actors from members group by g, b),
  kept as (
    select members.g, members.b, p, count(distinct members.a) as retained
    from members, (select unnest(range(${periods + 1}))::int as p) periods
    where p = 0 or exists (
      select 1 from visits where visits.a = members.a
        and ${
          after
            ? `visits.b >= members.b + p * interval 1 ${unit} and visits.b + interval 1 ${unit} <= timestamptz '${until}'`
            : `visits.b = members.b + p * interval 1 ${unit}`
        }
    )
    group by members.g, members.b, p
  ),
  rows as (
    select cells.g, cells.b, coalesce(actors, 0) as actors, cells.p,
      case when other + interval 1 ${unit} <= timestamptz '${until}' then coalesce(retained, 0) end as retained
    from cells
    left join sizes on sizes.g is not distinct from cells.g and sizes.b = cells.b
    left join kept on kept.g is not distinct from cells.g and kept.b = cells.b and kept.p = cells.p
  )
  select * from (
    select g, epoch_ms(b) as cohort, actors, p, retained from rows
    union all
    select g, null, coalesce(sum(actors) filter (where retained is not null), 0)::bigint, p, sum(retained)::bigint from rows group by g, p
  )
  order by g nulls last, cohort nulls last, p`;
}

/** @returns columns time (ms), new, returning, resurrecting, dormant. `where` is a condition on `k`. */
export function sqlLifecycle(question: SqlBuckets, where: string): string {
  const { until, unit } = question;
  return `with ${bucketsOf(question)},
  active as (select distinct a, date_trunc('${unit}', ts) as b from e where ts < timestamptz '${until}' and (${where})),
  around as (
    select b, lag(b) over one as before, lead(b) over one as after from active window one as (partition by a order by b)
  ),
  here as (
    select b,
      count(*) filter (where before is null) as fresh,
      count(*) filter (where before = b - interval 1 ${unit}) as returning_,
      count(*) filter (where before < b - interval 1 ${unit}) as resurrecting
    from around group by b
  ),
  gone as (
    select b + interval 1 ${unit} as b, count(*) as dormant
    from around where after is null or after > b + interval 1 ${unit} group by b
  )
  select epoch_ms(buckets.b), coalesce(fresh, 0), coalesce(returning_, 0), coalesce(resurrecting, 0), coalesce(dormant, 0)
  from buckets left join here using (b) left join gone using (b) order by buckets.b`;
}

/** How events are cut into sessions. */
export interface SqlSessions {
  /** ms. */
  readonly gap: number;
  /** Conditions on `k`, or `false`. */
  readonly starting: string;
  readonly ending: string;
}

/** The events with a number `s` of their actor's session. */
export function sqlCut({ gap, starting, ending }: SqlSessions): string {
  return `cut as (
    select *, sum(begins) over (partition by a order by t, rid rows unbounded preceding) as s
    from (
      select *, case when lag(t) over own is null or t - lag(t) over own > ${gap}
        or coalesce(${starting}, false) or coalesce(lag(coalesce(${ending}, false)) over own, false) then 1 else 0 end as begins
      from e window own as (partition by a order by t, rid)
    )
  )`;
}

/** @returns columns actor, time, last, duration, events, of a, first event and distinct events; a row a session. */
export function sqlSessions(cut: SqlSessions, where: string): string {
  return `with ${sqlCut(cut)}
  select a, min(t) as start, max(t), max(t) - min(t), count(*), count(*) filter (where k = 'a'),
    first(k order by t, rid) filter (where k is not null), count(distinct k)
  from cut group by a, s having ${where} order by a, start, min(rid)`;
}

export interface SqlPaths {
  readonly gap: number;
  readonly depth: number;
  readonly limit: number;
  readonly from: 'first' | 'starting' | 'ending';
  /** A condition on `k` and the columns of the events. */
  readonly match: string;
}

/** @returns columns step, source, target, events, actors, avg_time. */
export function sqlPaths({ gap, depth, limit, from, match }: SqlPaths): string {
  const range = {
    first: `p between 1 and ${depth + 1}`,
    starting: `p between least_ and least_ + ${depth}`,
    ending: `p between greatest(1, most - ${depth - 1}) and most`,
  }[from];
  const first = { first: '1', starting: 'least_', ending: `greatest(1, most - ${depth - 1})` }[from];
  return `with ${sqlCut({ gap, starting: 'false', ending: 'false' })},
  runs as (
    select *, sum(other) over (partition by a, s order by t, rid rows unbounded preceding) as p
    from (
      select *, case when k is distinct from lag(k) over own then 1 else 0 end as other
      from cut where k is not null window own as (partition by a, s order by t, rid)
    )
  ),
  nodes as (select a, s, p, first(k) as k, min(t) as t, bool_or(coalesce(${match}, false)) as m from runs group by a, s, p),
  bounds as (
    select *, min(p) filter (where m) over (partition by a, s) as least_, max(p) filter (where m) over (partition by a, s) as most
    from nodes
  ),
  placed as (select a, s, k, t, p - ${first} + 1 as q from bounds where ${range}),
  told as (
    select q, k, case when row_number() over (partition by q order by count(*) desc, encode(k)) <= ${limit} then k else '(others)' end as name
    from placed group by q, k
  ),
  named as (select placed.*, name from placed join told using (q, k)),
  edges as (
    select *, lead(name) over own as target, lead(t) over own as next
    from named window own as (partition by a, s order by q)
  )
  select q, name, target, count(*) as events, count(distinct a), avg(next - t)
  from edges where q <= ${depth} group by q, name, target
  order by q, events desc, encode(name), case when target is null then 1 else 0 end, encode(target)`;
}
