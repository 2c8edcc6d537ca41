import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { makeMixedStore } from '../behaviour/mixed-store.ts';
import { root, temporaryFolder } from '../support.ts';

const long = process.env['VARVE_LONG'] !== undefined;
const mebibyte = 1024 * 1024;
/** Of a process that has answered, whatever it was asked: code, the block cache, what is not collected yet. */
const beside = 160 * mebibyte;

/** Runs in a process of its own: asks each query once and tells by how much the process has grown at most. */
const script = `
  import { open } from ${JSON.stringify(`${root}dist/engine/index.js`)};
  const [folder, memory, ...queries] = process.argv.slice(1);
  const db = await open(folder, { readOnly: true, threads: 0, memory: 32 * 1024 * 1024 });
  await db.query('select count() from e');
  const before = process.memoryUsage.rss();
  for (const query of queries) {
    const { rowCount } = await db.query(query, { memory: Number(memory) });
    console.log(JSON.stringify({ query, rowCount, grown: process.resourceUsage().maxRSS * 1024 - before }));
  }
  await db.close();
`;

const verbs = [
  "funnel event = 'a', event = 'b', event = 'c' from e within 1h",
  "funnel event = 'a', event = 'b', event = 'c' from e within 1h rules clickhouse",
  "retention event = 'a' then event = 'b' from e every 1d for 7 mode recurring",
  'lifecycle from e every 1d',
  'paths event from e gap 1h depth 5',
];
const sessions = 'select count(), sum(events), max(duration) from sessions(e, gap => 1h, opener => first(event))';

describe.each([
  {
    // Some 40 bytes an event: its events are put in order all at once.
    ...{ name: 'one actor', actors: 1, events: long ? 5_000_000 : 200_000 },
    ...{ memory: (long ? 512 : 32) * mebibyte, queries: [...verbs, sessions] },
  },
  {
    // Whatever their number: a slice of actors at a time.
    ...{ name: 'as many actors as events', actors: Infinity, events: long ? 2_000_000 : 50_000 },
    ...{ memory: 32 * mebibyte, queries: verbs },
  },
])('$events events of $name, asked by a process of its own', ({ name, actors, events, memory, queries }) => {
  it('take no more memory than the queries are given', { timeout: 600_000 }, async () => {
    const folder = temporaryFolder();
    // Far from each other is what is told one after another.
    const place = (told: number): number => (told * 7919) % events;
    await makeMixedStore(
      folder,
      {
        times: Float64Array.from({ length: events }, (_, told) => Date.UTC(2026, 0, 1) + 1000 * place(told)),
        actors: Uint32Array.from({ length: events }, (_, told) => place(told) % Math.min(actors, events)),
        events: Uint8Array.from({ length: events }, (_, told) => 1 + (place(told) % 3)),
      },
      { partitionRowsMin: Math.floor(events / 8), rowsInMemory: 20_000 },
    );
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '--eval', script, folder, String(memory), ...queries],
      { encoding: 'utf8' },
    );
    expect([status, stderr]).toEqual([0, '']);
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { query: string; rowCount: number; grown: number });
    expect(told.map(({ query }) => query)).toEqual(queries);
    for (const { query, rowCount, grown } of told) {
      expect(rowCount, query).toBeGreaterThan(0);
      expect(grown, query).toBeLessThan(memory + beside);
    }
    const most = Math.max(...told.map(({ grown }) => grown));
    process.stderr.write(`${events} events of ${name}: grown by ${Math.round(most / mebibyte)} MiB at most.\n`);
  });
});
