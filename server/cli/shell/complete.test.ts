import { describe, expect, it } from 'vitest';
import { vocabulary } from '../../../engine/index.ts';
import { completeQuery, type Catalog } from './complete.ts';

const catalog: Catalog = [
  {
    name: 'events',
    columns: [
      { name: 'time', type: 'time' },
      { name: 'user_id', type: 'text' },
      { name: 'event', type: 'text' },
      { name: 'ctx.os', type: 'text' },
      { name: '$insert id', type: 'text' },
      { name: 'amount', type: 'float' },
    ],
  },
  { name: 'web', columns: [{ name: 'path', type: 'text' }] },
  { name: 'order', columns: [] },
];
const words = vocabulary();

/** Where | stands is the cursor. */
function complete(text: string): ReturnType<typeof completeQuery> {
  const [before, after] = text.split('|') as [string, string];
  return completeQuery(before, after, catalog, words);
}

describe('what could stand at the cursor', () => {
  it.each([
    ['sel|', 'sel', ['select']],
    ['SEL|', 'SEL', ['SELECT']],
    ['select us| from events', 'us', ['user_id']],
    ['select ctx.o| from events', 'ctx.o', ['ctx.os']],
    ['select "$in| from events', '"$in', ['"$insert id"']],
    ['select pa| from events', 'pa', ['paths']],
    ['select pa| from web', 'pa', ['path', 'paths']],
    ['select count(), uniq(user|', 'user', ['user_id']],
    ['select median_|', 'median_', []],
    ['select uni| from web', 'uni', expect.arrayContaining(['uniq('])],
    ['select count() from |', '', ['events', 'web', '"order"', 'sessions(', 'actors(']],
    ['select count() from or|', 'or', ['"order"']],
    ['select count() from events, w|', 'w', ['web']],
    ['select count() from sessions(e|', 'e', ['events']],
    ['describe e|', 'e', ['events']],
    ['select count() from events wh|', 'wh', ['where']],
    ['select count() from events gr|', 'gr', ['group by']],
    ['select count() from events group |', '', ['by']],
    ['select count() from events where ev|', 'ev', ['event', 'every']],
    ['select count() from events limit |', '', []],
    ['select count() as |', '', []],
    ['select 1 -- sel|', '', []],
    ['select 1 /* sel|', '', []],
    ["select 'a'|", '', []],
  ])('%s', (text, typed, found) => {
    expect(complete(text)).toEqual({ kind: 'words', typed, words: found });
  });

  it.each([
    ["select count() from events where event = '|", 'event', ''],
    ["select count() from events where event = 'pl|' limit 5", 'event', 'pl'],
    ["select count() from events where event in ('a', 'it''s|", 'event', "it's"],
    ["select count() from events where event not in ('|", 'event', ''],
    ['select count() from events where "$insert id" not like \'x|', '$insert id', 'x'],
    ["select count_if(ctx.os != 'i|", 'ctx.os', 'i'],
  ])('values: %s', (text, column, prefix) => {
    expect(complete(text)).toMatchObject({ kind: 'values', table: 'events', column, prefix });
  });

  it.each(["select 'a|", "select amount from events where amount = '|", "select nope from events where nope = '|"])(
    'no values: %s',
    (text) => expect(complete(text)).toMatchObject({ kind: 'words', words: [] }),
  );

  it('never fails, whatever is typed', () => {
    const text = "select \"a from b where x = 'it''s, (/* -- \\ $ 1.5e3 :: \u{1f600}";
    for (let at = 0; at <= text.length; at++)
      expect(complete(`${text.slice(0, at)}|${text.slice(at)}`).kind).toBeTruthy();
  });
});
