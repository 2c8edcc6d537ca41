import { describe, expect, expectTypeOf, it } from 'vitest';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import * as varve from '../index.ts';
import { actors, from, sessions, type Columns } from './builder.ts';
import { col, type Expression } from './builder-expression.ts';
import * as functions from './builder-functions.ts';
import { funnel, lifecycle, paths, retention, step } from './builder-behaviour.ts';
import type { VarveError } from '../base/errors.ts';
import { queryFromJson } from './json-read.ts';
import { parseQuery } from './parse.ts';
import { printQuery } from './print.ts';

const {
  and,
  avg,
  bucket,
  caseOf,
  caseWhen,
  count,
  duration,
  float,
  fn,
  not,
  or,
  p95,
  param,
  rate,
  sum,
  timeWord,
  topk,
} = functions;
const { uniq, unnest, value } = functions;

interface Play {
  readonly user_id: string;
  readonly event: string;
  readonly country: string | null;
  readonly ms: number;
  readonly 'ctx.device'?: string;
}

describe('the builder says what the text says', () => {
  it.each([
    [from('events'), 'select * from events'],
    [
      from('events')
        .where((e) => e.country!.eq('DE'))
        .groupBy('event')
        .select({ n: count() }),
      "select count() as n from events where country = 'DE' group by event",
    ],
    [
      from<Play>('web', 'my calls')
        .since('7d')
        .until(timeWord('today'))
        .where((e) => e.country.in(['DE', 'FR']))
        .where((e) => or(e.ms.gt(1000), e['ctx.device'].isNull()))
        .groupBy(col('country').as('c').top(5, { others: true }), 'event')
        .every('1d', { trailing: '7d' })
        .having((e) =>
          uniq(e.user_id)
            .ge(3)
            .and(not(e.country.like('A!_%', '!'))),
        )
        .orderBy(col('n').desc(), 'c')
        .limit(10, 20)
        .compare('1w')
        .timezone('Europe/Berlin')
        .select('event', { n: count(), slow: p95('ms').filter(col('ok').eq(true)), per_hour: rate('1h') }),
      `select event, count() as n, p95(ms) filter (where ok = true) as slow, rate(1h) as per_hour from web, "my calls" since 7d until today where country in ('DE', 'FR') and (ms > 1000 or ctx.device is null) group by country as c top 5 others, event every 1d trailing 7d having uniq(user_id) >= 3 and not country like 'A!_%' escape '!' order by n desc, c limit 10 offset 20 compare 1w timezone 'Europe/Berlin'`,
    ],
    [
      from(
        sessions(
          from('events').where(col('bot').isNull()),
          { gap: '30m', per: 'today', ending: (e) => e.event!.eq('quit') },
          { pages: count() },
        ),
      ).select((e) => ({ length: avg(e.duration!), list: topk('pages', 3) })),
      `select avg(duration) as length, topk(pages, 3) as list from sessions((select * from events where bot is null), gap => 30m, per => "today", ending => event = 'quit', pages => count())`,
    ],
    [
      from(actors('events', (e) => ({ spent: sum(e.amount!) }))).where((a) =>
        a.actor!.notIn(from('bots').select('id')).and(a.spent!.between(1, 2n)),
      ),
      'select * from actors(events, spent => sum(amount)) where actor not in (select id from bots) and spent between 1 and 2',
    ],
    [
      from('t').select(
        value(1).add(2).mul(3).sub(float(1)).div(-4).mod(5).neg(),
        col('a').concat("it's").cast('int').at(1).as('b c'),
        col('time').add(duration('1d')).lt(new Date(0)),
        caseWhen([[col('a').matches('x+'), 1]], null),
        caseOf(col('a'), [['x', 1]]),
        bucket(col('time'), '1h'),
        and(col('a').notLike('x')),
        fn('Future_Function', param('who'), 1.5, true),
        unnest(col('today')),
      ),
      `select -(((1 + 2) * 3 - 1.0) / -4 % 5), (a || 'it''s')::int[1] as "b c", time + 1d < '1970-01-01T00:00:00.000Z', case when a ~ 'x+' then 1 else null end, case a when 'x' then 1 end, bucket(time, 1h), a not like 'x', future_function($who, 1.5, true), unnest("today") from t`,
    ],
  ])('%s', (query, text) => {
    expect(query.toString()).toBe(text);
    expect(parseQuery(text)).toMatchObject({ items: { length: query.build().items.length } });
  });

  it.each([
    [
      funnel(
        (e) => e.event!.eq('view'),
        step(col('event').eq('cart')).as('cart').optional(),
        col('event').eq('buy').as('paid'),
      )
        .from('web', 'calls')
        .within('7d'),
      "funnel event = 'view', optional event = 'cart' as cart, event = 'buy' as paid from web, calls within 7d",
    ],
    [
      funnel<Play>(
        (e) => e.event.eq('a'),
        step<Play>((e) => e.event.eq('b')),
      )
        .within('1h')
        .from(from('events').where(col('ok')))
        .per('account')
        .where((e) => e.ms.gt(1))
        .where(col('b'))
        .order('strict')
        .exclude((e) => e.event.eq('x'))
        .exclude(col('y'), ['one', 'two b'])
        .holding('cart', (e) => [e['ctx.device']])
        .entry('every')
        .rules('clickhouse')
        .once()
        .groupBy('country', col('ms').as('m'))
        .at('last')
        .every('1d')
        .since('30d')
        .until(timeWord('today'))
        .timezone('Europe/Berlin'),
      "funnel event = 'a', event = 'b' from (select * from events where ok) per account within 1h order strict exclude event = 'x', y between one and \"two b\" holding cart, ctx.device entry every once rules clickhouse since 30d until today where ms > 1 and b group by country, ms as m at last every 1d timezone 'Europe/Berlin'",
    ],
    [
      retention((e) => e.event!.eq('a'))
        .from('events')
        .every('1w', 8),
      "retention event = 'a' then any from events every 1w for 8",
    ],
    [
      retention(col('a'), col('b')).from('events').every('1d', 3).mode('recurring').within('after').groupBy('c'),
      'retention a then b from events every 1d for 3 mode recurring within after group by c',
    ],
    [paths('event').from('events'), 'paths event from events'],
    [
      paths((e) => e.page!)
        .from('web')
        .gap('10m')
        .depth(3)
        .starting(col('a'))
        .limit(7),
      'paths page from web gap 10m depth 3 starting a limit 7',
    ],
    [paths('event').from('events').ending(col('a')), 'paths event from events ending a'],
    [lifecycle().from('events').every('1w').since('90d'), 'lifecycle from events every 1w since 90d'],
  ])('%s', (query, text) => {
    expect(query.toString()).toBe(text);
    expect(printQuery(parseQuery(text))).toBe(text);
    expect(queryFromJson(JSON.parse(JSON.stringify(query)))).toEqual(query.build());
    expect(Object.isFrozen(query)).toBe(true);
  });

  it('refuses questions about behaviour that are not whole', () => {
    const base = funnel(col('a'), col('b'));
    const refusals = [
      (): unknown => funnel(col('a')),
      (): unknown => base.within('7d').build(),
      (): unknown => String(base.from('t')),
      (): unknown => base.from('t').within('7d').at('last').build(),
      (): unknown => base.within('7 days' as '7d'),
      (): unknown => base.order('strickt' as 'strict'),
      (): unknown => retention(col('a')).from('t').build(),
      (): unknown => retention(col('a')).every('1w', 0),
      (): unknown => paths('a').from('t').starting(col('a')).ending(col('b')).build(),
      (): unknown => lifecycle().from('t').build(),
      (): unknown => from(lifecycle().from('t')),
    ];
    const said = refusals.map((refused) => {
      try {
        refused();
        return 'built';
      } catch (error) {
        const { code, message, hint } = error as VarveError;
        return `${code}: ${message} ${hint}`;
      }
    });
    expect(said).toEqual([
      'usage: funnel() was given 1 step. A funnel has 2 to 32.',
      "usage: The funnel has no source. Write .from('events').",
      "usage: The funnel is not whole. Write .within('7d').",
      "usage: at goes with groupBy. Write .groupBy('country').at('last').",
      'usage: within was given "7 days", which is no duration. Durations are 500ms 30s 15m 1h 7d 2w 1mo 1q 1y.',
      'usage: order was given "strickt". It is one of loose, strict, any.',
      "usage: The retention is not whole. Write .every('1w', 8).",
      'usage: every was given 0. It takes a whole number from 1.',
      'usage: starting and ending exclude each other. Keep one of the two.',
      "usage: The lifecycle is not whole. Write .every('1w').",
      "usage: The lifecycle is not whole. Write .every('1w').",
    ]);
  });

  it('is immutable, and takes its clauses in any order', () => {
    const base = from('events').limit(3);
    const one = base.where(col('a').eq(1));
    expect(base.toString()).toBe('select * from events limit 3');
    expect(one.where(col('b').eq(2)).toString()).toBe('select * from events where a = 1 and b = 2 limit 3');
    expect(Object.isFrozen(one)).toBe(true);
  });

  it.each<[string, () => unknown]>([
    ['a function name that is none', () => fn('x) from t --')],
    ['a parameter name that is none', () => param('a b')],
    ['a duration that is none', () => from('t').every('7 days' as '7d')],
    ['a number that is none', () => col('a').eq(NaN)],
    ['an int beyond 64 bits', () => col('a').eq(2n ** 63n)],
    ['an invalid Date', () => col('a').eq(new Date(NaN))],
    ['an object', () => col('a').eq({} as never)],
    ['undefined', () => col('a').eq(undefined as never)],
    ['an empty list', () => col('a').in([])],
    ['a limit that is none', () => from('t').limit(-1)],
    ['no source', () => from(...([] as unknown as [string]))],
    ['a grouped query without select', () => from('t').groupBy('a').build()],
    ['a word for a time that is none', () => timeWord('tomorrow' as 'today')],
    ['no condition', () => and(...([] as unknown as [true]))],
  ])('refuses %s', (_name, make) => {
    expect(make).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('hostile names stay names', () => {
    const query = from('t; drop x').select({ 'a"b': col('$id'), __proto__x: col("it's") });
    expect(query.toString()).toBe(`select "$id" as "a""b", "it's" as __proto__x from "t; drop x"`);
  });
});

describe('the functions of the builder', () => {
  const camel = (name: string): string => name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase());
  const spelled = new Map([['if', 'ifElse']]);
  const inner = /^(cast_|is_null|negate|add_duration|subtract_duration|element|like|ilike|\W)/;

  it.each([...aggregateFunctions.keys(), ...[...scalarFunctions.keys()].filter((name) => !inner.test(name))])(
    '%s has one, which the package exports',
    (name) => {
      const given = spelled.get(name) ?? camel(name);
      expect(functions).toHaveProperty(given);
      expect(varve).toHaveProperty(given);
    },
  );
});

describe('types', () => {
  it('know the columns of a row', () => {
    expectTypeOf<Columns<Play>['ctx.device']>().toEqualTypeOf<Expression>();
    // Compiled, not run.
    const refused = (): unknown[] => [
      // @ts-expect-error a row has no such column
      from<Play>('plays').where((e) => e.contry.eq('DE')),
      // @ts-expect-error a duration has a unit
      from('plays').every('1 day'),
      // @ts-expect-error a filter goes with aggregates
      col('a').filter(true),
    ];
    expect(refused).toBeTypeOf('function');
  });
});
