import type { Question } from './questions.ts';

/** What rows B2 to B8 ask for, by data set. */
export interface BehaviourWanted {
  /** Names of three events that people do one after the other. */
  readonly steps: readonly [string, string, string];
  /** What is said of equal times; nothing where an actor has hardly two events of one time. */
  readonly rules: string;
  /** Country and platform belong to the actor: an actor's sessions are all of the platform of any of them. */
  readonly actorProperties: boolean;
}

const firstDay = '2026-04-02';
const firstMonday = '2026-03-30';
const weeks = 14;
const periods = 30;
const gapMs = 30 * 60_000;
const dayMs = 24 * 3_600_000;
const clickhouseMs = 'toUnixTimestamp64Milli(time)';

/** @returns rows B2 to B8; where properties change from event to event, those alone that can do without. */
export function behaviourQuestions(wanted: BehaviourWanted): Question[] {
  const everywhere = [funnelQuestion(wanted), sessionsQuestion(wanted)];
  if (!wanted.actorProperties) return everywhere;
  return [
    ...everywhere,
    strictFunnelQuestion(),
    retentionQuestion(),
    cohortQuestion(),
    pathsQuestion(),
    histogramQuestion(),
    lifecycleQuestion(),
  ];
}

/** A step's actors are those whose best attempt came that far: for the last two, the latest start that leads there decides. */
function funnelQuestion({ steps: [first, second, third], rules }: BehaviourWanted): Question {
  const windowMs = 7 * dayMs;
  const some = `event in ('${first}', '${second}', '${third}')`;
  const inTime = (time: string): string => `${time} >= time - interval 7 days`;
  const running = 'over (partition by actor order by time range unbounded preceding)';
  const started = `select actor, time, event, max(case when event = '${first}' then time end) ${running} as s from {t} where ${some}`;
  const played = `select *, max(case when event = '${second}' and ${inTime('s')} then s end) ${running} as p from (${started})`;
  const level =
    `case when event = '${first}' then 1 when event = '${second}' and ${inTime('s')} then 2 ` +
    `when event = '${third}' and ${inTime('p')} then 3 else 0 end`;
  const only = (name: string): string => `(select actor, time from {t} where event = '${name}')`;
  return {
    id: 'B2a',
    title: '3-step funnel in 7 days',
    note:
      `${first}, then ${second}, then ${third}, other events between; an actor counts by its best attempt, which ClickHouse's ` +
      "`windowFunnel` finds as well where no event is of two steps. Varve's answer also has times and who is pending, which peers are not asked for.",
    varve: `funnel ${[first, second, third].map((name) => `event = '${name}'`).join(', ')} from events within 7d${rules}`,
    take: ['step', 'actors'],
    duckdb: [
      `with s as ${only(first)}, p as (select p.actor, p.time, s.time as s from ${only(second)} p asof join s ` +
        `on p.actor = s.actor and p.time >= s.time where s.time >= p.time - interval 7 days), ` +
        `q as (select q.actor from ${only(third)} q asof join p on q.actor = p.actor and q.time >= p.time ` +
        `where p.s >= q.time - interval 7 days) select 1 as step, count(distinct actor) from s ` +
        'union all select 2, count(distinct actor) from p union all select 3, count(distinct actor) from q',
      `${duckdbLevels} from (select max(${level}) as l from (${played}) group by actor)`,
    ],
    clickhouse: ['actor', 'cityHash64(actor)'].map(
      (key) =>
        `select step, actors from (select ${clickhouseLevels(3)} from (select windowFunnel(${windowMs})` +
        `(toUInt64(${clickhouseMs}), event = '${first}', event = '${second}', event = '${third}') as l ` +
        `from {t} where ${some} group by ${key})) array join c as actors, range(1, 4) as step`,
    ),
    columns: ['int', 'int'],
    order: 'none',
    by: 'actor',
  };
}

