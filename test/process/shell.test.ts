import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasPty, keys, varveOnTerminal } from '../pty.ts';
import { temporaryFolder, varve } from '../support.ts';

const rows = [
  'time,user_id,event,country',
  '2026-03-01 10:00,ada,play,DE',
  '2026-03-01 11:00,bob,play,FR',
  '2026-03-02 10:00,ada,pause,DE',
  "2026-03-03 10:00,ada,it's,DE",
].join('\n');

async function store(input: string = rows): Promise<{ data: string; state: string }> {
  const folder = temporaryFolder();
  const data = join(folder, 'store');
  await varve(['import', '-', '--data', data, '--quiet'], { input });
  return { data, state: join(folder, 'state') };
}

describe.skipIf(!hasPty)('the shell on a terminal', { timeout: 60_000 }, () => {
  it('completes tables, columns, functions, keywords and values', async () => {
    const { data, state } = await store();
    const shell = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: state });
    await shell.until(/varve> $/);
    const complete = async (typed: string, whole: string): Promise<void> => {
      shell.type(typed);
      await shell.until(new RegExp(`${typed.slice(-3).replace(/[\\^$.*+?()[\]{}|']/g, '.')}$`));
      shell.type(keys.tab);
      const seen = await shell.until(/\S\s?$/);
      expect([typed, seen.endsWith(whole.slice(typed.length)) || seen.endsWith(whole)]).toEqual([typed, true]);
      shell.type(keys.interrupt);
      await shell.until(/varve> $/);
    };
    await complete('sel', 'select');
    await complete('select count() from ev', 'select count() from events');
    await complete('select count() from events gro', 'select count() from events group by');
    await complete('select user_', 'select user_id');
    await complete('select count() from events where countr', 'select count() from events where country');
    await complete("select count() from events where event = 'pl", "select count() from events where event = 'play'");
    await complete(
      "select count() from events where event in ('it",
      "select count() from events where event in ('it''s'",
    );
    await complete('\\form', '\\format');
    await complete('\\d ev', '\\d events');
    shell.type(keys.endOfInput);
    expect(await shell.ended()).toBe(0);
  });

  it('keeps what was typed for the next time, a statement of several lines as one', async () => {
    const { data, state } = await store();
    const first = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: state });
    await first.until(/varve> $/);
    first.type(`select count() as n${keys.enter}`);
    await first.until(/ {3}\.\.\. $/);
    first.type(`from events;${keys.enter}`);
    expect(await first.until(/1 row, [^]*varve> $/)).toMatch(/│ n │\n├───┤\n│ 4 │/);
    first.type(`\\q${keys.enter}`);
    expect(await first.ended()).toBe(0);
    const file = join(state, 'varve', 'history');
    expect(readFileSync(file, 'utf8')).toBe('select count() as n from events;\n\\q\n');
    expect(statSync(file).mode & 0o077).toBe(0);
    expect(existsSync(join(data, 'history'))).toBe(false);
    const second = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: state });
    await second.until(/varve> $/);
    second.type(keys.up + keys.up);
    await second.until(/select count\(\) as n from events;$/);
    second.type(keys.enter);
    expect(await second.until(/1 row, [^]*varve> $/)).toContain('│ 4 │');
    second.type(keys.endOfInput);
    expect(await second.ended()).toBe(0);
  });

  it('goes without a history where none can be written', async () => {
    const { data } = await store();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const shell = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: file });
    await shell.until(/varve> $/);
    shell.type(`select count() from events;${keys.enter}`);
    await shell.until(/1 row, [^]*varve> $/);
    shell.type(`exit${keys.enter}`);
    expect(await shell.ended()).toBe(0);
  });

  it('Ctrl-C calls off the query that runs, drops what is typed, and never leaves', async () => {
    const many = Array.from({ length: 300_000 }, (_, n) => `2026-03-01 10:00,u${n % 60_000},${n}`);
    const { data, state } = await store(`time,user_id,n\n${many.join('\n')}\n`);
    const shell = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: state });
    await shell.until(/varve> $/);
    const slow = Array.from({ length: 200 }, (_, part) => `length(replace(n::text, '${part}', ''))`).join(' + ');
    // In lines, as the terminal shows a long one with control codes of its own.
    shell.type(`select sum(0 +${keys.enter}`);
    await shell.until(/ {3}\.\.\. $/);
    shell.type(`${slow}) as x${keys.enter}`);
    await shell.until(/as x[^]* {3}\.\.\. $/);
    shell.type(`from events;${keys.enter}`);
    await shell.until(/from events;\n/);
    shell.type(keys.interrupt);
    await shell.until(/called off[^]*varve> $/);
    shell.type(`select count() as n from events;${keys.enter}`);
    expect(await shell.until(/1 row, [^]*varve> $/)).toContain('300000');
    shell.type(`select nonsense${keys.enter}`);
    await shell.until(/ {3}\.\.\. $/);
    shell.type(`more${keys.interrupt}`);
    await shell.until(/varve> $/);
    shell.type(keys.interrupt);
    await shell.until(/Ctrl-D leaves[^]*varve> $/);
    shell.type(`select 1 as one from events limit 1;${keys.enter}`);
    expect(await shell.until(/1 row, [^]*varve> $/)).toContain('│   1 │');
    shell.type(keys.endOfInput);
    expect(await shell.ended()).toBe(0);
  });

  it('shows errors under the line of the query, and colors unless told not to', async () => {
    const { data, state } = await store();
    const shell = varveOnTerminal(['shell', '--data', data], { XDG_STATE_HOME: state, NO_COLOR: '' });
    await shell.until(/varve> $/);
    shell.type(`select count()${keys.enter}`);
    await shell.until(/ {3}\.\.\. $/);
    shell.type(`from events where nope = 1;${keys.enter}`);
    expect(await shell.until(/varve> $/)).toContain('  from events where nope = 1\n                    ^^^^\n');
    shell.type(`\\q${keys.enter}`);
    expect(await shell.ended()).toBe(0);
    const query = ['query', 'select event, count() from events group by event', '--data', data];
    const plain = varveOnTerminal(query, {});
    expect(await plain.until(/└[^]*┘/)).toContain('│ play  │     2 │ ████████████████████████ │');
    expect(await plain.ended()).toBe(0);
  });

  it('is no place for bytes that are no text, and not too narrow for a table', async () => {
    const { data } = await store();
    const query = ['query', 'select * from events', '--data', data];
    const arrow = varveOnTerminal([...query, '--format', 'arrow'], {});
    expect(await arrow.until(/pipe\.\n/)).toContain(
      'varve: arrow is binary, and nothing to show on a terminal.\nWrite it',
    );
    expect(await arrow.ended()).toBe(2);
    const narrow = varveOnTerminal(query, {}, 40);
    const seen = await narrow.until(/└[^]*┘[^]*\n…/);
    for (const line of seen.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(seen).toMatch(/more columns?|cells are cut/);
  });
});

