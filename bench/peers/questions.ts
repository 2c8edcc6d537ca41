import { behaviourQuestions, type BehaviourWanted } from './behaviour-questions.ts';
import type { DataName } from './options.ts';

/** How a column of an answer is compared. */
export type CellKind = 'text' | 'int' | 'float' | 'time';

/** One row of the benchmark. `{t}` in the SQL stands for the table. */
export interface Question {
  readonly id: string;
  readonly title: string;
  readonly varve: string;
  /** SQL that comes to the same answer; where there are several, each is asked and the fastest counts. */
  readonly duckdb: readonly string[];
  readonly clickhouse: readonly string[];
  /** Kinds of the answer's columns, lists spread out. */
  readonly columns: readonly CellKind[];
  /** The order of rows is part of the answer; `last` = but for rows that tie with the last one's time. */
  readonly order: 'none' | 'all' | 'last';
  /** Varve also gives rows that count 0, which SQL has not: these are left out when answers are compared. */
  readonly fills?: boolean;
  /** Columns of Varve's answer that are compared, where it has more than peers are asked for. */
  readonly take?: readonly string[];
  /** Varve also gives rows over all groups together, with null in this column: these are left out when answers are compared. */
  readonly skipNull?: string;
  /** Peers are asked in the layouts of this order alone; else in all. */
  readonly by?: 'actor';
  /** What the page says about what is asked. */
  readonly note?: string;
}

/** What the questions ask for, by data set. */
interface Wanted {
  readonly event: string;
  readonly country: string;
  readonly plan: string;
  readonly text: string;
  /** A regular expression without anything that must be escaped in SQL. */
  readonly pattern: string;
  readonly actors: readonly string[];
  /** Varve's way to count by hour and event: `every` fills hours without events, which the many names of real files are too many for. */
  readonly byHour: string;
  readonly behaviour: BehaviourWanted;
}

const shop: Wanted = {
  event: 'play',
  country: 'DE',
  plan: 'free',
  text: 'utm_source=newsletter',
  pattern: '/article/[0-9]*5[?]',
  byHour: 'select event, count() from events group by event every 1h',
  behaviour: { steps: ['search', 'play', 'purchase'], rules: '', actorProperties: true },
  actors: [1, 5, 77, 1000, 3333, 20_000, 44_444, 50_001, 60_001, 70_007].map((number) => `a${number}`),
};

const wantedOf: Readonly<Record<DataName, Wanted>> = {
  d1: shop,
  d2: { ...shop, behaviour: { ...shop.behaviour, actorProperties: false } },
  d3: {
    event: 'review',
    country: 'Germany',
    plan: '5',
    text: 'parquet',
    pattern: 'test/sql/[a-c]+/[a-z_]*join',
    actors: [],
    byHour: 'select bucket(time, 1h) as hour, event, count() from events group by hour, event',
    // Times there are whole seconds, in which an actor often does more than one thing.
    behaviour: { steps: ['M', 'A', 'D'], rules: ' rules clickhouse', actorProperties: false },
  },
};

const since = '2026-05-04';
const until = '2026-05-11';
const minDuration = 500;
/** All data sets lie in these days. */
const firstDay = '2026-04-02';
const lastDay = '2026-06-30';
const dayCount = 90;
const urlFirst = '(select url, count(*) n from {t} group by url)';

/** @returns the rows that can be asked of a data set, in their order. */
export function questionsOf(data: DataName): Question[] {
  const wanted = wantedOf[data];
  return [
    ...plainQuestions(wanted),
    ...urlQuestions(wanted),
    ...actorQuestions(wanted),
    ...distinctQuestions(),
    ...behaviourQuestions(wanted.behaviour),
  ].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
}

