import type { Scalar } from '../../engine/column/values.ts';

/** One event of a random table. */
export interface Row {
  readonly time: number;
  readonly user: string | null;
  readonly country: string | null;
  readonly n: number | null;
  readonly f: number | null;
  readonly flag: boolean | null;
}

/** A piece of a query: its text, and what it means, written down independently of the engine. */
export interface Piece {
  readonly text: string;
  readonly of: (row: Row) => Scalar;
}

interface Measured {
  readonly text: string;
  readonly of: (rows: readonly Row[]) => Scalar;
}

/** A query in text and its answer by plain loops. */
export interface RandomPlan {
  readonly text: string;
  readonly answer: (rows: readonly Row[]) => Scalar[][];
}

export type Random = () => number;

/** mulberry32: 32 bits of state, the same numbers from the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const dayMs = 86_400_000;
const start = Date.UTC(2024, 2, 30);
const countries = ['DE', 'de', 'FR', 'Österreich', ''];

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)]!;
}

/** @returns rows in order of arrival; floats are sums of eighths, so that they add up exactly in any order. */
export function randomRows(random: Random, count: number): Row[] {
  const orNull = <T>(value: T): T | null => (random() < 0.1 ? null : value);
  return Array.from({ length: count }, (_, index) => {
    const user = orNull(`u${Math.floor(random() ** 2 * 60)}`);
    return {
      // Times meet often, but never where nobody did it: such rows stand by their place of arrival.
      time: start + (user === null ? 1 + 2 * index : 3_600_000 * Math.floor(random() * 96)),
      user,
      country: orNull(pick(random, countries)),
      n: orNull(Math.floor(random() * 40) - (random() < 0.1 ? 100_000 : 5)),
      f: orNull(Math.floor(random() * 64) / 8 - 2),
      flag: orNull(random() < 0.5),
    };
  });
}

const compare = (name: keyof Row, sign: string, constant: number): Piece => ({
  text: `${name} ${sign} ${constant}`,
  of: (row) => {
    const value = row[name] as number | null;
    if (value === null) return null;
    if (sign === '=') return value === constant;
    if (sign === '!=') return value !== constant;
    if (sign === '<') return value < constant;
    if (sign === '<=') return value <= constant;
    return sign === '>' ? value > constant : value >= constant;
  },
});

function randomCondition(random: Random): Piece {
  const sign = pick(random, ['=', '!=', '<', '<=', '>', '>=']);
  return pick<() => Piece>(random, [
    () => compare('n', sign, Math.floor(random() * 40) - 5),
    () => compare('n', sign, 7.5),
    () => compare('f', sign, Math.floor(random() * 16) / 4),
    () => ({ text: "country = 'DE'", of: ({ country }) => (country === null ? null : country === 'DE') }),
    () => ({ text: "country != 'DE'", of: ({ country }) => (country === null ? null : country !== 'DE') }),
    () => ({
      text: "country in ('FR', '', 'none')",
      of: ({ country }) => (country === null ? null : ['FR', ''].includes(country)),
    }),
    () => ({ text: 'country is null', of: ({ country }) => country === null }),
    () => ({
      text: "lower(country) = 'de'",
      of: ({ country }) => (country === null ? null : country.toLowerCase() === 'de'),
    }),
    () => ({ text: 'flag', of: ({ flag }) => flag }),
    () => ({ text: 'not flag', of: ({ flag }) => (flag === null ? null : !flag) }),
    () => ({ text: "actor = 'u1'", of: ({ user }) => (user === null ? null : user === 'u1') }),
    () => ({ text: "user > 'u3'", of: ({ user }) => (user === null ? null : user > 'u3') }),
    () => ({ text: "time >= '2024-04-01'", of: ({ time }) => time >= Date.UTC(2024, 3, 1) }),
    () => ({ text: "time < '2024-04-01 07:00'", of: ({ time }) => time < Date.UTC(2024, 3, 1, 7) }),
    () => ({ text: 'n between 3 and 20', of: ({ n }) => (n === null ? null : n >= 3 && n <= 20) }),
    () => ({ text: 'n + f > 4', of: ({ n, f }) => (n === null || f === null ? null : n + f > 4) }),
  ])();
}

