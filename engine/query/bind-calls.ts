import { addSteps, bucketStart } from '../base/calendar.ts';
import { printDuration } from '../base/duration.ts';
import { VarveError, type Span } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import type { Expr } from '../plan/expr.ts';
import type { Bind, BindContext } from './bind-context.ts';
import { actorColumn, isActor } from './scope.ts';
import { castMend } from './mends.ts';
import { functionHabits } from './sql-names.ts';
import type { Syntax } from './syntax.ts';
import { callOf, literalOf, meet, shapeOf, timeLiteral } from './typed-calls.ts';

type CallSyntax = Extract<Syntax, { kind: 'call' }>;

/** Registry names that stand for operators and forms, which nobody calls by name. */
const unnamed = /^(cast_|is_null|negate|add_duration|subtract_duration|element)/;
const madeHere = ['count_if', 'rate', 'unnest', 'original'];

/** @returns whether a function of that name is an aggregate. */
export function isAggregate(name: string): boolean {
  return name === 'count_if' || name === 'rate' || aggregateFunctions.has(name);
}

/** Binds a call of a scalar. @throws VarveError `unknown_function` with the nearest names, `syntax`, `type`. */
export function bindCall(node: CallSyntax, context: BindContext, bind: Bind): Expr {
  const { name, span } = node;
  const period = /^(this|last) (day|week|month|quarter|year)$/.exec(name);
  if (period !== null) return timeLiteral(periodStart(period[1]!, period[2]!, context), span);
  if (isAggregate(name))
    throw new VarveError('syntax', `The aggregate ${name} cannot stand here.`, { span, hint: context.aggregateHint });
  if (name === 'unnest')
    throw new VarveError('syntax', 'unnest(…) is a group key by itself, and cannot stand here.', {
      span,
      hint: 'Write group by unnest(list) as item; has(list, x) asks whether a list holds a value.',
    });
  const scalar = scalarFunctions.get(name);
  const known = scalar !== undefined && /^[a-z]/.test(name) && !unnamed.test(name);
  if (!known && name !== 'original') throw unknownFunction(name, span);
  if (node.filter !== null) throw new VarveError('syntax', `filter goes with aggregates, ${name} is none.`, { span });
  const args = node.args.map((arg) =>
    arg.kind === 'duration' ? literalOf(printDuration(arg.step), arg.span) : bind(arg),
  );
  if (name === 'original') return original(args, span, context);
  if (name === 'coalesce' || name === 'least' || name === 'greatest')
    return callOf(name, meet(args, context.timezone), span);
  if (name === 'if' && args.length === 3)
    return callOf(name, [args[0]!, ...meet(args.slice(1), context.timezone)], span);
  return callOf(name, args, span, ({ signature }) => {
    const own = signature(args.map(shapeOf));
    return 'hint' in own ? own.hint : castMend(signature, args.map(shapeOf), node.args);
  });
}

/** What was sent is what the actor column holds. */
function original(args: readonly Expr[], span: Span, { scope }: BindContext): Expr {
  const [arg] = args;
  if (args.length === 1 && isActor(arg!, scope)) return { ...(actorColumn(scope) ?? arg!), span };
  throw new VarveError('type', 'original wants the actor column.', {
    span,
    hint: `Write original(${scope.actor ?? 'actor'}).`,
  });
}

function unknownFunction(name: string, span: Span): VarveError {
  const near = nearestNames(
    name,
    [...scalarFunctions.keys(), ...aggregateFunctions.keys(), ...madeHere].filter(
      (candidate) => /^[a-z]/.test(candidate) && !unnamed.test(candidate),
    ),
  );
  return new VarveError('unknown_function', `There is no function "${name}".`, {
    span,
    hint: functionHabits.get(name) ?? (near.length === 0 ? undefined : `Did you mean ${near.join(', ')}?`),
  });
}

function periodStart(which: string, unit: string, { now, timezone }: BindContext): number {
  const step = {
    count: 1,
    unit: ({ day: 'd', week: 'w', month: 'mo', quarter: 'q', year: 'y' } as const)[unit as 'day']!,
  };
  const start = bucketStart(now, step, timezone);
  return which === 'this' ? start : addSteps(start, step, -1, timezone);
}
