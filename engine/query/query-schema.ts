import { scalarTypes } from '../column/types.ts';
import { jsonOperators } from './query-json.ts';
import { behaviourSchemas, beside, count, duration, list, open, ref, type Schema } from './query-schema-behaviour.ts';

const text = { type: 'string' };

/** A pattern that takes a word in either case. */
function anyCase(word: string): string {
  return word.replace(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
}

const timeWord = `^(${anyCase('now|today|yesterday')}|(${anyCase('this|last')}) (${anyCase('day|week|month|quarter|year')}))$`;

/** A schema for the operators of each count of arguments. */
function operators(): Schema[] {
  const counts = new Map<string, { readonly min: number; readonly max: number | null; readonly names: string[] }>();
  for (const [name, { min, max }] of jsonOperators) {
    if (name.endsWith('in')) continue;
    const group = counts.get(`${min} ${max}`) ?? { min, max, names: [] };
    counts.set(`${min} ${max}`, group);
    group.names.push(name);
  }
  const args = (min: number, max: number | null): Schema => ({
    ...(list(ref('expression'), min) as object),
    ...(max === null ? {} : { maxItems: max }),
  });
  return [
    ...[...counts.values()].map(({ min, max, names }) =>
      open(['op', 'args'], { op: { enum: names }, args: args(min, max) }),
    ),
    open(['op', 'args'], { op: { enum: ['in', 'not in'] }, args: args(2, null) }),
    open(['op', 'args', 'query'], { op: { enum: ['in', 'not in'] }, args: args(1, 1), query: ref('select') }),
  ];
}

function expressions(): Schema[] {
  const expression = ref('expression');
  return [
    open(['column'], { column: text }),
    open(['time'], { time: { type: 'string', pattern: timeWord } }),
    open(['param'], { param: { type: 'string', pattern: '^[\\p{L}_][\\p{L}\\p{N}_]*$' } }),
    open(['value'], {
      value: {
        type: ['string', 'number', 'boolean', 'null'],
        minimum: -Number.MAX_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      },
    }),
    open(['int'], {
      int: {
        type: ['string', 'integer'],
        pattern: '^-?[0-9]{1,19}$',
        minimum: -Number.MAX_SAFE_INTEGER,
        maximum: Number.MAX_SAFE_INTEGER,
      },
    }),
    open(['float'], { float: { anyOf: [{ type: 'number' }, { const: '-0' }] } }),
    open(['duration'], { duration }),
    open(['call'], {
      call: { type: 'string', pattern: '^[\\p{L}_][\\p{L}\\p{N}_$]*$' },
      args: list(expression, 0),
      filter: expression,
    }),
    ...operators(),
    open(['case'], {
      case: list(open(['when', 'then'], { when: expression, then: expression }, { additionalProperties: false }), 1),
      of: expression,
      else: expression,
    }),
    open(['cast', 'to'], { cast: expression, to: { enum: scalarTypes } }),
    open(['element', 'place'], { element: expression, place: expression }),
  ];
}

function sources(): Schema[] {
  const closed = { additionalProperties: false };
  const source = ref('source');
  const shared = { per: text, aggregates: list(ref('aggregate'), 0) };
  const expression = ref('expression');
  return [
    text,
    ref('query'),
    open(
      ['sessions', 'gap'],
      { sessions: source, gap: duration, starting: expression, ending: expression, ...shared },
      closed,
    ),
    open(['actors'], { actors: source, ...shared }, closed),
  ];
}

function select(): Schema {
  return open(
    ['select', 'from'],
    {
      select: list(ref('item'), 1),
      from: { anyOf: [ref('source'), list(ref('source'), 1)] },
      since: ref('expression'),
      until: ref('expression'),
      where: ref('expression'),
      groupBy: list(ref('groupItem'), 1),
      every: duration,
      trailing: duration,
      having: ref('expression'),
      orderBy: list(ref('orderItem'), 1),
      limit: count(0),
      offset: count(0),
      compare: duration,
      timezone: text,
    },
    { additionalProperties: false, dependentRequired: { trailing: ['every'], offset: ['limit'] } },
  );
}

const behaviours = behaviourSchemas();

/**
 * The JSON Schema (draft 2020-12) of a query as JSON, which the package publishes as `docs/query.schema.json`. What it
 * refuses `queryFromJson` refuses; the rest is in that reader: numbers beyond 64 bits, one name given twice.
 */
export const querySchema: Schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'A query of Varve',
  ...(ref('query') as object),
  $defs: {
    query: { anyOf: ['select', ...Object.keys(behaviours)].map(ref) },
    select: select(),
    ...behaviours,
    source: { anyOf: sources() },
    item: { anyOf: [text, beside({ as: text })] },
    groupItem: {
      anyOf: [
        text,
        beside(
          {
            as: text,
            top: count(1),
            others: { type: 'boolean' },
          },
          { dependentRequired: { others: ['top'] } },
        ),
      ],
    },
    orderItem: { anyOf: [text, beside({ descending: { type: 'boolean' } })] },
    aggregate: beside({ as: text }, { required: ['as'] }),
    expression: beside({}),
    tagged: { oneOf: expressions() },
  },
};
