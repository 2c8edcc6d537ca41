import { VarveError } from '../base/errors.ts';
import { parseCount } from './clauses.ts';
import type { Cursor } from './cursor.ts';
import { parseExpression } from './expressions.ts';
import { needed, parseChoice, parseFrom, parseKeys, parseOptions, sharedOptions, type Draft } from './parse-options.ts';
import { parseStep } from './parse-step.ts';
import { noOptions, retentionModes, retentionWithins, type RetentionSyntax } from './syntax-behaviour.ts';
import type { StepSyntax, Syntax } from './syntax.ts';

const example = "retention event = 'signup' then any from events every 1w for 8";

type RetentionDraft = Draft<
  Omit<RetentionSyntax, 'every' | 'periods'> & { every: StepSyntax | null; periods: number | null }
>;

/** Reads `retention` with its two events, sources and options. @throws VarveError `syntax` with the place and the mend. */
export function parseRetention(cursor: Cursor): RetentionSyntax {
  const { start } = cursor.next().span;
  const first = parseExpression(cursor);
  if (!cursor.takeWord('then'))
    cursor.fail(
      '"then" is wanted after the event that begins',
      cursor.isWord('from') ? `Say what coming back is: ${example}.` : `Write ${example}.`,
    );
  const returning = parseReturning(cursor);
  const draft: RetentionDraft = {
    kind: 'retention',
    start: first,
    returning,
    from: parseFrom(cursor, '"from" is wanted after the event that returns', `Write ${example}.`),
    ...noOptions,
    every: null,
    periods: null,
    mode: null,
    within: null,
    groupBy: [],
    span: { start, end: start },
  };
  const readers = new Map<string, (at: Cursor) => void>([
    ...sharedOptions(draft),
    ['every', (at): void => void (draft.every = parseStep(at, 'every', '1w'))],
    ['for', (at): void => void (draft.periods = parseCount(at, 'for', 1, 'for 8'))],
    ['mode', (at): void => void (draft.mode = parseChoice(at, 'mode', retentionModes))],
    ['within', (at): void => void (draft.within = parseChoice(at, 'within', retentionWithins))],
    ['group', (at): void => void (draft.groupBy = parseKeys(at, 'retention'))],
  ]);
  parseOptions(cursor, 'retention', readers);
  const hint = 'Write every 1w for 8 behind the source.';
  const every = needed(draft.every, 'retention', start, 'retention wants every: how long a period is.', hint);
  const { periods } = draft;
  if (periods === null)
    throw new VarveError('syntax', 'retention wants for: how many periods are looked at.', { span: every.span, hint });
  return { ...draft, every, periods, span: cursor.spanFrom(start) };
}

/** `any` alone is any event; a column of that name stands in quotes or brackets. */
function parseReturning(cursor: Cursor): Syntax | null {
  if (!cursor.isWord('any') || !cursor.isWord('from', 1)) return parseExpression(cursor);
  cursor.next();
  return null;
}
