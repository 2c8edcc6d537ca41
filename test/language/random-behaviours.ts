import fc from 'fast-check';
import {
  funnelEntries,
  funnelOrders,
  funnelPresets,
  keyPlaces,
  retentionModes,
  retentionWithins,
  type BehaviourSyntax,
  type QuerySyntax,
} from '../../engine/query/syntax-behaviour.ts';
import type { Item, Syntax } from '../../engine/query/syntax.ts';
import { randomParts, randomSelects } from './random-queries.ts';

const { maybe, step, name } = randomParts;
const span = { start: 0, end: 0 };

/** Columns called as a word that means something where they stand. */
const namesakes: fc.Arbitrary<Syntax> = fc
  .constantFrom('any', 'optional', 'then_', 'between_', 'within', 'first', 'at')
  .map((made): Syntax => ({ kind: 'name', name: made, quoted: false, span }));
const expr = fc.oneof(
  { weight: 5, arbitrary: randomParts.expression },
  { weight: 1, arbitrary: namesakes },
  {
    weight: 1,
    arbitrary: namesakes.map((left): Syntax => ({ kind: 'operator', name: '-', args: [left, left], span })),
  },
);
const shared = {
  from: fc.array(randomParts.source, { minLength: 1, maxLength: 2 }),
  per: maybe(randomParts.column),
  since: maybe(expr),
  until: maybe(expr),
  where: maybe(expr),
  timezone: maybe(randomParts.text.map((made) => ({ name: made, span }))),
};
const item: fc.Arbitrary<Item> = fc.record({ expr, alias: maybe(name) }).map((made) => ({ ...made, span }));
const groupBy = fc.array(item, { maxLength: 2 });
const count = fc.integer({ min: 1, max: 1000 });
const stepName = name.map((made) => ({ name: made, span }));

const funnels: fc.Arbitrary<BehaviourSyntax> = fc
  .record({
    steps: fc.array(
      fc.record({ expr, alias: maybe(name), optional: fc.boolean() }).map((made) => ({ ...made, span })),
      { minLength: 2, maxLength: 4 },
    ),
    ...shared,
    within: step,
    order: maybe(fc.constantFrom(...funnelOrders)),
    exclude: fc.array(
      fc
        .record({ expr, between: maybe(fc.record({ from: stepName, to: stepName })) })
        .map((made) => ({ ...made, span })),
      { maxLength: 2 },
    ),
    holding: fc.array(expr, { maxLength: 2 }),
    entry: maybe(fc.constantFrom(...funnelEntries)),
    repeat: maybe(fc.boolean()),
    rules: maybe(fc.constantFrom(...funnelPresets)),
    groupBy,
    at: maybe(fc.constantFrom(...keyPlaces)),
    every: maybe(step),
  })
  .map((made) => ({ kind: 'funnel', ...made, at: made.groupBy.length === 0 ? null : made.at, span }));

const retentions: fc.Arbitrary<BehaviourSyntax> = fc
  .record({
    start: expr,
    returning: maybe(expr),
    ...shared,
    every: step,
    periods: count,
    mode: maybe(fc.constantFrom(...retentionModes)),
    within: maybe(fc.constantFrom(...retentionWithins)),
    groupBy,
  })
  .map((made) => ({ kind: 'retention', ...made, span }));

const paths: fc.Arbitrary<BehaviourSyntax> = fc
  .record({
    node: expr,
    ...shared,
    gap: maybe(step),
    depth: maybe(count),
    starting: maybe(expr),
    ending: maybe(expr),
    limit: maybe(count),
  })
  .map((made) => ({ kind: 'paths', ...made, ending: made.starting === null ? made.ending : null, span }));

const lifecycles: fc.Arbitrary<BehaviourSyntax> = fc
  .record({ ...shared, every: step })
  .map((made) => ({ kind: 'lifecycle', ...made, span }));

/** Queries of every kind, with selects inside. */
export const randomQueries: fc.Arbitrary<QuerySyntax> = fc.oneof(
  { weight: 3, arbitrary: randomSelects },
  { weight: 2, arbitrary: funnels },
  { weight: 1, arbitrary: retentions },
  { weight: 1, arbitrary: paths },
  { weight: 1, arbitrary: lifecycles },
);
