import { VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { expectBy, parseAlias, parseItems, parseZone, refuseSample } from './clauses.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { column } from './names.ts';
import { isName, parseName } from './parse-name.ts';
import { parseSources } from './sources.ts';
import { keyPlaces, type BehaviourSyntax } from './syntax-behaviour.ts';
import type { Item, StepSyntax, Syntax } from './syntax.ts';
import { failOption } from './verb-habits.ts';

type Verb = BehaviourSyntax['kind'];

/** What a question about behaviour says under construction. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

/** Words that begin an option, each with what reads the rest of it. */
export type OptionReaders = ReadonlyMap<string, (cursor: Cursor) => void>;

type Shared = Pick<BehaviourSyntax, 'per' | 'since' | 'until' | 'where' | 'timezone'>;

/** @returns what reads the options that every verb has. */
export function sharedOptions(draft: { -readonly [K in keyof Shared]: Shared[K] }): (readonly [
  string,
  (cursor: Cursor) => void,
])[] {
  return [
    ['per', (cursor): void => void (draft.per = parsePerColumn(cursor))],
    ['since', (cursor): void => void (draft.since = parseExpression(cursor))],
    ['until', (cursor): void => void (draft.until = parseExpression(cursor))],
    ['where', (cursor): void => void (draft.where = parseExpression(cursor))],
    ['timezone', (cursor): void => void (draft.timezone = parseZone(cursor))],
  ];
}

function parsePerColumn(cursor: Cursor): Syntax {
  const { start } = cursor.peek().span;
  if (cursor.isSign('=>')) cursor.refuse('=> stands inside sessions(…) and actors(…).', 'Write per account_id.');
  const hint = isName(cursor) ? undefined : 'Write per account_id.';
  return column(parseName(cursor, 'the name of a column is wanted after per', hint), cursor.spanFrom(start));
}

/** Reads `from` and the sources. @param wanted what may stand before it, for the error. */
export function parseFrom(cursor: Cursor, wanted: string, hint: string): BehaviourSyntax['from'] {
  if (!cursor.takeWord('from')) cursor.fail(wanted, hint);
  return parseSources(cursor);
}

/**
 * Reads options in any order, each once, to the end of the text or a word that ends them.
 * @param alike options that exclude one another, as lists of words.
 * @param last a word that ends them though the text goes on.
 * @throws VarveError `syntax` for one that stands twice, and for what is none.
 */
export function parseOptions(
  cursor: Cursor,
  verb: Verb,
  readers: OptionReaders,
  alike: readonly (readonly string[])[] = [],
  last: string | null = null,
): void {
  const seen = new Set<string>();
  for (;;) {
    const token = cursor.peek();
    if (token.kind === 'end' || cursor.isSign(';') || (cursor.isNested && cursor.isSign(')'))) return;
    if (last !== null && cursor.isWord(last)) return;
    const word = token.kind === 'word' ? token.lower : '';
    if (word === 'sample') refuseSample(token.span);
    if (word === 'from') cursor.refuse('"from" stands twice.', 'Part several sources by commas: from web, calls.');
    const read = readers.get(word);
    if (read === undefined) return failOption(cursor, verb, [...readers.keys()]);
    const shown = word === 'group' ? 'group by' : word;
    if (seen.has(word))
      throw new VarveError('syntax', `"${shown}" stands twice.`, {
        span: token.span,
        hint:
          word === 'where'
            ? 'Join the conditions with and.'
            : ['exclude', 'holding', 'group'].includes(word)
              ? `Part several by commas: ${shown} a, b.`
              : 'Keep one of the two.',
      });
    const other = alike.find((words) => words.includes(word))?.find((one) => seen.has(one));
    if (other !== undefined)
      throw new VarveError('syntax', `"${word}" and "${other}" exclude each other.`, {
        span: token.span,
        hint: 'Keep one of the two.',
      });
    seen.add(word);
    cursor.next();
    read(cursor);
  }
}

/** Reads one of some words. @throws VarveError `syntax` with the nearest of them. */
export function parseChoice<T extends string>(cursor: Cursor, option: string, choices: readonly T[]): T {
  const token = cursor.peek();
  const written =
    token.kind === 'word' || token.kind === 'name' || token.kind === 'text' ? token.text.toLowerCase() : '';
  const choice = choices.find((one) => one === written);
  if (choice !== undefined && token.kind === 'word') {
    cursor.next();
    return choice;
  }
  const near = choice === undefined ? nearestNames(written, choices, 1) : [choice];
  return cursor.fail(
    `${option} is one of ${choices.join(', ')}`,
    near.length > 0 ? `Write ${option} ${near[0]!}.` : `Write ${option} ${choices[0]!}.`,
  );
}

/** Reads the keys of `group by`, which take no top here. */
export function parseKeys(cursor: Cursor, verb: Verb): Item[] {
  expectBy(cursor, 'group', 'country');
  const place = cursor.peek(1);
  if (cursor.isWord('at') && place.kind === 'word' && (keyPlaces as readonly string[]).includes(place.lower))
    cursor.refuse('at stands behind the keys.', `Write group by country at ${place.lower}.`, 2);
  return parseItems(cursor, () => {
    const { start } = cursor.peek().span;
    const expr = parseExpression(cursor);
    const alias = parseAlias(cursor);
    if (cursor.isWord('top') || cursor.isWord('others'))
      cursor.refuse(
        `Keys of ${verb} take no top.`,
        "Name the values: where country in ('DE', 'FR'), or group by if(country in ('DE', 'FR'), country, 'others').",
      );
    return { expr, alias, span: cursor.spanFrom(start) };
  });
}

/** @returns an option that has to be said. @throws VarveError `syntax` at the verb. */
export function needed(
  step: StepSyntax | null,
  verb: string,
  start: number,
  message: string,
  hint: string,
): StepSyntax {
  if (step !== null) return step;
  throw new VarveError('syntax', message, { span: { start, end: start + verb.length }, hint });
}
