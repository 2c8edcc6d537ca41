import { afterAll, describe, expect, it, vi } from 'vitest';
import type { BlockView } from '../../engine/execute/block-view.ts';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type * as RunFilter from '../../engine/execute/run-filter.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import type { TableSnapshot } from '../../engine/store/store-types.ts';
import { randomOf, type Random } from './random-plans.ts';
import { rowsOf, storeOf } from './stores.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_261_125);
const host = createNodeHost(() => undefined, 0);
/** A segment a month. */
const monthSizes = { partitionRowsMin: 24_000, partitionRowsMax: 80_000, segmentRowsMax: 80_000 };
const start = Date.UTC(2024, 0, 1);
const day = 86_400_000;

/**
 * How often a filter went by runs: of views that begin within their block, of such that an earlier filter has left a mask
 * of, with no row kept; and how often it was left to others.
 */
const met = vi.hoisted(() => ({ kept: 0, within: 0, masked: 0, none: 0, left: 0 }));

vi.mock('../../engine/execute/run-filter.ts', async (original) => {
  const actual = await original<typeof RunFilter>();
  return {
    keepByRuns(...call: Parameters<typeof actual.keepByRuns>): BlockView | null {
      const [view] = call;
      const kept = actual.keepByRuns(...call);
      if (kept === null) met.left++;
      else {
        met.kept++;
        if (view.from > 0) met.within++;
        if (view.mask !== null && view.from > 0) met.masked++;
        if (kept.length === 0) met.none++;
      }
      return kept;
    },
  };
});

afterAll(() => host.threads.close());

interface Row {
  readonly time: number;
  readonly user: string;
  /** Of the user, as is plan. */
  readonly country: string;
  readonly plan: string;
  /** As the plan is. */
  readonly tier: string;
  /** The same, where some users have none. */
  readonly city: string | null;
  /** Another one from row to row. */
  readonly word: string;
  readonly n: number | null;
  /** Few rows have one. */
  readonly amount: number | null;
}

/** Three months of users who have some hundred rows in each, in no order. */
function randomRows(random: Random): Row[] {
  const pick = (of: string, count: number): string => `${of}${Math.floor(random() ** 2 * count)}`;
  const plans = [0, 1, 2].map((plan) => ({ plan: `p${plan}`, tier: `tier ${plan}` }));
  const users = Array.from({ length: 400 }, (_, user) => ({
    user: `u${user}`,
    country: pick('c', 6),
    ...plans[Math.floor(random() ** 2 * 3)]!,
    city: random() < 0.2 ? null : pick('t', 300),
  }));
  return Array.from({ length: 120_000 }, () => ({
    ...users[Math.floor(random() * users.length)]!,
    time: start + Math.floor(random() * 91 * 24 * 60) * 60_000,
    word: pick('w', 50),
    n: random() < 0.1 ? null : Math.floor(random() * 1000),
    amount: random() < 0.9 ? null : Math.floor(random() * 8000) / 8,
  }));
}

/** Conditions as the language has them, and what they say of a row. */
const conditions: readonly (readonly [string, (row: Row) => boolean])[] = [
  ["country = 'c1'", ({ country }) => country === 'c1'],
  ["country in ('c0', 'c3', 'c5')", ({ country }) => ['c0', 'c3', 'c5'].includes(country)],
  ["country != 'c0'", ({ country }) => country !== 'c0'],
  ["plan = 'p2' and contains(country, '2')", ({ plan, country }) => plan === 'p2' && country.includes('2')],
  ["n >= 500 and country = 'c0'", ({ n, country }) => n !== null && n >= 500 && country === 'c0'],
  [
    "country = 'c0' and plan = 'p0' and n < 900",
    (row) => row.country === 'c0' && row.plan === 'p0' && row.n !== null && row.n < 900,
  ],
  ["country = 'c0' and amount >= 10", ({ country, amount }) => country === 'c0' && amount !== null && amount >= 10],
  ["starts_with(city, 't1') and plan = 'p0'", ({ city, plan }) => (city?.startsWith('t1') ?? false) && plan === 'p0'],
  ["city is null and country = 'c0'", ({ city, country }) => city === null && country === 'c0'],
  ["word = 'w1' and plan = 'p1'", ({ word, plan }) => word === 'w1' && plan === 'p1'],
  ["plan = 'p0' and tier = 'tier 1'", () => false],
];
const ranges: readonly (readonly [string, number, number])[] = [
  ['', -Infinity, Infinity],
  ["since '2024-01-20' until '2024-03-02'", start + 19 * day, start + 61 * day],
];
const measures = 'count(), sum(n), sum(amount), count(amount), min(amount), max(amount)';

