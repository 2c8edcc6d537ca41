import { describe, expect, it } from 'vitest';
import type { VarveError } from '../base/errors.ts';
import type { TableSchema } from '../column/schema.ts';
import { compileQuery } from './compile.ts';
import { renderError } from './render-error.ts';

const schema: TableSchema = {
  id: 1,
  name: 'events',
  timeName: 'ts',
  actor: 'user_id',
  actors: [],
  columns: (
    [
      ['time', 'time'],
      ['user_id', 'text'],
      ['event', 'text'],
      ['country', 'text'],
      ['amount', 'float'],
      ['status', 'int'],
    ] as const
  ).map(([name, type], index) => ({ id: index + 1, name, type, wide: false })),
};

function outcome(query: string): string {
  try {
    compileQuery(query, { schemas: new Map([['events', schema]]), params: {}, now: 0, timezone: 'UTC' });
    return 'fine';
  } catch (error) {
    return `${(error as VarveError).code}\n${renderError(error as VarveError, query)}`;
  }
}

describe('errors of a query teach', () => {
  it.each([
    ['select count( from events'],
    ['select distinct country from events'],
    ['select count() from events join users'],
    ['select count() from events where country == 1'],
    ['select count() from events where "DE" = country'],
    ['select count() from events where contry = 1'],
    ['select cuont() from events'],
    ['select count() from event'],
    ['select country, count() from events'],
    ['select count() from events where status = 200 having count() > 1 where 1 = 1'],
    ['select count() from events where count() > 3'],
    ["select count() from events where status = '200'"],
    ["select count() from events where time > 'soon'"],
    ['select sum(country) from events'],
    ['select count() from events where status'],
    ['select 1 < 2 < 3 from events'],
    ["select 'abc from events"],
    ['select count() from events every 7m'],
    ['select count() from events every day'],
    ['select p50(event) from events'],
    ['funnel a, b from events'],
    ['select count() from events sample 1%'],
    ['select count() from events where user_id = $who'],
    ["select count() from events timezone 'Mars'"],
    ['select event country from events'],
    ['select sum(count()) from events'],
    ['select user_id + 1 from events'],
    ['select count() from events limit many'],
  ])('%s', (query) => {
    expect(outcome(query)).toMatchSnapshot();
  });

  it.each([
    ['select *, ts from events'],
    ['select actor, count() as n from events group by actor order by n desc limit 3 offset 1'],
    ['select event, count() filter (where status >= 400) / count() as share from events group by 1 having share > 0.5'],
    [
      "select count() from events since '2024-01-01' until today where event in ('a', 'b') or country is not null every 1w",
    ],
    ["select count_if(event like 'a%') from events where time >= now - 7d and not (status between 1 and 2)"],
    ["select case event when 'a' then 1 else 2 end as x, amount::int, coalesce(country, '?') from events"],
    ["select bucket(time, 1mo) as m, uniq(user_id) from events group by m timezone 'Europe/Berlin' -- note"],
  ])('%s is fine', (query) => {
    expect(outcome(query)).toBe('fine');
  });
});
