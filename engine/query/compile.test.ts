import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../column/schema.ts';
import type { ColumnType } from '../column/types.ts';
import { isBehaviour } from '../plan/query.ts';
import type { EventsPlan, GroupedPlan, LivesPlan, RowsPlan, SelectPlan, SourcePlan } from '../plan/select.ts';
import type { Scalar } from '../column/values.ts';
import { printExpr } from '../plan/print-expr.ts';
import { compileQuery } from './compile.ts';
import { parseQuery } from './parse.ts';

type Column = readonly [string, ColumnType, 'wide'?];

function table(name: string, timeName: string, actor: string | null, columns: readonly Column[]): TableSchema {
  const all: readonly Column[] = [['time', 'time'], ...columns];
  return {
    id: 1,
    name,
    timeName,
    actor,
    actors: [],
    columns: all.map(([column, type, wide], index) => ({
      id: index + 1,
      name: column,
      type,
      wide: wide === 'wide',
    })),
  };
}

const tables = [
  table('web', 'ts', 'user_id', [
    ['user_id', 'text'],
    ['event', 'text'],
    ['amount', 'float'],
    ['status', 'int'],
    ['tags', 'list of text'],
    ['big', 'int', 'wide'],
  ]),
  table('calls', 'began', 'user_id', [
    ['user_id', 'int'],
    ['event', 'text'],
    ['amount', 'int'],
    ['status', 'text'],
    ['big', 'float'],
    ['ts', 'text'],
  ]),
  table('crm', 'ts', 'account', [
    ['account', 'int'],
    ['plan', 'text'],
  ]),
];

const now = Date.UTC(2024, 2, 15);
const day = 86_400_000;

function compile(text: string, params: Readonly<Record<string, Scalar>> = {}): SelectPlan {
  return compileQuery(text, {
    schemas: new Map(tables.map((schema) => [schema.name, schema])),
    params,
    now,
    timezone: 'UTC',
  });
}

