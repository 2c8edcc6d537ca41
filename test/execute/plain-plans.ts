import { hash64OfText } from '../../engine/base/hash64.ts';
import type { Scalar } from '../../engine/column/values.ts';
import { isBehaviour } from '../../engine/plan/query.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import type { EventsPlan, GroupedPlan, LivesPlan, Measure, RowsPlan, SourcePlan } from '../../engine/plan/select.ts';

/** A row as plain loops see it. */
export interface PlainRow {
  readonly time: number | null;
  readonly actor: string | null;
  /** The table's place in `from`, its name, and the row's place in stored order: two words of hash, then arrival. */
  readonly table: number;
  readonly tableName: string;
  readonly place: readonly [high: number, low: number, arrival: number];
  readonly values: ReadonlyMap<string, Scalar>;
}

export interface PlainAnswer {
  readonly names: readonly string[];
  readonly rows: readonly (readonly Scalar[])[];
}

/** The tables, each with its rows in order of arrival; `table` of these rows is not looked at. */
export type PlainTables = ReadonlyMap<string, readonly PlainRow[]>;

/**
 * Answers a plan row by row, as its types say: no slices, no slots, no blocks.
 * @param seed of the actor hash.
 */
export function plainAnswer(plan: RowsPlan, tables: PlainTables, seed: number): PlainAnswer {
  const sets = plan.subqueries.map(
    (subquery) =>
      new Set(
        plainAnswer(subquery, tables, seed)
          .rows.filter(([value]) => value !== null)
          .map(([value]) => nameOf(value!)),
      ),
  );
  const rows = plan.from
    .flatMap((source, index) => sourceRows(source, index, tables, seed))
    .filter(({ time }) => isWithin(time, plan.range))
    .filter((row) => plan.where === null || valueOf(plan.where, row, sets) === true);
  const names = plan.outputs.map(({ name }) => name);
  switch (plan.kind) {
    case 'events':
      return { names, rows: plainEvents(plan, rows, sets) };
    case 'grouped':
      return { names, rows: plainGroups(plan, rows, sets) };
    case 'lives':
      return { names, rows: plainLives(plan, rows, sets, seed) };
  }
}

function isWithin(time: number | null, { since, until }: RowsPlan['range']): boolean {
  if (since === null && until === null) return true;
  return time !== null && (since === null || time >= since) && (until === null || time < until);
}

function sourceRows(source: SourcePlan, table: number, tables: PlainTables, seed: number): PlainRow[] {
  if (source.kind === 'table')
    return tables.get(source.name)!.map((row) => ({ ...row, table, tableName: source.name }));
  if (isBehaviour(source.plan)) throw new Error('no plain answer about behaviour');
  const { names, rows } = plainAnswer(source.plan, tables, seed);
  const orphans = rows.filter((row) => source.actor === null || row[names.indexOf(source.actor)] === null).length;
  let orphan = 0;
  const made = rows.map((row) => {
    const values = new Map(names.map((name, index) => [name, row[index]!]));
    const id = source.actor === null ? null : values.get(source.actor)!;
    const actor = id === null ? null : String(id);
    const { high, low } =
      actor === null ? { high: Math.floor((orphan++ * 2 ** 32) / orphans), low: 0 } : hash64OfText(actor, seed);
    const time = (values.get('time') ?? null) as number | null;
    return { time, actor, table, tableName: '', place: [high, low, 0] as const, values };
  });
  return made
    .sort((a, b) => a.place[0] - b.place[0] || a.place[1] - b.place[1] || order(a.time, b.time))
    .map((row, at) => ({ ...row, place: [row.place[0], row.place[1], at] as const }));
}

