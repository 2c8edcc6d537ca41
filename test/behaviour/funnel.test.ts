import { describe, expect, it } from 'vitest';
import { createAnyOrderMachine } from '../../engine/execute/behaviour/any-order.ts';
import { createClickHouseOrderMachine } from '../../engine/execute/behaviour/click-house-order.ts';
import { createExactMachine } from '../../engine/execute/behaviour/exact-attempts.ts';
import { createFunnelMachine } from '../../engine/execute/behaviour/funnel-machine.ts';
import { walkEntries } from '../../engine/execute/behaviour/funnel-entries.ts';
import type { FunnelTask } from '../../engine/execute/behaviour/funnel-events.ts';
import type { FunnelRules } from '../../engine/plan/behaviour.ts';
import { below, chance, pick, randomOf, type Random } from '../oracle/random.ts';
import { entriesByForce, type HistoryEvent } from './brute-force.ts';
import { eventsOf, randomHistory, randomTask, taskOf } from './funnel-history.ts';

const seed = Number(process.env['VARVE_SEED'] ?? 20_240_331);
const wanted = Number(process.env['VARVE_FUNNELS'] ?? (process.env['VARVE_LONG'] === undefined ? 20_000 : 100_000));

const presets = {
  varve: {},
  'varve, strict': { order: 'strict' },
  'varve, repeat': { repeat: true },
  clickhouse: { repeat: true, grace: 0 },
  'clickhouse, strict': { repeat: true, grace: 0, order: 'strict_order' },
  mixpanel: { entry: 'first', grace: 2000 },
  mixpanel_reentry: { grace: 2000 },
  amplitude: { grace: 1000 },
  'amplitude, strict': { grace: 1000, order: 'strict' },
  posthog: { grace: 0 },
  'posthog, strict': { grace: 0, order: 'strict' },
} as const satisfies Record<string, Partial<FunnelRules>>;
type Preset = keyof typeof presets;

const columns: readonly Preset[] = [
  'varve',
  'clickhouse',
  'clickhouse, strict',
  'mixpanel',
  'mixpanel_reentry',
  'amplitude',
  'posthog',
];
/** Steps, window in seconds, events, the depth in each of `columns`, and in others. */
const rows: readonly [string, string, number, string, readonly number[], Partial<Record<Preset, number>>?][] = [
  ['F1', 'A B C', 60, 'A0 A30 B45 C75', [3, 3, 3, 2, 3, 3, 3]],
  ['F2', 'A B', 60, 'A0 A30 B75', [2, 2, 2, 1, 2, 2, 2]],
  ['F3', 'A B', 60, 'A0 A100 B110', [2, 2, 2, 1, 2, 2, 2]],
  ['F4', 'A B C D E', 100, 'A0 B1 D2 C3 D4 E5', [5, 5, 2, 5, 5, 5, 5]],
  [
    'F5',
    'A B C',
    100,
    'A0 X1 B2 C3',
    [3, 3, 1, 3, 3, 3, 3],
    { 'varve, strict': 1, 'amplitude, strict': 1, 'posthog, strict': 1 },
  ],
  ['F6', 'A B', 60, 'B10 A10', [1, 2, 2, 2, 2, 2, 2]],
  ['F7', 'A B', 60, 'A10 B70', [2, 2, 2, 2, 2, 2, 2]],
  ['F8', 'A B', 60, 'B10 A11', [1, 1, 1, 2, 2, 2, 1]],
  ['F9', 'A A B', 60, 'A0 B5', [1, 3, 3, 1, 1, 1, 1], { 'varve, repeat': 3 }],
  ['F10', 'A A B', 60, 'A0 A1 B5', [3, 3, 3, 3, 3, 3, 3]],
  ['F11', 'A B C', 60, 'A0 B10 A50 C70', [2, 2, 2, 2, 2, 2, 2]],
  ['F12', 'A B C', 60, 'A0 B10 B20 C30', [3, 3, 3, 3, 3, 3, 3]],
  ['F13', 'A B C', 60, 'A0 B10 A20 C30', [3, 3, 3, 3, 3, 3, 3]],
];

function written(steps: string, events: string): { count: number; history: HistoryEvent[] } {
  const names = steps.split(' ');
  const history = events.split(' ').map((event) => ({
    time: Number(event.slice(1)) * 1000,
    fills: names.map((_, step) => step).filter((step) => names[step] === event[0]),
    excludes: event.startsWith('X') ? [0] : [],
    held: null,
  }));
  return { count: names.length, history };
}

function entriesOf(
  task: FunnelTask,
  history: readonly HistoryEvent[],
  pad = 2,
  machine = createFunnelMachine(task),
): { depth: number; places: number[] }[] {
  const found: { depth: number; places: number[] }[] = [];
  walkEntries(task, machine, eventsOf(task, history, pad), pad, pad + history.length, (depth) => {
    found.push({ depth, places: Array.from(machine.places, (place) => (place < 0 ? -1 : place - pad)) });
  });
  return found;
}

