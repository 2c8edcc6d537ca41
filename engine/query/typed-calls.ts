import { parseTime } from '../base/calendar.ts';
import { VarveError, type Span } from '../base/errors.ts';
import type { ColumnType } from '../column/types.ts';
import type { Scalar } from '../column/values.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import type { ArgumentShape, ScalarFunction } from '../functions/scalars/scalar.ts';
import type { Expr, LiteralExpr } from '../plan/expr.ts';

/** @returns a value of the program around; an integral number is an int. */
export function literalOf(value: Scalar, span: Span | undefined): LiteralExpr {
  return { kind: 'literal', value, type: typeOfValue(value), span };
}

function typeOfValue(value: Scalar): ColumnType {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'bigint' || Number.isSafeInteger(value) ? 'int' : 'float';
}

/** @returns a constant time, UTC ms. */
export function timeLiteral(value: number, span: Span | undefined): LiteralExpr {
  return { kind: 'literal', value, type: 'time', span };
}

/** @returns a constant of type float. */
export function floatLiteral(value: number, span: Span | undefined): LiteralExpr {
  return { kind: 'literal', value, type: 'float', span };
}

/** @returns the argument as a signature sees it. */
export function shapeOf(expr: Expr): ArgumentShape {
  return { type: expr.type, constant: expr.kind === 'literal' ? expr.value : undefined };
}

/**
 * Makes a call after asking the function's signature.
 * @param mend what to do about arguments that it does not take, where the signature knows nothing better.
 * @throws VarveError `type` that names the types.
 */
export function callOf(
  name: string,
  args: readonly Expr[],
  span: Span | undefined,
  mend?: (scalar: ScalarFunction) => string | undefined,
): Expr {
  const scalar = scalarFunctions.get(name)!;
  const signature = scalar.signature(args.map(shapeOf));
  if ('error' in signature)
    throw new VarveError('type', `${signature.error}.`, { span, hint: mend?.(scalar) ?? signature.hint });
  return { kind: 'call', name: scalar.name, args, type: signature.type, span };
}

/** @returns the expression cast; itself where it has the type. */
export function castTo(type: 'bool' | 'int' | 'float' | 'text' | 'time', arg: Expr, span: Span | undefined): Expr {
  return arg.type === type ? arg : callOf(`cast_${type}`, [arg, literalOf(arg.type, span)], span);
}

/** @param what wants one, as a sentence begins: `where`, `"and"`. @throws VarveError `type` unless it is a bool. */
export function wantBool(expr: Expr, what: string): Expr {
  if (expr.type === 'bool' || expr.type === 'null') return expr;
  throw new VarveError('type', `${what} wants a bool, not ${expr.type}.`, {
    span: expr.span,
    hint: 'Compare it with something: x = 1, x is not null.',
  });
}

/** A text literal beside a time is read as a time. @throws VarveError `type` for a text that is none. */
export function readAsTime(expr: Expr, other: Expr, timezone: string): Expr {
  if (other.type !== 'time' || expr.kind !== 'literal' || typeof expr.value !== 'string') return expr;
  const value = parseTime(expr.value, timezone);
  if (value === null)
    throw new VarveError('type', `'${expr.value}' is compared with a time and is none.`, {
      span: expr.span,
      hint: "Times are written '2024-03-01' or '2024-03-01 10:00'.",
    });
  return timeLiteral(value, expr.span);
}

/** Values that have to meet in one type: texts beside a time are times, ints beside a float are floats. */
export function meet(values: readonly Expr[], timezone: string): Expr[] {
  const timed = values.find((value) => value.type === 'time');
  const read = timed === undefined ? values : values.map((value) => readAsTime(value, timed, timezone));
  if (!read.some((value) => value.type === 'float')) return [...read];
  return read.map((value) => (value.type === 'int' ? castTo('float', value, value.span) : value));
}
