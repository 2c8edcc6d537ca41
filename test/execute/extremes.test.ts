import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { isVarveError, open, type QueryResult, type Varve } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';

/** Queries whose parts are as many or as large as the language lets them be: each has an answer, or a limit with a name. */
describe('extremes', () => {
  let db: Varve;
  const day = Date.UTC(2024, 0, 1);

  beforeAll(async () => {
    db = await open(join(temporaryFolder(), 'store'), { threads: 0 });
    const rows = Array.from({ length: 60 }, (_, row) => ({
      time: new Date(day + row * 3_600_000),
      user: `u${row % 7}`,
      event: ['a', 'b', 'c'][row % 3]!,
      n: row,
    }));
    await db.append('e', rows, { actor: 'user' });
    await db.append('t', [{ time: new Date(day), user: 'u', text: `${'1'.repeat(100_000)}x`, a: 'a'.repeat(1000) }]);
    return () => db.close();
  });

  async function codeOf(answer: Promise<QueryResult>): Promise<string> {
    try {
      await answer;
      return 'answered';
    } catch (error) {
      return isVarveError(error) ? `${error.code}: ${error.message}` : String(error);
    }
  }

  it('compares series of tens of thousands of buckets', async () => {
    const series = "select count() from e since '2024-01-01' until '2024-03-01' every 1m";
    const { rowCount } = await db.query(series);
    expect((await db.query(`${series} compare 1d`)).rowCount).toBe(rowCount);
  });

  it('reads lists of very many constants', async () => {
    const many = Array.from({ length: 130_000 }, () => 1).join();
    expect((await db.query(`select count() from e where n in (${many})`)).values(0)).toEqual([1]);
  });

  it('leaves groups out of topk that a window or a top leaves out', async () => {
    const { columns, rowCount } = await db.query(
      "select topk(event, 1), count() from e since '2024-01-02' until '2024-01-03' " +
        'group by event top 1 others every 1h trailing 3h',
    );
    expect([columns.map(({ name }) => name), rowCount]).toEqual([
      ['time', 'event', 'topk(event, 1)', 'count', 'partial'],
      48,
    ]);
  });

  it('casts a text of very many digits in a moment', async () => {
    const answer = db.query('select text::float as x, text::int as y from t', { timeoutMs: 10_000 });
    expect((await answer).rows()).toEqual([{ x: null, y: null }]);
  });

  it('makes no texts beyond the limit', async () => {
    const replaced = (text: string): string => `replace(${text}, 'a', '${'a'.repeat(1000)}')`;
    expect(await codeOf(db.query(`select length(${replaced(replaced(replaced('a')))}) from t`))).toMatch(
      /^limit: .*madeCharactersMax/,
    );
    let doubled = 'select a from t';
    for (let times = 0; times < 30; times++) doubled = `select a || a as a from (${doubled} limit 5)`;
    expect(await codeOf(db.query(`select length(a) from (${doubled})`))).toMatch(/^limit: .*madeCharactersMax/);
  });

  it('counts to the memory what answers of plans within take', async () => {
    const rows = Array.from({ length: 20_000 }, (_, row) => ({ time: new Date(day + row), user: `u${row}`, n: row }));
    await db.append('wide', rows, { actor: 'user' });
    const source = '(select user, n, sum(n) as s, max(time) as time from wide group by user, n)';
    const one = `select count() from ${source}`;
    const step = 256 * 1024;
    let memory = step;
    while ((await codeOf(db.query(one, { memory }))) !== 'answered') memory += step;
    const two = `select count() from ${source}, ${source}`;
    expect(await codeOf(db.query(two, { memory }))).toMatch(/^limit: .*queryMemoryMax/);
    expect(await codeOf(db.query(two, { memory: 2 * memory }))).toBe('answered');
    // What a plan within has kept is let go of with it.
    const deep = `select count() from (select * from (select * from (select * from ${source} limit 30000) limit 30000) limit 30000)`;
    expect(await codeOf(db.query(deep, { memory: 2 * memory }))).toBe('answered');
  });

  it('makes no more bins than an answer may have rows', async () => {
    const rows = Array.from({ length: 4000 }, (_, row) => ({
      time: new Date(day + row),
      user: `u${row >> 1}`,
      n: row,
    }));
    await db.append('many', rows, { actor: 'user' });
    expect(await codeOf(db.query('select histogram(n, 10000) from many group by user'))).toMatch(
      /^limit: .*resultRowsMax/,
    );
  });
});
