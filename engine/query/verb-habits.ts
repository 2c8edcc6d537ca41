import { nearestNames } from '../base/nearest.ts';
import type { Cursor } from './cursor.ts';
import { isBehaviourVerb } from './syntax-behaviour.ts';

/** Refuses a verb of behaviour behind the bracket of `in`, where only a select may stand. @throws VarveError `syntax`. */
export function refuseVerbInBrackets(cursor: Cursor): void {
  const token = cursor.peek();
  if (token.kind !== 'word' || !isQuestionAhead(cursor, 0)) return;
  cursor.refuse(
    `The answer of ${token.lower} has several columns, and in compares one.`,
    `Select it: in (select name from (${token.lower} …)).`,
  );
}

/** @returns whether a question about behaviour begins so many tokens ahead, and not a column that is called like its verb. */
export function isQuestionAhead(cursor: Cursor, ahead: number): boolean {
  const token = cursor.peek(ahead);
  return token.kind === 'word' && isBehaviourVerb(token.lower) && beginsQuestion(cursor, token.lower, ahead + 1);
}

/** Whether what follows the verb is not what follows a column of that name. */
function beginsQuestion(cursor: Cursor, verb: string, ahead: number): boolean {
  const next = cursor.peek(ahead);
  if (verb === 'lifecycle') return cursor.isWord('from', ahead);
  const infix = ['and', 'or', 'in', 'is', 'like', 'ilike', 'between', 'as'];
  if (next.kind === 'word') return !infix.includes(next.lower) && !isNegatedInfix(cursor, ahead);
  return next.kind === 'name' || next.kind === 'text';
}

function isNegatedInfix(cursor: Cursor, ahead: number): boolean {
  return (
    cursor.isWord('not', ahead) && ['in', 'like', 'ilike', 'between'].some((word) => cursor.isWord(word, ahead + 1))
  );
}

/** What stands in no question about behaviour: words, and how it is said. */
const foreignOptions: readonly (readonly [words: string, message: string, hint: string])[] = [
  ['having', 'having chooses groups of a select.', 'Conditions on events stand in where.'],
  ['compare', 'compare goes with a select.', 'Ask the earlier range by itself: since … until ….'],
  ['trailing', 'trailing goes with every of a select.', 'Take it away.'],
  ['offset', 'offset goes with limit of a select.', 'Take it away.'],
  ['select', 'One query at a time.', 'Ask the second by itself.'],
  ['join', 'join is not part of the language.', 'Several sources are one stream of events: from web, calls.'],
  ['union', 'union is not part of the language.', 'Several sources are one stream of events: from web, calls.'],
  ['window', 'The window is called within.', 'Write within 7d.'],
  ['without', 'without is called exclude.', "Write exclude event = 'refund'."],
  ['ordered', 'The order of steps is order loose, strict or any.', 'Write order strict.'],
  ['unordered', 'The order of steps is order loose, strict or any.', 'Write order any.'],
  ['strict', 'strict goes with order.', 'Write order strict.'],
  ['loose', 'loose goes with order.', 'Write order loose.'],
  [
    'between',
    'between goes with exclude, and names two steps.',
    "Write exclude event = 'refund' between cart and paid.",
  ],
  ['breakdown', 'A breakdown is called group by.', 'Write group by country.'],
  ['segment', 'A breakdown is called group by.', 'Write group by country.'],
  ['by', 'by goes with group.', 'Write group by country.'],
  ['and', 'A condition has to stand before and.', 'Conditions on events stand in where: where a = 1 and b = 2.'],
];

/** What each verb does not take though others do: words, and how it is said. */
const misplaced: Readonly<Record<string, readonly (readonly [words: string, message: string, hint: string])[]>> = {
  funnel: [
    ['then', 'Steps are parted by commas.', "Write funnel event = 'signup', event = 'paid' from events within 7d."],
    ['limit', 'limit does not go with funnel: it has a row a step.', 'Take it away.'],
    ['for', 'for goes with explain.', "Write explain funnel … for 'u1': what became of one actor."],
    ['at', 'at stands behind the keys of group by.', 'Write group by country at last.'],
    ['gap', 'gap goes with paths and sessions(…).', 'The time that a funnel gives is within 7d.'],
  ],
  retention: [
    ['order', 'order does not go with retention: its rows are ordered by cohort and period.', 'Take it away.'],
    ['limit', 'limit does not go with retention.', 'Say how many periods: for 8.'],
  ],
  paths: [
    ['order', 'order does not go with paths: its rows are ordered by step and events.', 'Take it away.'],
    ['group', 'group by does not go with paths.', "Ask for one group at a time: where country = 'DE'."],
    ['every', 'every does not go with paths.', 'Ask for one range at a time: since … until ….'],
    ['within', 'within goes with funnel and retention.', 'Sessions end after a silence: gap 30m.'],
  ],
  lifecycle: [
    ['order', 'order does not go with lifecycle: its rows are ordered by time.', 'Take it away.'],
    ['group', 'group by does not go with lifecycle.', "Ask for one group at a time: where country = 'DE'."],
    ['limit', 'limit does not go with lifecycle.', 'Say the range: since … until ….'],
    ['for', 'for goes with retention.', 'Say the range: since … until ….'],
    ['within', 'within goes with funnel and retention.', 'Take it away.'],
  ],
};

/**
 * Says why a question about behaviour does not go on where it should.
 * @param options the words that may begin an option.
 * @throws VarveError `syntax`, always.
 */
export function failOption(cursor: Cursor, verb: string, options: readonly string[]): never {
  for (const [word, message, hint] of [...misplaced[verb]!, ...foreignOptions])
    if (cursor.isWord(word)) cursor.refuse(message, hint);
  if (cursor.isSign(')')) cursor.refuse('This bracket closes none.', 'Take it away.');
  const token = cursor.peek();
  const near = token.kind === 'word' && token.lower.length > 2 ? nearestNames(token.lower, options, 1) : [];
  return cursor.fail(
    `an option of ${verb} or the end of the query is wanted`,
    near.length > 0 ? `Did you mean ${near[0]!.replace('group', 'group by')}?` : `Options are ${options.join(', ')}.`,
  );
}
