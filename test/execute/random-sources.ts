import type { ColumnType } from '../../engine/column/types.ts';
import type { Scalar } from '../../engine/column/values.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import type {
  EventsPlan,
  GroupedPlan,
  LivesPlan,
  Measure,
  OutputColumn,
  RowsPlan,
  SelectPlan,
  SourcePlan,
  TimeRange,
} from '../../engine/plan/select.ts';
import type { Random } from './random-plans.ts';

export type TableRow = Readonly<Record<string, Scalar>> & { readonly time: number };

const minute = 60_000;
const start = Date.UTC(2024, 2, 30);
const pages = ['/', '/a', '/b', '/ö', ''];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** Three tables that name their actors differently: a text, another text, and an int of the first one's name. */
export function actorOfTable(table: string): string {
  return table === 'calls' ? 'phone' : 'user';
}

/** @returns rows in order of arrival. */
export function randomTable(random: Random, table: string): TableRow[] {
  const orNull = <T>(value: T): T | null => (random() < 0.12 ? null : value);
  const tableIndex = ['web', 'calls', 'crm'].indexOf(table);
  return Array.from({ length: 60 + Math.floor(random() * 240) }, (_, index): TableRow => {
    const id = orNull(Math.floor(random() ** 2 * 40));
    // Times of different actors meet often, but never where nobody did it: such rows stand by their place of arrival.
    const time = start + (id === null ? 1 + 4 * index + tableIndex : 5 * minute * Math.floor(random() * 300));
    const n = orNull(Math.floor(random() * 30) - 4);
    if (table === 'web') return { time, user: id === null ? null : String(id), page: orNull(pick(random, pages)), n };
    if (table === 'crm')
      return {
        time,
        user: id,
        n: n === null ? null : n + 0.5 * Math.floor(random() * 2),
        paid: orNull(random() < 0.5),
      };
    return {
      time,
      phone: id === null ? null : String(id),
      user: orNull(`${Math.floor(random() * 40)}`),
      page: orNull(pick(random, pages)),
      big: orNull(random() < 0.3 ? 2n ** 60n + BigInt(Math.floor(random() * 4)) : Math.floor(random() * 9)),
    };
  });
}

const column = (name: string, type: ColumnType): Expr => ({ kind: 'column', name, type });
const literal = (value: Scalar, type: ColumnType): Expr => ({ kind: 'literal', value, type });
const call = (name: string, type: ColumnType, ...args: Expr[]): Expr => ({ kind: 'call', name, type, args });
const actorExpr: Expr = { kind: 'actor', type: 'text' };
const tableExpr: Expr = { kind: 'table', type: 'text' };
const time = column('time', 'time');

/** What a choice of sources has: its columns in the types they meet in, and the actor column if all have the same. */
interface Sources {
  readonly from: readonly SourcePlan[];
  readonly actor: string | null;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
}

const columnsOfTable: Readonly<Record<string, readonly { readonly name: string; readonly type: ColumnType }[]>> = {
  web: [
    { name: 'user', type: 'text' },
    { name: 'page', type: 'text' },
    { name: 'n', type: 'int' },
  ],
  calls: [
    { name: 'phone', type: 'text' },
    { name: 'user', type: 'text' },
    { name: 'page', type: 'text' },
    { name: 'big', type: 'int' },
  ],
  crm: [
    { name: 'user', type: 'int' },
    { name: 'n', type: 'float' },
    { name: 'paid', type: 'bool' },
  ],
};

function meet(a: ColumnType, b: ColumnType): ColumnType {
  if (a === b) return a;
  const numbers = [a, b].every((type) => type === 'int' || type === 'float');
  return numbers ? 'float' : 'text';
}

function randomSources(random: Random, depth: number): Sources {
  const parts = Array.from({ length: 1 + Math.floor(random() ** 2 * 3) }, () => randomSource(random, depth));
  const columns = new Map<string, ColumnType>();
  for (const { own } of parts)
    for (const { name, type } of own) {
      const known = columns.get(name);
      columns.set(name, known === undefined ? type : meet(known, type));
    }
  columns.delete('time');
  const actors = new Set(parts.map(({ actor }) => actor));
  return {
    from: parts.map(({ source }) => source),
    actor: actors.size === 1 ? [...actors][0]! : null,
    columns: [...columns].map(([name, type]) => ({ name, type })),
  };
}

interface Part {
  readonly source: SourcePlan;
  readonly actor: string | null;
  readonly own: readonly { readonly name: string; readonly type: ColumnType }[];
}