function failure(text: string): string {
  try {
    compile(text);
    return 'fine';
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
}

function derivedOf(source: SourcePlan | undefined): Extract<SourcePlan, { kind: 'derived' }> & { plan: RowsPlan } {
  if (source?.kind !== 'derived' || isBehaviour(source.plan)) throw new Error('no derived source of rows');
  return { ...source, plan: source.plan };
}

function livesOf(plan: SelectPlan): LivesPlan {
  const inner = derivedOf(plan.from[0]).plan;
  if (inner.kind !== 'lives') throw new Error('no lives');
  return inner;
}

function outputsOf({ outputs }: { readonly outputs: EventsPlan['outputs'] }): string[] {
  return outputs.map(({ name, expr }) => `${name} ${expr.type}`);
}

describe('a query in brackets', () => {
  it('that only filters becomes a part of the one around it', () => {
    const plan = compile(
      "select double from (select amount * 2 as double from web where status = 200 since '2024-03-02') where double > 3 since '2024-03-01' until '2024-03-05'",
    ) as EventsPlan;
    expect(plan.from).toEqual([{ kind: 'table', name: 'web' }]);
    expect(printExpr(plan.where!)).toBe(
      "((status = 200) and (time >= '2024-03-02T00:00:00.000Z')) and ((amount * 2) > 3)",
    );
    expect(plan.written).toEqual({ since: Date.UTC(2024, 2, 1), until: Date.UTC(2024, 2, 5) });
    expect(plan.range).toEqual({ since: Date.UTC(2024, 2, 2), until: Date.UTC(2024, 2, 5) });
    expect(plan.columns).toEqual(['time', 'status', 'amount']);
  });

  it('keeps time and actor, selected or not', () => {
    const plan = compile('select uniq(actor), uniq(user_id) from (select event from web) every 1d') as GroupedPlan;
    expect(plan.measures.map(({ args }) => args[0]!.kind)).toEqual(['actor', 'column']);
    const limited = compile('select uniq(actor), uniq(user_id) from (select event from calls limit 9) since 1d');
    const { actor, plan: inner } = derivedOf(limited.from[0]);
    expect(actor).toBe('$actor');
    expect(outputsOf(inner)).toEqual(['time time', '$actor text', 'user_id int']);
    expect(limited.actor).toBe('$actor');
  });

  it('with an order and a limit, with aggregates or in another zone is a plan of its own', () => {
    for (const inner of [
      'select event from web limit 1',
      'select event from web order by amount',
      'select count() as event from web',
      'select count() as event from web every 1d',
      "select event from web timezone 'Asia/Tokyo'",
      'select bucket(time, 1d) as time, event from web',
    ])
      expect(compile(`select event from (${inner})`).from[0]!.kind, inner).toBe('derived');
    expect(compile("select event from (select event from web timezone 'UTC')").from[0]!.kind).toBe('table');
  });

  it('gives its time where it has one, and only what is read of it', () => {
    const plan = compile('select sum(n) from (select count() as n, max(amount) as m from web every 1d) every 1w');
    expect(outputsOf(derivedOf(plan.from[0]).plan)).toEqual(['time time', 'n int']);
    expect(plan.actor).toBeNull();
  });

  it('is read by its own range where that is one of events', () => {
    const range = { since: Date.UTC(2024, 2, 1), until: Date.UTC(2024, 2, 2) };
    const ends = "since '2024-03-01' until '2024-03-02'";
    const inner = (query: string): unknown => {
      const { plan } = derivedOf(compile(query).from[0]);
      return plan.range;
    };
    expect(inner(`select event from (select event from web order by amount) ${ends}`)).toEqual(range);
    expect(inner(`select event from (select event from web order by amount limit 5) ${ends}`)).toEqual({
      since: null,
      until: null,
    });
    expect(inner(`select count() from (select event from web order by amount) ${ends} compare 1w`)).toEqual({
      since: null,
      until: null,
    });
  });

  it('cannot grow beyond the limits by naming one expression again and again', () => {
    let query = 'select amount as x from web';
    for (let level = 0; level < 20; level++) query = `select x + x as x from (${query})`;
    expect(failure(query)).toMatch(/^limit: /);
  });
});

describe('several sources', () => {
  it('meet by name in widened types, with one time and one actor', () => {
    const plan = compile('select * from web, calls') as EventsPlan;
    expect(outputsOf(plan)).toEqual([
      'time time',
      'user_id text',
      'event text',
      'amount float',
      'status text',
      'tags list of text',
      'big text',
      'ts text',
    ]);
    expect(plan.actor).toBe('user_id');
    expect(compile('select actor from web, crm').actor).toBeNull();
  });

  it('read what time is called in one of them as the time of all, unless it is a column of another', () => {
    const exprs = (query: string): string[] =>
      (compile(query) as EventsPlan).outputs.map(({ expr }) => printExpr(expr));
    expect(exprs('select ts, time from web, crm')).toEqual(['time', 'time']);
    expect(exprs('select ts, began from web, calls')).toEqual(['ts', 'time']);
  });

  it('are asked by themselves where they are queries', () => {
    const plan = compile(
      "select _table, user_id from web, (select amount from calls where amount > 1) since '2024-03-01'",
    );
    const { plan: inner, name } = derivedOf(plan.from[1]);
    expect(name).toBe('calls');
    expect(outputsOf(inner)).toEqual(['time time', '_table text', '$actor text', 'user_id int']);
    expect(inner.range.since).toBe(Date.UTC(2024, 2, 1));
  });
});

describe('sessions and actors', () => {
  it('read events from one gap before the range, and rows that begin in it', () => {
    const plan = livesOf(
      compile("select * from sessions(web, gap => 30m) since '2024-03-02' until '2024-03-03' where events > 1"),
    );
    expect(plan.starts).toEqual({ since: Date.UTC(2024, 2, 2), until: Date.UTC(2024, 2, 3) });
    expect(plan.range).toEqual({ since: Date.UTC(2024, 2, 2) - 1_800_000, until: null });
    const first = livesOf(compile("select * from actors(web) where time >= '2024-03-02'"));
    expect(first.starts).toEqual({ since: Date.UTC(2024, 2, 2), until: null });
    expect(first.range).toEqual({ since: null, until: null });
    const events = livesOf(
      compile("select * from sessions((select * from web since '2024-03-01'), gap => 1h) since '2024-03-02'"),
    );
    expect(events.range.since).toBe(Date.UTC(2024, 2, 2) - 3_600_000);
  });

  it('give their columns and the aggregates named, pruned to what is read', () => {
    const plan = compile(
      'select *, user_id from sessions(web, gap => 30m, spent => sum(amount), mean => sum(amount) / count())',
    );
    expect(outputsOf(plan as EventsPlan)).toEqual([
      'time time',
      'actor text',
      'last time',
      'duration int',
      'events int',
      'spent float',
      'mean float',
      'user_id text',
    ]);
    const lives = livesOf(plan);
    expect(lives.measures.map(({ name }) => name)).toEqual(['sum', 'count']);
    expect(outputsOf(livesOf(compile('select events from actors(web, n => count())')))).toEqual([
      'actor text',
      'time time',
      'events int',
    ]);
  });

  it('follow another column as text', () => {
    const lives = livesOf(compile('select * from sessions(web, gap => 30m, per => status, n => uniq(user_id))'));
    const { plan, actor } = derivedOf(lives.from[0]);
    expect(actor).toBe('actor');
    expect(plan.outputs.map(({ name, expr }) => `${name}: ${printExpr(expr)}`)).toEqual([
      'time: time',
      'actor: status::text',
      'user_id: user_id',
    ]);
    expect(printExpr(plan.where!)).toBe('not (status is null)');
    expect(livesOf(compile('select * from actors(web, per => user_id)')).from).toEqual([
      { kind: 'table', name: 'web' },
    ]);
  });
});

describe('in (select …)', () => {
  it('compares an actor as canonical text, whatever type its column has', () => {
    const plan = compile('select event from web where user_id in (select user_id from calls)') as EventsPlan;
    expect(printExpr(plan.where!)).toBe('user_id in (query 1)');
    expect(printExpr(plan.subqueries[0]!.outputs[0]!.expr)).toBe('user_id::text');
    const turned = compile('select event from calls where user_id in (select user_id from web)');
    expect(printExpr(turned.where!)).toBe('user_id::text in (query 1)');
    const grouped = compile('select event from web where actor in (select user_id from calls group by user_id)');
    expect(printExpr(grouped.subqueries[0]!.outputs[0]!.expr, { keys: ['key'], measures: [] })).toBe('key::text');
  });

  it('is asked once where an alias repeats it', () => {
    const plan = compile(
      'select count_if(status in (select status from web limit 3)) as n, count() from web having n > 1 order by n',
    );
    expect(plan.subqueries).toHaveLength(1);
    expect((plan as GroupedPlan).measures).toHaveLength(2);
  });

  it('takes the elements of a list, types checked one by one', () => {
    const plan = compile('select event from web where status in $list', { list: [3, null, 1] }) as EventsPlan;
    expect(plan.where).toMatchObject({ kind: 'in', values: [1, 3], hasNull: true });
    expect(() => compile('select event from web where status in $list', { list: [1, 'a'] })).toThrow(
      'int in (text): these two types do not compare.',
    );
  });
});

describe('groups', () => {
  it('of the largest values and of unnested lists say so in their keys', () => {
    const plan = compile(
      'select event, unnest(tags) as tag, count() from web group by event top 3 others, tag, status top 2',
    ) as GroupedPlan;
    expect(plan.keys.map(({ name, unnest, top, type }) => ({ name, unnest, top, type }))).toEqual([
      { name: 'event', unnest: false, top: { count: 3, others: true }, type: 'text' },
      { name: 'tag', unnest: true, top: null, type: 'text' },
      { name: 'status', unnest: false, top: { count: 2, others: false }, type: 'int' },
    ]);
    const numbers = compile('select status, count() from web group by status top 2 others') as GroupedPlan;
    expect(numbers.keys[0]!.type).toBe('text');
    expect(outputsOf(numbers)).toEqual(['status text', 'count int']);
  });

  it('of a rate count by the length of the bucket, and share their count', () => {
    const plan = compile('select rate(1h), count() from web every 1d') as GroupedPlan;
    expect(plan.measures.map(({ name }) => name)).toEqual(['count']);
    expect(printExpr(plan.outputs[1]!.expr, { keys: [], measures: ['count'] })).toBe('(count * 3600000) / span()');
  });

  it('compared bear what was, and by how much it has changed', () => {
    const plan = compile(
      'select event, count(), sum(amount) / count() as mean, min(event) from web since 7d group by event having max(status) > 1 order by mean_change compare 1w',
    ) as GroupedPlan;
    expect(outputsOf(plan)).toEqual([
      'event text',
      'count int',
      'count_before int',
      'count_change float',
      'mean float',
      'mean_before float',
      'mean_change float',
      'min(event) text',
      'min(event)_before text',
      'min(event)_change null',
    ]);
    const names = { keys: ['event'], measures: ['count', 'sum', 'min', 'max', 'count then', 'sum then'] };
    expect(printExpr(plan.outputs[2]!.expr, names)).toBe('count then');
    expect(printExpr(plan.outputs[5]!.expr, names)).toBe('sum then / count then');
    expect(printExpr(plan.outputs[3]!.expr, names)).toBe(
      '(count / case when count then != 0 then count then else null end) - 1',
    );
    expect(plan.order[0]!.expr).toMatchObject({ kind: 'call', name: '-' });
  });

  it('order events by their places where an aggregate asks for it', () => {
    const [measure] = (compile('select first(event) from web') as GroupedPlan).measures;
    expect(measure!.args.map(({ kind }) => kind)).toEqual(['column', 'column', 'place', 'place', 'place', 'place']);
    expect(measure!.span).toEqual({ start: 7, end: 19 });
  });

  it('in calendar steps know which windows are long enough', () => {
    const trailing = (every: string, length: string): string =>
      failure(`select count() from web every ${every} trailing ${length}`).slice(0, 5);
    for (const [every, length] of [
      ['1d', '1d'],
      ['1w', '7d'],
      ['1mo', '31d'],
      ['1q', '3mo'],
      ['4w', '1mo'],
      ['1y', '4q'],
      ['89d', '1q'],
    ])
      expect(trailing(every!, length!), `${every} ${length}`).toBe('fine');
    for (const [every, length] of [
      ['1d', '23h'],
      ['1mo', '30d'],
      ['1q', '2mo'],
      ['30d', '1mo'],
      ['90d', '1q'],
      ['1y', '365d'],
    ])
      expect(trailing(every!, length!), `${every} ${length}`).toBe('usage');
  });
});

it('compiles a tree as it does its text, to plain data', () => {
  const text =
    'select event, count() from web where user_id in (select user_id from calls) group by event top 2 every 1d';
  const tree = parseQuery(text);
  const options = {
    schemas: new Map(tables.map((schema) => [schema.name, schema])),
    params: {},
    now: now + day,
    timezone: 'Europe/Berlin',
  };
  const plan = compileQuery(tree, options);
  expect(plan).toEqual(compileQuery(text, options));
  expect(structuredClone(plan)).toEqual(plan);
});
