import { afterAll, describe, expect, it } from 'vitest';
import { createExecutionEnvironment } from '../../engine/execute/environment.ts';
import type { ExecutionEnvironment } from '../../engine/execute/execution-environment.ts';
import { executePlan } from '../../engine/execute/run.ts';
import { createNodeHost } from '../../engine/host/node-host.ts';
import type { SelectPlan } from '../../engine/plan/select.ts';
import { compileQuery } from '../../engine/query/compile.ts';
import type { Snapshot, Store } from '../../engine/store/store-types.ts';
import { randomOf } from './random-plans.ts';
import { rowsOf, smallEnvironment, storeOf } from './stores.ts';

const host = createNodeHost(() => undefined, 0);
const pooled = createNodeHost(() => undefined, 1);

afterAll(() => pooled.threads.close());

function compile(snapshot: Snapshot, text: string): SelectPlan {
  const schemas = new Map([...snapshot.tables].map(([name, table]) => [name, table.schema]));
  return compileQuery(text, { schemas, params: {}, now: Date.UTC(2024, 5, 1), timezone: 'UTC' });
}

async function withTable(rows: number, bodyLength: number, test: (snapshot: Snapshot) => Promise<void>): Promise<void> {
  // Letters without a pattern: a matcher that keeps states finds few of them again.
  const random = randomOf(7);
  const body = Array.from({ length: bodyLength }, () => (random() < 0.5 ? 'a' : 'b')).join('');
  const events = Array.from({ length: rows }, (_, row) => ({
    time: Date.UTC(2024, 2, 1) + row,
    user: `u${row}`,
    n: row,
    body: `${body}${row}`,
  }));
  const store: Store = await storeOf(host, [events]);
  await store.compact();
  const snapshot = store.snapshot();
  await test(snapshot);
  snapshot.release();
  await store.close();
}

/** Counts the blocks that are read, all and those after a moment. */
function counting(environment: ExecutionEnvironment): {
  readonly environment: ExecutionEnvironment;
  readonly reads: () => number;
} {
  let reads = 0;
  return {
    reads: () => reads,
    environment: {
      ...environment,
      openSource(descriptor) {
        const source = environment.openSource(descriptor);
        const readBlock = source.readBlock.bind(source);
        source.readBlock = (column, block) => {
          reads++;
          return readBlock(column, block);
        };
        return source;
      },
    },
  };
}

describe('a query that is called off', () => {
  it('fails at once while a thread is at a regular expression over long texts, and ends behind it', async () => {
    await withTable(24, 1_000_000, async (snapshot) => {
      const environment = createExecutionEnvironment(pooled, { memory: 256 * 1024 * 1024, seed: 0 });
      const plan = compile(snapshot, "select count() from t where body ~ '(a|b)*a(a|b){18}[xy]$'");
      // The thread is there before: what is called off is at its work.
      await executePlan(environment, compile(snapshot, "select count() from t where body ~ 'q'"), snapshot.tables);
      const controller = new AbortController();
      const happened: string[] = [];
      let ended: Promise<unknown> = Promise.resolve();
      const running = executePlan(environment, plan, snapshot.tables, {
        signal: controller.signal,
        working: (work) => (ended = work.then(() => happened.push('ended'))),
      });
      let abortedAt = 0;
      setTimeout(() => {
        abortedAt = performance.now();
        controller.abort();
      }, 50);
      await expect(
        running.catch((error: unknown) => {
          happened.push('failed');
          throw error;
        }),
      ).rejects.toMatchObject({ code: 'cancelled' });
      const failedAfter = performance.now() - abortedAt;
      await ended;
      expect(happened).toEqual(['failed', 'ended']);
      const endedAfter = performance.now() - abortedAt;
      process.stderr.write(
        `called off: failed after ${failedAfter.toFixed(1)} ms, ended after ${endedAfter.toFixed(1)} ms\n`,
      );
    });
  });

  it.each([
    'select user, count(), max(body) from t group by user order by count desc limit 5',
    'select count(), avg(duration) from sessions(t, gap => 10s, b => max(body)) where b is not null',
  ])('reads no block after the signal where it runs on the calling thread: %s', async (text) => {
    await withTable(2000, 40, async (snapshot) => {
      const { environment, reads } = counting(smallEnvironment(host));
      const plan = compile(snapshot, text);
      await executePlan({ ...environment, monotonic: undefined as never }, plan, snapshot.tables);
      const all = reads();
      const controller = new AbortController();
      const running = executePlan({ ...environment, monotonic: undefined as never }, plan, snapshot.tables, {
        signal: controller.signal,
      });
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      controller.abort();
      const atAbort = reads();
      await expect(running).rejects.toMatchObject({ code: 'cancelled' });
      for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(reads()).toBe(atAbort);
      expect(atAbort - all).toBeLessThan(all);
    });
  });

  it('fails with timeout when its time is over', async () => {
    await withTable(500, 40, async (snapshot) => {
      let looked = 0;
      const { environment, reads } = counting({ ...smallEnvironment(host), monotonic: () => looked++ });
      const plan = compile(snapshot, 'select user, count() from t group by user');
      const whole = await executePlan(environment, plan, snapshot.tables, { timeoutMs: 1_000_000 });
      expect(whole.rowCount).toBe(500);
      const all = reads();
      await expect(executePlan(environment, plan, snapshot.tables, { timeoutMs: 20 })).rejects.toMatchObject({
        code: 'timeout',
        message: 'The query took longer than 20 ms.',
      });
      // A clock that goes on by 1 ms a look: of twenty looks, each came with a block at most.
      expect(reads() - all).toBeLessThan(40);
    });
  });
});

describe('a query that would take too much memory', () => {
  it('is refused with what it would need, and answered where it has that', async () => {
    await withTable(60_000, 40, async (snapshot) => {
      const environment = { ...createExecutionEnvironment(host, { memory: 64 * 1024 * 1024, seed: 0 }) };
      const plan = compile(snapshot, 'select user, n, count(), sum(n) from t group by user, n order by n limit 3');
      const answered = await executePlan(environment, plan, snapshot.tables);
      expect(rowsOf(answered)).toEqual([
        ['u0', 0, 1, 0],
        ['u1', 1, 1, 1],
        ['u2', 2, 1, 2],
      ]);
      const refused = executePlan(environment, plan, snapshot.tables, { memory: 2 * 1024 * 1024 });
      await expect(refused).rejects.toMatchObject({ code: 'limit' });
      const message = await refused.catch((error: Error) => error.message);
      const found =
        /^group by user, n would need about ([\d.]+) MiB for ([\d.]+) k groups; the budget is 2 MiB \(queryMemoryMax\)\.$/.exec(
          String(message),
        );
      expect(found, String(message)).not.toBeNull();
      expect(Number(found![1])).toBeGreaterThan(2);
      expect(Number(found![2])).toBeGreaterThan(30);
      expect(Number(found![2])).toBeLessThan(90);
      const rows = compile(snapshot, 'select * from t order by body');
      await expect(executePlan(environment, rows, snapshot.tables, { memory: 1024 * 1024 })).rejects.toMatchObject({
        code: 'limit',
        message: expect.stringMatching(/^The rows would need about [\d.]+ MiB; the budget is 1 MiB/) as string,
      });
    });
  });
});
