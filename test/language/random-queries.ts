import fc from 'fast-check';
import type { Step } from '../../engine/base/duration.ts';
import { column, needsQuotes, timeWords } from '../../engine/query/names.ts';
import type {
  GroupItem,
  Item,
  NamedAggregate,
  OrderItem,
  SelectSyntax,
  SourceSyntax,
  StepSyntax,
  Syntax,
} from '../../engine/query/syntax.ts';

/** Random trees as the parser makes them, of every kind of node, with hostile names and texts; no place in a text. */

/** There in one of two. */
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(arbitrary, { freq: 1 });

const span = { start: 0, end: 0 };

const hostile = [
  ...[
    '',
    'a',
    'country',
    'a.b',
    'a..b',
    '.',
    '.a',
    'a.',
    'ctx.select',
    'select',
    'FROM',
    'Null',
    'group',
    'sample',
    'top',
  ],
  ...[
    'others',
    'trailing',
    'offset',
    'asc',
    'desc',
    'nulls',
    'escape',
    'filter',
    'over',
    'distinct',
    'all',
    'any',
    'per',
  ],
  ...[
    'gap',
    'GAP',
    'starting',
    'ending',
    'sessions',
    'actors',
    'cast',
    'if',
    'this',
    'last',
    'week',
    'date',
    'interval',
  ],
  ...[
    'now',
    'today',
    'Yesterday',
    'contains',
    'rlike',
    'isnull',
    'define',
    'explain',
    'show',
    'then',
    'END',
    '*',
    '__proto__',
  ],
  ...[
    'constructor',
    'toString',
    '$insert_id',
    '$',
    'a$b',
    'weird "name"',
    '"',
    '""',
    "it's",
    'a b',
    'a\nb',
    'a\tb',
    '-- x',
  ],
  ...[
    '/* x */',
    ';',
    '1a',
    '1',
    'é',
    'Straße',
    '名',
    '😀',
    'a😀',
    '\u0000',
    '\ud800',
    '\u202e',
    '\ufeff',
    'ſelect',
    'like\u212a',
  ],
];
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 6 }) },
  { weight: 1, arbitrary: fc.stringMatching(/^[a-z_][a-z0-9_$]{0,6}(\.[a-z]{1,3})?$/) },
);
const text = fc.oneof(
  name,
  fc.string({ unit: 'binary', maxLength: 10 }),
  fc.constantFrom("'", "''", "a'b", '\\', '%_', '$who', "'; drop events --", '2024-03-01'),
);
const words = [
  'lower',
  'count',
  'sum',
  'uniq',
  'if',
  'bucket',
  'cas',
  'left',
  'p95',
  'x_1',
  'größe',
  'a$b',
  'filter',
  'top',
  'now',
];
const functionName = fc
  .oneof(fc.constantFrom(...words), fc.stringMatching(/^[a-z_][a-z0-9_]{0,6}$/))
  .filter(
    (word) => !needsQuotes(word) && !['cast', 'distinct', 'exists', 'all', 'some', 'any', 'extract'].includes(word),
  );
const parameterName = fc.constantFrom('who', 'list', '_', 'n2', '名', 'select', '__proto__');

const units = ['ms', 's', 'm', 'h', 'd', 'w', 'mo', 'q', 'y'] as const;
const step: fc.Arbitrary<Step> = fc.record({
  count: fc.integer({ min: 1, max: 999 }),
  unit: fc.constantFrom(...units),
});
const stepSyntax: fc.Arbitrary<StepSyntax> = step.map((made) => ({ step: made, span }));

const literal: fc.Arbitrary<Syntax> = fc.oneof(
  text.map((value): Syntax => ({ kind: 'literal', value, span })),
  fc.constantFrom(null, true, false).map((value): Syntax => ({ kind: 'literal', value, span })),
  fc
    .oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.constantFrom(0n, -1n, 2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)),
    )
    .map((int): Syntax => ({ kind: 'literal', value: Number.isSafeInteger(Number(int)) ? Number(int) : int, span })),
  fc
    .oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.constantFrom(-0, 0, 1, -1, 1e21, 1e300, -5e-324, 0.1, 1.5, 1e-7, 123456789012345680000),
    )
    .map((value): Syntax => ({ kind: 'literal', value, float: true, span })),
);

