import { nearestNames } from '../base/nearest.ts';
import type { Cursor } from './cursor.ts';

/** What SQL puts between `select` and the first expression. @throws VarveError `syntax`. */
export function refuseItemHabit(cursor: Cursor): void {
  const before = cursor.before();
  if (before?.kind !== 'word' || before.lower !== 'select') return;
  const next = cursor.peek(1);
  if (cursor.isWord('top') && next.kind === 'number')
    cursor.refuse('The number of rows stands at the end.', `Write limit ${next.value}: it stands at the end.`, 2);
  if (!cursor.isWord('distinct')) return;
  if (cursor.isWord('on', 1) && cursor.isSign('(', 2))
    cursor.refuse(
      'select distinct on is not part of the language.',
      'Group instead: select user_id, last(event) from events group by user_id.',
      2,
    );
  const star = cursor.isSign('*', 1) && (cursor.isWord('from', 2) || cursor.isSign(',', 2));
  const operand = ['name', 'text'].includes(next.kind) || (next.kind === 'word' && !infix.has(next.lower));
  if (star || operand || cursor.isSign('(', 1))
    cursor.refuse(
      'select distinct is not part of the language.',
      'Group instead: select country from events group by country.',
    );
}

/** Words that may follow a column called distinct. */
const infix: ReadonlySet<string> = new Set(['from', 'as', 'and', 'or', 'is', 'not', 'in', 'like', 'ilike', 'between']);

/** What SQL has for a clause that stands nowhere here: words, and how it is said here. */
const foreignClauses: readonly (readonly [words: string, message: string, hint: string])[] = [
  [
    'join',
    'join is not part of the language.',
    'Facts about an id come from a lookup attached to its column, other events from several sources in from.',
  ],
  ['union', 'union is not part of the language.', 'Several sources are one stream of events: from web, calls.'],
  ['intersect', 'intersect is not part of the language.', 'Write where user_id in (select user_id from events).'],
  ['except', 'except is not part of the language.', 'Write where user_id not in (select user_id from events).'],
  ['minus', 'minus is not part of the language.', 'Write where user_id not in (select user_id from events).'],
  ['on', 'There are no joins, so there is no on.', 'Conditions stand in where.'],
  ['using', 'There are no joins, so there is no using.', 'Conditions stand in where.'],
  ['offset', 'offset stands behind limit.', 'Write limit 10 offset 20.'],
  ['fetch', 'fetch is not part of the language.', 'Write limit 10.'],
  ['trailing', 'trailing goes with every.', 'Write every 1d trailing 7d.'],
  ['top', 'top stands behind a key of group by.', 'Write group by country top 5; for the first rows limit 5.'],
  ['others', 'others goes with top.', 'Write group by country top 5 others.'],
  [
    'qualify',
    'qualify is not part of the language.',
    'Make the query a source, and its condition a where: from (select * from events) where ok.',
  ],
  ['window', 'Window functions are not part of the language.', 'Write every 1d trailing 7d: a moving window.'],
  [
    'with',
    'with is not part of the language.',
    'A key of group by takes top 5 others; a query as the source stands in brackets: from (select * from events).',
  ],
  ['per', 'per belongs to sessions(…) and actors(…).', 'Write from actors(events, per => account_id).'],
  ['gap', 'gap belongs to sessions(…).', 'Write from sessions(events, gap => 30m).'],
  [
    'filter',
    'filter goes with an aggregate.',
    'Write count() filter (where status = 200); conditions of the query stand in where.',
  ],
  ['and', 'A condition has to stand before and.', 'Write where a = 1 and b = 2.'],
  ['tablesample', 'tablesample is not part of the language.', 'Leave it out: the answer is then of all events.'],
  ['for', 'for is not part of the language.', 'Take it away: queries lock nothing.'],
  [
    'into',
    'into is not part of the language.',
    'Write define buyers as select * from events to keep a query under a name.',
  ],
  [
    'format',
    'The format of the answer is no part of the query.',
    'Give it beside the query: varve query --format csv.',
  ],
  ['settings', 'Settings are no part of the query.', 'Take them away.'],
  ['desc', 'desc stands in order by.', 'Write order by time desc.'],
  ['asc', 'asc stands in order by.', 'Write order by time asc.'],
  ['by', 'by goes with group and order.', 'Write group by country, or order by time.'],
  ['at', 'at time zone is not part of the language.', "Write timezone 'Europe/Berlin': it is the last clause."],
  ['time', 'The time zone is one word.', "Write timezone 'Europe/Berlin': it is the last clause."],
];

/** Where a query was left: the clause that was read last, those that may still come, whether it stands in brackets. */
export interface Left {
  readonly last: string;
  readonly following: readonly string[];
  readonly nested: boolean;
}

/** Says why a query does not end, or go on, where it should. @throws VarveError `syntax`, always. */
export function failClause(cursor: Cursor, left: Left): never {
  const { last, nested } = left;
  const joined = ['inner', 'left', 'right', 'full', 'cross', 'natural', 'outer', 'asof'];
  let words = 1;
  while (words < 4 && joined.some((word) => cursor.isWord(word, words - 1))) words++;
  const at = cursor.isWord('join', words - 1) ? words - 1 : 0;
  const token = cursor.peek();
  const count = cursor.peek(1);
  if (cursor.isWord('offset') && count.kind === 'number')
    cursor.refuse('offset stands behind limit.', `Write limit 10 offset ${count.value}.`, 2);
  for (const [word, message, hint] of foreignClauses) if (cursor.isWord(word, at)) cursor.refuse(message, hint, at + 1);
  if (token.kind === 'sign' && token.text === ',' && (last === 'where' || last === 'having'))
    cursor.refuse(`A comma parts no conditions of ${last}.`, 'Join them with and.');
  if (token.kind === 'sign' && token.text === ')' && !nested)
    cursor.refuse('This bracket closes none.', 'Take it away.');
  const wanted = nested ? '")" or a clause is wanted' : `the end of the query or a clause is wanted`;
  return cursor.fail(wanted, followHint(cursor, left));
}

const clauseStarts = ['since', 'until', 'where', 'group', 'every', 'having', 'order', 'limit', 'compare', 'timezone'];

function followHint(cursor: Cursor, { last, following }: Left): string {
  const token = cursor.peek();
  if (token.kind === 'end') return 'Close the bracket.';
  if (token.kind === 'word') {
    const near = token.lower.length < 3 ? [] : nearestNames(token.lower, clauseStarts, 1);
    if (near.length > 0) return `Did you mean ${near[0]!.replace(/^(group|order)$/, '$1 by')}?`;
  }
  if ((token.kind === 'word' || token.kind === 'name') && last === 'from')
    return 'A table has no other name: leave it out, and write columns without it.';
  const condition = last === 'where' || last === 'having';
  if (condition && token.kind !== 'sign') return 'Join conditions with and, or.';
  if (token.kind === 'word' || token.kind === 'name') return 'A comma may be missing before it.';
  return following.length === 0 ? 'Take away what stands behind it.' : `What may follow is ${following.join(', ')}.`;
}