function order(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function inStoredOrder(a: PlainRow, b: PlainRow): number {
  return (
    order(a.time, b.time) ||
    a.table - b.table ||
    a.place.reduce((found: number, value, index) => found || value - b.place[index]!, 0)
  );
}

function plainEvents(plan: EventsPlan, rows: readonly PlainRow[], sets: Sets): Scalar[][] {
  return [...rows]
    .sort((a, b) => {
      for (const { expr, descending } of plan.order) {
        const [x, y] = [valueOf(expr, a, sets), valueOf(expr, b, sets)];
        const found = descending && x !== null && y !== null ? order(y, x) : order(x, y);
        if (found !== 0) return found;
      }
      return inStoredOrder(a, b);
    })
    .slice(plan.offset, plan.limit === null ? undefined : plan.offset + plan.limit)
    .map((row) => plan.outputs.map(({ expr }) => valueOf(expr, row, sets)));
}

function plainGroups(plan: GroupedPlan, rows: readonly PlainRow[], sets: Sets): Scalar[][] {
  const groups = new Map<string, { readonly keys: readonly Scalar[]; readonly members: PlainRow[] }>();
  if (plan.keys.length === 0) groups.set('', { keys: [], members: [] });
  for (const row of rows) {
    const keys = plan.keys.map(({ expr }) => valueOf(expr, row, sets));
    const name = keys.map((key) => (key === null ? 'null' : nameOf(key))).join();
    const group = groups.get(name) ?? { keys, members: [] };
    group.members.push(row);
    groups.set(name, group);
  }
  const found = [...groups.values()].map(({ keys, members }): Leaves => ({
    keys,
    measures: plan.measures.map((measure) => measureOf(measure, members, sets)),
  }));
  return found
    .filter((group) => plan.having === null || valueOf(plan.having, group, sets) === true)
    .sort((a, b) => a.keys.reduce((before: number, key, index) => before || order(key, b.keys[index]!), 0))
    .slice(plan.offset, plan.limit === null ? undefined : plan.offset + plan.limit)
    .map((group) => plan.outputs.map(({ expr }) => valueOf(expr, group, sets)));
}

function plainLives(plan: LivesPlan, rows: readonly PlainRow[], sets: Sets, seed: number): Scalar[][] {
  const byActor = new Map<string, PlainRow[]>();
  for (const row of rows)
    if (row.actor !== null && row.time !== null) byActor.set(row.actor, [...(byActor.get(row.actor) ?? []), row]);
  const hash = (actor: string): { high: number; low: number } => hash64OfText(actor, seed);
  const actors = [...byActor].sort(([a], [b]) => hash(a).high - hash(b).high || hash(a).low - hash(b).low);
  const found: Scalar[][] = [];
  for (const [actor, events] of actors) {
    let session: PlainRow[] = [];
    const end = (): void => {
      if (session.length === 0) return;
      const start = session[0]!.time!;
      const last = session.at(-1)!.time!;
      const leaves: Leaves = {
        keys: [actor, start, last, last - start, session.length],
        measures: plan.measures.map((measure) => measureOf(measure, session, sets)),
      };
      if (isWithin(start, plan.starts)) found.push(plan.outputs.map(({ expr }) => valueOf(expr, leaves, sets)));
      session = [];
    };
    for (const event of events.sort(inStoredOrder)) {
      const before = session.at(-1);
      const silent = before !== undefined && plan.gap !== null && event.time! - before.time! > plan.gap;
      if (silent || (plan.starting !== null && valueOf(plan.starting, event, sets) === true)) end();
      session.push(event);
      if (plan.ending !== null && valueOf(plan.ending, event, sets) === true) end();
    }
    end();
  }
  return found;
}

interface Leaves {
  readonly keys: readonly Scalar[];
  readonly measures: readonly Scalar[];
}
type Sets = readonly ReadonlySet<string>[];

/** Equal where the language says that values are: 1 and 1.0, 0 and -0. */
function nameOf(value: Scalar): string {
  if (typeof value === 'string') return JSON.stringify(value);
  return typeof value === 'number' && Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function measureOf({ name, args, filter }: Measure, rows: readonly PlainRow[], sets: Sets): Scalar {
  const kept = rows.filter((row) => filter === null || valueOf(filter, row, sets) === true);
  const values =
    args.length === 0 ? [] : kept.map((row) => valueOf(args[0]!, row, sets)).filter((value) => value !== null);
  switch (name) {
    case 'count':
      return args.length === 0 ? kept.length : values.length;
    case 'uniq':
      return new Set(values.map(nameOf)).size;
    case 'sum':
      return values.length === 0 ? null : (values as number[]).reduce((a, b) => a + b, 0);
    case 'min':
    case 'max': {
      const sign = name === 'min' ? -1 : 1;
      return values.reduce(
        (best: Scalar, value) => (best === null || sign * order(value, best) > 0 ? value : best),
        null,
      );
    }
    default:
      throw new Error(`no plain ${name}`);
  }
}

function valueOf(expr: Expr, of: PlainRow | Leaves, sets: Sets): Scalar {
  const row = of as PlainRow;
  switch (expr.kind) {
    case 'literal':
      return expr.value;
    case 'column':
      return widened(expr.name === 'time' ? row.time : (row.values.get(expr.name) ?? null), expr);
    case 'actor':
      return row.actor;
    case 'table':
      return row.tableName;
    case 'key':
      return (of as Leaves).keys[expr.index]!;
    case 'measure':
      return (of as Leaves).measures[expr.index]!;
    case 'not': {
      const value = valueOf(expr.arg, of, sets);
      return value === null ? null : value !== true;
    }
    case 'and': {
      const values = expr.args.map((arg) => valueOf(arg, of, sets));
      return values.includes(false) ? false : values.includes(null) ? null : true;
    }
    case 'in_query': {
      const value = valueOf(expr.arg, of, sets);
      return value === null ? null : sets[expr.subquery]!.has(nameOf(value));
    }
    case 'call': {
      const [a, b] = expr.args.map((arg) => valueOf(arg, of, sets)) as [Scalar, Scalar];
      return a === null || b === null ? null : called(expr.name, a, b);
    }
    default:
      throw new Error(`no plain ${expr.kind}`);
  }
}

/** A column's values as the type that the expression has it in. */
function widened(value: Scalar, { type }: Expr): Scalar {
  return value !== null && type === 'text' ? String(value) : value;
}

function called(name: string, a: NonNullable<Scalar>, b: NonNullable<Scalar>): Scalar {
  switch (name) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '%':
      return ((a as number) % (b as number)) + 0;
    default:
      throw new Error(`no plain ${name}`);
  }
}
