import { addSteps, bucketStart, isTimeValue, parseTime } from '../base/calendar.ts';
import { printDuration } from '../base/duration.ts';
import { VarveError, type Span } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import { findColumn, type TableSchema } from '../column/schema.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import { compareScalars } from '../functions/compare.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import type { ArgumentShape } from '../functions/scalars/scalar.ts';
import { commonType } from '../functions/signature.ts';
import type { Expr, LiteralExpr } from '../plan/expr.ts';
import type { Syntax } from './syntax.ts';

/** What names mean around an expression. */
export interface BindContext {
  readonly schema: TableSchema;
  readonly params: Readonly<Record<string, Scalar>>;
  readonly now: number;
  readonly timezone: string;
  /** Tried first at every node: aliases, group keys, aggregates. null = bind it the ordinary way. */
  readonly first: (node: Syntax) => Expr | null;
  /** What to say of an aggregate that `first` did not take. */
  readonly aggregateHint: string;
  /** Names that select gives: not seen here, but worth naming where one is taken for a column. */
  readonly aliases: ReadonlySet<string>;
}

/** Functions of the language that later versions answer, and what to do until then. */
const notYet = new Map([
  ...'rate unnest latest'
    .split(' ')
    .map((name) => [name, 'See the list of functions in the documentation of the language.'] as const),
]);

/** @returns the typed expression. @throws VarveError `unknown_column`, `unknown_function`, `type`, `syntax` with the place. */
export function bindExpression(node: Syntax, context: BindContext): Expr {
  const taken = context.first(node);
  if (taken !== null) return taken;
  const { span } = node;
  const bind = (child: Syntax): Expr => bindExpression(child, context);
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
      return { kind: node.kind, args: node.args.map((arg) => wantBool(bind(arg), node.kind)), type: 'bool', span };
    case 'not':
      return { kind: 'not', arg: wantBool(bind(node.arg), 'not'), type: 'bool', span };
    case 'between': {
      const [low, high] = [
        compare('>=', node.arg, node.low, span, context),
        compare('<=', node.arg, node.high, span, context),
      ];
      return negateIf(node.negated, { kind: 'and', args: [low, high], type: 'bool', span });
    }
    case 'in':
      return negateIf(node.negated, bindIn(node, context));
    case 'in_query':
      throw new VarveError('syntax', 'A query inside in ( ) is not supported yet.', { span });
    case 'like':
      return negateIf(node.negated, call(node.name, node.args.map(bind), span));
    case 'is_null':
      return negateIf(node.negated, call('is_null', [bind(node.arg)], span));
    case 'case':
      return bindCase(node, context);
    case 'cast': {
      const arg = bind(node.arg);
      return arg.type === node.to ? arg : call(`cast_${node.to}`, [arg, literal(arg.type, span)], span);
    }
    case 'element':
      return call('element', [bind(node.list), bind(node.place)], span);
    case 'operator':
      return bindOperator(node, context);
    case 'call':
      return bindCall(node, context);
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
  return literal(value, span);
}

/** A value of the program around: an integral number is an int. */
function literal(value: Scalar, span: Span): LiteralExpr {
  return { kind: 'literal', value, type: typeOfValue(value), span };
}

function typeOfValue(value: Scalar): ColumnType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int' : 'float';
}

function time(value: number, span: Span): LiteralExpr {
  return { kind: 'literal', value, type: 'time', span };
}

function bindParameter(name: string, span: Span, context: BindContext): Expr {
  if (!Object.hasOwn(context.params, name)) {
    throw new VarveError('usage', `The parameter $${name} has no value.`, {
      span,
      hint: `Give it one: --param ${name}=VALUE, or params: { ${name}: … }.`,
    });
  }
  const value: unknown = context.params[name];
  const scalar = value === null || ['string', 'boolean', 'number', 'bigint'].includes(typeof value);
  if (!scalar)
    throw new VarveError(
      'usage',
      `The parameter $${name} is no value: ${Array.isArray(value) ? 'a list' : typeof value}.`,
      {
        span,
        hint: 'Give a text, a number, a bool, a Date or null.',
      },
    );
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    throw new VarveError('usage', `The parameter $${name} is beyond 64 bits.`, { span, hint: 'Give it as a number.' });
  return literal(value as Scalar, span);
}

