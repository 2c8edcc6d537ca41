import type { Step } from './calendar.ts';
import { randomMeasure, type Scope } from './generate-expr.ts';
import { keyType } from './generate-keys.ts';
import { randomMoment } from './generate-range.ts';
import { below, chance, pick, type Random } from './random.ts';
import { holds, type Expr, type Item, type Key, type Query } from './tree.ts';

/** @returns groups with a top, a window or an earlier time beside, in a form in which each has one meaning. */
export function specialGroups(
  random: Random,
  base: Query,
  scope: Scope,
  all: readonly Key[],
  special: 'top' | 'trailing' | 'compare',
): Query {
  // In a window `time` of an event is that of several buckets.
  const keys = all
    .filter(({ expr }) => special === 'top' || !holds(expr, (part) => part.kind === 'column' && part.name === 'time'))
    .map((key, index) => ({ ...key, alias: `k${index}` }));
  const items = keys.map((key, index): Item => ({
    expr: { kind: 'key', index, type: keyType(key) },
    alias: key.alias,
  }));
  const numeric = (): Expr => {
    for (let tries = 0; tries < 20; tries++) {
      const made = randomMeasure(random, scope, special !== 'trailing');
      if (made.type === 'int' || made.type === 'float') return made;
    }
    return { kind: 'aggregate', name: 'count()', args: [], filter: null, type: 'int' };
  };
  const measures = Array.from({ length: 1 + below(random, 2) }, (_, index): Item => ({
    expr: numeric(),
    alias: `m${index}`,
  }));
  const limit = chance(random, 0.3) ? { limit: 1 + below(random, 30), offset: below(random, 3) } : {};
  const query = { ...base, keys, items: [...items, ...measures], ...limit };
  if (special === 'compare') {
    const since = base.since ?? randomMoment(random, scope, null, base.zone);
    const ranged = { ...query, since, until: base.until ?? randomMoment(random, scope, null, base.zone) };
    const [every, compare] = pick(random, comparisons);
    return { ...ranged, every, compare };
  }
  if (special === 'trailing') {
    const [every, trailing] = pick(random, windows);
    return { ...query, every, trailing };
  }
  const topped = keys.map((key) =>
    chance(random, 0.7) ? { ...key, top: { count: 1 + below(random, 4), others: chance(random, 0.6) } } : key,
  );
  return {
    ...query,
    ...(chance(random, 0.4) ? { every: pick(random, longSteps) } : {}),
    keys: topped,
    items: [...items.map(asTopped(topped)), ...measures],
  };
}

/** A key with a row for the others is text. */
function asTopped(keys: readonly Key[]): (item: Item) => Item {
  return (item) => {
    const { expr } = item;
    return expr.kind === 'key' && keys[expr.index]!.top?.others === true
      ? { ...item, expr: { ...expr, type: 'text' } }
      : item;
  };
}

const day: Step = { count: 1, unit: 'd' };
const week: Step = { count: 1, unit: 'w' };
const month: Step = { count: 1, unit: 'mo' };
/** Steps that make few buckets. */
export const longSteps: readonly Step[] = [
  week,
  month,
  { count: 2, unit: 'w' },
  { count: 1, unit: 'q' },
  { count: 1, unit: 'y' },
];
/** Buckets of a step that moves them onto buckets. */
const comparisons: readonly (readonly [Step | null, Step])[] = [
  ...[day, week, month, { count: 2, unit: 'w' }, { count: 1, unit: 'y' }].map((step): [null, Step] => [
    null,
    step as Step,
  ]),
  [day, day],
  [day, week],
  [week, week],
  [week, { count: 2, unit: 'w' }],
  [month, month],
  [month, { count: 1, unit: 'q' }],
];
const windows: readonly (readonly [Step, Step])[] = [
  [day, { count: 7, unit: 'd' }],
  [day, day],
  [week, { count: 4, unit: 'w' }],
  [day, week],
  [week, month],
  [month, { count: 1, unit: 'q' }],
  [
    { count: 2, unit: 'd' },
    { count: 3, unit: 'd' },
  ],
];
