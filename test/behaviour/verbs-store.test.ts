import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { printDuration } from '../../engine/base/duration.ts';
import { open, type Varve } from '../../engine/index.ts';
import { below, pick, randomOf, type Random } from '../oracle/random.ts';
import { temporaryFolder } from '../support.ts';
import { at, randomCase, randomEvents, seed, type SmallEvent, type Times } from './histories.ts';
import { naiveLifecycle } from './naive-lifecycle.ts';
import { naiveEdges, type PathsQuestion } from './naive-paths.ts';
import { naiveRetention } from './naive-retention.ts';

/** Tables that are asked; each lies in segments, unmerged ones and the memtable at once. */
const tables = Math.max(2, Math.round(Number(process.env['VARVE_HISTORIES'] ?? 1500) / 50));

describe(`behaviour over a store (seed ${seed}, ${tables} tables)`, () => {
  let db: Varve;

  beforeAll(async () => {
    db = await open(temporaryFolder());
  });

  afterAll(() => db.close());

  async function tableOf(name: string, events: readonly SmallEvent[], random: Random): Promise<void> {
    const rows = events.map(({ time, actor, ...rest }) => ({ time: new Date(time), user_id: actor, ...rest }));
    // What comes later is stored later: equal times keep this order.
    for (let from = 0; from < rows.length;) {
      const to = from + 1 + below(random, 15);
      await db.append(name, rows.slice(from, to));
      from = to;
      if (random() < 0.2) await db.compact();
    }
    await db.append(name, [{ time: new Date(rows[0]!.time), node: 'nobody', starting: true, ending: true }]);
  }

  /** The clauses of a range, and how a query is to be asked. */
  function timesOf({ since, until, now, calendar }: Times) {
    const clause = (word: string, time: number | null): string =>
      time === null ? '' : ` ${word} '${new Date(time).toISOString()}'`;
    return {
      text: `${clause('since', since)}${clause('until', until)} timezone '${calendar.zone}'`,
      options: { now: new Date(now) },
    };
  }

  /** @returns the rows as lists, times as ms. */
  async function ask(query: string, options: { readonly now?: Date } = {}): Promise<unknown[][]> {
    const result = await db.query(query, options);
    return result
      .rows()
      .map((row) => Object.values(row).map((value) => (value instanceof Date ? value.getTime() : value)));
  }

  it.each(Array.from({ length: tables }, (_, table) => table))('table %i', async (table) => {
    const random = randomOf(seed + 7919 * table);
    const { events, times } = randomCase(random);
    if (events.length === 0) return;
    const name = `t${table}`;
    await tableOf(name, events, random);
    const { text, options } = timesOf(times);
    const every = printDuration(times.calendar.step);
    const why = `seed ${seed + 7919 * table}`;
    // Rows of nobody would count for the ends of buckets, and for nothing else.
    const known = 'where user_id is not null';

    expect(
      await ask(
        `lifecycle from ${name} every ${every}${text} ${known}`.replace(/( timezone '.*') (where .*)/, ' $2$1'),
        options,
      ),
      why,
    ).toEqual(naiveLifecycle(events, times));
    const question = {
      ...times,
      periods: 1 + below(random, 4),
      recurring: random() < 0.5,
      after: random() < 0.5,
      grouped: random() < 0.5,
    };
    const rules = `${question.recurring ? ' mode recurring' : ''}${question.after ? ' within after' : ''}`;
    const key = question.grouped ? ' group by node' : '';
    const retention = `retention starting then ending from ${name} every ${every} for ${question.periods}${rules}${text}`;
    const rows = await ask(retention.replace(/( timezone '.*')$/, ` ${known}${key}$1`), options);
    expect(question.grouped ? rows : rows.map((row) => [null, ...row]), `${why}: ${retention}`).toEqual(
      naiveRetention(events, question),
    );
  });

  it.each(Array.from({ length: tables }, (_, table) => table))('paths %i', async (table) => {
    const random = randomOf(seed + 104_729 * table);
    const minute = 60_000;
    const events = randomEvents(random, { most: 60, actors: 4, from: at('2024-01-28'), grain: 5 * minute, span: 100 });
    if (events.length === 0) return;
    const name = `p${table}`;
    await tableOf(name, events, random);
    const question: PathsQuestion = {
      gap: pick(random, [5, 10, 30, 600]) * minute,
      depth: 1 + below(random, 5),
      from: pick(random, ['first', 'starting', 'ending'] as const),
      limit: pick(random, [1, 2, 3, 20]),
    };
    const match = question.from === 'first' ? '' : ` ${question.from} ${question.from}`;
    const query = `paths node from ${name} gap ${question.gap / minute}m depth ${question.depth}${match} limit ${question.limit}`;
    expect(await ask(query), `seed ${seed + 104_729 * table}: ${query}`).toEqual(naiveEdges(events, question));
  });
});
