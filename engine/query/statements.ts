import { nearestNames } from '../base/nearest.ts';
import { parseSelect } from './clauses.ts';
import { parseBehaviour } from './parse-behaviour.ts';
import type { Cursor } from './cursor.ts';
import { parseName } from './parse-name.ts';
import { behaviourVerbs, type QuerySyntax } from './syntax-behaviour.ts';
import type { Statement } from './syntax.ts';

/** What a statement begins with. */
export const statementWords: readonly string[] = [
  'select',
  ...behaviourVerbs,
  ...['define', 'drop', 'explain', 'show', 'describe'],
];

const eventsHint = "Events are added with varve import, or by a program with db.append('events', rows).";
const keptHint = 'Events are facts: they are added, and a query passes over what is not wanted: where status = 200.';
const factsHint = 'Facts about ids have to be columns of the events in this version.';

/** What nothing here begins with: words, what they are, and the mend. */
const foreignStatements: readonly (readonly [words: string, message: string, hint: string])[] = [
  ['journey flow flows sankey path', 'is called paths.', 'Write paths event from events.'],
  [
    'cohort cohorts',
    'is called retention.',
    "Write retention event = 'signup' then any from events every 1w for 8; a cohort to filter by is a query: user_id in (select user_id from events).",
  ],
  ['growth churn', 'is called lifecycle.', 'Write lifecycle from events every 1w.'],
  ['conversion steps', 'is called funnel.', "Write funnel event = 'signup', event = 'purchase' from events within 7d."],
  ['sessions actors', 'is a source.', 'Write select * from sessions(events, gap => 30m).'],
  ['attach detach', 'is not supported yet.', factsHint],
  [
    'with',
    'is not part of the language.',
    'Write select count() from (select user_id from events), or keep the query: define buyers as select user_id from events.',
  ],
  ['insert', 'is not part of the language.', eventsHint],
  ['copy load', 'is not part of the language.', eventsHint],
  ['update merge replace upsert', 'is not part of the language.', keptHint],
  ['delete truncate', 'is not part of the language.', keptHint],
  [
    'create',
    'is not part of the language.',
    'The first import makes a table: varve import FILE. Write define buyers as select user_id from events to keep a query.',
  ],
  [
    'alter rename',
    'is not part of the language.',
    'Columns appear with the events that have them, and widen by themselves.',
  ],
  ['use', 'is not part of the language.', 'A store is a folder, named where it is opened: varve query --data ./data.'],
  ['values', 'is not part of the language.', 'Write select 1 from events limit 1: it tries an expression.'],
  ['set pragma', 'is not part of the language.', "A query's time zone is its last clause: timezone 'Europe/Berlin'."],
  ['begin commit rollback start', 'is not part of the language.', 'Every query sees one snapshot, by itself.'],
  ['grant revoke', 'is not part of the language.', 'What a token may do is said where it is made.'],
  ['vacuum optimize analyze', 'is not part of the language.', 'The store merges its segments by itself.'],
  ['call exec execute', 'is not part of the language.', 'A query begins with select.'],
  ['desc', 'is not part of the language.', 'Write describe events.'],
  ['help', 'is not part of the language.', 'A query begins with select: select count() from events.'],
  ['from', 'comes behind select.', 'Write select * from events.'],
  ['table', 'is not part of the language.', 'Write select * from events.'],
];

/** Reads a statement or a query, without what ends the text. @throws VarveError `syntax` with the place and the mend. */
export function parseOneStatement(cursor: Cursor): Statement {
  const token = cursor.peek();
  const { start } = token.span;
  const behaviour = parseBehaviour(cursor, false);
  if (behaviour !== null) return behaviour;
  switch (token.kind === 'word' ? token.lower : '') {
    case 'select':
      return parseSelect(cursor, false);
    case 'define': {
      cursor.next();
      const name = parseName(
        cursor,
        'a name is wanted after define',
        'Write define buyers as select user_id from events.',
      );
      cursor.expectWord('as', 'after the name', 'Write define buyers as select user_id from events.');
      const query = parseStatementQuery(cursor, 'define buyers as');
      return { kind: 'define', name, query, span: cursor.spanFrom(start) };
    }
    case 'drop': {
      cursor.next();
      if (cursor.isWord('table') && cursor.peek(1).kind !== 'end')
        cursor.refuse('drop takes the name of a kept query.', 'Write drop buyers; tables stay.');
      if (cursor.isWord('view') && cursor.peek(1).kind !== 'end')
        cursor.refuse('drop takes the name alone.', 'Write drop buyers.');
      const name = parseName(cursor, 'the name of a kept query is wanted after drop', 'Write drop buyers.');
      return { kind: 'drop', name, span: cursor.spanFrom(start) };
    }
    case 'explain': {
      cursor.next();
      const analyze = cursor.takeWord('analyze');
      const query = parseStatementQuery(cursor, analyze ? 'explain analyze' : 'explain', true);
      if (query.kind === 'funnel' && cursor.isWord('for')) {
        const actor = parseActor(cursor, analyze);
        return { kind: 'explain_actor', query, actor, span: cursor.spanFrom(start) };
      }
      return { kind: 'explain', analyze, query, span: cursor.spanFrom(start) };
    }
    case 'show':
      return parseShow(cursor);
    case 'describe': {
      cursor.next();
      cursor.takeWord('table');
      const table = parseName(cursor, 'the name of a table is wanted after describe', 'Write describe events.');
      return { kind: 'describe', table, span: cursor.spanFrom(start) };
    }
    default:
      return failBeginning(cursor);
  }
}