/** @returns a column, the actor, or one of the time words; a table's own column wins. */
function bindName(name: string, quoted: boolean, span: Span, context: BindContext): Expr {
  const { schema } = context;
  const column = findColumn(schema, name);
  if (column !== undefined) return { kind: 'column', name, type: column.type, span };
  if (name === schema.timeName) return { kind: 'column', name: 'time', type: 'time', span };
  if (name === 'actor') return { kind: 'actor', type: 'text', span };
  if (!quoted) {
    const word = name.toLowerCase();
    const today = (): number => bucketStart(context.now, { count: 1, unit: 'd' }, context.timezone);
    if (word === 'now') return time(context.now, span);
    if (word === 'today') return time(today(), span);
    if (word === 'yesterday') return time(addSteps(today(), { count: 1, unit: 'd' }, -1, context.timezone), span);
  }
  const near = nearestNames(name, [...schema.columns.map((candidate) => candidate.name), 'actor']);
  const hint = context.aliases.has(name)
    ? `${name} is an alias of select: where and the arguments of aggregates see columns only.`
    : near.length > 0
      ? `Did you mean ${near.map((candidate) => `"${candidate}"`).join(', ')}?`
      : quoted
        ? 'Texts are written in single quotes; double quotes are for names.'
        : `Its columns are ${schema.columns
            .slice(0, 12)
            .map((candidate) => candidate.name)
            .join(', ')}${schema.columns.length > 12 ? ', …' : ''}.`;
  throw new VarveError('unknown_column', `No event of "${schema.name}" has a property "${name}".`, { span, hint });
}

function wantBool(expr: Expr, where: string): Expr {
  if (expr.type === 'bool' || expr.type === 'null') return expr;
  throw new VarveError('type', `"${where}" wants a bool, not ${expr.type}.`, {
    span: expr.span,
    hint: 'Compare it with something: x = 1, x is not null.',
  });
}

function negateIf(negated: boolean, arg: Expr): Expr {
  return negated ? { kind: 'not', arg, type: 'bool', span: arg.span } : arg;
}

/** Makes a call after asking the function's signature. */
function call(name: string, args: readonly Expr[], span: Span): Expr {
  const scalar = scalarFunctions.get(name)!;
  const signature = scalar.signature(args.map(shapeOf));
  if ('error' in signature) throw new VarveError('type', `${signature.error}.`, { span, hint: signature.hint });
  return { kind: 'call', name: scalar.name, args, type: signature.type, span };
}

function shapeOf(expr: Expr): ArgumentShape {
  return { type: expr.type, constant: expr.kind === 'literal' ? expr.value : undefined };
}

/** A text literal beside a time is read as a time. */
function readAsTime(expr: Expr, other: Expr, context: BindContext): Expr {
  if (other.type !== 'time' || expr.kind !== 'literal' || typeof expr.value !== 'string') return expr;
  const value = parseTime(expr.value, context.timezone);
  if (value === null)
    throw new VarveError('type', `'${expr.value}' is compared with a time and is none.`, {
      span: expr.span,
      hint: "Times are written '2024-03-01' or '2024-03-01 10:00'.",
    });
  return time(value, expr.span!);
}

/** Values that have to meet in one type: texts beside a time are times, ints beside a float are floats. */
function meet(values: readonly Expr[], context: BindContext): Expr[] {
  const timed = values.find((value) => value.type === 'time');
  const read = timed === undefined ? values : values.map((value) => readAsTime(value, timed, context));
  if (!read.some((value) => value.type === 'float')) return [...read];
  return read.map((value) =>
    value.type === 'int' ? call('cast_float', [value, literal('int', value.span!)], value.span!) : value,
  );
}

function compare(name: string, left: Syntax, right: Syntax, span: Span, context: BindContext): Expr {
  const a = bindExpression(left, context);
  const b = bindExpression(right, context);
  return call(name, [readAsTime(a, b, context), readAsTime(b, a, context)], span);
}

function bindOperator(node: Extract<Syntax, { kind: 'operator' }>, context: BindContext): Expr {
  const { name, args, span } = node;
  if (['=', '!=', '<', '<=', '>', '>='].includes(name)) return compare(name, args[0]!, args[1]!, span, context);
  const right = args[1];
  if ((name === '+' || name === '-') && right?.kind === 'duration')
    return bindStep(bindExpression(args[0]!, context), right, name, span, context);
  if (name === '+' && args[0]!.kind === 'duration' && right !== undefined)
    return bindStep(bindExpression(right, context), args[0]!, name, span, context);
  const bound = args.map((arg) => bindExpression(arg, context));
  if (bound.length === 2 && name === '-')
    return call(name, [readAsTime(bound[0]!, bound[1]!, context), readAsTime(bound[1]!, bound[0]!, context)], span);
  return call(name, bound, span);
}

