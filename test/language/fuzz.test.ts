import { afterAll, beforeAll, expect, it } from 'vitest';
import { isVarveError, type Varve } from '../../engine/index.ts';
import { parseQuery } from '../../engine/query/parse.ts';
import { temporaryFolder } from '../support.ts';
import { goldenNow, openGoldenStore } from './tables.ts';

/**
 * Whatever is asked, the answer is rows or a `VarveError` of the query's codes, whose place lies inside the text.
 * `VARVE_SEED=7 VARVE_ROUNDS=100000 npx vitest run test/language/fuzz` looks further.
 */
const seed = Number(process.env['VARVE_SEED'] ?? 20240315);
const rounds = Number(process.env['VARVE_ROUNDS'] ?? 6000);
const codes = ['syntax', 'unknown_table', 'unknown_column', 'unknown_function', 'type', 'usage', 'limit'];

const words = (
  'select from where group by every having order by limit offset since until timezone as and or not in is null like ilike ' +
  'between case when then else end escape cast filter ( ) ( ) [ ] , , . :: + - * / % || = != <> < <= > >= ~ ; => $who $n $none ' +
  'count sum avg min max uniq count_if if coalesce lower substr replace split_part bucket hour_of_day round pow bin least has length ' +
  'events numbers zones one time user_id event country amount status big ok tags scores ctx.page f i w k actor now today this week last month ' +
  "1 2 0 -1 1.5 1e308 9223372036854775807 9007199254740993 'a' '' '2024-03-01' '%a_' 'Europe/Berlin' '__proto__' \"__proto__\" \"a.b\" " +
  '1d 15m 1mo 500ms 7m true false null desc asc text int float bool distinct join funnel retention paths lifecycle within then any exclude holding entry rules optional at for sample compare top -- /* */ ' +
  '\' " $ # 😀 \u0000 ×'
).split(' ');
const queries = [
  'select * from events',
  "select event, count() as n, uniq(user_id), sum(amount) from events where status >= 200 and country in ('DE', null) group by event having n > 1 order by n desc limit 5 offset 1",
  "select count(), avg(amount) filter (where ok) from events since '2024-03-01' until now every 1d timezone 'Europe/Berlin'",
  "select case when amount > 1.5 then 'a' when ok then 'b' else event end as x, tags[1], -amount, status % 7, time + 1mo from events order by x, 2 desc",
  "select bucket(time, 6h) as b, count_if(note like '%a_' escape '!') from events group by b every 1w",
  'select w + 1, w * 2.5, -w, w::text || k, round(f, 2), coalesce(f, w), if(i > 0, w, i) from numbers',
  'select user_id, min(time), max(big) from events where time between today - 30d and this week group by 1',
  "funnel event = 'a' as cart, optional ok, amount > 1 as paid from events per country within 7d order strict exclude status = 1 between cart and paid holding tags[1] entry first rules posthog group by country at last every 1w",
  "retention event = 'a' then any from events since '2024-03-01' every 1w for 3 mode recurring within after group by country",
  "paths event from events gap 10m depth 3 starting event = 'a' limit 5 where ok",
  "lifecycle from events every 1w since '2024-03-01' timezone 'Europe/Berlin'",
];

function random(state: { seed: number }): number {
  state.seed = (Math.imul(state.seed, 1_664_525) + 1_013_904_223) >>> 0;
  return state.seed / 2 ** 32;
}

function pick<T>(state: { seed: number }, from: readonly T[]): T {
  return from[Math.floor(random(state) * from.length)]!;
}

function soup(state: { seed: number }): string {
  const length = 1 + Math.floor(random(state) * 14);
  const tokens = Array.from({ length }, () => pick(state, words)).join(' ');
  return pick(state, [tokens, `select ${tokens} from events`, `select count() from events where ${tokens}`]);
}

/** A true query with some tokens lost, doubled, swapped or replaced, or cut short. */
function mutant(state: { seed: number }): string {
  const parts = pick(state, queries).split(/(?<=[\s(),])|(?=[\s(),])/);
  const changes = 1 + Math.floor(random(state) * 3);
  for (let change = 0; change < changes; change++) {
    const at = Math.floor(random(state) * parts.length);
    const kind = Math.floor(random(state) * 5);
    if (kind === 0) parts.splice(at, 1);
    else if (kind === 1) parts.splice(at, 0, parts[at]!);
    else if (kind === 2) parts[at] = ` ${pick(state, words)} `;
    else if (kind === 3) parts[at] = pick(state, parts);
    else parts.length = Math.max(1, at);
    if (parts.length === 0) parts.push('select');
  }
  return parts.join('');
}