function randomSource(random: Random, depth: number): Part {
  if (depth === 0 || random() < 0.5) {
    const name = pick(random, ['web', 'calls', 'crm']);
    return { source: { kind: 'table', name }, actor: actorOfTable(name), own: columnsOfTable[name]! };
  }
  const plan = pick<() => RowsPlan>(random, [
    () => randomEvents(random, depth - 1, true),
    () => randomLives(random, depth - 1),
    () => randomLives(random, depth - 1),
    () => randomGrouped(random, depth - 1),
  ])();
  const own = plan.outputs.map(({ name, expr }) => ({ name, type: expr.type }));
  const actor = plan.kind === 'grouped' ? null : 'actor';
  return { source: { kind: 'derived', name: '', plan, actor }, actor, own };
}

function randomRange(random: Random): TimeRange {
  const at = (): number => start + minute * Math.floor(random() * 1500);
  return { since: random() < 0.25 ? at() : null, until: random() < 0.25 ? at() : null };
}

function randomCondition(random: Random, { columns }: Sources, subqueries: SelectPlan[], depth: number): Expr {
  const { name, type } = pick(random, columns);
  const own = column(name, type);
  const ask = (arg: Expr): Expr => {
    const plan = randomSetPlan(random, depth, arg.type);
    if (plan === null) return call('!=', 'bool', tableExpr, literal('web', 'text'));
    const inner: Expr = { kind: 'in_query', type: 'bool', arg, subquery: subqueries.push(plan) - 1 };
    return random() < 0.3 ? { kind: 'not', type: 'bool', arg: inner } : inner;
  };
  if (random() < 0.3 && depth > 0) return ask(random() < 0.5 ? actorExpr : own);
  if (random() < 0.15) return call('=', 'bool', actorExpr, literal(String(Math.floor(random() * 10)), 'text'));
  if (random() < 0.15)
    return call(pick(random, ['=', '!=']), 'bool', tableExpr, literal(pick(random, ['web', 'crm']), 'text'));
  switch (type) {
    case 'text':
      return call(pick(random, ['=', '!=']), 'bool', own, literal(pick(random, [...pages, '3', '7', '1']), 'text'));
    case 'bool':
      return random() < 0.5 ? own : { kind: 'not', type: 'bool', arg: own };
    case 'time':
      return call(pick(random, ['<', '>']), 'bool', own, literal(start + minute * Math.floor(random() * 1500), 'time'));
    default:
      return call(pick(random, ['<', '>', '=', '!=']), 'bool', own, literal(Math.floor(random() * 12), 'int'));
  }
}

/** @returns a plan whose first output compares with a type, or null where chance finds none. */
function randomSetPlan(random: Random, depth: number, type: ColumnType): SelectPlan | null {
  for (let turn = 0; turn < 8; turn++) {
    const plan = random() < 0.5 ? randomEvents(random, depth - 1, false) : randomGrouped(random, depth - 1);
    const numbers = (of: ColumnType): ColumnType => (of === 'int' ? 'float' : of);
    const fitting = plan.outputs.filter(({ expr }) => numbers(expr.type) === numbers(type));
    if (fitting.length > 0) return { ...plan, outputs: [pick(random, fitting), ...plan.outputs] };
  }
  return null;
}

function base(random: Random, sources: Sources, depth: number): Omit<EventsPlan, 'kind' | 'order' | 'outputs'> {
  const subqueries: SelectPlan[] = [];
  const conditions = Array.from({ length: Math.floor(random() * 2.5) }, () =>
    randomCondition(random, sources, subqueries, depth),
  );
  const range = randomRange(random);
  return {
    from: sources.from,
    actor: sources.actor,
    timezone: 'UTC',
    now: Date.UTC(2024, 5, 1),
    range,
    written: range,
    where:
      conditions.length === 0
        ? null
        : conditions.length === 1
          ? conditions[0]!
          : { kind: 'and', type: 'bool', args: conditions },
    subqueries,
    columns: [],
    limit: null,
    offset: 0,
  };
}

function named(exprs: readonly Expr[]): OutputColumn[] {
  return exprs.map((expr, index) => ({ name: `c${index}_${expr.type}`, expr }));
}

function randomEvents(random: Random, depth: number, asSource: boolean): EventsPlan {
  const sources = randomSources(random, depth);
  const plan = base(random, sources, depth);
  const outputs = named(sources.columns.filter(() => random() < 0.7).map(({ name, type }) => column(name, type)));
  const fixed: OutputColumn[] = [
    { name: 'time', expr: time },
    { name: 'actor', expr: actorExpr },
  ];
  const ordered = random() < 0.3 && sources.columns.length > 0;
  const by = pick(random, sources.columns);
  const limited = random() < 0.4;
  return {
    ...plan,
    kind: 'events',
    // In a source a column keeps its name now and then, so that it meets those of tables.
    outputs: [
      ...fixed,
      ...(asSource && random() < 0.5
        ? outputs.map(({ expr }) => ({ name: (expr as { name: string }).name, expr }))
        : outputs),
    ].filter(({ name }, index, all) => all.findIndex((other) => other.name === name) === index),
    order: ordered ? [{ expr: random() < 0.3 ? time : column(by.name, by.type), descending: random() < 0.5 }] : [],
    limit: limited ? Math.floor(random() * 60) : null,
    offset: limited ? Math.floor(random() * 4) : 0,
  };
}