const keys: readonly Piece[] = [
  { text: 'country', of: ({ country }) => country },
  { text: 'lower(country)', of: ({ country }) => country?.toLowerCase() ?? null },
  { text: 'coalesce(country, user)', of: ({ country, user }) => country ?? user },
  { text: 'flag', of: ({ flag }) => flag },
  { text: 'n', of: ({ n }) => n },
  { text: 'n % 3', of: ({ n }) => (n === null ? null : (n % 3) + 0) },
  { text: 'f', of: ({ f }) => f },
  { text: 'user', of: ({ user }) => user },
  { text: 'actor', of: ({ user }) => user },
  { text: 'bucket(time, 1d)', of: ({ time }) => Math.floor(time / dayMs) * dayMs },
  { text: 'bucket(time, 6h)', of: ({ time }) => Math.floor(time / (dayMs / 4)) * (dayMs / 4) },
  { text: 'hour_of_day(time)', of: ({ time }) => Math.floor(time / 3_600_000) % 24 },
];

const measures: readonly Measured[] = [
  { text: 'count()', of: (rows) => rows.length },
  { text: 'count(n)', of: (rows) => valuesOf(rows, 'n').length },
  { text: 'sum(n)', of: (rows) => sumOf(valuesOf(rows, 'n')) },
  { text: 'sum(f)', of: (rows) => sumOf(valuesOf(rows, 'f')) },
  { text: 'avg(n)', of: (rows) => meanOf(valuesOf(rows, 'n')) },
  { text: 'avg(f)', of: (rows) => meanOf(valuesOf(rows, 'f')) },
  { text: 'min(n)', of: (rows) => extremeOf(valuesOf(rows, 'n'), -1) },
  { text: 'max(f)', of: (rows) => extremeOf(valuesOf(rows, 'f'), 1) },
  { text: 'min(country)', of: (rows) => extremeOf(valuesOf(rows, 'country'), -1) },
  { text: 'max(user)', of: (rows) => extremeOf(valuesOf(rows, 'user'), 1) },
  { text: 'uniq(actor)', of: (rows) => new Set(valuesOf(rows, 'user')).size },
  { text: 'uniq(user)', of: (rows) => new Set(valuesOf(rows, 'user')).size },
  { text: 'uniq(country)', of: (rows) => new Set(valuesOf(rows, 'country')).size },
  { text: 'uniq(n)', of: (rows) => new Set(valuesOf(rows, 'n')).size },
  { text: 'uniq(f)', of: (rows) => new Set(valuesOf(rows, 'f')).size },
];

function valuesOf<K extends keyof Row>(rows: readonly Row[], name: K): NonNullable<Row[K]>[] {
  return rows.map((row) => row[name]).filter((value) => value !== null) as NonNullable<Row[K]>[];
}

function sumOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0);
}

function meanOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : sumOf(values)! / values.length;
}

function extremeOf<T extends number | string>(values: readonly T[], sign: number): T | null {
  return values.length === 0 ? null : values.reduce((a, b) => ((b > a ? 1 : -1) * sign > 0 && a !== b ? b : a));
}

function order(a: Scalar, b: Scalar): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
  return a === b ? 0 : a < b ? -1 : 1;
}

function some<T>(random: Random, from: readonly T[], least: number, most: number): T[] {
  const left = [...from];
  const count = least + Math.floor(random() * (most - least + 1));
  return Array.from({ length: count }, () => left.splice(Math.floor(random() * left.length), 1)[0]!);
}

function randomWhere(random: Random): { readonly text: string; readonly passes: (row: Row) => boolean } {
  const conditions = Array.from({ length: Math.floor(random() * 3) }, () => randomCondition(random));
  const text = conditions.length === 0 ? '' : ` where ${conditions.map((condition) => condition.text).join(' and ')}`;
  return { text, passes: (row) => conditions.every(({ of }) => of(row) === true) };
}