let db: Varve;
beforeAll(async () => {
  db = await openGoldenStore(temporaryFolder());
});
afterAll(() => db.close());

async function failure(question: string): Promise<string | null> {
  try {
    const result = await db.query(question, { now: goldenNow, params: { who: 'ada', n: 2, none: null } });
    result.rows();
    return null;
  } catch (error) {
    if (!isVarveError(error)) return `threw ${String(error)}`;
    if (!codes.includes(error.code)) return `${error.code}: ${error.message} ${String((error.cause as Error)?.stack)}`;
    if (error.span === undefined)
      return error.code === 'limit' || /sum of ints/.test(error.message) ? null : `no place: ${error.message}`;
    const { start, end } = error.span;
    return start >= 0 && start <= end && end <= question.length ? null : `place ${start}–${end} of ${question.length}`;
  }
}

it.each([
  ['token soup', soup],
  ['mutants of true queries', mutant],
])(`%s: rows or an error with a place (seed ${seed})`, async (_name, make) => {
  const state = { seed };
  let answered = 0;
  for (let round = 0; round < rounds; round++) {
    const question = make(state);
    const wrong = await failure(question);
    expect(wrong === null ? '' : `${question}\n${wrong} (round ${round}, seed ${seed})`).toBe('');
    answered++;
  }
  expect(answered).toBe(rounds);
});

const deep = (open: string, inner: string, close: string, count: number): string =>
  `select ${open.repeat(count)}${inner}${close.repeat(count)} from one`;

it.each([
  ['a text of more than 256 KiB', `select '${'x'.repeat(262_144)}' from one`, 'limit'],
  ['three-byte characters count as three', `select '${'€'.repeat(90_000)}' from one`, 'limit'],
  ['101 brackets', deep('(', '1', ')', 101), 'limit'],
  ['100 nots', deep('not ', 'true', '', 101), 'limit'],
  ['100 minuses', deep('- ', 't', '', 101), 'limit'],
  ['101 calls', deep('abs(', '1', ')', 101), 'limit'],
  ['101 cases', deep('case when true then ', '1', ' end', 101), 'limit'],
  ['50,000 brackets', deep('(', '1', ')', 50_000), 'limit'],
  ['a chain of 100,000 sums', `select 1${'+1'.repeat(100_000)} from one`, 'limit'],
  ['a chain of 20,000 casts', `select 1${'::int'.repeat(20_000)} from one`, 'limit'],
  ['20,000 selected values', `select ${Array.from({ length: 20_000 }, (_, i) => i).join(',')} from one`, 'limit'],
  ['1,001 columns', `select ${Array.from({ length: 1001 }, (_, i) => i).join(',')} from one`, 'limit'],
  [
    '20,000 conditions',
    `select 1 from one where ${Array.from({ length: 20_000 }, () => `t=''`).join(' or ')}`,
    'limit',
  ],
])('refuses %s', async (_name, question, code) => {
  await expect(db.query(question)).rejects.toMatchObject({ code });
});

it.each([
  ['90 brackets', deep('(', '1', ')', 90)],
  ['a chain of 400 sums', `select 1${'+1'.repeat(400)} from one`],
  ['1,000 columns', `select ${Array.from({ length: 1000 }, (_, i) => i).join(',')} from one`],
  [
    'an in of 30,000 values',
    `select 1 as x from one where 1 in (${Array.from({ length: 30_000 }, (_, i) => i).join(',')})`,
  ],
  ['3,000 conditions', `select 1 as x from one where ${Array.from({ length: 2400 }, () => `t='text'`).join(' or ')}`],
  ['90 nested groups', `select count() from one group by ${'('.repeat(90)}t${')'.repeat(90)} || ''`],
])('answers %s', async (_name, question) => {
  const result = await db.query(question);
  expect(result.rowCount).toBe(1);
});

it('reads the longest query of brackets within the stack', () => {
  expect(() => parseQuery(`select ${'('.repeat(262_000)}`)).toThrow(/nested more than 100/);
});

it.each([
  ['an invalid Date', new Date(NaN), 'is no value'],
  ['a list', [1], 'is no value'],
  ['undefined', undefined, 'is no value'],
  ['an object', {}, 'is no value'],
  ['an int beyond 64 bits', 2n ** 63n, 'is beyond 64 bits'],
])('refuses %s as a parameter', async (_name, value, message) => {
  const params = { p: value } as never;
  await expect(db.query('select $p from one', { params })).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(message) as unknown,
  });
});
