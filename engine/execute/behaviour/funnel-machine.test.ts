import { describe, expect, it } from 'vitest';
import type { Exclusion, FunnelRules } from '../../plan/behaviour.ts';
import type { FunnelEvents, FunnelTask } from './funnel-events.ts';
import { isOpen, walkEntries } from './funnel-entries.ts';
import { createFunnelMachine } from './funnel-machine.ts';

const expr = { kind: 'column', name: 'a' } as unknown as Exclusion['expr'];

function taskOf(
  optional: readonly boolean[],
  rules: Partial<FunnelRules>,
  exclude: readonly Exclusion['between'][] = [],
  holding = 0,
): FunnelTask {
  return {
    steps: optional.map((each, step) => ({ name: `s${step}`, expr, optional: each })),
    rules: {
      window: 1e12,
      order: 'loose',
      entry: 'any',
      repeat: false,
      grace: null,
      ...rules,
    },
    exclude: exclude.map((between) => ({ expr, between })),
    holding,
  };
}

/** A second apart: event i fills the steps `fills(i)`, fulfils `excludes(i)` and holds `code(i)`. */
function eventsOf(
  count: number,
  fills: (at: number) => number,
  excludes: ((at: number) => number) | null = null,
  code: ((at: number) => number) | null = null,
): FunnelEvents {
  return {
    times: Float64Array.from({ length: count }, (_, at) => at * 1000),
    steps: Uint32Array.from({ length: count }, (_, at) => fills(at)),
    exclusions: excludes === null ? new Uint32Array() : Uint32Array.from({ length: count }, (_, at) => excludes(at)),
    holding: code === null ? new Uint32Array() : Uint32Array.from({ length: count }, (_, at) => code(at)),
  };
}

const million = 1_000_000;
/** Steps 1 and 2 in turn over a million events, all in one window, and step 3 only as the last: every start reaches far. */
const inTurn = (at: number): number => (at === million - 1 ? 4 : 1 << (at & 1));
const plain = [false, false, false];

describe('an actor with a million events in one window', () => {
  it.each<[string, FunnelTask, FunnelEvents, number]>([
    ['loose', taskOf(plain, {}), eventsOf(million, inTurn), 3],
    ['repeat', taskOf(plain, { repeat: true }), eventsOf(million, inTurn), 3],
    ['equal times in any order', taskOf(plain, { grace: 0 }), eventsOf(million, inTurn), 3],
    [
      'two seconds of grace, never whole',
      taskOf([...plain, false], { grace: 2000 }),
      eventsOf(million, (at) => [1, 2, 1, 4][at & 3]!),
      3,
    ],
    [
      'an exclusion that always holds',
      taskOf(plain, {}, [{ from: 0, to: 2 }]),
      eventsOf(million, inTurn, (at) => at & 1),
      2,
    ],
    ['strict', taskOf(plain, { order: 'strict' }), eventsOf(million, inTurn), 2],
    ['an optional step', taskOf([false, true, false], {}), eventsOf(million, inTurn), 3],
    [
      'holding, a value for each pair of events',
      taskOf(plain, {}, [], 1),
      eventsOf(million, inTurn, null, (at) => 1 + (at >> 1)),
      2,
    ],
    ['any', taskOf(plain, { order: 'any' }), eventsOf(million, (at) => inTurn(at) & 3), 2],
    [
      'any, holding',
      taskOf(plain, { order: 'any' }, [], 1),
      eventsOf(
        million,
        (at) => inTurn(at) & 3,
        null,
        (at) => 1 + (at & 1),
      ),
      1,
    ],
  ])('is looked through: %s', (_, task, events, depth) => {
    expect(createFunnelMachine(task).best(events, 0, million, 0, million)).toBe(depth);
  });
});

describe('a funnel of 32 steps', () => {
  const all = Array.from({ length: 32 }, () => false);
  it.each<[string, FunnelTask]>([
    ['loose', taskOf(all, {})],
    ['repeat', taskOf(all, { repeat: true })],
    ['grace', taskOf(all, { grace: 0 })],
    ['strict', taskOf(all, { order: 'strict' })],
    ['an exclusion', taskOf(all, {}, [{ from: 0, to: 31 }])],
    ['an exclusion, repeat', taskOf(all, { repeat: true }, [{ from: 0, to: 31 }])],
    ['any', taskOf(all, { order: 'any' })],
    ['the order of ClickHouse', taskOf(all, { order: 'strict_order', repeat: true, grace: 0 })],
  ])('is done by one event a step: %s', (_, task) => {
    const events = eventsOf(32, (at) => (1 << at) >>> 0, task.exclude.length > 0 ? () => 0 : null);
    const machine = createFunnelMachine(task);
    expect(machine.best(events, 0, 32, 0, 32)).toBe(32);
    expect([...machine.places]).toEqual(Array.from({ length: 32 }, (__, at) => at));
  });
});

describe('entries', () => {
  it('every: half a million pairs are as many entries', () => {
    const task = taskOf([false, false], { entry: 'every', window: 60_000 });
    let whole = 0;
    walkEntries(
      task,
      createFunnelMachine(task),
      eventsOf(million, (at) => 1 << (at & 1)),
      0,
      million,
      (depth) => {
        whole += depth === 2 ? 1 : 0;
      },
    );
    expect(whole).toBe(million / 2);
  });

  it('a best attempt takes only starts of the range', () => {
    const task = taskOf([false, false], { window: 1000 });
    const events = eventsOf(6, (at) => 1 << (at & 1));
    const machine = createFunnelMachine(task);
    expect(machine.best(events, 0, 6, 2, 4)).toBe(2);
    expect([...machine.places]).toEqual([2, 3]);
    expect(machine.best(events, 0, 6, 3, 4)).toBe(0);
    expect([...machine.places]).toEqual([-1, -1]);
  });
});

describe('an open attempt', () => {
  it.each([
    ['any', 6000, true],
    ['any', 6001, false],
    ['first', 2000, true],
    ['first', 2001, false],
  ] as const)('entry %s at %i: %s', (entry, end, open) => {
    // Step 1 at 0 and at 4 s, window 2 s.
    const events = eventsOf(6, (at) => (at % 4 === 0 ? 1 : 2));
    expect(isOpen(taskOf([false, false], { entry, window: 2000 }), events, 0, 6, end)).toBe(open);
  });

  it('starts with an event that has its holding value', () => {
    const events = eventsOf(
      2,
      () => 1,
      null,
      (at) => 1 - at,
    );
    expect(isOpen(taskOf([false, false], { window: 500 }, [], 1), events, 0, 2, 1000)).toBe(false);
    expect(isOpen(taskOf([false, false], { window: 500 }, [], 1), events, 0, 2, 500)).toBe(true);
  });
});
