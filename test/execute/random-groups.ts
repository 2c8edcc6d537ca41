import type { Step } from '../../engine/base/duration.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import type { GroupedPlan, GroupKey, Measure } from '../../engine/plan/select.ts';
import type { Random } from './random-plans.ts';

/** One event of a random table with lists. */
export interface ListRow {
  readonly time: number;
  readonly user: string | null;
  readonly country: string | null;
  readonly n: number | null;
  readonly tags: readonly string[] | null;
  readonly codes: readonly number[] | null;
}

const timezone = 'Europe/Berlin';
const hourMs = 3_600_000;
/** The clock goes forward on 31 March and back on 27 October. */
const starts = [Date.UTC(2024, 2, 25), Date.UTC(2024, 9, 20)];

export function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** @returns rows over some twelve days, among them one on which the clock is changed. */
export function randomListRows(random: Random, count: number): ListRow[] {
  const start = pick(random, starts);
  const orNull = <T>(value: T): T | null => (random() < 0.15 ? null : value);
  const listOf = <T>(of: () => T): T[] => Array.from({ length: Math.floor(random() * 4) }, of);
  return Array.from({ length: count }, () => ({
    time: start + Math.floor(random() * 12 * 24 * 4) * (hourMs / 4),
    user: orNull(`u${Math.floor(random() ** 2 * 20)}`),
    country: orNull(pick(random, ['DE', 'FR', '(others)', 'AT', 'IT', ''])),
    n: orNull(Math.floor(random() ** 2 * 12) - 2),
    tags: orNull(listOf(() => pick(random, ['a', 'b', 'c']))),
    codes: orNull(listOf(() => Math.floor(random() * 3))),
  }));
}

const column = (name: keyof ListRow, type: Expr['type']): Expr => ({ kind: 'column', name, type });
const text = (value: string): Expr => ({ kind: 'literal', value, type: 'text' });

const plainKeys: readonly GroupKey[] = [
  { name: 'country', expr: column('country', 'text'), unnest: false, top: null, type: 'text' },
  { name: 'n', expr: column('n', 'int'), unnest: false, top: null, type: 'int' },
  { name: 'user', expr: column('user', 'text'), unnest: false, top: null, type: 'text' },
  { name: 'tag', expr: column('tags', 'list of text'), unnest: true, top: null, type: 'text' },
  { name: 'code', expr: column('codes', 'list of int'), unnest: true, top: null, type: 'int' },
];

function measure(name: string, args: readonly Expr[], emptyIsZero: boolean, filtered = false): Measure {
  const filter: Expr = {
    kind: 'call',
    name: '>',
    args: [column('n', 'int'), { kind: 'literal', value: 2, type: 'int' }],
    type: 'bool',
  };
  return { name, args, filter: filtered ? filter : null, type: 'int', emptyIsZero };
}

const measures: readonly Measure[] = [
  measure('count', [], true),
  measure('count', [], true, true),
  measure('sum', [column('n', 'int')], false),
  measure('uniq', [{ kind: 'actor', type: 'text' }], true),
  measure('uniq', [{ kind: 'actor', type: 'text' }], true, true),
  measure('uniq', [column('country', 'text')], true),
  measure('min', [column('n', 'int')], false),
  measure('max', [column('time', 'time')], false),
];

function some<T>(random: Random, from: readonly T[], least: number, most: number): T[] {
  const left = [...from];
  const count = least + Math.floor(random() * (most - least + 1));
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

const steps: readonly Step[] = [
  { count: 1, unit: 'd' },
  { count: 6, unit: 'h' },
  { count: 1, unit: 'w' },
  { count: 1, unit: 'mo' },
];
const trailings: readonly Step[] = [
  { count: 3, unit: 'd' },
  { count: 1, unit: 'w' },
  { count: 1, unit: 'mo' },
  { count: 36, unit: 'h' },
];
const compares: readonly Step[] = [
  { count: 1, unit: 'd' },
  { count: 1, unit: 'w' },
  { count: 1, unit: 'mo' },
  { count: 5, unit: 'h' },
];

/** @returns a plan of whatever clauses there are, over rows that begin at `first`. */
export function randomGroups(random: Random, first: number): GroupedPlan {
  const every = random() < 0.6 ? pick(random, steps) : null;
  const bucket: GroupKey | null =
    every === null
      ? null
      : {
          name: 'time',
          expr: {
            kind: 'call',
            name: 'bucket',
            args: [column('time', 'time'), text(`${every.count}${every.unit}`)],
            type: 'time',
          },
          unnest: false,
          top: null,
          type: 'time',
        };
  const keys = some(random, plainKeys, 0, 3).map((key): GroupKey => {
    const top = random() < 0.4 ? { count: 1 + Math.floor(random() * 3), others: random() < 0.6 } : null;
    return { ...key, top };
  });
  const own = some(random, measures, 1, 3);
  const compare = random() < 0.3 ? pick(random, compares) : null;
  const since = compare !== null || random() < 0.5 ? first + Math.floor(random() * 6 * 24 * 4) * (hourMs / 4) : null;
  const until = random() < 0.5 ? first + Math.floor((6 + random() * 6) * 24 * 4) * (hourMs / 4) : null;
  const all = bucket === null ? keys : [bucket, ...keys];
  return {
    kind: 'grouped',
    from: [{ kind: 'table', name: 't' }],
    actor: 'user',
    timezone,
    range: { since, until },
    written: { since, until },
    where:
      random() < 0.3
        ? {
            kind: 'call',
            name: '<',
            args: [column('n', 'int'), { kind: 'literal', value: 8, type: 'int' }],
            type: 'bool',
          }
        : null,
    outputs: [
      ...all.map(({ name, type, top }, index) => ({
        name,
        expr: { kind: 'key', index, type: top?.others === true ? 'text' : type } satisfies Expr,
      })),
      ...[...own, ...(compare === null ? [] : own)].map((_, index) => ({
        name: `m${index}`,
        expr: { kind: 'measure', index, type: 'int' } satisfies Expr,
      })),
      { name: 'span', expr: { kind: 'span', type: 'float' } },
    ],
    subqueries: [],
    columns: ['time', 'user', 'country', 'n', 'tags', 'codes'],
    limit: random() < 0.3 ? Math.floor(random() * 20) : null,
    offset: random() < 0.2 ? 2 : 0,
    now: first + Math.floor((8 + random() * 6) * 24 * 4) * (hourMs / 4),
    keys: all,
    measures: own,
    every,
    trailing:
      every !== null && random() < 0.5 && every.unit !== 'mo' && every.unit !== 'w' ? pick(random, trailings) : null,
    compare,
    having: null,
    order: [],
  };
}
