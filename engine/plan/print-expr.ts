import { formatTimeUtc } from '../base/calendar.ts';
import type { Scalar } from '../column/values.ts';
import type { Expr } from './expr.ts';
import type { Measure } from './select.ts';

/** What keys and measures are called around an expression that stands over groups. */
export interface PrintNames {
  readonly keys: readonly string[];
  readonly measures: readonly string[];
}

const noNames: PrintNames = { keys: [], measures: [] };
const signs = /^([=<>!~%*/+|-]+|like|ilike)$/;

/** @returns a bound expression as text for a reader of plans: casts and readings that the binder added are seen. */
export function printExpr(expr: Expr, names: PrintNames = noNames): string {
  const print = (part: Expr): string => printExpr(part, names);
  const inner = (part: Expr): string => (isSimple(part) ? print(part) : `(${print(part)})`);
  switch (expr.kind) {
    case 'literal':
      return expr.type === 'time' && typeof expr.value === 'number'
        ? `'${formatTimeUtc(expr.value)}'`
        : printScalar(expr.value);
    case 'column':
      return expr.name;
    case 'actor':
      return 'actor';
    case 'table':
      return '_table';
    case 'place':
      return `place(${expr.part})`;
    case 'span':
      return 'span()';
    case 'key':
      return names.keys[expr.index] ?? `key ${expr.index + 1}`;
    case 'measure':
      return names.measures[expr.index] ?? `measure ${expr.index + 1}`;
    case 'and':
    case 'or':
      return expr.args.map(inner).join(` ${expr.kind} `);
    case 'not':
      return `not ${inner(expr.arg)}`;
    case 'in':
      return `${inner(expr.arg)} in (${printedValues(expr.values)})`;
    case 'in_query':
      return `${inner(expr.arg)} in (query ${expr.subquery + 1})`;
    case 'case':
      return `case${expr.branches.map(({ when, then }) => ` when ${print(when)} then ${print(then)}`).join('')} else ${print(expr.otherwise)} end`;
    case 'call':
      return printCall(expr, inner, print);
  }
}

function printCall(
  expr: Extract<Expr, { kind: 'call' }>,
  inner: (part: Expr) => string,
  print: (part: Expr) => string,
): string {
  const [first, second] = expr.args;
  if (expr.name === 'is_null') return `${inner(first!)} is null`;
  if (expr.name === 'negate') return `-${inner(first!)}`;
  if (expr.name === 'element') return `${inner(first!)}[${print(second!)}]`;
  if (expr.name.startsWith('cast_')) return `${inner(first!)}::${expr.name.slice('cast_'.length)}`;
  if (expr.args.length === 2 && signs.test(expr.name)) return `${inner(first!)} ${expr.name} ${inner(second!)}`;
  return `${expr.name}(${expr.args.map(print).join(', ')})`;
}

function isSimple(expr: Expr): boolean {
  if (expr.kind === 'call') return !signs.test(expr.name) && expr.name !== 'is_null' && expr.name !== 'negate';
  return !['and', 'or', 'not', 'in', 'in_query'].includes(expr.kind);
}

/** The first few of a long list. */
function printedValues(values: readonly Scalar[]): string {
  const shown = values.slice(0, 5).map(printScalar).join(', ');
  return values.length > 5 ? `${shown}, … ${values.length} values` : shown;
}

function printScalar(value: Scalar): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}…` : value}'`;
  return Array.isArray(value) ? `[${value.map((item) => printScalar(item as Scalar)).join(', ')}]` : String(value);
}

/** @returns an aggregate call as text, without the arguments that the binder added. */
export function printMeasure(measure: Measure): string {
  const written = measure.args.filter(({ kind }, index) => kind !== 'place' && !isHiddenTime(measure, index));
  const filter = measure.filter === null ? '' : ` filter (where ${printExpr(measure.filter)})`;
  return `${measure.name}(${written.map((arg) => printExpr(arg)).join(', ')})${filter}`;
}

/** The time before the places is there for the order. */
function isHiddenTime({ args }: Measure, index: number): boolean {
  return args[index + 1]?.kind === 'place';
}