describe('the funnel, case by case', () => {
  const cases = rows.flatMap(([name, steps, window, events, depths, others]) =>
    [
      ...columns.map((preset, at) => [preset, depths[at]!] as const),
      ...(Object.entries(others ?? {}) as [Preset, number][]),
    ].map(([preset, depth]) => ({ name, steps, window, events, preset, depth })),
  );
  it.each(cases)('$name: $steps in $events, $preset: $depth', ({ steps, window, events, preset, depth }) => {
    const { count, history } = written(steps, events);
    const task = taskOf(
      Array.from({ length: count }, () => false),
      { window: window * 1000, ...presets[preset] },
    );
    expect(entriesOf(task, history).map((entry) => entry.depth)).toEqual([depth]);
  });

  it.each(['varve', 'mixpanel'] as const)('F14: entry every, %s: two entries, one converted', (preset) => {
    const { history } = written('A B', 'A0 A100 B110');
    const task = taskOf([false, false], { window: 60_000, ...presets[preset], entry: 'every' });
    expect(entriesOf(task, history).map(({ depth }) => depth)).toEqual([1, 2]);
  });

  it('lets a later A start a pair anew behind an exclusion', () => {
    const { history } = written('A B', 'A1 X2 A3 B4');
    const task = taskOf([false, false], { window: 60_000 }, [{ from: 0, to: 1 }]);
    expect(entriesOf(task, history)).toEqual([{ depth: 2, places: [2, 3] }]);
  });
});

it('keeps an event between a pair out that excludes and fills a step itself', () => {
  const { history } = written('A B C', 'A1 B2 C3');
  const marked = history.map((event, at) => (at === 1 ? { ...event, excludes: [0] } : event));
  const task = taskOf([false, false, false], { window: 60_000 }, [{ from: 0, to: 2 }]);
  expect(entriesOf(task, marked)).toEqual([{ depth: 2, places: [0, 1, -1] }]);
});

describe('random small histories', () => {
  it(`agree with every attempt tried (seed ${seed}, ${wanted} histories)`, { timeout: 900_000 }, () => {
    const random = randomOf(seed);
    let deep = 0;
    let compared = 0;
    while (compared < wanted) {
      const task = randomTask(random);
      const history = randomHistory(random, task);
      compared += 1;
      const expected = entriesByForce(task, history);
      const found = entriesOf(task, history);
      const width = task.steps.length;
      const wish = expected.map(({ depth, places }) => ({
        depth,
        places: Array.from({ length: width }, (_, at) => places[at] ?? -1),
      }));
      if (JSON.stringify(found) !== JSON.stringify(wish))
        expect(
          found,
          `${JSON.stringify({ rules: task.rules, optional: task.steps.map(({ optional }) => optional), exclude: task.exclude.map(({ between }) => between), holding: task.holding })}\n${history.map((event) => JSON.stringify(event)).join('\n')}`,
        ).toEqual(wish);
      if (wish.some(({ depth }) => depth > 1)) deep += 1;
    }
    expect(deep).toBeGreaterThan(wanted / 8);
  });
});

/** Rules that the search which tries every choice answers fast enough. */
function longTask(random: Random): FunnelTask {
  const order = pick(random, ['loose', 'loose', 'strict', 'any', 'strict_order'] as const);
  const grace = order === 'strict_order' ? 0 : order === 'strict' || chance(random, 0.4) ? null : below(random, 3);
  const excluded = order !== 'strict_order' && order !== 'any' && chance(random, 0.3);
  return taskOf(
    Array.from({ length: 2 + below(random, 3) }, () => false),
    {
      order,
      grace,
      window: pick(random, [60, 200, 2000]),
      entry: 'every',
      repeat: order === 'strict_order' || chance(random, 0.5),
    },
    excluded ? [null] : [],
    order !== 'strict_order' && chance(random, 0.2) ? 1 : 0,
  );
}

describe('entries of long histories', () => {
  const rounds = Math.max(20, Math.floor(wanted / 200));
  it(`are those that are found among all events (seed ${seed}, ${rounds} histories)`, { timeout: 900_000 }, () => {
    const random = randomOf(seed + 1);
    let entries = 0;
    for (let round = 0; round < rounds; round += 1) {
      const task = longTask(random);
      const width = task.steps.length;
      const isFast = task.rules.repeat || task.rules.grace === null || task.rules.window === 60;
      const overlap = isFast && chance(random, 0.4);
      const [gap, rare] = [pick(random, [1, 2, 5]), pick(random, [0.02, 0.2, 1])];
      let time = 0;
      const history = Array.from({ length: 100 + below(random, 300) }, (): HistoryEvent => {
        time += below(random, gap + 1);
        // The last step comes so late that not the next events but those far behind complete an entry.
        const fills = Array.from({ length: width }, (_, step) => step).filter((step) =>
          chance(random, (step === width - 1 ? rare : 1) * (overlap ? 0.4 : 1 / width)),
        );
        return {
          time,
          fills: overlap ? fills : fills.slice(0, 1),
          excludes: task.exclude.length > 0 && chance(random, 0.05) ? [0] : [],
          held: chance(random, 0.1) ? null : pick(random, ['red', 'blue']),
        };
      });
      const never = (): void => undefined;
      const all =
        task.rules.order === 'any'
          ? createAnyOrderMachine(task, never)
          : task.rules.order === 'strict_order'
            ? createClickHouseOrderMachine(width, task.rules.window)
            : createExactMachine(task, never);
      const found = entriesOf(task, history, 70);
      entries += found.length;
      const why = `round ${round}: ${JSON.stringify(task.rules)}`;
      expect(found, why).toEqual(entriesOf(task, history, 70, all));
    }
    expect(entries).toBeGreaterThan(5 * rounds);
  });

  it('are given up when the query is called off', () => {
    const task = taskOf([false, false], { window: 10, entry: 'every', grace: 0 }, [{ from: 0, to: 1 }]);
    const history = Array.from({ length: 200_000 }, (_, place): HistoryEvent => ({
      ...{ time: place, fills: [0], excludes: [], held: null },
    }));
    const machine = createFunnelMachine(task, () => {
      throw new Error('called off');
    });
    expect(() => entriesOf(task, history, 0, machine)).toThrow('called off');
  });
});