function plainQuestions({ event, country, plan, byHour: ownByHour }: Wanted): Question[] {
  const where = `country = '${country}' and plan = '${plan}' and duration >= ${minDuration}`;
  const byHour = 'select event, epoch_ms(time) // 3600000 h, count(*) n from {t} group by 1, 2';
  return [
    {
      id: 'A1',
      title: 'count of one event name',
      varve: `select count() from events where event = '${event}'`,
      duckdb: [`select count(*) from {t} where event = '${event}'`],
      clickhouse: [`select count() from {t} where event = '${event}'`],
      columns: ['int'],
      order: 'none',
    },
    {
      id: 'A2',
      title: 'count, sum; three conditions, seven days',
      varve: `select count(), sum(amount) from events since '${since}' until '${until}' where ${where}`,
      duckdb: [
        `select count(*), sum(amount) from {t} where time >= timestamp '${since}' and time < timestamp '${until}' and ${where}`,
      ],
      clickhouse: [
        `select count(), sum(amount) from {t} where time >= toDateTime64('${since}', 3, 'UTC') ` +
          `and time < toDateTime64('${until}', 3, 'UTC') and ${where}`,
      ],
      columns: ['int', 'float'],
      order: 'none',
    },
    {
      id: 'A3',
      title: 'count, sum, avg by country',
      varve: 'select country, count(), sum(amount), avg(duration) from events group by country',
      duckdb: ['select country, count(*), sum(amount), avg(duration) from {t} group by country'],
      clickhouse: ['select country, count(), sum(amount), avg(duration) from {t} group by country'],
      columns: ['text', 'int', 'float', 'float'],
      order: 'none',
    },
    {
      id: 'A4',
      title: 'count by hour and event name',
      varve: ownByHour,
      fills: true,
      duckdb: [
        `select make_timestamp_ms(h * 3600000), event, n from (${byHour})`,
        "select date_trunc('hour', time), event, count(*) from {t} group by 1, 2",
      ],
      clickhouse: ['select toStartOfHour(time) h, event, count() from {t} group by h, event'],
      columns: ['time', 'text', 'int'],
      order: 'none',
    },
    {
      id: 'A6',
      title: 'p50, p95, p99 of duration by platform',
      varve: 'select platform, p50(duration), p95(duration), p99(duration) from events group by platform',
      duckdb: ['select platform, quantile_cont(duration, [0.5, 0.95, 0.99]) from {t} group by platform'],
      clickhouse: ['select platform, quantilesExactInclusive(0.5, 0.95, 0.99)(duration) from {t} group by platform'],
      columns: ['text', 'float', 'float', 'float'],
      order: 'none',
    },
    {
      id: 'A7',
      title: 'min, max, stddev of amount by day',
      varve: 'select min(amount), max(amount), stddev(amount) from events every 1d',
      duckdb: ['select time::date d, min(amount), max(amount), stddev_samp(amount) from {t} group by d'],
      clickhouse: ['select toDate(time) d, min(amount), max(amount), stddevSamp(amount) from {t} group by d'],
      columns: ['time', 'float', 'float', 'float'],
      order: 'none',
    },
    {
      id: 'A9',
      title: 'count by four keys',
      varve: 'select country, platform, plan, event, count() from events group by country, platform, plan, event',
      duckdb: ['select country, platform, plan, event, count(*) from {t} group by all'],
      clickhouse: ['select country, platform, plan, event, count() from {t} group by all'],
      columns: ['text', 'text', 'text', 'text', 'int'],
      order: 'none',
    },
  ];
}

function urlQuestions({ text, pattern }: Wanted): Question[] {
  const like = text.replaceAll('_', '\\\\_');
  const parameter = "regexp_extract(url, '[?&]utm_source=([^&]*)', 1)";
  return [
    {
      id: 'A5',
      title: 'top 10 URLs by count',
      varve: 'select url, count() from events group by url order by count desc, url limit 10',
      duckdb: ['select url, count(*) n from {t} group by url order by n desc, url limit 10'],
      clickhouse: ['select url, count() n from {t} group by url order by n desc, url limit 10'],
      columns: ['text', 'int'],
      order: 'all',
    },
    {
      id: 'A8a',
      title: 'count where URL contains a text',
      varve: `select count() from events where contains(url, '${text}')`,
      duckdb: [
        `select count(*) from {t} where contains(url, '${text}')`,
        `select coalesce(sum(n), 0) from ${urlFirst} where contains(url, '${text}')`,
      ],
      clickhouse: [
        `select count() from {t} where url like '%${like}%'`,
        `select sum(n) from ${urlFirst} where url like '%${like}%'`,
      ],
      columns: ['int'],
      order: 'none',
    },
    {
      id: 'A8b',
      title: 'count where URL matches a regular expression',
      varve: `select count() from events where url ~ '${pattern}'`,
      duckdb: [
        `select count(*) from {t} where regexp_matches(url, '${pattern}')`,
        `select coalesce(sum(n), 0) from ${urlFirst} where regexp_matches(url, '${pattern}')`,
      ],
      clickhouse: [
        `select count() from {t} where match(url, '${pattern}')`,
        `select sum(n) from ${urlFirst} where match(url, '${pattern}')`,
      ],
      columns: ['int'],
      order: 'none',
    },
    {
      id: 'A13',
      title: "count by utm_source out of the URL's query",
      varve: "select url_param(url, 'utm_source') as source, count() from events group by source",
      duckdb: [
        `select ${parameter} s, count(*) from {t} group by s`,
        `select ${parameter} s, sum(n) from ${urlFirst} group by s`,
      ],
      clickhouse: [
        "select extractURLParameter(url, 'utm_source') s, count() from {t} group by s",
        `select extractURLParameter(url, 'utm_source') s, sum(n) from ${urlFirst} group by s`,
      ],
      columns: ['text', 'int'],
      order: 'none',
    },
  ];
}

