import type { Cursor } from './cursor.ts';
import { nearestDuration } from './nearest-duration.ts';
import { printName, reservedWords } from './names.ts';

/** Words that begin a clause: an expression that misses one stands before it. */
const clauseWords = [
  'from',
  'since',
  'until',
  'where',
  'group',
  'every',
  'having',
  'order',
  'limit',
  'compare',
  'timezone',
];

const comparisonSigns = ['=', '!=', '<>', '<', '<=', '>', '>=', '~', '!~'];

/** Words that stand between or behind expressions. */
const infixWords = ['as', 'and', 'or', 'is', 'in', 'like', 'ilike', 'between', 'when', 'then', 'else', 'end'];

/**
 * Refuses, where an expression begins or a call ends, what other languages write there, and names what is written here.
 * @param behindCall whether a call ends here.
 * @throws VarveError `syntax`.
 */
export function refuseExpressionHabit(cursor: Cursor, behindCall = false): void {
  if (behindCall) return refuseBehindCall(cursor);
  const token = cursor.peek();
  const next = cursor.peek(1);
  if (token.kind === 'sign') refuseOperandSign(cursor, token.text);
  if (token.kind !== 'word') return;
  if (token.lower === 'interval' && (next.kind === 'text' || next.kind === 'number')) refuseInterval(cursor);
  if (['date', 'timestamp', 'datetime', 'time', 'timestamptz'].includes(token.lower) && next.kind === 'text')
    cursor.refuse(
      'A time is written as a text beside a time.',
      `Write '${next.text.slice(0, 40)}' alone, or '${next.text.slice(0, 40)}'::time.`,
      2,
    );
  if (token.lower === 'distinct') refuseDistinct(cursor);
  if (cursor.isSign('(', 1)) refuseBehaviourCall(cursor, token.lower);
  if (token.lower === 'exists' && cursor.isSign('(', 1) && cursor.isWord('select', 2))
    cursor.refuse('exists is not part of the language.', 'Write user_id in (select user_id from events).');
  if (token.lower === 'extract' && cursor.isSign('(', 1) && cursor.isWord('from', 3))
    cursor.refuse(
      'extract is not part of the language.',
      'Write month(time), or hour_of_day, day_of_week, day_of_month, year.',
    );
}

/** Aggregates that follow an actor's events are verbs here. */
function refuseBehaviourCall(cursor: Cursor, name: string): void {
  const [verb, example] = /^(window_?funnel|sequence_?match|sequence_?count|funnel)$/.test(name)
    ? ['funnel', "funnel event = 'signup', event = 'purchase' from events within 7d"]
    : name === 'retention'
      ? ['retention', "retention event = 'signup' then any from events every 1w for 8"]
      : ['', ''];
  if (verb !== '') cursor.refuse(`${name} is no function: ${verb} begins a query of its own.`, `Write ${example}.`);
}

/** `count(distinct x)`, `distinct(x)`. A column of that name stands alone or before an operator. */
function refuseDistinct(cursor: Cursor): void {
  if (cursor.isSign('(', 1))
    cursor.refuse('distinct is not part of the language.', 'uniq(x) counts distinct values; group by x lists them.');
  const [bracket, call] = [cursor.before(), cursor.before(2)];
  if (bracket?.kind !== 'sign' || bracket.text !== '(' || call?.kind !== 'word' || reservedWords.has(call.lower))
    return;
  const next = cursor.peek(1);
  const operand = ['name', 'text', 'parameter'].includes(next.kind) || cursor.isWord('case', 1);
  if (!operand && (next.kind !== 'word' || reservedWords.has(next.lower))) return;
  cursor.refuse(
    `${call.lower}(distinct …) is not part of the language.`,
    call.lower === 'count'
      ? 'uniq(x) counts distinct values.'
      : 'uniq(x) counts distinct values; group by x lists them, and a query over (select … group by …) sees each once.',
  );
}

function refuseInterval(cursor: Cursor): never {
  const value = cursor.peek(1);
  const unit = cursor.peek(2);
  const words = unit.kind === 'word' ? unit.text : '';
  const written = value.kind === 'text' ? value.text : value.kind === 'number' ? String(value.value) : '';
  const withUnit = nearestDuration(written) === null ? `${written} ${words}` : written;
  return cursor.refuse(
    'A duration is written without interval and quotes.',
    `Write ${nearestDuration(withUnit) ?? '1d'}.`,
    withUnit === written ? 2 : 3,
  );
}