const columnNode = name.map((made): Syntax => column(made, span));
const timeNode = fc.oneof(
  fc
    .constantFrom(...timeWords, 'Today', 'NOW')
    .map((made): Syntax => ({ kind: 'name', name: made, quoted: false, span })),
  fc
    .tuple(fc.constantFrom('this', 'last'), fc.constantFrom('day', 'week', 'month', 'quarter', 'year'))
    .map(([which, unit]): Syntax => ({ kind: 'call', name: `${which} ${unit}`, args: [], filter: null, span })),
);
const leaf: fc.Arbitrary<Syntax> = fc.oneof(
  { weight: 3, arbitrary: columnNode },
  { weight: 3, arbitrary: literal },
  { weight: 1, arbitrary: timeNode },
  { weight: 1, arbitrary: parameterName.map((made): Syntax => ({ kind: 'parameter', name: made, span })) },
  { weight: 1, arbitrary: step.map((made): Syntax => ({ kind: 'duration', step: made, span })) },
);

const symbols = ['=', '!=', '<', '<=', '>', '>=', '~', '!~', '+', '-', '*', '/', '%', '||'];

/** A comparison of something with null is refused in every spelling, in favour of is null. */
function comparesNull(operator: string, args: readonly Syntax[]): boolean {
  return (
    (operator === '=' || operator === '!=') &&
    args.some((arg) => arg.kind === 'literal' && arg.value === null) &&
    args.some((arg) => arg.kind !== 'literal')
  );
}

const isNumber = (node: Syntax): boolean =>
  node.kind === 'literal' && (typeof node.value === 'number' || typeof node.value === 'bigint');

