import { fixedLengthMs, printDuration } from '../base/duration.ts';
import { VarveError, type Span } from '../base/errors.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { Expr } from '../plan/expr.ts';
import type { Measure } from '../plan/select.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { lacking } from './bind-names.ts';
import { castMend } from './mends.ts';
import { printExpression } from './print.ts';
import type { Syntax } from './syntax.ts';
import { callOf, floatLiteral, shapeOf, wantBool } from './typed-calls.ts';

type CallSyntax = Extract<Syntax, { kind: 'call' }>;

/** The measures of a plan under construction, each once. */
export interface Measures {
  readonly list: Measure[];
  /** What each one asks, as text. */
  readonly texts: string[];
  /** What a rate is measured by, or null where rows have no length of time in common. */
  readonly length: Expr | null;
}

const placeParts = ['table', 'upper', 'lower', 'arrival'] as const;

/**
 * Binds an aggregate to its measure. Its arguments see the columns of the source, not aliases. `count_if(c)` is a count
 * with a filter; `rate(d)` is a count × d by the length of the bucket or range.
 * @throws VarveError `type`, `syntax`.
 */
export function bindAggregate(node: CallSyntax, measures: Measures, outer: BindContext): Expr {
  const context: BindContext = { ...outer, aggregateHint: 'An aggregate cannot stand inside an aggregate.' };
  if (node.name === 'rate') return bindRate(node, measures, context);
  const conditional = node.name === 'count_if';
  if (conditional && node.args.length !== 1)
    throw new VarveError('type', `count_if takes 1 argument, not ${node.args.length}.`, { span: node.span });
  if (conditional) return measureOf('count', [], [node.args[0]!, ...filterOf(node)], node.span, measures, context);
  const args = node.name === 'count' && node.args[0]?.kind === 'star' ? node.args.slice(1) : node.args;
  return measureOf(node.name, args, filterOf(node), node.span, measures, context);
}

function filterOf({ filter }: CallSyntax): Syntax[] {
  return filter === null ? [] : [filter];
}

function measureOf(
  name: string,
  argNodes: readonly Syntax[],
  conditionNodes: readonly Syntax[],
  span: Span,
  measures: Measures,
  context: BindContext,
): Expr {
  const text = [name, ...argNodes.map(printExpression), 'where', ...conditionNodes.map(printExpression)].join('\n');
  const known = measures.texts.indexOf(text);
  if (known >= 0) return { kind: 'measure', index: known, type: measures.list[known]!.type, span };
  const args = argNodes.map((arg) => bindExpression(arg, context));
  const conditions = conditionNodes.map((condition) => wantBool(bindExpression(condition, context), 'A condition'));
  const aggregate = aggregateFunctions.get(name)!;
  const signature = aggregate.signature(args.map(shapeOf));
  if ('error' in signature)
    throw new VarveError('type', `${signature.error}.`, {
      span,
      hint: signature.hint ?? castMend((shapes) => aggregate.signature(shapes), args.map(shapeOf), argNodes),
    });
  measures.list.push({
    name: aggregate.name,
    args: aggregate.ordered === true ? [...args, ...placeOf(name, span, context)] : args,
    filter:
      conditions.length === 0
        ? null
        : conditions.length === 1
          ? conditions[0]!
          : { kind: 'and', args: conditions, type: 'bool', span },
    type: signature.type,
    emptyIsZero: aggregate.emptyIsZero,
    span,
  });
  measures.texts.push(text);
  return { kind: 'measure', index: measures.list.length - 1, type: signature.type, span };
}

/** What tells which of two events is the earlier. */
function placeOf(name: string, span: Span, { scope }: BindContext): Expr[] {
  if (scope.time === null)
    throw new VarveError('type', `${name} takes the order of time, and the rows of the query in from have none.`, {
      span,
      hint: 'min, max and any need no order.',
    });
  return [scope.time, ...placeParts.map((part): Expr => ({ kind: 'place', part, type: 'float' }))];
}

function bindRate(node: CallSyntax, measures: Measures, context: BindContext): Expr {
  const { span } = node;
  const [arg] = node.args;
  if (node.args.length !== 1 || arg?.kind !== 'duration')
    throw new VarveError('type', 'rate takes 1 argument, a duration.', { span, hint: 'Write rate(1h).' });
  const length = fixedLengthMs(arg.step);
  if (length === null)
    throw new VarveError('type', `rate wants a fixed length, and ${printDuration(arg.step)} has none.`, {
      span: arg.span,
      hint: 'Write it in days: rate(30d).',
    });
  if (measures.length === null)
    throw new VarveError('type', 'rate counts by the length of a range, and rows of actors have none.', {
      span,
      hint: 'Divide a count by a time: count() / ((max(time) - min(time)) / 3600000).',
    });
  if (context.scope.time === null) throw lacking('time', span);
  const count = measureOf('count', [], filterOf(node), span, measures, context);
  return callOf('/', [callOf('*', [count, floatLiteral(length, span)], span), measures.length], span);
}
