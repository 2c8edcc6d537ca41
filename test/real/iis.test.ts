import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect, open, type Varve } from '../../dist/engine/index.js';
import { hasShared, shared, temporaryFolder } from '../support.ts';

interface Truth {
  readonly time: string;
  readonly [field: string]: string | number | null | undefined;
}

const fixture = join(shared, 'fixtures', 'iis', 'u_ex240501.log');
const expected = (
  hasShared ? JSON.parse(readFileSync(join(shared, 'fixtures', 'iis', 'expected.json'), 'utf8')) : []
) as readonly Truth[];

const folder = temporaryFolder();
let db: Varve;
beforeAll(async () => {
  db = await open(join(folder, 'store'), { threads: 0 });
});
afterAll(() => db.close());

async function rowsOf(query: string): Promise<Record<string, unknown>[]> {
  const result = await db.query(query);
  return result.rows().map((row) => {
    const plain = Object.entries(row).map(([name, value]): [string, unknown] => [
      name,
      value instanceof Date ? value.toISOString() : value,
    ]);
    return Object.fromEntries(plain);
  });
}

const columns = 'time, host, method, path, query, user, user_agent, status, ms, bytes, cookie, x_forwarded_for';

/**
 * What the file tells of a request: a client's `+`, and a header of one dash, are written as a blank and a missing one
 * are; of `++` both are taken for blanks.
 */
function told(truth: Truth): Record<string, unknown> {
  const agent = truth['user_agent_as_written'] as string;
  const lists = (text: string | number | null | undefined): string | null =>
    typeof text === 'string' ? text.replace(/([;,])\+/g, '$1 ') : null;
  return {
    time: truth.time,
    ...Object.fromEntries(['host', 'method', 'path', 'query', 'user'].map((name) => [name, truth[name]])),
    user_agent: agent === '-' ? null : agent.replaceAll('+', ' '),
    status: truth['status'],
    ms: truth['ms'],
    bytes: truth['bytes'] ?? null,
    cookie: lists(truth['cookie_as_written']),
    x_forwarded_for: lists(truth['xff_as_written']),
  };
}

