import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open } from '../../engine/index.ts';
import { temporaryFolder } from '../support.ts';
import { askedLong, mebibyte, pickOf, type Asked } from './asked-store.ts';
import { makeMixedStore } from './mixed-store.ts';

const count = askedLong ? 100_000 : 2_000;
const timeout = 120_000;
const start = Date.UTC(2026, 0, 1);
const [a, c] = [1, 3];

describe(`${count} actors, each with its events at one time`, { timeout }, () => {
  let store: Asked;

  beforeAll(async () => {
    // Told in three rounds: one lies in merged segments, one in others, one in memory.
    const length = 3 * count;
    const columns = {
      times: new Float64Array(length).fill(start),
      actors: Uint32Array.from({ length }, (_, told) => told % count),
      events: Uint8Array.from({ length }, (_, told) => {
        const round = Math.floor(told / count);
        return (told % count) % 2 === 0 ? a + round : c - round;
      }),
    };
    const folder = temporaryFolder();
    const layout = await makeMixedStore(folder, columns, { partitionRowsMin: length, rowsInMemory: count });
    expect(layout).toMatchObject({ unmerged: 3, inMemory: count });
    expect(layout.merged).toBeGreaterThan(0);
    const db = await open(folder, { readOnly: true, threads: 0 });
    store = {
      layout,
      rows: async (query) => (await db.query(query, { memory: 64 * mebibyte })).rows(),
      close: () => db.close(),
    };
  }, timeout);
  afterAll(() => store.close());

  it.each([
    ['', [count, count / 2, count / 2]],
    [' order strict', [count, count / 2, count / 2]],
    [' order any', [count, count, count]],
    [' rules clickhouse', [count, count, count]],
    [' rules clickhouse order strict', [count, count, count]],
    [' rules posthog', [count, count, count]],
    [' rules mixpanel', [count, count, count]],
    [' rules amplitude', [count, count, count]],
    [" exclude event = 'b' between first and second", [count, count / 2, count / 2]],
  ])('keep their stored order in a funnel, where its rules say so:%s', async (rules, reached) => {
    const query = `funnel event = 'a' as first, event = 'b' as second, event = 'c' from e within 1s${rules}`;
    expect(pickOf(await store.rows(query), 'actors')).toEqual(reached.map((actors) => [actors]));
  });

  it('keep it in sessions and paths; retention and lifecycle count them once', async () => {
    const openers =
      'select opener, closer, count() as n from sessions(e, gap => 1ms, opener => first(event), closer => last(event)) group by opener, closer';
    // Of equal times both are the earliest stored.
    expect(await store.rows(openers)).toEqual([
      { opener: 'a', closer: 'a', n: count / 2 },
      { opener: 'c', closer: 'c', n: count / 2 },
    ]);
    const paths = await store.rows('paths event from e');
    expect(pickOf(paths, 'step', 'source', 'target', 'events', 'actors', 'avg_time')).toEqual([
      [1, 'a', 'b', count / 2, count / 2, 0],
      [1, 'c', 'b', count / 2, count / 2, 0],
      [2, 'b', 'a', count / 2, count / 2, 0],
      [2, 'b', 'c', count / 2, count / 2, 0],
      [3, 'a', null, count / 2, count / 2, null],
      [3, 'c', null, count / 2, count / 2, null],
    ]);
    const range = "since '2026-01-01' until '2026-01-03'";
    const retained = await store.rows(`retention event = 'a' then event = 'c' from e every 1d for 1 ${range}`);
    expect(pickOf(retained, 'actors', 'retained')).toEqual(
      [
        [count, count],
        [count, 0],
        [0, null],
        [0, null],
        [count, count],
        [count, 0],
      ].map(([actors, kept], row) => (row === 2 ? [0, 0] : [actors!, kept!])),
    );
    expect(pickOf(await store.rows(`lifecycle from e every 1d ${range}`), 'new', 'returning', 'dormant')).toEqual([
      [count, 0, 0],
      [0, 0, count],
    ]);
  });
});
