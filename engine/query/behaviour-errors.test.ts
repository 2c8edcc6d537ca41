import { describe, expect, it } from 'vitest';
import { isVarveError } from '../base/errors.ts';
import type { TableSchema } from '../column/schema.ts';
import { compileQuestion } from './compile.ts';
import { parseStatement } from './parse.ts';
import { printStatement } from './print.ts';
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
      ['status', 'int'],
      ['ok', 'bool'],
      ['tags', 'list of text'],
    ] as const
  ).map(([name, type], index) => ({ id: index + 1, name, type, wide: false })),
};

function outcome(text: string): string {
  try {
    const statement = parseStatement(text);
    const query = 'query' in statement ? statement.query : statement;
    if (!('from' in query)) return 'no query';
    compileQuestion(query, { schemas: new Map([['events', schema]]), params: {}, now: 0, timezone: 'UTC' });
    return 'fine';
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return `${error.code}\n${renderError(error, text)}`;
  }
}

describe('errors of questions about behaviour teach', () => {
  it.each([
    [
      "funnel event = 'a' as cart, optional event = 'b', event = 'c' as paid from events, web per country within 1h order strict exclude event = 'x' between cart and paid, status between 1 and 2 holding country, status entry first repeat rules clickhouse since 7d until now where ok group by country as c, status at last every 1d timezone 'Europe/Berlin'",
    ],
    ["explain analyze funnel event = 'a', event = 'b' from events within 7d for 'u1'"],
    ["explain funnel event = 'a', event = 'b' from events within 7d for u1"],
    ["funnel event = 'a' from events within 7d"],
    ["funnel event = 'a', event = 'b' from events"],
    ["funnel event = 'a', event = 'b' within 7d"],
    ["funnel event = 'a', event = 'b' from events within 7d within 8d"],
    ["funnel event = 'a', event = 'b' from events within 0d"],
    ["funnel event = 'a', event = 'b' from events within -7d"],
    ["funnel event = 'a', event = 'b' from events within 7 days"],
    ["funnel event = 'a', event = 'b' from events within 1mo"],
    ["funnel event = 'a', event = 'b' from events within 7d once repeat"],
    ["funnel event = 'a', event = 'b' from events witin 7d"],
    ["funnel event = 'a', event = 'b' from events within 7d order strickt"],
    ["funnel event = 'a', event = 'b' from events within 7d order by step"],
    ["funnel event = 'a', event = 'b' from events within 7d rules mixpannel"],
    ["funnel event = 'a', event = 'b' from events within 7d exclude event = 'x' between a and b"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d exclude event = 'x' between b and a"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d exclude event = 'x' between 1 and 2"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d exclude status between 1 and 2"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d group by country top 5"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d group by unnest(tags)"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d group by at last country"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d sample 10%"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d limit 3"],
    ["funnel event = 'a' as a, event = 'b' as b from events within 7d having x"],
    ["funnel 'a', 'b' from events within 7d"],
    ['funnel a, b from events within 7d'],
    ['funnel signup -> b from events within 7d'],
    ["funnel event = 'a' then event = 'b' from events within 7d"],
    ["funnel status, event = 'b' from events within 7d"],
    ["funnel false, event = 'b' from events within 7d"],
    ["funnel count() > 1, event = 'b' from events within 7d"],
    ["funnel optional event = 'a', event = 'b' from events within 7d"],
    ["funnel ok, optional ok, event = 'b' from events within 7d order any"],
    ["funnel event = 'a', event = 'b' from events within 7d for 'u1'"],
    ["retention event = 'a' from events every 1w for 8"],
    ["retention event = 'a' then any from events every 1w"],
    ["retention event = 'a' then any from events for 3"],
    ["retention event = 'a' then any from events every 7m for 3"],
    ["retention event = 'a' then any from events every 1w for -3"],
    ['paths from events'],
    ['paths event from events starting ok ending ok'],
    ['paths event from events gap 1mo'],
    ['paths event from events depth 0'],
    ['paths event, country from events'],
    ['lifecycle events every 1w'],
    ['lifecycle from events'],
    ['lifecycle from events every 1w group by country'],
    ['lifecycle from events every 1w per => country'],
    ['lifecycle from (select count() from events) every 1w'],
    ['lifecycle from (select count() from events every 1d) every 1w'],
    ['lifecycle from events every 1w per nothing'],
    ['select count() from (funnel ok, ok from events within 7d)'],
    ['select count() from events where user_id in (funnel ok, ok from events within 7d)'],
    ['funel ok, ok from events within 7d'],
    ['funnel ok, ok from events, within 7d'],
    ['funnel ok, ok from events within 7d group country'],
    ['funnel ok, ok from events within 7d at first'],
    ['(funnel ok, ok from events within 7d)'],
    ['funnel ok, from events within 7d'],
    ['funnel from events within 7d'],
    ['explain funel ok'],
    ['funnel ok, ok from events within 7d per lower(country)'],
    ['funnel ok, ok from events within 7d group by 1'],
    ['funnel ok, ok from events within 7d exclude country'],
    [`funnel ${Array(33).fill('ok').join(', ')} from events within 7d`],
    ['funnel ok as a, ok as b from events within 7d exclude ok between a and a'],
    ['funnel ok as cart, ok as paid from events within 7d exclude ok between crat and paid'],
    ['retention ok then ok from events every 1w for 8 order by 1'],
    ['paths event from events every 1d'],
    ['lifecycle from events every 1w for 3'],
    ["retention event = 'a', event = 'b' from events every 1w for 3"],
    ['funnel ok, ok from events from web within 7d'],
    ['funnel ok, ok from events within 7d where ok where ok'],
    ["explain analyze funnel ok, ok from events within 7d for 'u1'"],
    ["funnel ok, ok from events within 7d timezone 'Mars'"],
    ['funnel ok, ok from nothing within 7d'],
    ['paths event from events starting signup'],
    ['retention ok then false from events every 1w for 2'],
    ["select windowFunnel(3600)(time, event = 'a') from events"],
    ["select retention(event = 'a') from events"],
    ['journey event from events'],
    ['cohort event from events'],
    ['growth from events'],
    ['conversion ok, ok from events'],
    ['sessions(events, gap => 30m)'],
    ['funnel okk, ok from events within 1h'],
  ])('%s', (text) => {
    expect(outcome(text)).toMatchSnapshot();
  });
});

