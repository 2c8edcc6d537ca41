import { describe, expect, it } from 'vitest';
import type { TableSchema } from '../column/schema.ts';
import type { ColumnType } from '../column/types.ts';
import type { SelectPlan } from '../plan/select.ts';
import { compileQuery } from './compile.ts';

function table(name: string, columns: readonly (readonly [string, ColumnType])[]): TableSchema {
  return {
    id: 1,
    name,
    timeName: 'ts',
    actor: 'user_id',
    actors: [],
    columns: columns.map(([column, type], index) => ({ id: index + 1, name: column, type, wide: false })),
  };
}

const tables = [
  table('web', [
    ['time', 'time'],
    ['user_id', 'text'],
    ['event', 'text'],
    ['amount', 'float'],
  ]),
  table('calls', [
    ['time', 'time'],
    ['user_id', 'int'],
    ['plan', 'text'],
  ]),
];

function compile(text: string, definitions: Readonly<Record<string, string>> = {}): SelectPlan {
  return compileQuery(text, {
    schemas: new Map(tables.map((schema) => [schema.name, schema])),
    definitions: new Map(Object.entries(definitions)),
    params: {},
    now: Date.UTC(2024, 2, 15),
    timezone: 'UTC',
  });
}

function failure(text: string, definitions: Readonly<Record<string, string>> = {}): string {
  try {
    compile(text, definitions);
    return 'fine';
  } catch (error) {
    const { code, message, hint } = error as { code: string; message: string; hint?: string };
    return `${code}: ${message}${hint === undefined ? '' : ` ${hint}`}`;
  }
}

describe('defined queries', () => {
  const definitions = {
    buyers: "select user_id from web where event = 'buy'",
    daily: 'select count() as n from web every 1d',
    rich: 'select * from buyers where user_id in (loud)',
    loud: 'select user_id from calls',
    one: 'select * from two',
    two: 'select event from web where user_id in one',
    broken: 'select nope from web',
    torn: 'select from',
  };

  it('are sources, inlined as brackets are, and cohorts', () => {
    expect(compile('select * from buyers', definitions).from).toEqual([{ kind: 'table', name: 'web' }]);
    expect(compile('select n from daily', definitions).from[0]!.kind).toBe('derived');
    const plan = compile('select * from rich', definitions);
    expect(plan.outputs.map(({ name }) => name)).toEqual(['user_id']);
    expect(plan.subqueries).toHaveLength(1);
    for (const cohort of ['buyers', '(buyers)', '(select * from buyers)', '(select user_id from buyers)'])
      expect(
        compile(`select count() from calls where user_id in ${cohort}`, definitions).subqueries,
        cohort,
      ).toHaveLength(1);
  });

  it('lose to a table of the same name', () => {
    const plan = compile('select amount from web', { web: 'select plan from calls' });
    expect(plan.from).toEqual([{ kind: 'table', name: 'web' }]);
  });

  it('say which of them is wrong, in the place of its name', () => {
    expect(failure('select * from one', definitions)).toBe(
      'usage: In the defined query "two": "one" is defined by itself: one → two → one. Define one of them anew: define one as ….',
    );
    expect(failure('select * from broken', definitions)).toBe(
      'unknown_column: In the defined query "broken": No event of "web" has a property "nope". Its columns are time, user_id, event, amount.',
    );
    expect(failure('select * from torn', definitions)).toMatch(/^syntax: In the defined query "torn": /);
    expect(failure('select * from dayly', definitions)).toBe(
      'unknown_table: There is no table "dayly". Did you mean daily?',
    );
    expect(failure('select event from web where user_id in (buyer)', definitions)).toBe(
      'unknown_column: There is neither a column nor a defined query "buyer". Did you mean buyers?',
    );
    expect(failure('select gone from buyers', definitions)).toBe(
      'unknown_column: "buyers" has no column "gone". Its columns are user_id.',
    );
  });

  it('are opened so many times and no more', () => {
    const chain: Record<string, string> = { d0: 'select user_id from web' };
    for (let at = 1; at < 30; at++)
      chain[`d${at}`] = `select user_id from d${at - 1} where user_id in d${at - 1} or user_id in d${at - 1}`;
    expect(failure('select * from d29', chain)).toMatch(/^limit: .*more than 256 definitions/);
    const deep: Record<string, string> = { d0: 'select user_id from web' };
    for (let at = 1; at < 40; at++) deep[`d${at}`] = `select user_id from d${at - 1}`;
    expect(failure('select * from d39', deep)).toMatch(/^limit: .*nested more than 32 deep/);
    expect(failure('select * from d30', deep)).toBe('fine');
  });
});
