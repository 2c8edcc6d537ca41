import { describe, expect, it } from 'vitest';
import type { VarveError } from '../base/errors.ts';
import { queryFromJson } from './json-read.ts';
import { printQuery } from './print.ts';
import { toSyntax } from './to-syntax.ts';

/** A query with one thing in it that is asked about. */
const where = (expression: unknown): unknown => ({ select: ['*'], from: 'events', where: expression });

function refusal(json: unknown): string {
  try {
    queryFromJson(json);
    return 'read';
  } catch (error) {
    const { code, message, hint } = error as VarveError;
    return [code, message, hint ?? ''].join('\n');
  }
}

describe('queries as JSON', () => {
  it.each([
    [{ select: ['*'], from: 'events' }, 'select * from events'],
    [
      {
        select: ['country', { call: 'count', as: 'n' }],
        from: ['web', 'my calls'],
        since: { duration: '7d' },
        where: { op: 'in', args: [{ column: 'country' }, { value: 'DE' }, { param: 'who' }] },
        groupBy: [{ column: 'country', top: 5, others: true }],
        every: '1d',
        trailing: '7d',
        orderBy: [{ column: 'n', descending: true }, 'country'],
        limit: 10,
        offset: 2,
        compare: '1w',
        timezone: 'Europe/Berlin',
      },
      `select country, count() as n from web, "my calls" since 7d where country in ('DE', $who) group by country top 5 others every 1d trailing 7d order by n desc, country limit 10 offset 2 compare 1w timezone 'Europe/Berlin'`,
    ],
    [
      {
        select: [{ call: 'avg', args: [{ column: 'pages' }] }],
        from: {
          sessions: { select: ['*'], from: 'events' },
          gap: '30m',
          per: 'today',
          starting: { op: '=', args: [{ column: 'event' }, { value: 'login' }] },
          aggregates: [{ call: 'count', as: 'pages', filter: { op: 'is not null', args: [{ column: 'url' }] } }],
        },
      },
      `select avg(pages) from sessions((select * from events), gap => 30m, per => "today", starting => event = 'login', pages => count() filter (where url is not null))`,
    ],
    [where({ op: '<', args: [{ int: '9223372036854775807' }, { float: 1 }] }), 'where 9223372036854775807 < 1.0'],
    [where({ op: '<', args: [{ time: 'this week' }, { time: 'now' }] }), 'where this week < now'],
    [where({ op: '-', args: [{ value: 5 }] }), 'where -5'],
    [where({ op: '-', args: [{ float: '-0' }] }), 'where 0.0'],
  ])('%j', (json, text) => {
    expect(printQuery(queryFromJson(json))).toContain(text);
  });

  it.each([
    [null],
    ['select 1 from events'],
    [[]],
    [{ from: 'events' }],
    [{ select: ['*'] }],
    [{ select: [], from: 'events' }],
    [{ select: 'x', from: 'events' }],
    [{ select: ['*'], from: [] }],
    [{ select: ['*'], from: 7 }],
    [{ select: ['*'], from: {} }],
    [{ select: ['*'], from: 'events', filter: { column: 'a' } }],
    [{ select: ['*'], from: 'events', groupby: ['a'] }],
    [{ select: ['*'], from: 'events', limit: -1 }],
    [{ select: ['*'], from: 'events', limit: '10' }],
    [{ select: ['*'], from: 'events', offset: 10 }],
    [{ select: ['*'], from: 'events', every: '1 day' }],
    [{ select: ['*'], from: 'events', trailing: '7d' }],
    [{ select: ['*'], from: 'events', groupBy: [{ column: 'a', others: true }] }],
    [{ select: ['*'], from: 'events', groupBy: [{ column: 'a', top: 0 }] }],
    [{ select: [{ column: 'a', alias: 'b' }], from: 'events' }],
    [{ select: ['*'], from: { sessions: 'events' } }],
    [{ select: ['*'], from: { sessions: 'events', gap: '30m', aggregates: [{ call: 'count' }] } }],
    [{ select: ['*'], from: { actors: 'events', gap: '30m' } }],
    [
      {
        select: ['*'],
        from: {
          actors: 'events',
          aggregates: [
            { call: 'count', as: 'n' },
            { call: 'count', as: 'n' },
          ],
        },
      },
    ],
    [where('country')],
    [where(true)],
    [where({})],
    [where({ colunm: 'a' })],
    [where({ column: 'a', value: 1 })],
    [where({ column: 7 })],
    [where({ op: '==', args: [{ column: 'a' }, { value: 1 }] })],
    [where({ op: '=', args: [{ column: 'a' }] })],
    [where({ op: '=', args: [{ column: 'a' }, 'DE'] })],
    [where({ op: '=', args: [{ column: 'a' }, { value: ['x'] }] })],
    [where({ op: 'in', args: [{ column: 'a' }] })],
    [where({ op: 'in', args: [{ column: 'a' }], query: { select: ['b'] } })],
    [where({ op: '=', args: [{ column: 'a' }, { value: 1 }], query: { select: ['b'], from: 'c' } })],
    [where({ call: 'drop table', args: [] })],
    [where({ call: 'sum', args: { column: 'a' } })],
    [where({ param: '$who' })],
    [where({ value: 2 ** 60 })],
    [where({ int: '9223372036854775808' })],
    [where({ int: '1e3' })],
    [where({ float: '1' })],
    [where({ duration: '7 days' })],
    [where({ time: 'tomorrow' })],
    [where({ case: [] })],
    [where({ case: [{ when: { value: true } }] })],
    [where({ cast: { column: 'a' }, to: 'string' })],
    [where({ element: { column: 'a' } })],
    [JSON.parse('{"select":["*"],"from":"events","__proto__":{"limit":1}}') as unknown],
    [JSON.parse('{"select":["*"],"from":"events","constructor":1}') as unknown],
  ])('%j is refused', (json) => {
    expect(refusal(json)).toMatchSnapshot();
  });

  it('refuses what is nested deeper than a tree may be, before the stack ends', () => {
    let deep: unknown = { column: 'a' };
    for (let level = 0; level < 50_000; level++) deep = { op: 'not', args: [deep] };
    expect(() => queryFromJson(where(deep))).toThrow(/queryLevelsMax/);
    let inner: unknown = 'events';
    for (let level = 0; level < 50_000; level++) inner = { select: ['*'], from: inner };
    expect(() => queryFromJson({ select: ['*'], from: inner })).toThrow(/queryLevelsMax/);
  });

  it('puts places into the canonical text', () => {
    const { query, text } = toSyntax({ select: ['*'], from: 'events', where: { column: 'weird "name"' } });
    expect(text).toBe('select * from events where "weird ""name"""');
    expect(text.slice(query.where!.span.start, query.where!.span.end)).toBe('"weird ""name"""');
  });

  it('a refusal of the text that was printed bears it', () => {
    const long = 'x'.repeat(300_000);
    const json = {
      select: ['*'],
      from: 'events',
      where: { op: '=', args: [{ column: 'a' }, { value: long }] },
    } as const;
    const queryText = `select * from events where a = '${long}'`;
    expect(() => toSyntax(json)).toThrow(expect.objectContaining({ code: 'limit', queryText }));
  });

  it.each([[null], [7], [undefined], [() => 1]])('%s is no query', (value) => {
    expect(() => toSyntax(value as never)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