function refuseOperandSign(cursor: Cursor, sign: string): void {
  const next = cursor.peek(1);
  if (sign === '[' && (next.kind === 'word' || next.kind === 'name') && cursor.isSign(']', 2))
    cursor.refuse('Names are not quoted with square brackets.', `Write ${printName(next.text.slice(0, 60))}.`, 3);
  if (sign === '[')
    cursor.refuse(
      'Lists come from columns, they are not written.',
      'Write x in (1, 2) to compare with several values.',
    );
  if (sign === '.' && next.kind === 'number' && !next.float && next.span.start === cursor.peek().span.end)
    cursor.refuse('A number begins with a digit.', `Write 0.${next.value}.`, 2);
  if (sign === '*') cursor.refuse('* stands alone in select, or in count(*).', 'Name a column instead.');
  if (sign === '+') cursor.refuse('A number has no plus before it.', 'Take the + away.');
}

function refuseBehindCall(cursor: Cursor): void {
  if (cursor.isWord('over') && (cursor.isSign('(', 1) || cursor.peek(1).kind === 'word'))
    cursor.refuse(
      'Window functions (over) are not part of the language.',
      'Write every 1d trailing 7d: a moving window; actors(events) as the source gives a row an actor.',
    );
  if (cursor.isWord('within') && cursor.isWord('group', 1))
    cursor.refuse('within group is not part of the language.', 'Write quantile(x, 0.95).', 2);
  if (cursor.isWord('filter') && cursor.isWord('where', 1))
    cursor.refuse('The condition of filter stands in brackets.', 'Write filter (where status = 200).', 2);
  if ((cursor.isWord('ignore') || cursor.isWord('respect')) && cursor.isWord('nulls', 1))
    cursor.refuse('Aggregates always pass over nulls.', 'Take these two words away.', 2);
}

/** @returns the mend where an expression misses: by what stands before the place and at it. */
export function missingExpressionHint(cursor: Cursor): string {
  const token = cursor.peek();
  const before = cursor.before();
  const clause =
    token.kind === 'end' ||
    (token.kind === 'word' && clauseWords.includes(token.lower) && !standsAsName(cursor)) ||
    (token.kind === 'sign' && token.text === ')');
  if (before?.kind === 'sign' && before.text === ',' && clause) return 'Take the comma before it away.';
  if (before?.kind === 'sign' && before.text === '(' && clause) {
    const call = cursor.before(2);
    const name = call?.kind === 'word' && !reservedWords.has(call.lower) ? call.lower.slice(0, 40) : null;
    return name === null ? 'Brackets hold an expression: (1 + 2).' : `Close the bracket: ${name}().`;
  }
  if (before?.kind === 'word' && clause) {
    if (before.lower === 'select') return 'Write select *: every column; or select count().';
    if (['where', 'having', 'and', 'or', 'not'].includes(before.lower))
      return `Behind ${before.lower} comes a condition: ${before.lower} status = 200.`;
    if (before.lower === 'by') return 'Behind by comes an expression: by country.';
    if (before.lower === 'since' || before.lower === 'until')
      return `Write ${before.lower} '2024-03-01', or ${before.lower} 7d.`;
  }
  if (token.kind === 'sign' && comparisonSigns.includes(token.text) && (before?.kind === 'word' || before === null))
    return 'A comparison has two sides: time >= a and time < b.';
  if (token.kind === 'word' && infixWords.includes(token.lower) && !standsAsName(cursor))
    return `Something misses before "${token.lower}"; a column of that name is written "${token.text}" in double quotes.`;
  if (token.kind === 'word')
    return `"${token.text}" is a word of the language; a column of that name is written "${token.text}" in double quotes.`;
  if (token.kind === 'end') return 'The query is not finished.';
  return "A column, a value or a function stands here: country, 'DE', lower(country).";
}

/** Whether a word of the language stands where a clause cannot go on behind it, as a column of that name would. */
function standsAsName(cursor: Cursor): boolean {
  const next = cursor.peek(1);
  if (cursor.isWord('group') || cursor.isWord('order')) return !cursor.isWord('by', 1);
  return next.kind === 'sign' && next.text !== '(' && next.text !== '-';
}
