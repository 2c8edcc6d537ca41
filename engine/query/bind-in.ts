import { VarveError, type Span } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { ScalarType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { compareScalars } from '../functions/compare.ts';
import { commonType } from '../functions/signature.ts';
import type { Expr } from '../plan/expr.ts';
import type { Bind, BindContext } from './bind-context.ts';
import { elementsOfParameter } from './bind-parameters.ts';
import { timeWords } from './names.ts';
import { printExpression } from './print.ts';
import { warnOfOthers } from './cohort-warning.ts';
import { findName, isActor } from './scope.ts';
import type { SelectSyntax, Syntax } from './syntax.ts';
import { callOf, castTo, readAsTime } from './typed-calls.ts';

/**
 * Binds `x in (…)`: constants become one list, other expressions comparisons, `$list` its elements, and the name of a
 * defined query its rows.
 * @throws VarveError `type` for a value that does not compare with x.
 */
export function bindIn(node: Extract<Syntax, { kind: 'in' }>, context: BindContext, bind: Bind): Expr {
  const cohort = cohortOf(node, context);
  if (cohort !== null) return bindInQuery(node, cohort, context, bind);
  const arg = bind(node.arg);
  const { span } = node;
  const values: Scalar[] = [];
  const others: Expr[] = [];
  let hasNull = false;
  for (const item of node.values) {
    for (const element of elementsOf(item, context, bind)) {
      const value = readAsTime(element, arg, context.timezone);
      if (commonType(arg.type, value.type) === null)
        throw new VarveError('type', `${arg.type} in (${value.type}): these two types do not compare.`, {
          span: item.span,
          hint: 'Write a number without quotes, a text with them, or cast one side.',
        });
      if (value.kind !== 'literal') others.push(callOf('=', [arg, value], item.span));
      else if (value.value === null) hasNull = true;
      else values.push(value.value);
    }
  }
  values.sort(compareScalars);
  const list: Expr = { kind: 'in', arg, values, hasNull, type: 'bool', span };
  if (others.length === 0) return list;
  const constants = values.length > 0 || hasNull ? [list] : [];
  return { kind: 'or', args: [...constants, ...others], type: 'bool', span };
}

function elementsOf(item: Syntax, context: BindContext, bind: Bind): readonly Expr[] {
  const elements = item.kind === 'parameter' ? elementsOfParameter(item.name, item.span, context) : null;
  return elements ?? [bind(item)];
}

/** `x in (NAME)`: a column of that name wins over a defined query. */
function cohortOf(node: Extract<Syntax, { kind: 'in' }>, context: BindContext): SelectSyntax | null {
  const [only] = node.values;
  if (node.values.length !== 1 || only!.kind !== 'name') return null;
  const { name, span, quoted } = only!;
  if (findName(context.scope, name) !== undefined) return null;
  if (context.definitions.has(name)) return selectAll(name, span);
  const near = nearestNames(name, context.definitions);
  if (near.length === 0 || (!quoted && timeWords.has(name.toLowerCase()))) return null;
  throw new VarveError('unknown_column', `There is neither a column nor a defined query "${name}".`, {
    span,
    hint: `Did you mean ${near.join(', ')}?`,
  });
}

/** @returns `select * from NAME`. */
function selectAll(name: string, span: Span): SelectSyntax {
  return {
    kind: 'select',
    items: [{ expr: { kind: 'star', span }, alias: null, span }],
    from: [{ kind: 'table', name, span }],
    since: null,
    until: null,
    where: null,
    groupBy: [],
    every: null,
    trailing: null,
    having: null,
    orderBy: [],
    limit: null,
    offset: 0,
    compare: null,
    timezone: null,
    span,
  };
}

/**
 * Binds `x in (select …)`. An actor is its canonical text: where either side is one and the types differ, both are
 * compared as such.
 * @throws VarveError `type` where x and the query's column do not compare.
 */
export function bindInQuery(
  node: { readonly arg: Syntax; readonly span: Expr['span'] },
  query: SelectSyntax,
  context: BindContext,
  bind: Bind,
): Expr {
  const arg = bind(node.arg);
  const found = context.subquery(query, false);
  warnOfOthers(node, arg, found, context);
  if (commonType(arg.type, found.output.type) !== null)
    return { kind: 'in_query', arg, subquery: found.index, type: 'bool', span: node.span };
  if (!found.isActor && !isActor(context.origin(arg), context.scope))
    throw new VarveError('type', `${arg.type} in (select ${found.output.type}): these two types do not compare.`, {
      span: node.arg.span,
      hint: castHint(node.arg, arg, found.output),
    });
  const { index } = context.subquery(query, true);
  return { kind: 'in_query', arg: castTo('text', arg, arg.span), subquery: index, type: 'bool', span: node.span };
}

function castHint(node: Syntax, arg: Expr, output: Expr): string {
  if (arg.type.startsWith('list of ') || output.type.startsWith('list of '))
    return 'Compare one of the elements: x[1].';
  const to = output.type === 'null' ? 'text' : output.type;
  return `Cast one side: ${printExpression({ kind: 'cast', arg: node, to: to as ScalarType, span: node.span })}.`;
}
