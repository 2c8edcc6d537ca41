import { VarveError } from '../base/errors.ts';
import { parseAlias, parseItems } from './clauses.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression, parseUntilBetween } from './expressions.ts';
import { isName, parseName } from './parse-name.ts';
import { needed, parseChoice, parseFrom, parseKeys, parseOptions, sharedOptions, type Draft } from './parse-options.ts';
import { parseStep } from './parse-step.ts';
import { shownText } from './shown.ts';
import {
  noFunnelOptions,
  funnelEntries,
  funnelOrders,
  funnelPresets,
  keyPlaces,
  stepsMax,
  stepsMin,
  type ExclusionSyntax,
  type FunnelStepSyntax,
  type FunnelSyntax,
  type StepName,
} from './syntax-behaviour.ts';
import type { StepSyntax } from './syntax.ts';

const example = "funnel event = 'signup', event = 'purchase' from events within 7d";

/**
 * Reads `funnel` with its steps, sources and options.
 * @param explained whether an `explain` stands before it: `for` then ends the options.
 * @throws VarveError `syntax` with the place and the mend.
 */
export function parseFunnel(cursor: Cursor, explained: boolean): FunnelSyntax {
  const { start } = cursor.next().span;
  const steps = parseItems(cursor, parseFunnelStep);
  const from = parseFrom(
    cursor,
    '"from" or a comma is wanted after a step',
    cursor.isWord('then') || cursor.isSign('=>') ? `Steps are parted by commas: ${example}.` : `Write ${example}.`,
  );
  checkSteps(steps);
  const draft: Draft<Omit<FunnelSyntax, 'within'> & { within: StepSyntax | null }> = {
    kind: 'funnel',
    steps,
    from,
    ...noFunnelOptions,
    span: { start, end: start },
  };
  const readers = new Map<string, (at: Cursor) => void>([
    ...sharedOptions(draft),
    ['within', (at): void => void (draft.within = parseStep(at, 'within', '7d'))],
    ['order', (at): void => void (draft.order = parseOrder(at))],
    ['exclude', (at): void => void (draft.exclude = parseItems(at, parseExclusion))],
    ['holding', (at): void => void (draft.holding = parseItems(at, parseExpression))],
    ['entry', (at): void => void (draft.entry = parseChoice(at, 'entry', funnelEntries))],
    ['once', (): void => void (draft.repeat = false)],
    ['repeat', (): void => void (draft.repeat = true)],
    ['rules', (at): void => void (draft.rules = parseChoice(at, 'rules', funnelPresets))],
    [
      'group',
      (at): void => {
        draft.groupBy = parseKeys(at, 'funnel');
        if (at.takeWord('at')) draft.at = parseChoice(at, 'at', keyPlaces);
      },
    ],
    ['every', (at): void => void (draft.every = parseStep(at, 'every', '1d'))],
  ]);
  parseOptions(cursor, 'funnel', readers, [['once', 'repeat']], explained ? 'for' : null);
  const within = needed(
    draft.within,
    'funnel',
    start,
    'funnel wants within: how long after its first step an attempt may last.',
    'Write within 7d behind the source.',
  );
  return { ...draft, within, span: cursor.spanFrom(start) };
}

/** @throws VarveError `syntax` for fewer than 2 steps and more than 32. */
function checkSteps(steps: readonly FunnelStepSyntax[]): void {
  if (steps.length < stepsMin)
    throw new VarveError('syntax', 'A funnel has at least 2 steps, and this one has 1.', {
      span: steps[0]!.span,
      hint: `Part the steps by commas: ${example}.`,
    });
  if (steps.length > stepsMax)
    throw new VarveError('syntax', `A funnel has at most ${stepsMax} steps, and this one has ${steps.length}.`, {
      span: steps[stepsMax]!.span,
      hint: 'Leave steps out, or join two with or.',
    });
}

function parseFunnelStep(cursor: Cursor): FunnelStepSyntax {
  const { start } = cursor.peek().span;
  if (cursor.isWord('from'))
    cursor.fail('a step is wanted', endsWithComma(cursor) ? 'Take the comma before it away.' : `Write ${example}.`);
  const optional = isOptional(cursor);
  if (optional) cursor.next();
  const expr = parseExpression(cursor);
  const alias = parseAlias(cursor);
  return { expr, alias, optional, span: cursor.spanFrom(start) };
}

/** Whether `optional` marks a step here, and is not a column of that name: a condition follows it. */
function isOptional(cursor: Cursor): boolean {
  if (!cursor.isWord('optional')) return false;
  const next = cursor.peek(1);
  if (next.kind === 'sign') return next.text === '(';
  if (next.kind === 'end') return false;
  if (next.kind !== 'word') return true;
  const compared = ['in', 'like', 'ilike', 'between'];
  if (next.lower === 'not') return !compared.some((word) => cursor.isWord(word, 2));
  return ![...compared, 'from', 'as', 'and', 'or', 'is'].includes(next.lower);
}

function parseOrder(cursor: Cursor): FunnelSyntax['order'] {
  if (cursor.isWord('by'))
    cursor.refuse(
      'order by does not go with funnel: its rows are ordered by group, time and step.',
      'Take it away; order loose, strict or any says how the steps follow one another.',
    );
  return parseChoice(cursor, 'order', funnelOrders);
}

function parseExclusion(cursor: Cursor): ExclusionSyntax {
  const { start } = cursor.peek().span;
  const expr = parseUntilBetween(cursor);
  if (!cursor.takeWord('between')) return { expr, between: null, span: cursor.spanFrom(start) };
  const next = cursor.peek();
  if (next.kind !== 'word' && next.kind !== 'name')
    cursor.refuse(
      'Behind exclude between names two steps.',
      `Name the steps, event = 'a' as cart, and write between cart and paid; a comparison stands in brackets: exclude (${shownText(expr)} between 1 and 2).`,
    );
  const from = parseStepName(cursor, 'between');
  cursor.expectWord(
    'and',
    'between the names of two steps',
    "Write exclude event = 'refund' between cart and paid; a comparison with between stands in brackets.",
  );
  const to = parseStepName(cursor, 'and');
  return { expr, between: { from, to }, span: cursor.spanFrom(start) };
}

function parseStepName(cursor: Cursor, after: string): StepName {
  const { start } = cursor.peek().span;
  const hint = isName(cursor) ? undefined : "Name the steps, event = 'a' as cart, and write between cart and paid.";
  const name = parseName(cursor, `the name of a step is wanted after ${after}`, hint);
  return { name, span: cursor.spanFrom(start) };
}

function endsWithComma(cursor: Cursor): boolean {
  const before = cursor.before();
  return before?.kind === 'sign' && before.text === ',';
}