const duckdbLevels =
  'select unnest([1, 2, 3]) as step, ' +
  'unnest([count(*) filter (l >= 1), count(*) filter (l >= 2), count(*) filter (l >= 3)]) as actors';

function clickhouseLevels(steps: number): string {
  return `[${Array.from({ length: steps }, (_, step) => `countIf(l >= ${step + 1})`).join(', ')}] as c`;
}

const strictSteps: readonly string[] = ['page_view', 'click', 'scroll', 'search', 'play', 'pause'];

/**
 * Strict as ClickHouse's `strict_order` is, so that ClickHouse has a function for it. DuckDB takes each actor's events from
 * the first of step 1 to the first of no step, and goes through them with the time at which each step's attempt began.
 */
function strictFunnelQuestion(): Question {
  const count = strictSteps.length;
  const names = strictSteps.map((name) => `'${name}'`).join(', ');
  const code = `case event ${strictSteps.map((name, step) => `when '${name}' then ${step + 1}`).join(' ')} end`;
  const unset = `[${Array.from({ length: count - 1 }, () => 'null').join(', ')}]::bigint[]`;
  const runs =
    `with f as (select actor, min(time) as f from {t} where event = '${strictSteps[0]!}' group by actor), ` +
    `b as (select actor, any_value(f) as f, min(time) filter (event not in (${names}) and time > f) as b ` +
    `from {t} join f using (actor) group by actor) select any_value(country) as country, ` +
    `list({k: ${code}, t: epoch_ms(time)} order by time) as es from {t} join b using (actor) ` +
    `where event in (${names}) and time >= f and (b is null or time < b) group by actor`;
  const state = `lambda e: {k: e.k, t: e.t, s: [e.t] || ${unset}, done: false}`;
  const advance =
    'lambda a, x: case when a.done then a when x.k = 1 then {k: x.k, t: x.t, s: [x.t] || a.s[2:], done: false} ' +
    'when a.s[x.k - 1] is null then {k: x.k, t: x.t, s: a.s, done: true} ' +
    `when x.t <= a.s[x.k - 1] + ${dayMs} then {k: x.k, t: x.t, s: a.s[:x.k - 1] || [a.s[x.k - 1]] || a.s[x.k + 1:], done: x.k = ${count}} ` +
    'else a end';
  const levels = `select country, list_count(list_reduce(list_transform(es, ${state}), ${advance}).s) as l from (${runs})`;
  return {
    id: 'B2b',
    title: "6-step funnel by country in 1 day, strict as ClickHouse's strict_order",
    note:
      `${strictSteps.join(', ')}, as \`windowFunnel\` counts in its mode \`strict_order\`: from the first event of step 1 until one ` +
      "of another name or out of turn. A country is its actors'.",
    varve:
      `funnel ${strictSteps.map((name) => `event = '${name}'`).join(', ')} from events within 1d ` +
      'rules clickhouse order strict group by country',
    take: ['country', 'step', 'actors'],
    duckdb: [
      'select country, step, coalesce(sum(n) filter (l >= step), 0)::bigint as actors from ' +
        `(select country, l, count(*) as n from (${levels}) group by country, l), ` +
        `(select unnest(range(1, ${count + 1})) as step) group by country, step`,
    ],
    clickhouse: ['actor', 'cityHash64(actor)'].map(
      (key) =>
        `select country, step, actors from (select country, ${clickhouseLevels(count)} from (select any(country) as country, ` +
        `windowFunnel(${dayMs}, 'strict_order')(toUInt64(${clickhouseMs}), ` +
        `${strictSteps.map((name) => `event = '${name}'`).join(', ')}) as l from {t} group by ${key}) group by country) ` +
        `array join c as actors, range(1, ${count + 1}) as step`,
    ),
    columns: ['text', 'int', 'int'],
    order: 'none',
    by: 'actor',
  };
}

