import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasPty, varveOnTerminal } from '../pty.ts';
import { ndjsonRows, temporaryFolder, varve } from '../support.ts';

const data = ['--data', join(temporaryFolder(), 'store')];
const rows = [
  'time,user_id,event',
  '2026-03-01 10:00,ada,view',
  '2026-03-01 10:02,ada,cart',
  '2026-03-01 10:00,bob,view',
  '2026-03-02 10:00,bob,cart',
  '2026-03-02 10:00,cy,view',
  '2026-03-02 10:01,cy,cart',
  '2026-03-02 10:05,cy,view',
].join('\n');
const questions = {
  funnel: "funnel event = 'view' as seen, event = 'cart' from app within 1h",
  retention: "retention event = 'view' then any from app every 1d for 1 until '2026-03-03'",
  paths: 'paths event from app',
};

beforeAll(async () => {
  const made = await varve(['import', '-', '--table', 'app', ...data, '--quiet'], { input: rows });
  expect([made.errors, made.exitCode]).toEqual(['', 0]);
});

/** What `--format table` gives where there is no terminal; there bars have all the room they want. */
const shown = {
  funnel: [
    '1  seen            ████████████████████████████████████████  3   100 %',
    '   ↓ 2 go on (66.7 %), 1 lost (33.3 %); median 1 m 30 s',
    "2  event = 'cart'  ██████████████████████████▋               2  66.7 %",
    '(--no-bars prints all columns)',
  ],
  retention: [
    'cohort      actors     0    1',
    '2026-03-01       2  █100 ▓ 50',
    '2026-03-02       1  █100',
    '──────────────────────────────',
    'mean             3  █100 ▓ 50',
    '% of the cohort (--no-bars prints all columns)',
  ],
  paths: [
    'step 1',
    '  view  3',
    '  ├─ cart       ████████████████████  2    66.7 %  after 1 m 30 s',
    '  └─ ends here  ██████████            1    33.3 %',
    '  cart  1',
    '  └─ ends here  ██████████            1     100 %',
    'step 2',
    '  cart  2',
    '  ├─ view       ████████████████████  1      50 %  after 4 m 00 s',
    '  └─ ends here  ████████████████████  1      50 %',
    'step 3',
    '  view  1',
    '  └─ ends here  ████████████████████  1     100 %',
    '(--no-bars prints all rows and columns)',
  ],
};

describe('behaviour, as the command shows it', () => {
  it.each(Object.keys(shown) as (keyof typeof shown)[])('%s is drawn', async (verb) => {
    const drawn = await varve(['query', questions[verb], ...data, '--format', 'table']);
    expect([drawn.errors, drawn.output.split('\n').slice(0, -1)]).toEqual(['', shown[verb]]);
  });

  it.each(Object.values(questions))('%s is rows for machines, and with --no-bars', async (question) => {
    const lines = ndjsonRows((await varve(['query', question, ...data])).output);
    const csv = (await varve(['query', question, ...data, '--format', 'csv'])).output.split('\r\n');
    const json = JSON.parse((await varve(['query', question, ...data, '--json'])).output) as Record<string, unknown>;
    expect(Object.keys(json)).toEqual(['columns', 'rows', 'meta']);
    expect(json['rows']).toEqual(lines.map((line) => Object.values(line)));
    expect([csv[0], csv.length]).toEqual([Object.keys(lines[0]!).join(','), lines.length + 2]);
    const plain = (await varve(['query', question, ...data, '--format', 'table', '--no-bars'])).output;
    expect(plain.split('\n').length).toBe(lines.length + 5);
    expect(plain).not.toMatch(/[▁-█░▒▓]/);
  });
});

describe.skipIf(!hasPty)('behaviour on a terminal', { timeout: 60_000 }, () => {
  it('is drawn to its width, in its colors', async () => {
    const narrow = varveOnTerminal(['query', questions.funnel, ...data], {}, 44);
    const seen = await narrow.until(/prints all columns\)/);
    expect(seen.trim().split('\n').slice(0, 3)).toEqual([
      '1  seen            ██████████████  3   100 %',
      '   ↓ 2 go on (66.7 %), 1 lost (33.3 %); med…',
      "2  event = 'cart'  █████████▍      2  66.7 %",
    ]);
    expect(await narrow.ended()).toBe(0);
    // With colors the triangle is shaded by its ground, and there are no blocks before the numbers.
    const colored = varveOnTerminal(['query', questions.retention, ...data], { NO_COLOR: '' });
    const triangle = await colored.until(/prints all columns\)/);
    expect(triangle).toMatch(/2026-03-01 {7}2 {3}100 {3}50/);
    expect(await colored.ended()).toBe(0);
  });
});