const trees = fc.letrec<{ expression: Syntax; query: SelectSyntax; source: SourceSyntax }>((tie) => {
  const expr = tie('expression');
  const some = fc.array(expr, { minLength: 1, maxLength: 3 });
  const negated = fc.boolean();
  const inner = fc.oneof(
    fc
      .record({ name: functionName, args: fc.array(expr, { maxLength: 3 }), filter: maybe(expr) })
      .map((made): Syntax => ({ kind: 'call', ...made, span })),
    fc
      .tuple(fc.constantFrom(...symbols), expr, expr)
      .filter(([operator, ...args]) => !comparesNull(operator, args))
      .map(([operator, ...args]): Syntax => ({ kind: 'operator', name: operator, args, span })),
    // A minus before a number is part of it.
    expr
      .filter((arg) => !isNumber(arg))
      .map((arg): Syntax => ({ kind: 'operator', name: 'negate', args: [arg], span })),
    fc
      .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(expr, { minLength: 2, maxLength: 3 }))
      .map(([kind, args]): Syntax => ({ kind, args, span })),
    expr.map((arg): Syntax => ({ kind: 'not', arg, span })),
    fc
      .record({ arg: expr, low: expr, high: expr, negated })
      .map((made): Syntax => ({ kind: 'between', ...made, span })),
    fc.record({ arg: expr, values: some, negated }).map((made): Syntax => ({ kind: 'in', ...made, span })),
    fc.record({ arg: expr, query: tie('query'), negated }).map((made): Syntax => ({ kind: 'in_query', ...made, span })),
    fc
      .record({
        name: fc.constantFrom('like' as const, 'ilike' as const),
        args: fc.array(expr, { minLength: 2, maxLength: 3 }),
        negated,
      })
      .map((made): Syntax => ({ kind: 'like', ...made, span })),
    fc.record({ arg: expr, negated }).map((made): Syntax => ({ kind: 'is_null', ...made, span })),
    fc
      .record({
        subject: maybe(expr),
        branches: fc.array(fc.record({ when: expr, then: expr }), { minLength: 1, maxLength: 2 }),
        otherwise: maybe(expr),
      })
      .map((made): Syntax => ({ kind: 'case', ...made, span })),
    fc
      .record({
        arg: expr,
        to: fc.constantFrom('bool' as const, 'int' as const, 'float' as const, 'text' as const, 'time' as const),
      })
      .map((made): Syntax => ({ kind: 'cast', ...made, span })),
    fc.record({ list: expr, place: expr }).map((made): Syntax => ({ kind: 'element', ...made, span })),
  );

  const alias = maybe(name);
  const item: fc.Arbitrary<Item> = fc.oneof(
    { weight: 5, arbitrary: fc.record({ expr, alias }).map((made) => ({ ...made, span })) },
    { weight: 1, arbitrary: fc.constant<Item>({ expr: { kind: 'star', span }, alias: null, span }) },
  );
  const groupItem: fc.Arbitrary<GroupItem> = fc
    .record({ expr, alias, top: maybe(fc.integer({ min: 1, max: 1e6 })), others: fc.boolean() })
    .map((made) => ({ ...made, others: made.others && made.top !== null, span }));
  const orderItem: fc.Arbitrary<OrderItem> = fc
    .record({ expr, descending: fc.boolean() })
    .map((made) => ({ ...made, span }));
  const aggregates: fc.Arbitrary<NamedAggregate[]> = fc
    .uniqueArray(fc.record({ name, expr }), { maxLength: 2, selector: (made) => made.name })
    .map((made) => made.map((one) => ({ ...one, span })));
  const per = maybe(columnNode);
  const source: fc.Arbitrary<SourceSyntax> = fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    name.map((made): SourceSyntax => ({ kind: 'table', name: made, span })),
    tie('query').map((query): SourceSyntax => ({ kind: 'query', query, span })),
    fc
      .record({
        source: tie('source'),
        gap: stepSyntax,
        per,
        starting: maybe(expr),
        ending: maybe(expr),
        aggregates,
      })
      .map((made): SourceSyntax => ({ kind: 'sessions', ...made, span })),
    fc
      .record({ source: tie('source'), per, aggregates })
      .map((made): SourceSyntax => ({ kind: 'actors', ...made, span })),
  );
  const count = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constant(Number.MAX_SAFE_INTEGER));
  const query: fc.Arbitrary<SelectSyntax> = fc
    .record({
      items: fc.array(item, { minLength: 1, maxLength: 3 }),
      from: fc.array(tie('source'), { minLength: 1, maxLength: 2 }),
      since: maybe(expr),
      until: maybe(expr),
      where: maybe(expr),
      groupBy: fc.array(groupItem, { maxLength: 2 }),
      every: maybe(stepSyntax),
      trailing: maybe(stepSyntax),
      having: maybe(expr),
      orderBy: fc.array(orderItem, { maxLength: 2 }),
      limit: maybe(count),
      offset: count,
      compare: maybe(stepSyntax),
      timezone: maybe(text.map((made) => ({ name: made, span }))),
    })
    .map((made) => ({
      kind: 'select',
      ...made,
      trailing: made.every === null ? null : made.trailing,
      offset: made.limit === null ? 0 : made.offset,
      span,
    }));
  return {
    expression: fc.oneof({ depthSize: 'small', maxDepth: 3, withCrossShrink: true }, leaf, inner),
    query,
    source,
  };
});

/** Queries with queries inside, of a size that is read. */
export const randomSelects: fc.Arbitrary<SelectSyntax> = trees.query;

/** What other random trees are made of. */
export const randomParts = { ...trees, maybe, name, text, column: columnNode, step: stepSyntax };

/** The tree without its places. */
export function withoutSpans<T>(tree: T): T {
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map(withoutSpans) as T;
  const entries = Object.entries(tree).filter(([key]) => key !== 'span');
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutSpans(value)])) as T;
}