/** Where an actor's events are of several platforms, a session is of the smallest: its first event may have others beside it. */
function sessionsQuestion({ actorProperties }: BehaviourWanted): Question {
  const clickhouse =
    'select arraySort(s.2)[1] as p, count(), avg(s[-1].1 - s[1].1) from ' +
    `(select arraySort(groupArray((${clickhouseMs}, platform))) as a, ` +
    `arraySplit((x, d) -> d > ${gapMs}, a, arrayDifference(a.1)) as ss from {t} group by cityHash64(actor)) array join ss as s group by p`;
  // All sessions of an actor at once: from the first event to the last, without the pauses.
  const clickhouseByActor =
    `select platform, sum(n) as sessions, sum(length) / sessions from (select any(platform) as platform, ` +
    `arraySort(groupArray(${clickhouseMs})) as ts, arrayFilter(d -> d > ${gapMs}, arrayDifference(ts)) as ds, ` +
    '1 + length(ds) as n, ts[-1] - ts[1] - arraySum(ds) as length from {t} group by cityHash64(actor)) group by platform';
  const since =
    'select actor, platform, epoch_ms(time) as t, epoch_ms(time) - lag(epoch_ms(time)) over w as d from {t} ' +
    'window w as (partition by actor order by time)';
  const numbered = `select *, count(*) filter (d > ${gapMs}) over (partition by actor order by t) as s from (${since})`;
  const duckdb =
    'select platform, count(*), avg(length) from (select min(platform) as platform, max(t) - min(t) as length ' +
    `from (${numbered}) group by actor, s) group by platform`;
  const duckdbByActor =
    `select platform, count(*) filter (d is null or d > ${gapMs}) as n, coalesce(sum(d) filter (d <= ${gapMs}), 0) / n from ` +
    `(${since}) group by platform`;
  return {
    id: 'B3',
    title: 'sessions of 30 min: count, mean length, by platform',
    note: actorProperties
      ? "a session is of the platform of its first event; a platform is its actors', and peers use that: they need not tell sessions apart."
      : 'a session is of the smallest of its platforms.',
    varve:
      'select platform, count(), avg(duration) from sessions(events, gap => 30m, ' +
      `platform => ${actorProperties ? 'first' : 'min'}(platform)) group by platform`,
    duckdb: actorProperties ? [duckdbByActor] : [duckdb],
    clickhouse: actorProperties ? [clickhouseByActor] : [clickhouse],
    columns: ['text', 'int', 'float'],
    order: 'none',
    by: 'actor',
  };
}

/** Peers keep each actor's days as bits: one pass, then shifts. They are not asked for the rates nor for the mean of all cohorts. */
function retentionQuestion(): Question {
  const mask = (2 ** (periods + 1) - 1).toString();
  const day = `toUInt8(toDate(time) - toDate('${firstDay}'))`;
  const duckdbDay = `(time::date - date '${firstDay}')`;
  const bits =
    `select s, ((m >> s::integer) & ${mask})::bigint as w from (select min(${duckdbDay}) filter (event = 'play') as s, ` +
    `bit_or(1::hugeint << ${duckdbDay}::integer) as m from {t} group by actor having s is not null)`;
  return {
    id: 'B4',
    title: 'retention of 90 daily cohorts over 30 days',
    note:
      'an actor is of the day of its first play and retained on each of the 30 days behind with an event of any name. ' +
      "Varve's answer also has the rates and the mean of all cohorts, which peers are not asked for.",
    varve: `retention event = 'play' then any from events every 1d for ${periods}`,
    take: ['cohort', 'period', 'retained'],
    skipNull: 'cohort',
    fills: true,
    duckdb: [
      `select date '${firstDay}' + s::integer, p, sum((w >> p::integer) & 1) from (${bits}), range(${periods + 1}) as r(p) group by s, p`,
      `with d as (select actor, ${duckdbDay} as d, bool_or(event = 'play') as b from {t} group by actor, d), ` +
        's as (select actor, min(d) as s from d where b group by actor) ' +
        `select date '${firstDay}' + s::integer, d - s as p, count(*) from d join s using (actor) where d >= s and d <= s + ${periods} group by s, d`,
    ],
    clickhouse: ['actor', 'cityHash64(actor)'].map(
      (key) =>
        `select toDate('${firstDay}') + s, p, count() from (select minIf(${day}, event = 'play') as s, ` +
        `groupBitOr(bitShiftLeft(toUInt128(1), ${day})) as m from {t} group by ${key} having countIf(event = 'play') > 0) ` +
        `array join bitPositionsToArray(toUInt32(bitAnd(bitShiftRight(m, s), ${mask}))) as p group by s, p`,
    ),
    columns: ['time', 'int', 'int'],
    order: 'none',
    by: 'actor',
  };
}

