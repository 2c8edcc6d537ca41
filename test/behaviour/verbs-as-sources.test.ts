import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerColumns } from '../../engine/plan/answer-columns.ts';
import { isBehaviour } from '../../engine/plan/query.ts';
import { compileQuestion } from '../../engine/query/compile.ts';
import { col, from, funnel, isVarveError, open, parseQuery, printQuery, type Varve } from '../../engine/index.ts';
import { queryFromJson } from '../../engine/query/json-read.ts';
import { queryToJson } from '../../engine/query/json-write.ts';
import { temporaryFolder } from '../support.ts';

const begin = Date.UTC(2026, 2, 2);
const day = 86_400_000;

const verbs = {
  funnel: "funnel event = 'A' as a, event = 'B' as b from e within 1d until '2026-03-09' group by country every 1d",
  plain: "funnel event = 'A' as a, event = 'B' as b from e within 1d until '2026-03-09' group by country as step",
  retention: "retention event = 'A' then any from e every 1d for 2 until '2026-03-09' group by country",
  paths: 'paths event from e',
  lifecycle: "lifecycle from e every 1d until '2026-03-09'",
};

describe('answers about behaviour as sources', () => {
  let db: Varve;

  beforeAll(async () => {
    db = await open(temporaryFolder());
    const rows = Array.from({ length: 60 }, (_, at) => ({
      time: new Date(begin + (at % 7) * day + at * 1000),
      user_id: `u${at % 11}`,
      event: ['A', 'B', 'C'][at % 3]!,
      country: ['DE', 'FR'][at % 2]!,
    }));
    await db.append('e', rows);
    for (const [name, text] of Object.entries(verbs)) await db.query(`define "my_${name}" as ${text}`);
  });

  afterAll(() => db.close());

  async function rowsOf(query: string): Promise<unknown[]> {
    return (await db.query(query)).rows();
  }

  async function errorOf(query: string): Promise<string> {
    try {
      await db.query(query);
      return 'none';
    } catch (error) {
      if (!isVarveError(error)) throw error;
      return `${error.code}: ${error.message} ${error.hint ?? ''}`;
    }
  }

  it.each(Object.entries(verbs))('%s gives its rows, in brackets and under a name', async (name, text) => {
    const own = await db.query(text);
    expect(own.rowCount).toBeGreaterThan(2);
    const names = own.columns.map((column) => column.name).filter((column) => column !== 'time');
    const timed = names.length < own.columns.length;
    const written = names.map((column) => `"${column}"`).join(', ');
    const ordered = `${timed ? 'time, ' : ''}${written}`;
    const inOrder = own.rows().map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort())));
    const inside = (await db.query(`select ${ordered} from (${text})`)).rows();
    const shown = inside.map((row) => JSON.stringify(Object.fromEntries(Object.entries(row).sort())));
    if (timed) expect(shown.sort()).toEqual(inOrder.sort());
    else expect(shown).toEqual(inOrder);
    expect(await rowsOf(`select * from "my_${name}"`)).toEqual(await rowsOf(`select * from (${text})`));
    expect(await rowsOf(`select count() as n from "my_${name}"`)).toEqual([{ n: own.rowCount }]);
    const types = (await db.query(`select ${ordered} from (${text})`)).columns;
    expect([...types].sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(
      [...own.columns].sort((a, b) => (a.name < b.name ? -1 : 1)),
    );
  });

  it.each(Object.entries(verbs))('%s: the columns that it is bound with are those of its answer', async (_, text) => {
    const schema = (await db.tables())[0]!;
    const columns = schema.columns.map(({ name, type }, id) => ({ id: id + 1, name, type, wide: false }));
    const plan = compileQuestion(text, {
      schemas: new Map([['e', { id: 1, name: 'e', timeName: 'time', actor: 'user_id', actors: [], columns }]]),
      params: {},
      now: begin,
      timezone: 'UTC',
    });
    if (!isBehaviour(plan)) throw new Error('no question about behaviour');
    expect(answerColumns(plan)).toEqual((await db.query(text)).columns);
  });

  it('they are grouped, filtered, joined by in, and read by queries around', async () => {
    const sums = await rowsOf(`select name, sum(actors) as n from (${verbs.funnel}) group by name order by name`);
    const all = (await db.query(verbs.funnel)).rows();
    const sum = (name: string): number =>
      all.filter((row) => row['name'] === name).reduce((total, { actors }) => total + Number(actors), 0);
    expect(sums).toEqual([
      { name: 'a', n: sum('a') },
      { name: 'b', n: sum('b') },
    ]);
    const late = await rowsOf(`select * from "my_lifecycle" since '2026-03-05' where new > 0 or returning > 0`);
    expect(late.length).toBeGreaterThan(0);
    expect(late.length).toBeLessThan((await rowsOf('select * from "my_lifecycle"')).length);
    const [{ n }] = (await rowsOf('select count() as n from e where event in (select source from "my_paths")')) as [
      { n: number },
    ];
    expect(n).toBe(60);
    const nested =
      'select max(n) as most from (select step, count() as n from (select * from "my_paths") group by step)';
    expect(await rowsOf(nested)).toHaveLength(1);
    const plan = await rowsOf(`explain select count() from (${verbs.funnel})`);
    expect(JSON.stringify(plan)).toContain('2 steps within');
    const cost = await rowsOf(`explain analyze select count() from (${verbs.funnel})`);
    expect(JSON.stringify(cost)).toContain('  funnel');
  });

  it('in compares one column, and what follows actors wants events', async () => {
    expect(await errorOf(`select count() from e where event in (${verbs.paths})`)).toBe(
      'syntax: The answer of paths has several columns, and in compares one. Select it: in (select name from (paths …)).',
    );
    expect(await errorOf('select count() from e where event in ("my_paths")')).toMatch(
      /^type: The query of in gives 6 columns, and one is compared. It gives step, source/,
    );
    for (const around of [
      'lifecycle from (%) every 1d',
      'funnel step = 1, step = 2 from (%) within 1d',
      'paths step from (%)',
    ])
      for (const [name, text] of Object.entries(verbs)) {
        const lacking = name === 'funnel' || name === 'lifecycle' ? 'actor' : 'time';
        expect(await errorOf(around.replace('%', text))).toContain(
          `type: The rows of the query in from have no ${lacking}`,
        );
        expect(await errorOf(around.replace('(%)', `"my_${name}"`))).toContain('type: ');
      }
    expect(await errorOf('select nothing from "my_paths"')).toBe(
      'unknown_column: "my_paths" has no column "nothing". Its columns are step, source, target, events, actors, avg_time.',
    );
    expect(await errorOf("define loop as funnel event = 'A', event = 'B' from loop within 1d")).toContain(
      '"loop" is defined by itself',
    );
    expect(await errorOf(`select * from (${verbs.paths} limit 3 group by 1)`)).toContain('syntax: ');
    expect(await errorOf(`select * from (${verbs.paths}`)).toContain('")" is wanted');
  });

  it('in all three spellings', async () => {
    const text = `select name, actors from (${verbs.funnel}) where actors > 0`;
    const tree = parseQuery(text);
    expect(printQuery(tree)).toBe(text);
    const json = queryToJson(tree);
    expect(printQuery(queryFromJson(JSON.parse(JSON.stringify(json))))).toBe(text);
    const asked = await db.query(json);
    expect(asked.rows()).toEqual(await rowsOf(text));
    const steps = [col('event').eq('A').as('a'), col('event').eq('B').as('b')] as const;
    const built = from(
      funnel(...steps)
        .from('e')
        .within('1d'),
    )
      .select('name', 'actors')
      .where(col('actors').gt(0));
    expect(String(built)).toBe(
      "select name, actors from (funnel event = 'A' as a, event = 'B' as b from e within 1d) where actors > 0",
    );
    expect((await db.query(built)).rows()).toEqual(await rowsOf(String(built)));
  });
});
