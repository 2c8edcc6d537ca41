import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../column/schema.ts';
import type { ColumnType } from '../column/types.ts';
import type { BehaviourPlan, FunnelPlan, PathsPlan, RetentionPlan } from '../plan/behaviour.ts';
import type { Expr } from '../plan/expr.ts';
import { compileQuery, compileQuestion } from './compile.ts';

const hour = 3_600_000;
const now = Date.UTC(2024, 3, 1);

function table(name: string, actor: string, columns: readonly (readonly [string, ColumnType])[]): TableSchema {
  return {
    id: 1,
    name,
    timeName: 'ts',
    actor,
    actors: [],
    columns: columns.map(([column, type], index) => ({ id: index + 1, name: column, type, wide: false })),
  };
}

const schemas = new Map(
  [
    table('events', 'user_id', [
      ['time', 'time'],
      ['user_id', 'text'],
      ['event', 'text'],
      ['country', 'text'],
      ['cart', 'int'],
      ['ok', 'bool'],
    ]),
    table('calls', 'caller', [
      ['time', 'time'],
      ['caller', 'int'],
      ['event', 'text'],
    ]),
  ].map((schema) => [schema.name, schema] as const),
);
const definitions = new Map([['steps', "funnel event = 'a', event = 'b' from events within 1h"]]);

function plan(text: string): BehaviourPlan {
  const made = compileQuestion(text, { schemas, definitions, params: { who: 'DE' }, now, timezone: 'UTC' });
  if (made.kind === 'events' || made.kind === 'grouped') throw new Error('a select');
  return made;
}

function funnel(options: string, steps = "event = 'a', event = 'b' as b, event = 'c'"): FunnelPlan {
  return plan(`funnel ${steps} from events within 1h ${options}`) as FunnelPlan;
}

/** An expression without its places. */
function bare(expr: Expr | null): unknown {
  return JSON.parse(JSON.stringify(expr, (key, value: unknown) => (key === 'span' ? undefined : value)));
}

const eventIs = (value: string): unknown => ({
  kind: 'call',
  name: '=',
  type: 'bool',
  args: [
    { kind: 'column', name: 'event', type: 'text' },
    { kind: 'literal', value, type: 'text' },
  ],
});

describe('funnel binds', () => {
  it('its steps, each with a name of its own', () => {
    const { steps, rules, at, every, keys, exclude, holding, columns, actor, from, where } = funnel(
      '',
      "event = 'a', event = 'a', optional event = 'b' as x, event = 'c' as x",
    );
    expect(steps.map(({ name, optional }) => [name, optional])).toEqual([
      ["event = 'a'", false],
      ["event = 'a'_2", false],
      ['x', true],
      ['x_2', false],
    ]);
    expect(steps.map(({ expr }) => bare(expr))).toEqual(['a', 'a', 'b', 'c'].map(eventIs));
    expect(rules).toEqual({
      window: hour,
      order: 'loose',
      entry: 'any',
      repeat: false,
      grace: null,
    });
    expect({ at, every, keys, exclude, holding, actor, from, where }).toEqual({
      at: 'first',
      every: null,
      keys: [],
      exclude: [],
      holding: [],
      actor: 'user_id',
      from: [{ kind: 'table', name: 'events' }],
      where: null,
    });
    expect(columns).toEqual(['time', 'user_id', 'event']);
  });

  it.each([
    ['', { entry: 'any', repeat: false, grace: null }],
    ['rules varve', { entry: 'any', repeat: false, grace: null }],
    ['rules mixpanel', { entry: 'first', repeat: false, grace: 2000 }],
    ['rules mixpanel_reentry', { entry: 'any', repeat: false, grace: 2000 }],
    ['rules amplitude', { entry: 'any', repeat: false, grace: 1000 }],
    ['rules posthog', { entry: 'any', repeat: false, grace: 0 }],
    ['rules clickhouse', { entry: 'any', repeat: true, grace: 0 }],
    ['rules clickhouse order strict', { repeat: true, order: 'strict_order' }],
    ['rules clickhouse order strict once', { repeat: false, order: 'strict' }],
    ["rules clickhouse order strict exclude event = 'x'", { repeat: true, order: 'strict' }],
    ['order strict rules posthog', { order: 'strict' }],
    ['order any', { order: 'any' }],
    ['once rules clickhouse', { repeat: false, grace: 0 }],
    ['repeat', { repeat: true, grace: null }],
    ['rules mixpanel entry every', { entry: 'every', grace: 2000 }],
  ])('the rules of "%s"', (options, rules) => {
    expect(funnel(options).rules).toMatchObject(rules);
  });

  it('exclude to the places of steps, and holding', () => {
    const { exclude, holding, columns } = funnel(
      "exclude event = 'x', country = 'DE' between \"event = 'a'\" and b holding cart, country || 'x'",
    );
    expect(exclude.map(({ between }) => between)).toEqual([null, { from: 0, to: 1 }]);
    expect(exclude.map(({ expr }) => expr.type)).toEqual(['bool', 'bool']);
    expect(holding.map(({ type }) => type)).toEqual(['int', 'text']);
    expect(columns).toEqual(['time', 'user_id', 'event', 'country', 'cart']);
  });

  it('keys, whose event they are of, and buckets', () => {
    const { keys, at, every } = funnel('group by country as c, lower(country), country as c at each every 1w');
    expect(keys.map(({ name, type, unnest, top }) => [name, type, unnest, top])).toEqual([
      ['c', 'text', false, null],
      ['lower(country)', 'text', false, null],
      ['c_2', 'text', false, null],
    ]);
    expect([at, every]).toEqual(['each', { count: 1, unit: 'w' }]);
  });

  it('the range, what where says of time, the zone and cohorts', () => {
    const made = funnel(
      "since '2024-03-01' until '2024-03-20' where time < '2024-03-10' and user_id in (select user_id from events where country = $who) timezone 'Europe/Berlin'",
    );
    const [since, until] = [Date.UTC(2024, 1, 29, 23), Date.UTC(2024, 2, 19, 23)];
    expect(made.written).toEqual({ since, until });
    expect(made.range).toEqual({ since, until: Date.UTC(2024, 2, 9, 23) });
    expect(made.subqueries).toHaveLength(1);
    expect([made.timezone, made.now]).toEqual(['Europe/Berlin', now]);
  });

  it('another actor as rows of a plan in its order', () => {
    const made = funnel('per cart since 7d group by country');
    expect([made.actor, made.columns]).toEqual(['actor', ['time', 'actor', 'event', 'country']]);
    const [source] = made.from;
    expect(source).toMatchObject({ kind: 'derived', name: 'events', actor: 'actor' });
    if (source?.kind !== 'derived' || source.plan.kind !== 'events') throw new Error('no rows');
    expect(source.plan.outputs.map(({ name }) => name)).toEqual(['time', 'actor', 'event', 'country']);
    expect(source.plan.range.since).toBe(now - 7 * 24 * hour);
    expect(funnel('per user_id').from).toEqual([{ kind: 'table', name: 'events' }]);
  });

  it('several sources as one stream, and queries in brackets', () => {
    const both = plan("funnel event = 'a', _table = 'calls' from events, calls within 1d");
    expect([both.actor, both.from.map(({ name }) => name)]).toEqual([null, ['events', 'calls']]);
    const inner = plan("funnel event = 'a', event = 'b' from (select * from events where ok) within 1d");
    expect([inner.from, bare(inner.where)]).toEqual([
      [{ kind: 'table', name: 'events' }],
      { kind: 'column', name: 'ok', type: 'bool' },
    ]);
  });
});