function cohortQuestion(): Question {
  const buyers = "from {t} where event = 'purchase' group by actor";
  const top = 'group by event order by n desc, event';
  return {
    id: 'B5',
    title: 'actors with ≥ 3 purchases, then their top 10 events',
    varve:
      "select event, count() from events where actor in (select actor from events where event = 'purchase' group by actor having count() >= 3) " +
      'group by event order by count desc, event limit 10',
    duckdb: [
      `select event, count(*) as n from {t} where actor in (select actor ${buyers} having count(*) >= 3) ${top}::varchar limit 10`,
      'select event, count(*) as n from (select unnest(es) as event from (select list(event) as es from {t} ' +
        `group by actor having count(*) filter (event = 'purchase') >= 3)) ${top}::varchar limit 10`,
    ],
    clickhouse: [
      `select event, count() as n from {t} where actor in (select actor ${buyers} having count() >= 3) ${top} limit 10`,
      'select event, count() as n from (select groupArray(event) as es from {t} group by cityHash64(actor) ' +
        `having countIf(event = 'purchase') >= 3) array join es as event ${top} limit 10`,
    ],
    columns: ['text', 'int'],
    order: 'all',
    by: 'actor',
  };
}

/** ClickHouse builds an actor's edges in arrays (no lambda looks into another array: that would copy it for every element). */
function pathsQuestion(): Question {
  const next = (array: string, last: string): string => `arrayPushBack(arrayPopFront(${array}), ${last})`;
  const kept = (array: string): string => `arrayFilter((x, n) -> n, ${array}, isnode)`;
  const clickhouse =
    "select edge.1 as pos, edge.2 as source, if(edge.4, '', toString(edge.3)) as target, count(), countIf(nth = 1), avgIf(edge.5, not edge.4) from (" +
    `select arraySort(groupArray((${clickhouseMs}, event))) as a, a.1 as ts, a.2 as es, ` +
    `arrayPushFront(arrayMap(d -> d > ${gapMs}, arrayPopFront(arrayDifference(ts))), 1) as begins, ` +
    'arrayMap((b, e, p) -> b or e != p, begins, es, arrayPushFront(arrayPopBack(es), es[1])) as isnode, ' +
    `${kept('begins')} as nb, ${kept('es')} as ne, ${kept('ts')} as nt, arrayEnumerate(nb) as ids, ` +
    'arrayMap((i, s) -> i - s + 1, ids, arrayFill((i, b) -> b, ids, nb)) as places, ' +
    'arrayFilter(e -> e.1 <= 5, arrayMap((p, e, t, e2, b2, t2) -> (p, e, if(b2, e, e2), b2, t2 - t), places, ne, nt, ' +
    `${next('ne', 'ne[1]')}, ${next('nb', '1')}, ${next('nt', '0')})) as edges, ` +
    'arrayEnumerateUniq(edges.1, edges.2, edges.3, edges.4) as nths from {t} group by cityHash64(actor)) ' +
    'array join edges as edge, nths as nth group by pos, source, target';
  const nodes =
    `select * from (select actor, epoch_ms(time) as t, event, coalesce(t - lag(epoch_ms(time)) over w > ${gapMs}, true) as begins, ` +
    'event is distinct from lag(event) over w as other from {t} window w as (partition by actor order by time)) where begins or other';
  const place = [1, 2, 3, 4].map((back) => `when lag(begins, ${back}) over w then ${back + 1}`).join(' ');
  const goesOn = 'not lead(begins, 1, true) over w';
  const edges =
    `select actor, event as source, case when begins then 1 ${place} end as pos, ` +
    `case when ${goesOn} then lead(event) over w end as target, case when ${goesOn} then lead(t) over w - t end as ms ` +
    `from (${nodes}) window w as (partition by actor order by t)`;
  return {
    id: 'B6',
    title: 'paths, depth 5',
    note: 'the first five different neighbours of each session of 30 min: events, actors and mean time of every step from one name to another.',
    varve: 'paths event from events depth 5',
    duckdb: [
      `select pos, source, target, count(*), count(distinct actor), avg(ms) from (${edges}) where pos is not null group by all`,
    ],
    clickhouse: [clickhouse],
    columns: ['int', 'text', 'text', 'int', 'int', 'float'],
    order: 'none',
    by: 'actor',
  };
}