function randomMeasures(random: Random, sources: Sources, subqueries: SelectPlan[], depth: number): Measure[] {
  const measures: Measure[] = [
    { name: 'count', args: [], filter: null, type: 'int', emptyIsZero: true },
    { name: 'uniq', args: [actorExpr], filter: null, type: 'int', emptyIsZero: true },
    { name: 'uniq', args: [tableExpr], filter: null, type: 'int', emptyIsZero: true },
    { name: 'max', args: [time], filter: null, type: 'time', emptyIsZero: false },
  ];
  for (const { name, type } of sources.columns) {
    const args = [column(name, type)];
    measures.push({ name: 'count', args, filter: null, type: 'int', emptyIsZero: true });
    measures.push({ name: 'uniq', args, filter: null, type: 'int', emptyIsZero: true });
    if (name === 'big') continue;
    if (type !== 'bool')
      measures.push({ name: pick(random, ['min', 'max']), args, filter: null, type, emptyIsZero: false });
    if (name === 'n') measures.push({ name: 'sum', args, filter: null, type, emptyIsZero: false });
  }
  return measures
    .filter(() => random() < 0.5)
    .map((measure) =>
      random() < 0.3 ? { ...measure, filter: randomCondition(random, sources, subqueries, depth) } : measure,
    );
}

function randomGrouped(random: Random, depth: number): GroupedPlan {
  const sources = randomSources(random, depth);
  const plan = base(random, sources, depth);
  const subqueries = plan.subqueries as SelectPlan[];
  const measures = randomMeasures(random, sources, subqueries, depth);
  const keyExprs = [
    actorExpr,
    tableExpr,
    ...sources.columns.filter(({ name }) => name !== 'big').map(({ name, type }) => column(name, type)),
  ]
    .filter(() => random() < 0.35)
    .slice(0, 2);
  const keys = keyExprs.map((expr, index) => ({ name: `k${index}`, expr, unnest: false, top: null, type: expr.type }));
  const outputs = [
    ...keys.map(({ type }, index): Expr => ({ kind: 'key', index, type })),
    ...measures.map(({ type }, index): Expr => ({ kind: 'measure', index, type })),
  ];
  const count = measures.findIndex(({ type }) => type === 'int');
  return {
    ...plan,
    kind: 'grouped',
    keys,
    measures,
    every: null,
    trailing: null,
    compare: null,
    having:
      count >= 0 && random() < 0.4
        ? call('>', 'bool', { kind: 'measure', index: count, type: 'int' }, literal(Math.floor(random() * 4), 'int'))
        : null,
    order: [],
    outputs: named(outputs.length === 0 ? [literal(1, 'int')] : outputs),
  };
}

function randomLives(random: Random, depth: number): LivesPlan {
  const sources = randomSources(random, depth);
  const { written: _written, limit: _limit, offset: _offset, ...plan } = base(random, sources, depth);
  const subqueries = plan.subqueries as SelectPlan[];
  const measures = randomMeasures(random, sources, subqueries, depth);
  const some = (): Expr | null => (random() < 0.3 ? randomCondition(random, sources, subqueries, depth) : null);
  const sessions = random() < 0.7;
  const keys = [
    { name: 'actor', type: 'text' },
    { name: 'time', type: 'time' },
    { name: 'last', type: 'time' },
    { name: 'duration', type: 'int' },
    { name: 'events', type: 'int' },
  ] as const;
  return {
    ...plan,
    kind: 'lives',
    gap: sessions ? 5 * minute * Math.floor(random() * 12) : null,
    starting: sessions ? some() : null,
    ending: sessions ? some() : null,
    measures,
    starts: randomRange(random),
    outputs: [
      ...keys.map(({ name, type }, index): OutputColumn => ({ name, expr: { kind: 'key', index, type } })),
      ...measures.map(({ type }, index): OutputColumn => ({
        name: `m${index}_${type}`,
        expr: { kind: 'measure', index, type },
      })),
    ],
  };
}

/** @returns a plan of tables and other plans, up to three within each other. */
export function randomPlan(random: Random): SelectPlan {
  return random() < 0.5 ? randomEvents(random, 2, false) : randomGrouped(random, 2);
}