/** @returns a random grouped query within what the engine knows. */
export function randomGroupedPlan(random: Random): RandomPlan {
  const chosenKeys = some(random, keys, 0, 3);
  const chosen = some(random, measures, 1, 4).map((measure): Measured => {
    if (random() < 0.6) return measure;
    const filter = randomCondition(random);
    return {
      text: `${measure.text} filter (where ${filter.text})`,
      of: (rows) => measure.of(rows.filter((row) => filter.of(row) === true)),
    };
  });
  const where = randomWhere(random);
  const least = random() < 0.3 ? Math.floor(random() * 4) : null;
  const byMeasure = random() < 0.4;
  const limit = random() < 0.4 ? 1 + Math.floor(random() * 12) : null;
  const offset = limit === null ? 0 : Math.floor(random() * 3);
  const items = [
    ...chosenKeys.map(({ text }, index) => `${text} as k${index}`),
    ...chosen.map(({ text }, index) => `${text} as m${index}`),
  ];
  const text =
    `select ${items.join(', ')} from t${where.text}` +
    (chosenKeys.length === 0 ? '' : ` group by ${chosenKeys.map((_, index) => `k${index}`).join(', ')}`) +
    (least === null ? '' : ` having count() > ${least}`) +
    (byMeasure ? ' order by m0 desc' : '') +
    (limit === null ? '' : ` limit ${limit} offset ${offset}`);
  return {
    text,
    answer(all) {
      const groups = new Map<string, Row[]>();
      if (chosenKeys.length === 0) groups.set('[]', []);
      for (const row of all.filter(where.passes)) {
        const name = JSON.stringify(chosenKeys.map(({ of }) => of(row)));
        groups.set(name, [...(groups.get(name) ?? []), row]);
      }
      const rows = [...groups].map(([name, members]) => ({
        keys: JSON.parse(name) as Scalar[],
        measures: chosen.map(({ of }) => of(members)),
        count: members.length,
      }));
      const kept = rows.filter(({ count }) => least === null || count > least);
      kept.sort((a, b) => {
        const [x, y] = [a.measures[0]!, b.measures[0]!];
        const first = !byMeasure ? 0 : x === null || y === null ? order(x, y) : order(y, x);
        return first || a.keys.reduce((found: number, key, index) => found || order(key, b.keys[index]!), 0);
      });
      return kept
        .map((row) => [...row.keys, ...row.measures])
        .slice(offset, limit === null ? undefined : offset + limit);
    },
  };
}

/** @returns a random query for events; ties keep `stored`, the place of a row in the stored order. */
export function randomEventsPlan(random: Random, stored: (row: Row) => readonly Scalar[]): RandomPlan {
  const outputs: Piece[] = [{ text: 'time', of: ({ time }) => time }, ...some(random, keys, 1, 3)];
  const sorts = some(random, keys, 0, 2).map((key) => ({ ...key, descending: random() < 0.5 }));
  const where = randomWhere(random);
  const limit = random() < 0.7 ? Math.floor(random() * 30) : null;
  const offset = limit === null ? 0 : Math.floor(random() * 5);
  const text =
    `select ${outputs.map((output, index) => `${output.text} as c${index}`).join(', ')} from t${where.text}` +
    (sorts.length === 0
      ? ''
      : ` order by ${sorts.map((sort) => sort.text + (sort.descending ? ' desc' : '')).join(', ')}`) +
    (limit === null ? '' : ` limit ${limit} offset ${offset}`);
  const compareRows = (a: Row, b: Row): number => {
    for (const { of, descending } of sorts) {
      const [x, y] = [of(a), of(b)];
      const found = descending && x !== null && y !== null ? order(y, x) : order(x, y);
      if (found !== 0) return found;
    }
    const [x, y] = [stored(a), stored(b)];
    return a.time - b.time || x.reduce((found: number, value, index) => found || order(value, y[index]!), 0);
  };
  return {
    text,
    answer: (all) =>
      all
        .filter(where.passes)
        .sort(compareRows)
        .map((row) => outputs.map(({ of }) => of(row)))
        .slice(offset, limit === null ? undefined : offset + limit),
  };
}
