import { addSteps, isTimeValue } from '../base/calendar.ts';
import { printDuration } from '../base/duration.ts';
import { VarveError, type Span } from '../base/errors.ts';
import type { ColumnType } from '../column/types.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import { commonType } from '../functions/signature.ts';
import type { Expr, LiteralExpr } from '../plan/expr.ts';
import { bindCall } from './bind-calls.ts';
import type { Bind, BindContext } from './bind-context.ts';
import { bindIn, bindInQuery } from './bind-in.ts';
import { bindName } from './bind-names.ts';
import { bindParameter } from './bind-parameters.ts';
import { castMend, comparisonMend } from './mends.ts';
import { printExpression } from './print.ts';
import type { Syntax } from './syntax.ts';
import { callOf, castTo, literalOf, meet, readAsTime, shapeOf, timeLiteral, wantBool } from './typed-calls.ts';

/** @returns the typed expression. @throws VarveError `unknown_column`, `unknown_function`, `type`, `syntax` with the place. */
export function bindExpression(node: Syntax, context: BindContext): Expr {
  const taken = context.first(node);
  if (taken !== null) return taken;
  const { span } = node;
  const bind: Bind = (child) => bindExpression(child, context);
  switch (node.kind) {
    case 'literal':
      return bindLiteral(node);
    case 'parameter':
      return bindParameter(node.name, span, context);
    case 'duration':
      throw new VarveError('type', `A duration (${printDuration(node.step)}) has no value of its own.`, {
        span,
        hint: 'Add it to a time: time + 1d.',
      });
    case 'star':
      throw new VarveError('syntax', '* stands alone in select, or in count(*).', { span });
    case 'name':
      return bindName(node.name, node.quoted, span, context);
    case 'and':
    case 'or':
      return {
        kind: node.kind,
        args: node.args.map((arg) => wantBool(bind(arg), `"${node.kind}"`)),
        type: 'bool',
        span,
      };
    case 'not':
      return { kind: 'not', arg: wantBool(bind(node.arg), '"not"'), type: 'bool', span };
    case 'between': {
      const low = compare('>=', node.arg, node.low, span, context);
      const high = compare('<=', node.arg, node.high, span, context);
      return negateIf(node.negated, { kind: 'and', args: [low, high], type: 'bool', span });
    }
    case 'in':
      return negateIf(node.negated, bindIn(node, context, bind));
    case 'in_query':
      return negateIf(node.negated, bindInQuery(node, node.query, context, bind));
    case 'like':
      return negateIf(node.negated, callOf(node.name, node.args.map(bind), span));
    case 'is_null':
      return negateIf(node.negated, callOf('is_null', [bind(node.arg)], span));
    case 'case':
      return bindCase(node, context);
    case 'cast':
      return castTo(node.to, bind(node.arg), span);
    case 'element':
      return callOf('element', [bind(node.list), bind(node.place)], span);
    case 'operator':
      return bindOperator(node, context);
    case 'call':
      return bindCall(node, context, bind);
  }
}

function bindLiteral(node: Extract<Syntax, { kind: 'literal' }>): LiteralExpr {
  const { value, span } = node;
  if (node.float === true) return { kind: 'literal', value, type: 'float', span };
  if (typeof value === 'bigint' && value >= 2n ** 63n)
    throw new VarveError('syntax', `The number ${value} is beyond 64 bits.`, {
      span,
      hint: 'Write it as a float: 1e20.',
    });
  return literalOf(value, span);
}

function negateIf(negated: boolean, arg: Expr): Expr {
  return negated ? { kind: 'not', arg, type: 'bool', span: arg.span } : arg;
}

function compare(name: string, left: Syntax, right: Syntax, span: Span, context: BindContext): Expr {
  const a = bindExpression(left, context);
  const b = bindExpression(right, context);
  return callOf(name, bothTimes(a, b, context), span, () => comparisonMend([left, right], [a, b]));
}