/** @returns the same of a list of rows; sums are exact: floats are eighths. */
function measured(rows: readonly Row[]): unknown[] {
  const of = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
  const ns = of(rows.map(({ n }) => n));
  const amounts = of(rows.map(({ amount }) => amount));
  const sum = (values: readonly number[]): number | null =>
    values.length === 0 ? null : values.reduce((all, value) => all + value, 0);
  const none = amounts.length === 0;
  return [
    rows.length,
    sum(ns),
    sum(amounts),
    amounts.length,
    none ? null : Math.min(...amounts),
    none ? null : Math.max(...amounts),
  ];
}

describe('a filter by runs', () => {
  it(`keeps the rows that a plain loop keeps (seed ${seed})`, async () => {
    const rows = randomRows(randomOf(seed));
    const store = await storeOf(host, [rows.slice(0, 50_000), rows.slice(50_000)], monthSizes);
    const plain = store.snapshot();
    await store.compact();
    const compacted = store.snapshot();
    expect(compacted.tables.get('t')!.sources.filter(({ kind }) => kind === 'segment').length).toBeGreaterThan(2);
    // Where actors are told apart, slices are read, into which the largest blocks are cut: views begin within these.
    const sizes = { sliceActorsMax: Infinity, sliceRowsMax: 30_000, poolRowsMin: Infinity };
    const environment = { ...createExecutionEnvironment(host, { memory: 128 * 1024 * 1024, seed: 0 }), sizes };
    const run = async (table: TableSnapshot, text: string): Promise<unknown[][]> => {
      const schemas = new Map([['t', table.schema]]);
      const plan = compileQuery(text, { schemas, params: {}, now: start, timezone: 'UTC' });
      return rowsOf(await executePlan(environment, plan, new Map([['t', table]])));
    };
    for (const [range, since, until] of ranges) {
      for (const [where, holds] of conditions) {
        const wanted = rows.filter((row) => row.time >= since && row.time < until && holds(row));
        const byUser = new Map<string, Row[]>();
        for (const row of wanted) {
          const known = byUser.get(row.user);
          if (known === undefined) byUser.set(row.user, [row]);
          else known.push(row);
        }
        const one = `select ${measures} from t ${range} where ${where}`;
        const many = `select actor, ${measures} from t ${range} where ${where} group by actor order by actor`;
        const users = [...byUser.keys()].sort();
        const before = met.kept;
        expect({ one, rows: await run(plain.tables.get('t')!, one) }).toEqual({ one, rows: [measured(wanted)] });
        expect(met.kept).toBe(before);
        const table = compacted.tables.get('t')!;
        expect({ one, rows: await run(table, one) }).toEqual({ one, rows: [measured(wanted)] });
        const cut = `select ${measures}, uniq(actor) from t ${range} where ${where}`;
        expect({ cut, rows: await run(table, cut) }).toEqual({ cut, rows: [[...measured(wanted), users.length]] });
        expect({ many, rows: await run(table, many) }).toEqual({
          many,
          rows: users.map((user) => [user, ...measured(byUser.get(user)!)]),
        });
      }
    }
    // All of these were met, or nothing was tried.
    expect(met.kept).toBeGreaterThan(50);
    expect(met.within).toBeGreaterThan(10);
    expect(met.masked).toBeGreaterThan(3);
    expect(met.none).toBeGreaterThan(3);
    expect(met.left).toBeGreaterThan(3);
    for (const snapshot of [plain, compacted]) snapshot.release();
    await store.close();
  });
});