describe('the shell in a pipe', () => {
  it('has commands of its own', async () => {
    const { data, state } = await store();
    mkdirSync(state);
    const file = join(state, 'answer.csv');
    const input = [
      '\\df starts_wi',
      '\\format csv',
      '\\format',
      'select count() as n from events;',
      `\\o ${file}`,
      'select max(user_id) as u from events;',
      '\\o',
      '\\format tvs',
      '\\?',
      'exit',
      'select 1 from nowhere;',
    ].join('\n');
    const shell = await varve(['shell', '--data', data], { input });
    expect([shell.exitCode, shell.output]).toEqual([
      0,
      expect.stringMatching(/^starts_with {2}function {2}\w.*\ncsv\nn\r\n4\r\n$/),
    ]);
    expect(readFileSync(file, 'utf8')).toBe('u\r\nbob\r\n');
    expect(shell.errors).toContain('There is no output format "tvs".\nDid you mean tsv?');
    expect(shell.errors).toMatch(/^\\df \[NAME\] +the functions/m);
  });

  it('lists tables, saved queries, and the columns of a table', async () => {
    const { data } = await store();
    const input = 'define plays as select user_id from events;\n\\d\n\\d plays\n\\d events\ndrop plays;\n\\d\n';
    const shell = await varve(['shell', '--data', data, '--quiet'], { input });
    expect([shell.errors, shell.output.split('\n').filter((line) => !line.startsWith('{'))]).toEqual([
      '',
      [
        ...['events  4 rows', 'plays   select user_id from events', 'select user_id from events'],
        ...['time     time', 'user_id  text', 'event    text', 'country  text', 'events  4 rows', ''],
      ],
    ]);
  });

  it('says by its exit code that a query failed', async () => {
    const { data } = await store();
    const shell = await varve(['shell', '--data', data], {
      input: 'select 1 from nowhere;\nselect count() from events',
    });
    expect([shell.exitCode, shell.output]).toEqual([1, '{"count":4}\n']);
    expect(shell.errors).toContain('There is no table "nowhere".');
  });
});
