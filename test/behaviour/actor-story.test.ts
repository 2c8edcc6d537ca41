import { expect, it } from 'vitest';
import { tellStory } from '../../engine/execute/behaviour/actor-story.ts';
import type { Reason } from '../../engine/execute/behaviour/why-not.ts';
import { randomOf } from '../oracle/random.ts';
import { entriesByForce, bestByForce, type HistoryEvent } from './brute-force.ts';
import { eventsOf, randomHistory, randomTask } from './funnel-history.ts';
import { histories, seed } from './histories.ts';

type Task = ReturnType<typeof randomTask>;

/** @returns whether what a reason says of an event is so, as far as it can be told without the machine. */
function isSo(
  task: Task,
  history: readonly HistoryEvent[],
  starts: readonly number[],
  at: number,
  why: Reason,
): boolean {
  const { time, fills, held, excludes } = history[at]!;
  const start = starts.findLast((place) => place <= at) ?? starts[0];
  const age = start === undefined ? 0 : time - history[start]!.time;
  switch (why.kind) {
    case 'no_step':
      return fills.length === 0 && why.exclusions.every((exclusion) => excludes.includes(exclusion));
    case 'no_value':
      return held === null;
    case 'other_value':
      return held !== null && held !== history[start!]!.held;
    case 'begins':
      return why.depth === null || bestByForce(task, history, (place) => place === at)?.depth === why.depth;
    case 'no_entry':
      return task.rules.entry !== 'any' && (task.rules.order === 'any' || fills.includes(0));
    case 'before':
      return at < start!;
    case 'beyond':
      return why.ms === age && age > task.rules.window;
    case 'used':
      return fills.includes(why.step);
    case 'nothing_new':
      return task.rules.order === 'any';
    case 'order':
      return !fills.includes(why.step) || start === undefined;
    case 'passed':
      return fills.every((step) => step <= why.step);
    case 'excluded':
      return history[why.place]!.excludes.includes(why.exclusion) && why.place < at;
    case 'strict':
      return task.rules.order === 'strict' && why.place < at;
    case 'behind':
      return at > start!;
    case 'other':
      return true;
  }
}

it(`tells the attempts that brute force finds, and of every other event something that is so (seed ${seed})`, () => {
  const random = randomOf(seed);
  const said = new Map<string, number>();
  for (let round = 0; round < 2 * histories; round++) {
    const task = randomTask(random);
    const history = randomHistory(random, task);
    const story = tellStory(task, eventsOf(task, history, 0), null, 40);
    const wish = entriesByForce(task, history).map(({ depth, places }) => ({
      depth,
      places: Array.from(task.steps, (_, at) => places[at] ?? -1),
    }));
    const shown = JSON.stringify({ task, history, story });
    expect(
      story.attempts.map(({ depth, places }) => ({ depth, places })),
      shown,
    ).toEqual(wish);
    const starts = wish.map(({ places }) => places[0]!);
    story.events.forEach((event, at) => {
      const mine = wish.flatMap(({ places }, attempt) => {
        const steps = places.flatMap((place, step) => (place === at ? [step] : []));
        return steps.length === 0 ? [] : [{ attempt, steps }];
      });
      if (event.kind === 'advances') expect(event.advances, shown).toEqual(mine);
      else {
        expect(mine, shown).toEqual([]);
        said.set(event.why.kind, (said.get(event.why.kind) ?? 0) + 1);
        expect(isSo(task, history, starts, at, event.why), `${at} ${JSON.stringify(event)} ${shown}`).toBe(true);
      }
    });
  }
  const all = ['no_step', 'no_value', 'other_value', 'begins', 'no_entry', 'before', 'beyond', 'used', 'nothing_new'];
  for (const kind of [...all, 'behind', 'order', 'excluded', 'strict'])
    expect(said.get(kind) ?? 0, kind).toBeGreaterThan(3);
  const vague = said.get('other') ?? 0;
  expect(vague).toBeLessThan(0.05 * [...said.values()].reduce((sum, count) => sum + count, 0));
});