function bothTimes(a: Expr, b: Expr, { timezone }: BindContext): [Expr, Expr] {
  return [readAsTime(a, b, timezone), readAsTime(b, a, timezone)];
}

function bindOperator(node: Extract<Syntax, { kind: 'operator' }>, context: BindContext): Expr {
  const { name, args, span } = node;
  if (['=', '!=', '<', '<=', '>', '>='].includes(name)) return compare(name, args[0]!, args[1]!, span, context);
  if (!scalarFunctions.has(name)) throw new VarveError('unknown_function', `There is no operator ${name}.`, { span });
  const right = args[1];
  if ((name === '+' || name === '-') && right?.kind === 'duration')
    return bindStep(bindExpression(args[0]!, context), right, name, span, context);
  if (name === '+' && args[0]!.kind === 'duration' && right !== undefined)
    return bindStep(bindExpression(right, context), args[0]!, name, span, context);
  const bound = args.map((arg) => bindExpression(arg, context));
  const both = bound.length === 2 && name === '-' ? bothTimes(bound[0]!, bound[1]!, context) : bound;
  return callOf(name, both, span, () => operatorMend(name, args, both));
}

/** A text in a sum is cast by its name; other operators want texts. */
function operatorMend(name: string, nodes: readonly Syntax[], args: readonly Expr[]): string | undefined {
  if (!['negate', '+', '-', '*', '/', '%'].includes(name)) {
    const { signature } = scalarFunctions.get(name)!;
    const own = signature(args.map(shapeOf));
    return 'hint' in own ? own.hint : castMend(signature, args.map(shapeOf), nodes);
  }
  const text = args.findIndex(({ type, kind }) => type === 'text' && kind !== 'literal');
  if (text < 0 || args.some(({ type }) => type === 'time')) return undefined;
  const cast = printExpression({ kind: 'cast', arg: nodes[text]!, to: 'float', span: nodes[text]!.span });
  return `Cast the text: ${cast}${name === '+' ? '; texts are joined with ||' : ''}.`;
}

/** A time and a duration; what is constant is reckoned here, in the query's time zone. */
export function bindStep(
  operand: Expr,
  duration: Extract<Syntax, { kind: 'duration' }>,
  sign: '+' | '-',
  span: Span,
  context: BindContext,
): Expr {
  const left = readAsTime(operand, timeLiteral(0, span), context.timezone);
  if (left.kind === 'literal' && left.type === 'time') {
    const moved = addSteps(left.value as number, duration.step, sign === '+' ? 1 : -1, context.timezone);
    if (!isTimeValue(moved)) throw new VarveError('type', 'This lies beyond what a time can be.', { span });
    return timeLiteral(moved, span);
  }
  const name = sign === '+' ? 'add_duration' : 'subtract_duration';
  return callOf(name, [left, literalOf(printDuration(duration.step), duration.span)], span);
}

function bindCase(node: Extract<Syntax, { kind: 'case' }>, context: BindContext): Expr {
  const { subject, span } = node;
  const branches = node.branches.map(({ when, then }) => ({
    when:
      subject === null
        ? wantBool(bindExpression(when, context), '"when"')
        : compare('=', subject, when, when.span, context),
    then: bindExpression(then, context),
  }));
  const otherwise = node.otherwise === null ? literalOf(null, span) : bindExpression(node.otherwise, context);
  const results = meet([...branches.map(({ then }) => then), otherwise], context.timezone);
  let type: ColumnType = 'null';
  for (const result of results) {
    const met = commonType(type, result.type);
    if (met === null)
      throw new VarveError('type', `case has to choose between ${type} and ${result.type}.`, {
        span: result.span,
        hint: 'Cast one to the type of the other.',
      });
    type = met;
  }
  return {
    kind: 'case',
    branches: branches.map(({ when }, index) => ({ when, then: results[index]! })),
    otherwise: results[results.length - 1]!,
    type,
    span,
  };
}
