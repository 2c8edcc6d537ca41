import { VarveError, type Span } from '../base/errors.ts';
import type { Scalar } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { BindContext } from './bind-context.ts';
import { literalOf } from './typed-calls.ts';

/** @returns a parameter's value as a constant. @throws VarveError `usage` for one without a value, for a list, for an object. */
export function bindParameter(name: string, span: Span, context: BindContext): Expr {
  const value = valueOf(name, span, context);
  return literalOf(checkedScalar(`The parameter $${name}`, value, span), span);
}

/**
 * @returns the elements of a parameter that is a list, as constants; null where it is none.
 * @throws VarveError `usage` for an element that is no value.
 */
export function elementsOfParameter(name: string, span: Span, context: BindContext): Expr[] | null {
  const value = valueOf(name, span, context);
  if (!Array.isArray(value)) return null;
  return value.map((element: unknown, index) =>
    literalOf(checkedScalar(`Element ${index + 1} of the parameter $${name}`, element, span), span),
  );
}

function valueOf(name: string, span: Span, { params }: BindContext): unknown {
  if (Object.hasOwn(params, name)) return params[name];
  throw new VarveError('usage', `The parameter $${name} has no value.`, {
    span,
    hint: `Give it one: --param ${name}=VALUE, or params: { ${name}: … }.`,
  });
}

function checkedScalar(what: string, value: unknown, span: Span): Scalar {
  if (value !== null && !['string', 'boolean', 'number', 'bigint'].includes(typeof value))
    throw new VarveError('usage', `${what} is no value: ${Array.isArray(value) ? 'a list' : typeof value}.`, {
      span,
      hint: Array.isArray(value)
        ? 'A list stands behind in: x in $list.'
        : 'Give a text, a number, a bool, a Date or null.',
    });
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value)
    throw new VarveError('usage', `${what} is beyond 64 bits.`, { span, hint: 'Give it as a number.' });
  return value as Scalar;
}