/** A time and a duration; what is constant is reckoned here, in the query's time zone. */
export function bindStep(
  operand: Expr,
  duration: Extract<Syntax, { kind: 'duration' }>,
  sign: '+' | '-',
  span: Span,
  context: BindContext,
): Expr {
  const left = readAsTime(operand, time(0, span), context);
  if (left.kind === 'literal' && left.type === 'time') {
    const moved = addSteps(left.value as number, duration.step, sign === '+' ? 1 : -1, context.timezone);
    if (!isTimeValue(moved)) throw new VarveError('type', 'This lies beyond what a time can be.', { span });
    return time(moved, span);
  }
  const name = sign === '+' ? 'add_duration' : 'subtract_duration';
  return call(name, [left, literal(printDuration(duration.step), duration.span)], span);
}

function bindIn(node: Extract<Syntax, { kind: 'in' }>, context: BindContext): Expr {
  const arg = bindExpression(node.arg, context);
  const values: Scalar[] = [];
  const others: Expr[] = [];
  let hasNull = false;
  for (const item of node.values) {
    const value = readAsTime(bindExpression(item, context), arg, context);
    if (commonType(arg.type, value.type) === null)
      throw new VarveError('type', `${arg.type} in (${value.type}): these two types do not compare.`, {
        span: item.span,
        hint: 'Write a number without quotes, a text with them, or cast one side.',
      });
    if (value.kind !== 'literal') others.push(call('=', [arg, value], item.span));
    else if (value.value === null) hasNull = true;
    else values.push(value.value);
  }
  values.sort(compareScalars);
  const { span } = node;
  const list: Expr = { kind: 'in', arg, values, hasNull, type: 'bool', span };
  if (others.length === 0) return list;
  const constants = values.length > 0 || hasNull ? [list] : [];
  return { kind: 'or', args: [...constants, ...others], type: 'bool', span };
}

function bindCase(node: Extract<Syntax, { kind: 'case' }>, context: BindContext): Expr {
  const { subject, span } = node;
  const branches = node.branches.map(({ when, then }) => ({
    when:
      subject === null
        ? wantBool(bindExpression(when, context), 'when')
        : compare('=', subject, when, when.span, context),
    then: bindExpression(then, context),
  }));
  const results = meet(
    [
      ...branches.map(({ then }) => then),
      node.otherwise === null ? literal(null, span) : bindExpression(node.otherwise, context),
    ],
    context,
  );
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

function bindCall(node: Extract<Syntax, { kind: 'call' }>, context: BindContext): Expr {
  const { name, span } = node;
  const period = /^(this|last) (day|week|month|quarter|year)$/.exec(name);
  if (period !== null) return time(periodStart(period[1]!, period[2]!, context), span);
  if (name === 'count_if' || aggregateFunctions.has(name)) {
    throw new VarveError('syntax', `The aggregate ${name} cannot stand here.`, { span, hint: context.aggregateHint });
  }
  if (notYet.has(name))
    throw new VarveError('unknown_function', `${name} is not supported yet.`, {
      span,
      hint: notYet.get(name),
    });
  const scalar = scalarFunctions.get(name);
  if (
    scalar === undefined ||
    !/^[a-z]/.test(name) ||
    /^(cast_|is_null|negate|add_duration|subtract_duration|element)/.test(name)
  ) {
    const near = nearestNames(
      name,
      [...scalarFunctions.keys(), ...aggregateFunctions.keys(), 'count_if'].filter((candidate) =>
        /^[a-z]/.test(candidate),
      ),
    );
    throw new VarveError('unknown_function', `There is no function "${name}".`, {
      span,
      hint: near.length === 0 ? undefined : `Did you mean ${near.join(', ')}?`,
    });
  }
  if (node.filter !== null) throw new VarveError('syntax', `filter goes with aggregates, ${name} is none.`, { span });
  const args = node.args.map((arg) =>
    arg.kind === 'duration' ? literal(printDuration(arg.step), arg.span) : bindExpression(arg, context),
  );
  if (name === 'coalesce') return call(name, meet(args, context), span);
  if (name === 'if' && args.length === 3) return call(name, [args[0]!, ...meet(args.slice(1), context)], span);
  return call(name, args, span);
}

function periodStart(which: string, unit: string, context: BindContext): number {
  const step = {
    count: 1,
    unit: ({ day: 'd', week: 'w', month: 'mo', quarter: 'q', year: 'y' } as const)[unit as 'day']!,
  };
  const start = bucketStart(context.now, step, context.timezone);
  return which === 'this' ? start : addSteps(start, step, -1, context.timezone);
}
