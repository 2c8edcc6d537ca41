import { addSteps, bucketStart } from '../base/calendar.ts';
import { VarveError, type Span } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { isRecordsType } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import type { BindContext } from './bind-context.ts';
import { findName } from './scope.ts';
import { nameHabits } from './sql-names.ts';
import { timeLiteral } from './typed-calls.ts';

const namesShown = 12;
const oneDay = { count: 1, unit: 'd' } as const;

/**
 * @returns a column, the actor, or one of the time words; a source's own column wins, but in since and until.
 * @throws VarveError `unknown_column` with the nearest names, `type` for time or actor where rows have none.
 */
export function bindName(name: string, quoted: boolean, span: Span, context: BindContext): Expr {
  const word = quoted ? null : timeWord(name.toLowerCase(), context);
  const found = word !== null && context.isBound === true ? undefined : findName(context.scope, name);
  if (found !== undefined) return readable({ ...found, span });
  if (word !== null) return timeLiteral(word, span);
  const { scope } = context;
  if (name === 'actor' && !scope.hasActor) throw lacking('actor', span);
  if (name === 'time' && scope.time === null) throw lacking('time', span);
  throw new VarveError('unknown_column', scope.unknown(name), { span, hint: hintFor(name, quoted, context) });
}

/** @returns the expression. @throws VarveError `type` where it reads a list of records, which only an answer holds. */
export function readable(expr: Expr): Expr {
  if (expr.kind !== 'column' || !isRecordsType(expr.type)) return expr;
  throw new VarveError('type', 'A list of records, as topk and histogram give, is no column that a query can read.', {
    span: expr.span,
    hint: 'Ask for it in the outermost select.',
  });
}

function timeWord(word: string, { now, timezone }: BindContext): number | null {
  if (word === 'now') return now;
  if (word === 'today') return bucketStart(now, oneDay, timezone);
  if (word === 'yesterday') return addSteps(bucketStart(now, oneDay, timezone), oneDay, -1, timezone);
  return null;
}

function hintFor(name: string, quoted: boolean, { scope, aliases }: BindContext): string {
  if (aliases.has(name))
    return `${name} is an alias of select: where and the arguments of aggregates see columns only.`;
  if (scope.unselected.has(name)) return 'The query in brackets does not select it: add it to its columns.';
  const habit = quoted ? undefined : nameHabits.get(name.toLowerCase());
  if (habit !== undefined) return habit;
  const columns = [...scope.columns.keys()];
  const near = nearestNames(name, [...aliases, ...columns, ...(scope.hasActor ? ['actor'] : [])]);
  const meant = near.length === 0 ? '' : `Did you mean ${near.map((candidate) => `"${candidate}"`).join(', ')}?`;
  if (quoted) return `${meant} Texts are written in single quotes; double quotes are for names.`.trimStart();
  if (meant !== '') return meant;
  return `Its columns are ${columns.slice(0, namesShown).join(', ')}${columns.length > namesShown ? ', …' : ''}.`;
}

/** @returns what is said where rows of `from` have no time or no actor. */
export function lacking(what: 'time' | 'actor', span: Span): VarveError {
  return new VarveError('type', `The rows of the query in from have no ${what}: they are no events.`, {
    span,
    hint:
      what === 'time'
        ? 'Give the query in brackets a column called time, as every does, or put the clause inside its brackets.'
        : 'Group the query in brackets by the actor column and use that column by its name.',
  });
}
