import { VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { Expr } from '../plan/expr.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { timeWords } from './names.ts';
import { findName } from './scope.ts';
import { shownText } from './shown.ts';
import type { Syntax } from './syntax.ts';
import { wantBool } from './typed-calls.ts';

/** Names that the kind of an event goes by, most usual first. */
const eventColumns = ['event', 'event_name', 'event_type', 'type', 'action', 'name'];

/**
 * Binds what an event has to fulfil. The bare name of an event, which other tools take, is refused with the comparison
 * that is meant.
 * @param what wants it, as a sentence begins: `A step`.
 * @throws VarveError `type` unless it is a bool, and as expressions do.
 */
export function bindCondition(node: Syntax, what: string, context: BindContext): Expr {
  const name = bareName(node, context);
  if (name !== null)
    throw new VarveError('type', `${what} wants a condition, and ${shownText(node)} is the name of an event.`, {
      span: node.span,
      hint: `Write ${eventColumn(context)} = '${name.slice(0, 60).replaceAll("'", "''")}'.`,
    });
  const expr = wantBool(bindExpression(node, context), what);
  if (expr.kind !== 'literal' || expr.value === true) return expr;
  throw new VarveError('usage', `${what} is never true: no event can match it.`, {
    span: node.span,
    hint: `Write ${eventColumn(context)} = 'signup'; true is any event.`,
  });
}

function bareName(node: Syntax, { scope }: BindContext): string | null {
  if (node.kind === 'literal' && typeof node.value === 'string') return node.value;
  if (node.kind !== 'name' || timeWords.has(node.name.toLowerCase())) return null;
  const columns = [...scope.columns].filter(([, { type }]) => type === 'bool').map(([name]) => name);
  if (nearestNames(node.name, columns, 1).length > 0) return null;
  const known = findName(scope, node.name) !== undefined || ['actor', 'time'].includes(node.name);
  const near = eventColumns.some((name) => findName(scope, name)?.type === 'text');
  return known || !near || scope.unselected.has(node.name) ? null : node.name;
}

function eventColumn({ scope }: BindContext): string {
  return eventColumns.find((name) => findName(scope, name)?.type === 'text') ?? 'event';
}