function actorQuestions({ actors }: Wanted): Question[] {
  const all = 'select * from events order by time desc limit 100';
  const columns = 'time, actor, event, url, country, platform, plan, duration, amount, id';
  const some: Question = {
    id: 'A12',
    title: 'last event of each of 10 actors',
    varve: `select actor, last(event) from events where actor in (${quoted(actors)}) group by actor`,
    duckdb: [`select actor, arg_max(event, time) from {t} where actor in (${quoted(actors)}) group by actor`],
    clickhouse: [`select actor, argMax(event, time) from {t} where actor in (${quoted(actors)}) group by actor`],
    columns: ['text', 'text'],
    order: 'none',
  };
  return [
    {
      id: 'A10',
      title: 'count by actor, the 100 largest',
      varve: 'select actor, count() from events group by actor order by count desc, actor limit 100',
      duckdb: ['select actor, count(*) n from {t} group by actor order by n desc, actor limit 100'],
      clickhouse: ['select actor, count() n from {t} group by actor order by n desc, actor limit 100'],
      columns: ['text', 'int'],
      order: 'all',
    },
    {
      id: 'A11',
      title: 'distinct 64-bit ids',
      varve: 'select uniq(id) from events',
      duckdb: ['select count(distinct id) from {t}'],
      clickhouse: ['select count(distinct id) from {t}'],
      columns: ['int'],
      order: 'none',
    },
    ...(actors.length > 0 ? [some] : []),
    {
      id: 'A14',
      title: 'the 100 newest events, all columns',
      varve: all,
      duckdb: [`select ${columns} from {t} order by time desc limit 100`],
      clickhouse: [`select ${columns} from {t} order by time desc limit 100`],
      columns: ['time', 'text', 'text', 'text', 'text', 'text', 'text', 'int', 'float', 'int'],
      order: 'last',
    },
  ];
}

function distinctQuestions(): Question[] {
  return [
    {
      id: 'B1a',
      title: 'exact distinct actors by country',
      varve: 'select country, uniq(actor) from events group by country',
      duckdb: [
        'select country, count(distinct actor) from {t} group by country',
        'select country, count(*) from (select distinct country, actor from {t}) group by country',
      ],
      clickhouse: [
        'select country, uniqExact(actor) from {t} group by country',
        'select country, count() from (select country, actor from {t} group by country, actor) group by country',
      ],
      columns: ['text', 'int'],
      order: 'none',
    },
    {
      id: 'B1b',
      title: 'exact distinct actors by day',
      varve: 'select uniq(actor) from events every 1d',
      duckdb: [
        'select time::date d, count(distinct actor) from {t} group by d',
        'select d, count(*) from (select distinct time::date d, actor from {t}) group by d',
      ],
      clickhouse: [
        'select toDate(time) d, uniqExact(actor) from {t} group by d',
        'select d, count() from (select distinct toDate(time) d, actor from {t}) group by d',
      ],
      columns: ['time', 'int'],
      order: 'none',
    },
    {
      id: 'B1c',
      title: 'exact distinct actors, 7-day trailing',
      varve: 'select uniq(actor) from events every 1d trailing 7d',
      duckdb: [
        'with p as (select distinct time::date d, actor from {t}) select d, count(*) from ' +
          '(select distinct (d + i::integer) d, actor from p, (select unnest([0, 1, 2, 3, 4, 5, 6]) i)) ' +
          `where d <= date '${lastDay}' group by d`,
        `select date '${firstDay}' + b::integer as d, count(*) from (select ` +
          `bit_or(1::hugeint << (time::date - date '${firstDay}')::integer) m, ` +
          `${[0, 1, 2, 3, 4, 5, 6].map((day) => `(m << ${day})`).join(' | ')} as w from {t} group by actor), ` +
          `range(${dayCount}) as t(b) where (w >> b::integer) & 1 = 1 group by b`,
      ],
      clickhouse: [
        'select e, uniqExact(actor) from (select distinct toDate(time) d, actor from {t}) ' +
          `array join arrayMap(i -> d + i, range(7)) as e where e <= toDate('${lastDay}') group by e`,
        `select toDate('${firstDay}') + b as e, count() from (select ` +
          `groupBitOr(bitShiftLeft(toUInt128(1), toUInt8(toDate(time) - toDate('${firstDay}')))) as m, ` +
          `${[1, 2, 3, 4, 5, 6].reduce((or, day) => `bitOr(${or}, bitShiftLeft(m, ${day}))`, 'm')} as w ` +
          `from {t} group by actor) array join bitPositionsToArray(w) as b where b < ${dayCount} group by e`,
      ],
      columns: ['time', 'int'],
      order: 'none',
    },
  ];
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => `'${text}'`).join(', ');
}

/** Rows of the benchmark that the language cannot ask yet. */
export const unaskable: readonly (readonly [id: string, title: string])[] = [
  ['S1', 'A3, B1, B2 at 1 % and 10 %, error and coverage of the interval'],
];
