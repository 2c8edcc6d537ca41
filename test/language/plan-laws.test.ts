import { describe, expect, it } from 'vitest';
import { errorFromUnknown } from '../../engine/base/errors.ts';
import type { TableSchema } from '../../engine/column/schema.ts';
import type { ColumnType } from '../../engine/column/types.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import type { Measure, RowsPlan, SourcePlan } from '../../engine/plan/select.ts';
import { answerColumns } from '../../engine/plan/answer-columns.ts';
import { isBehaviour } from '../../engine/plan/query.ts';
import { childrenOf } from '../../engine/plan/visit.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import { randomSelect, randomOf } from './random-selects.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_401);
const rounds = process.env['VARVE_LONG'] === undefined ? 4 : 100;
const queriesPerRound = 500;

function table(name: string, timeName: string, actor: string | null, columns: Record<string, ColumnType>): TableSchema {
  return {
    id: 1,
    name,
    timeName,
    actor,
    actors: [],
    columns: Object.entries({ time: 'time' as const, ...columns }).map(([column, type], index) => ({
      id: index + 1,
      name: column,
      type,
      wide: column === 'w',
    })),
  };
}

const schemas = new Map(
  [
    table('a', 'ts', 'u', { u: 'text', n: 'int', f: 'float', t: 'text', b: 'bool', l: 'list of text', w: 'int' }),
    table('b', 'at', 'u', { u: 'int', n: 'float', t: 'text', w: 'float', l: 'list of int' }),
    table('c', 'ts', null, { n: 'text', f: 'float', ts2: 'time' }),
  ].map((schema) => [schema.name, schema] as const),
);
const definitions = new Map([
  ['da', 'select u, n, t, l from a where f > 1'],
  ['dg', 'select t, count() as n, max(f) as f from a group by t'],
  ['dc', 'select u from a where n = 1'],
]);

/** What a plan's leaves may be: those of its source below, those of its groups above. */
interface Level {
  readonly columns: ReadonlyMap<string, ReadonlySet<ColumnType>>;
  readonly actor: boolean;
  readonly keys: number;
  readonly measures: number;
  readonly subqueries: number;
}

function sourceColumns(source: SourcePlan): Map<string, ColumnType> {
  if (source.kind === 'table')
    return new Map(schemas.get(source.name)!.columns.map(({ name, type }) => [name, type] as const));
  const { plan } = source;
  if (isBehaviour(plan)) return new Map(answerColumns(plan).map(({ name, type }) => [name, type] as const));
  const columns = new Map(plan.outputs.map(({ name, expr }) => [name, expr.type] as const));
  if (columns.size !== plan.outputs.length) throw new Error('two outputs of one name');
  if (plan.kind === 'grouped' && plan.every !== null)
    columns.set(columns.has('partial') ? (columns.has('partial_2') ? 'partial_3' : 'partial_2') : 'partial', 'bool');
  return columns;
}

function checkLeaves(expr: Expr, level: Level): void {
  for (const child of childrenOf(expr)) checkLeaves(child, level);
  const fail = (why: string): never => {
    throw new Error(
      `${why}: ${JSON.stringify(expr, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value))}`,
    );
  };
  if (expr.kind === 'column') {
    const types = level.columns.get(expr.name) ?? fail('no such column');
    if (types.size === 1 && !types.has(expr.type)) fail(`its type is ${[...types].join()}`);
  }
  if (expr.kind === 'key' && !(expr.index >= 0 && expr.index < level.keys)) fail('no such key');
  if (expr.kind === 'measure' && !(expr.index >= 0 && expr.index < level.measures)) fail('no such measure');
  if (expr.kind === 'span' && level.keys + level.measures === 0) fail('a span of rows');
  if (expr.kind === 'in_query' && expr.subquery >= level.subqueries) fail('no such subquery');
  if ((expr.kind === 'actor' || expr.kind === 'place' || expr.kind === 'table') && level.columns.size === 0)
    fail('a leaf of rows above groups');
}

/** @throws Error where a plan is none that can be executed. */
function checkPlan(plan: RowsPlan): void {
  const columns = new Map<string, Set<ColumnType>>();
  for (const source of plan.from) {
    for (const [name, type] of sourceColumns(source)) columns.set(name, (columns.get(name) ?? new Set()).add(type));
    if (source.kind !== 'derived') continue;
    if (isBehaviour(source.plan)) throw new Error('no select');
    checkPlan(source.plan);
    const actor = source.plan.outputs.find(({ name }) => name === source.actor);
    if (source.actor !== null && actor?.expr.type !== 'text') throw new Error('an actor that is no output of text');
  }
  for (const subquery of plan.subqueries) checkPlan(subquery);
  const subqueries = plan.subqueries.length;
  const below: Level = { columns, actor: true, keys: 0, measures: 0, subqueries };
  const read: Expr[] = [];
  const rows = (exprs: readonly (Expr | null)[]): void => {
    for (const expr of exprs)
      if (expr !== null) {
        checkLeaves(expr, below);
        read.push(expr);
      }
  };
  const measures = (list: readonly Measure[]): void => {
    for (const { args, filter } of list) rows([...args, filter]);
  };
  rows([plan.where]);
  if (plan.kind === 'events') rows([...plan.outputs, ...plan.order].map(({ expr }) => expr));
  else {
    measures(plan.measures);
    const grouped = plan.kind === 'grouped';
    if (grouped) rows(plan.keys.map(({ expr }) => expr));
    else rows([plan.starting, plan.ending]);
    const above: Level = {
      columns: new Map(),
      actor: false,
      keys: grouped ? plan.keys.length : 5,
      measures: plan.measures.length * (grouped && plan.compare !== null ? 2 : 1),
      subqueries,
    };
    const over = grouped ? [...plan.order.map(({ expr }) => expr), ...(plan.having === null ? [] : [plan.having])] : [];
    for (const expr of [...plan.outputs.map((output) => output.expr), ...over]) checkLeaves(expr, above);
  }
  const names = new Set(plan.columns);
  const unread = (expr: Expr): boolean =>
    (expr.kind === 'column' && !names.has(expr.name)) || childrenOf(expr).some(unread);
  if (read.some(unread)) throw new Error('a column is read that the plan does not name');
}

describe('random queries', () => {
  it.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'become plans that can be executed, or errors that have a place (seed %i)',
    (own) => {
      const random = randomOf(own);
      let plans = 0;
      for (let at = 0; at < queriesPerRound; at++) {
        const text = randomSelect(random, 3);
        try {
          const plan = compileQuery(text, {
            schemas,
            definitions,
            params: { list: [1, 2, null], word: 'x' },
            now: Date.UTC(2024, 3, 1),
            timezone: 'Europe/Berlin',
          });
          checkPlan(structuredClone(plan));
          plans++;
        } catch (thrown) {
          const error = errorFromUnknown(thrown);
          if (error.code === 'internal' || error.span === undefined)
            throw new Error(`${text}\n${error.message}`, { cause: thrown });
          if (error.span.end <= error.span.start) throw new Error(`${text}\n${error.message}: an empty place`);
        }
      }
      expect(plans).toBeGreaterThan(queriesPerRound / 2);
    },
  );
});
