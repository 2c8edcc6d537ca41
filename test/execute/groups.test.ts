import { afterAll, describe, expect, it } from 'vitest';
import { executePlan } from '../../engine/execute/run.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import { naiveGroups } from './naive-groups.ts';
import { randomGroups, randomListRows } from './random-groups.ts';
import { randomOf } from './random-plans.ts';
import { rowsOf, smallEnvironment, storeOf } from './stores.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_407);
const rounds = process.env['VARVE_LONG'] === undefined ? 4 : 60;
const plansPerRound = 40;
const host = createNodeHost(() => undefined, 0);
const pooled = [1, 4].map((threads) => createNodeHost(() => undefined, threads));

afterAll(async () => {
  for (const { threads } of pooled) await threads.close();
});

describe('tops, trailing windows, comparisons and lists', () => {
  it.each(Array.from({ length: rounds }, (_, round) => seed + round))(
    'answer as plain loops do, on 0, 1 and 4 threads (seed %i)',
    async (own) => {
      const random = randomOf(own);
      const rows = randomListRows(random, 40 + Math.floor(random() * 200));
      const third = Math.ceil(rows.length / 3);
      const store = await storeOf(host, [rows.slice(0, third), rows.slice(third, 2 * third), rows.slice(2 * third)]);
      const inMemory = store.snapshot();
      await store.compact();
      const inSegments = store.snapshot();
      const [inline, one, four] = [host, ...pooled].map(smallEnvironment);
      const first = Math.min(...rows.map(({ time }) => time));
      for (let number = 0; number < plansPerRound; number++) {
        const plan = randomGroups(random, first);
        const wanted = naiveGroups(plan, rows);
        for (const [environment, snapshot] of [
          [inline, inMemory],
          [one, inSegments],
          [four, inSegments],
        ] as const) {
          const result = await executePlan(environment!, plan, snapshot.tables);
          expect({ number, plan, rows: rowsOf(result) }).toEqual({ number, plan, rows: wanted });
        }
      }
      inMemory.release();
      inSegments.release();
      await store.close();
    },
    60_000,
  );
});