describe('statements take the verbs, and are printed as they are read', () => {
  it.each([
    ["explain funnel event = 'a', event = 'b' from events within 7d for 'it''s'"],
    ['explain analyze retention ok then any from events every 1w for 8'],
    ['explain lifecycle from events every 1w'],
    ['define "my paths" as paths event from events'],
  ])('%s', (text) => {
    expect(printStatement(parseStatement(text))).toBe(text);
    expect(outcome(text)).toBe('fine');
  });

  it('the actor of explain is its canonical text', () => {
    const told = parseStatement('explain funnel ok, ok from events within 7d for 42;');
    expect(told).toMatchObject({ kind: 'explain_actor', actor: '42', query: { kind: 'funnel' } });
  });
});

describe('words that mean something are columns too', () => {
  it.each([
    ['funnel optional, optional = 1 as x from t within 1h', 'funnel optional, optional = 1 as x from t within 1h'],
    ['funnel a, optional optional from t within 1h', 'funnel a, optional optional from t within 1h'],
    ['funnel a, optional not in (1) from t within 1h', 'funnel a, optional not in (1) from t within 1h'],
    ['funnel a, optional not b from t within 1h', 'funnel a, optional not b from t within 1h'],
    ['funnel a, optional (b or c) from t within 1h', 'funnel a, optional b or c from t within 1h'],
    ['retention a then "any" from t every 1w for 2', 'retention a then "any" from t every 1w for 2'],
    ['retention a then any = 1 from t every 1w for 2', 'retention a then any = 1 from t every 1w for 2'],
    ['RETENTION a THEN ANY FROM t FOR 2 EVERY 1w', 'retention a then any from t every 1w for 2'],
    [
      'funnel a, b from t exclude x between a and b, (y between 1 and 2) within 1h',
      'funnel a, b from t within 1h exclude x between a and b, (y between 1 and 2)',
    ],
    [
      'funnel a, b from t exclude case when y between 1 and 2 then c end within 1h',
      'funnel a, b from t within 1h exclude (case when y between 1 and 2 then c end)',
    ],
    [
      'select funnel, paths from lifecycle where funnel in (paths)',
      'select funnel, paths from lifecycle where funnel in (paths)',
    ],
  ])('%s', (text, printed) => {
    expect(printStatement(parseStatement(text))).toBe(printed);
    expect(printStatement(parseStatement(printed))).toBe(printed);
  });
});
