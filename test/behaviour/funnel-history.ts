import type { Exclusion, FunnelRules } from '../../engine/plan/behaviour.ts';
import type { FunnelEvents, FunnelTask } from '../../engine/execute/behaviour/funnel-events.ts';
import type { Expr } from '../../engine/plan/expr.ts';
import { below, chance, pick, type Random } from '../oracle/random.ts';
import type { HistoryEvent } from './brute-force.ts';

/** Stands where a machine never looks. */
const expr: Expr = { kind: 'constant', value: true, type: { kind: 'bool' } } as unknown as Expr;

/** Makes a task of steps, true = optional. */
export function taskOf(
  optional: readonly boolean[],
  rules: Partial<FunnelRules>,
  exclude: readonly Exclusion['between'][] = [],
  holding = 0,
): FunnelTask {
  return {
    steps: optional.map((each, step) => ({ name: `s${step}`, expr, optional: each })),
    rules: { window: 60, order: 'loose', entry: 'any', repeat: false, grace: null, ...rules },
    exclude: exclude.map((between) => ({ expr, between })),
    holding,
  };
}

/** Lays a history out as the machine reads it, behind another actor's events. */
export function eventsOf(task: FunnelTask, history: readonly HistoryEvent[], pad: number): FunnelEvents {
  const bits = (places: readonly number[]): number => places.reduce((sum, place) => sum | (1 << place), 0) >>> 0;
  const around = Array.from({ length: pad }, () => 0xffffffff);
  const codes = new Map<string, number>();
  for (const { held } of history) if (held !== null && !codes.has(held)) codes.set(held, codes.size + 1);
  const lay = (values: readonly number[]): number[] => [...around, ...values, ...around];
  return {
    times: Float64Array.from(lay(history.map(({ time }) => time))),
    steps: Uint32Array.from(lay(history.map(({ fills }) => bits(fills)))),
    exclusions:
      task.exclude.length === 0
        ? new Uint32Array()
        : Uint32Array.from(lay(history.map(({ excludes }) => bits(excludes)))),
    holding:
      task.holding === 0
        ? new Uint32Array()
        : Uint32Array.from(lay(history.map(({ held }) => (held === null ? 0 : codes.get(held)!)))),
  };
}

/** A random task over few steps, each option often enough. */
export function randomTask(random: Random): FunnelTask {
  const count = 2 + below(random, 3);
  const simple = chance(random, 0.25);
  const exclude = simple
    ? []
    : Array.from({ length: pick(random, [0, 0, 1, 1, 2]) }, () => {
        const from = below(random, count - 1);
        return chance(random, 0.4) ? null : { from, to: from + 1 + below(random, count - 1 - from) };
      });
  const optional = Array.from({ length: count }, (_, step) => !simple && step > 0 && chance(random, 0.2));
  const order = pick(random, ['loose', 'loose', 'strict', 'any'] as const);
  const rules: FunnelRules = {
    window: pick(random, [0, 2, 5, 10, 20]),
    order,
    entry: pick(random, ['any', 'any', 'first', 'every'] as const),
    repeat: chance(random, 0.4),
    grace: chance(random, 0.4) ? pick(random, [0, 1, 2]) : null,
  };
  return taskOf(optional, rules, exclude, simple || chance(random, 0.7) ? 0 : 1);
}

/** A random history of at most seven events, with equal times and events that fill several steps. */
export function randomHistory(random: Random, task: FunnelTask): HistoryEvent[] {
  const overlap = chance(random, 0.4);
  const gap = pick(random, [1, 3, 6]);
  let time = 0;
  return Array.from({ length: below(random, 8) }, () => {
    time += below(random, gap + 1);
    const fills = task.steps.map((_, step) => step).filter(() => overlap && chance(random, 0.4));
    if (!overlap && chance(random, 0.85)) fills.push(below(random, task.steps.length));
    return {
      time,
      fills,
      excludes: task.exclude.map((_, x) => x).filter(() => chance(random, 0.25)),
      held: chance(random, 0.15) ? null : pick(random, ['red', 'red', 'blue']),
    };
  });
}