function histogramQuestion(): Question {
  return {
    id: 'B7',
    title: 'histogram of events per actor',
    varve: 'select events, count() from actors(events) group by events',
    duckdb: ['select n, count(*) from (select count(*) as n from {t} group by actor) group by n'],
    clickhouse: ['actor', 'cityHash64(actor)'].map(
      (key) => `select n, count() from (select count() as n from {t} group by ${key}) group by n`,
    ),
    columns: ['int', 'int'],
    order: 'none',
    by: 'actor',
  };
}

/** Peers keep each actor's weeks as bits and count the few thousand masks that there are. */
function lifecycleQuestion(): Question {
  const week = `toUInt8(intDiv(toDate(time) - toDate('${firstMonday}'), 7))`;
  const duckdbWeek = `((time::date - date '${firstMonday}') // 7)`;
  const duckdbCount = (when: string): string => `coalesce(sum(c) filter (${when}), 0)::bigint`;
  const [here, before, ever] = ['(m >> w) & 1 = 1', '((m << 1) >> w) & 1 = 1', 'm & ((1 << w) - 1) != 0'];
  return {
    id: 'B8',
    title: 'lifecycle by week',
    varve: 'lifecycle from events every 1w',
    take: ['time', 'new', 'returning', 'resurrecting', 'dormant'],
    duckdb: [
      `select date '${firstMonday}' + 7 * w::integer, ${duckdbCount(`${here} and not (${ever})`)}, ` +
        `${duckdbCount(`${here} and ${before}`)}, ${duckdbCount(`${here} and not (${before}) and ${ever}`)}, ` +
        `${duckdbCount(`not (${here}) and ${before}`)} from (select m, count(*) as c from ` +
        `(select bit_or(1 << ${duckdbWeek}::integer) as m from {t} group by actor) group by m), ` +
        `(select unnest(range(${weeks}))::integer as w) group by w`,
    ],
    clickhouse: ['actor', 'cityHash64(actor)'].map(
      (key) =>
        `select toDate('${firstMonday}') + 7 * w, sumIf(c, here and not ever), sumIf(c, here and before), ` +
        'sumIf(c, here and not before and ever), sumIf(c, not here and before) from (select c, w, bitTest(m, w) as here, ' +
        'bitTest(bitShiftLeft(m, 1), w) as before, bitAnd(m, bitShiftLeft(toUInt32(1), w) - 1) != 0 as ever from (select m, count() as c from ' +
        `(select groupBitOr(bitShiftLeft(toUInt32(1), ${week})) as m from {t} group by ${key}) group by m) array join range(${weeks}) as w) group by w`,
    ),
    columns: ['time', 'int', 'int', 'int', 'int'],
    order: 'none',
    by: 'actor',
  };
}