describe.skipIf(!hasShared)('logs of IIS', () => {
  it('fields that change in mid-file: every line, every field', async () => {
    const summary = await db.import(fixture, { table: 'iis' });
    expect(summary).toMatchObject({ rows: 20, rejected: 0, detected: { format: 'w3c', time: 'time', actor: 'host' } });
    expect(summary.detected!.evidence).toMatch(/15 columns named by the first #Fields; 2 sets of them/);
    expect(await rowsOf(`select ${columns} from iis order by time`)).toEqual(expected.map(told));
    // What a blank in a header was cannot be told from a true +; where no client sent one, the header is back.
    const agents = expected.filter((truth) => !/\+$/.test(String(truth['user_agent_as_written'])));
    for (const truth of agents.filter((one) => one['user_agent_as_written'] !== '-'))
      expect(told(truth)['user_agent']).toBe(truth['user_agent_sent']);
  });

  it.each([
    ['ex010320.log', 'iis-native', 2, 0, 'host'],
    ['ex031118.log', 'w3c', 3, 1, 'host'],
    ['ex960101.log', 'w3c', 5, 0, 'host'],
    ['pf040903.log', 'w3c', 4, 0, 'src_ip'],
    ['u_ex100815.log', 'w3c', 16, 0, 'host'],
    ['u_ex160110.log', 'w3c', 28, 0, 'host'],
  ])('%s is found to be %s', async (name, format, rows, rejected, actor) => {
    const file = join(shared, 'data', 'iis', name);
    const table = name.replace('.log', '');
    expect(await inspect(file)).toMatchObject({ format, rows, rejectedCount: rejected, actor });
    expect(await db.import(file, { table })).toMatchObject({ rows, rejected, detected: { format, actor } });
    expect(await db.import(file, { table })).toMatchObject({ rows: 0, rejected: 0, resumed: 1 });
  });

  it('lines of those files, field by field', async () => {
    expect(await rowsOf('select * from ex010320 order by time limit 1')).toEqual([
      {
        time: '2001-03-20T07:55:20.000Z',
        host: '192.168.114.201',
        site: 'W3SVC2',
        server_name: 'SERVER',
        server: '172.21.13.45',
        ms: 4502,
        request_bytes: 163,
        bytes: 3223,
        status: 200,
        win32_status: 0,
        method: 'GET',
        path: '/DeptLogo.gif',
      },
    ]);
    const agents = await rowsOf('select user_agent, count() as n from u_ex160110 group by user_agent');
    expect(agents).toContainEqual({ user_agent: null, n: 12 });
    expect(agents.filter(({ user_agent }) => String(user_agent).includes('Googlebot'))).toEqual([
      { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', n: 4 },
    ]);
    expect(
      await rowsOf("select source, position, reason from _rejected where ends_with(source, 'ex031118.log')"),
    ).toEqual([
      {
        source: join(shared, 'data', 'iis', 'ex031118.log'),
        position: 227,
        reason: 'It has 3 fields, the #Fields line before it names 4.',
      },
    ]);
  });

  it('the clock of a firewall is the local one, and of native logs; that of W3C logs is UTC', async () => {
    const timezone = 'Europe/Berlin';
    const first = async (name: string): Promise<unknown> => {
      const table = `berlin_${name.slice(0, 2)}${name.length}`;
      await db.import(join(shared, 'data', 'iis', name), { table, timezone });
      return (await rowsOf(`select min(time) as first from ${table}`))[0]!['first'];
    };
    expect(await first('pf040903.log')).toBe('2004-09-03T05:11:54.000Z');
    expect(await first('ex010320.log')).toBe('2001-03-20T06:55:20.000Z');
    expect(await first('u_ex160110.log')).toBe('2016-01-10T00:07:26.000Z');
  });

  it('a log that grew behind a change of its fields, and was renamed, is read on with the fields in force', async () => {
    const path = join(folder, 'grown.log');
    const whole = readFileSync(fixture, 'utf8');
    const cut = whole.indexOf('2024-05-01 01:03:00');
    writeFileSync(path, whole.slice(0, cut));
    expect(await db.import(path, { table: 'grown' })).toMatchObject({ rows: 15, rejected: 0 });
    appendFileSync(path, whole.slice(cut));
    const renamed = join(folder, 'renamed.log');
    renameSync(path, renamed);
    expect(await db.import(renamed, { table: 'grown' })).toMatchObject({ rows: 5, rejected: 0, resumed: 1 });
    expect(await rowsOf(`select ${columns} from grown order by time`)).toEqual(expected.map(told));
  });

  it('is the same however it is cut: fields change in a large file, many times', async () => {
    const path = join(folder, 'large.log');
    const [first, second] = readFileSync(fixture, 'utf8').split(/(?<=\n)(?=#Software)/) as [string, string];
    const part = `${first}${second.repeat(30)}${first.repeat(20)}`;
    writeFileSync(path, part.repeat(220));
    const rows = 220 * (12 + 30 * 8 + 20 * 12);
    expect(await db.import(path, { table: 'large' })).toMatchObject({ rows, rejected: 0 });
    const copy = join(folder, 'copy.log');
    copyFileSync(path, copy);
    appendFileSync(copy, second);
    expect(await db.import(copy, { table: 'large' })).toMatchObject({ rows: 8, rejected: 0, resumed: 1 });
    const query = `select ${columns}, count() as n from large group by ${columns} order by time`;
    const counts = await rowsOf(query);
    const times = (index: number): number => (index < 12 ? 220 * 21 : 220 * 30 + 1);
    expect(counts).toEqual(expected.map((truth, index) => ({ ...told(truth), n: times(index) })));
  }, 60_000);
});