/** The query of `define` and `explain`. */
function parseStatementQuery(cursor: Cursor, before: string, explained = false): QuerySyntax {
  if (cursor.isSign('(') && cursor.isWord('select', 1))
    cursor.refuse('The query stands here without brackets.', `Write ${before} select count() from events.`);
  const behaviour = parseBehaviour(cursor, explained);
  if (behaviour !== null) return behaviour;
  if (!cursor.isWord('select')) failBeginning(cursor, before);
  return parseSelect(cursor, false);
}

/** Whose story `explain funnel … for` tells, as canonical text. */
function parseActor(cursor: Cursor, analyze: boolean): string {
  if (analyze)
    cursor.refuse('for tells what became of one actor, and goes without analyze.', "Write explain funnel … for 'u1'.");
  cursor.next();
  const token = cursor.peek();
  if (token.kind === 'text') {
    cursor.next();
    return token.text;
  }
  if (token.kind === 'number') {
    cursor.next();
    return String(token.value);
  }
  const written = token.kind === 'word' || token.kind === 'name' ? token.text.slice(0, 60) : 'u1';
  return cursor.fail('an actor is wanted after for', `Write for '${written.replaceAll("'", "''")}'.`);
}

function parseShow(cursor: Cursor): Statement {
  const { start } = cursor.next().span;
  const word = cursor.peek();
  const hint = 'Write show tables, or show columns from events, or show values of country from events.';
  if (word.kind === 'word' && ['tables', 'columns', 'values'].includes(word.lower)) cursor.next();
  else {
    const near = word.kind === 'word' ? nearestNames(word.lower, ['tables', 'columns', 'values'], 1) : [];
    cursor.fail(
      '"tables", "columns" or "values" is wanted after show',
      near.length > 0 ? `Did you mean show ${near[0]!}?` : hint,
    );
  }
  if (word.lower === 'tables') return { kind: 'show_tables', span: cursor.spanFrom(start) };
  if (word.lower === 'values') {
    cursor.expectWord('of', 'after show values', 'Write show values of country from events.');
    const column = parseName(
      cursor,
      'the name of a column is wanted after of',
      'Write show values of country from events.',
    );
    cursor.expectWord('from', 'after the column', 'Write show values of country from events.');
    const table = parseName(
      cursor,
      'the name of a table is wanted after from',
      'Write show values of country from events.',
    );
    return { kind: 'show_values', column, table, span: cursor.spanFrom(start) };
  }
  cursor.expectWord('from', 'after show columns', 'Write show columns from events.');
  const table = parseName(cursor, 'the name of a table is wanted after from', 'Write show columns from events.');
  let like: string | null = null;
  if (cursor.takeWord('like')) {
    const pattern = cursor.peek();
    if (pattern.kind !== 'text')
      cursor.fail('a text is wanted after like', "Write show columns from events like 'ctx.%'.");
    cursor.next();
    like = pattern.text;
  }
  return { kind: 'show_columns', table, like, span: cursor.spanFrom(start) };
}

/** @param before what already stands: `explain`. */
function failBeginning(cursor: Cursor, before = ''): never {
  const token = cursor.peek();
  const wanted = before === '' ? 'a query begins with "select"' : `a query is wanted after ${before}`;
  const example = `Write ${before === '' ? '' : `${before} `}select count() from events.`;
  if (token.kind !== 'word') {
    const begins = ['select', ...behaviourVerbs].some((word) => cursor.isWord(word, 1));
    if (token.kind === 'sign' && token.text === '(' && begins)
      cursor.refuse('A query by itself stands without brackets.', 'Take them away.');
    return cursor.fail(wanted, example);
  }
  for (const [words, message, hint] of foreignStatements)
    if (words.split(' ').includes(token.lower)) cursor.refuse(`"${token.lower}" ${message}`, hint);
  const near = nearestNames(token.lower, before === '' ? statementWords : ['select', ...behaviourVerbs], 1);
  return cursor.fail(wanted, near.length > 0 && token.lower.length > 2 ? `Did you mean ${near[0]!}?` : example);
}