describe('the other verbs bind', () => {
  it('retention', () => {
    const made = plan("retention event = 'a' then any from events every 1w for 8") as RetentionPlan;
    expect(made).toMatchObject({ kind: 'retention', returning: null, periods: 8, mode: 'first', within: 'on' });
    expect([made.every, bare(made.start), made.keys]).toEqual([{ count: 1, unit: 'w' }, eventIs('a'), []]);
    const other = plan(
      "retention event = 'a' then event = 'b' from events mode recurring within after for 3 every 1mo group by country",
    ) as RetentionPlan;
    expect(other).toMatchObject({ periods: 3, mode: 'recurring', within: 'after', keys: [{ name: 'country' }] });
    expect(bare(other.returning)).toEqual(eventIs('b'));
  });

  it('paths', () => {
    const made = plan('paths event from events') as PathsPlan;
    expect(made).toMatchObject({ gap: hour / 2, depth: 5, limit: 20, starting: null, ending: null });
    const other = plan(
      "paths event || country from events gap 10m depth 3 limit 7 starting event = 'a' where ok",
    ) as PathsPlan;
    expect(other).toMatchObject({ gap: hour / 6, depth: 3, limit: 7, ending: null, node: { type: 'text' } });
    expect(bare(other.starting)).toEqual(eventIs('a'));
    expect((plan('paths event from events ending ok') as PathsPlan).ending).toMatchObject({ name: 'ok' });
  });

  it('lifecycle, which reads what lies before since', () => {
    const made = plan("lifecycle from events every 1d since '2024-03-01' until '2024-03-20' where ok");
    const until = Date.UTC(2024, 2, 20);
    expect(made).toMatchObject({ kind: 'lifecycle', every: { count: 1, unit: 'd' }, keys: [] });
    const written = { since: Date.UTC(2024, 2, 1), until };
    expect([made.written, made.range]).toEqual([written, written]);
    const sessions = plan("lifecycle from sessions(events, gap => 30m) every 1d since '2024-03-01'");
    const [source] = sessions.from;
    expect(source?.kind === 'derived' && source.plan.kind === 'lives' && source.plan.starts).toEqual({
      since: null,
      until: null,
    });
  });
});

it('a select is asked for where no other query will do', () => {
  const options = { schemas, definitions, params: {}, now, timezone: 'UTC' };
  expect(() => compileQuery('lifecycle from events every 1d', options)).toThrow(
    'A select is wanted here, not lifecycle',
  );
  expect(
    compileQuery('select * from steps', options)
      .outputs.map(({ name }) => name)
      .slice(0, 3),
  ).toEqual(['step', 'name', 'actors']);
  expect(() => compileQuery('select * from events where user_id in (steps)', options)).toThrow(
    'The query of in gives 9 columns, and one is compared.',
  );
});
