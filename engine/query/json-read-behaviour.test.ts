import { describe, expect, it } from 'vitest';
import type { VarveError } from '../base/errors.ts';
import { queryFromJson } from './json-read.ts';
import { queryToJson } from './json-write.ts';
import { printQuery } from './print.ts';
import type { QueryJson } from './query-json.ts';
import { toSyntax } from './to-syntax.ts';

const funnel = { funnel: ['a', 'b'], from: 'events', within: '7d' } as const;
const retention = { retention: 'a', from: 'events', every: '1w', for: 8 } as const;
const paths = { paths: 'event', from: 'events' } as const;
const lifecycle = { lifecycle: true, from: 'events', every: '1w' } as const;

const read: readonly (readonly [QueryJson, string])[] = [
  [funnel, 'funnel a, b from events within 7d'],
  [
    {
      funnel: [
        { op: '=', args: [{ column: 'event' }, { value: 'view' }], as: 'seen' },
        { column: 'b', optional: true },
        'c',
      ],
      from: ['web', { select: ['*'], from: 'calls' }],
      per: 'account id',
      within: '1h',
      order: 'strict',
      exclude: ['x', { column: 'y', between: ['seen', 'c'] }],
      holding: ['cart', { element: { column: 'tags' }, place: { value: 1 } }],
      entry: 'first',
      repeat: false,
      rules: 'posthog',
      since: { duration: '7d' },
      until: { time: 'today' },
      where: { column: 'ok' },
      groupBy: ['country', { column: 'plan', as: 'p' }],
      at: 'each',
      every: '1d',
      timezone: 'Europe/Berlin',
    },
    `funnel event = 'view' as seen, optional b, c from web, (select * from calls) per "account id" within 1h order strict exclude x, y between seen and c holding cart, tags[1] entry first once rules posthog since 7d until today where ok group by country, plan as p at each every 1d timezone 'Europe/Berlin'`,
  ],
  [retention, 'retention a then any from events every 1w for 8'],
  [
    { ...retention, then: 'b', mode: 'recurring', within: 'after', groupBy: ['c'] },
    'retention a then b from events every 1w for 8 mode recurring within after group by c',
  ],
  [paths, 'paths event from events'],
  [
    { ...paths, gap: '10m', depth: 3, ending: { column: 'x' }, limit: 7 },
    'paths event from events gap 10m depth 3 ending x limit 7',
  ],
  [lifecycle, 'lifecycle from events every 1w'],
];

describe('behaviour as JSON', () => {
  it.each(read)('%j', (json, text) => {
    expect(printQuery(queryFromJson(json))).toBe(text);
    expect(toSyntax(json).text).toBe(text);
    expect(queryToJson(queryFromJson(json))).toEqual(json);
  });

  it.each([
    [{ ...funnel, funnel: ['a'] }, '$.funnel: at least 2 elements are wanted.'],
    [{ ...funnel, funnel: Array(33).fill('a') }, '$.funnel: at most 32 steps are taken.'],
    [{ ...funnel, within: undefined }, '$: the key "within" is missing. Write "within": "7d".'],
    [{ ...funnel, within: '0d' }, '$.within: a duration is wanted. Write it as a text: "30m", "7d", "1mo".'],
    [{ ...funnel, order: 'strickt' }, '$.order: one of loose, strict, any is wanted. Did you mean "strict"?'],
    [{ ...funnel, entry: 1 }, '$.entry: one of any, first, every is wanted, not a number.'],
    [{ ...funnel, at: 'last' }, '$.at: "at" goes with "groupBy". Write "groupBy": ["country"], "at": "last".'],
    [
      { ...funnel, exclude: [{ column: 'a', between: ['b'] }] },
      '$.exclude[0].between: at least 2 elements are wanted.',
    ],
    [
      { ...funnel, exclude: [{ column: 'a', between: ['b', 'c', 'd'] }] },
      '$.exclude[0].between: between names two steps.',
    ],
    [
      { ...funnel, groupBy: [{ column: 'a', top: 5 }] },
      '$.groupBy[0]: "top" is no key that stands beside "column". Keys are column, as.',
    ],
    [{ ...funnel, wihtin: '7d' }, '$: "wihtin" is no key that stands beside "funnel". Did you mean "within"?'],
    [{ ...funnel, from: undefined }, '$: the key "from" is missing. Write "from": "events".'],
    [{ ...retention, for: 0 }, '$.for: a whole number from 1 is wanted.'],
    [{ ...retention, for: undefined }, '$: the key "for" is missing. Write "every": "1w", "for": 8.'],
    [
      { ...paths, starting: { column: 'a' }, ending: { column: 'b' } },
      '$: "starting" and "ending" exclude each other. Keep one of the two.',
    ],
    [{ ...lifecycle, lifecycle: 'events' }, '$.lifecycle: true is wanted, not a text. Write "lifecycle": true.'],
    [
      { select: ['*'], from: { ...lifecycle, every: 3 } },
      '$.from.every: a duration is wanted. Write it as a text: "30m", "7d", "1mo".',
    ],
    [
      { ...lifecycle, select: ['*'] },
      '$: "lifecycle" is no key that stands beside "select". Keys are select, from, since, until, where, groupBy, every, trailing, having, orderBy, limit, offset, compare, timezone.',
    ],
  ])('%j is refused', (json, wanted) => {
    let refusal = 'read';
    try {
      queryFromJson(json);
    } catch (error) {
      const { code, message, hint } = error as VarveError;
      expect(code).toBe('syntax');
      refusal = [message, ...(hint === undefined ? [] : [hint])].join(' ');
    }
    expect(refusal).toBe(wanted);
  });
});
