import type { Nulls, Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt, unionNulls } from '../functions/access.ts';
import { scalarFunctions } from '../functions/scalars/index.ts';
import type { ScalarContext } from '../functions/scalars/scalar.ts';
import { valuesFromScalars } from '../functions/values-from-scalars.ts';
import type { CaseExpr, Expr } from '../plan/expr.ts';
import { chooseRows, firstTrue, type Choice } from './choose-rows.ts';
import { isIn } from './in-list.ts';
import { inPieces } from './in-pieces.ts';
import { isInSet, type ValueSet } from './value-set.ts';

/** Where an expression's leaves come from: a block's rows, or the groups of an answer. */
export interface Leaves {
  readonly length: number;
  leaf(expr: Expr): Values;
}

/** Evaluates expressions for one query; what it derives from a list of texts is kept and used again. */
export class Evaluator {
  readonly context: ScalarContext;
  /** The answers of the plan's subqueries. */
  readonly sets: readonly ValueSet[];
  /** null where the expression cannot be answered once a text. */
  readonly #derived = new WeakMap<readonly string[], Map<Expr, Values | null>>();
  /** The texts that each `case` chooses from. */
  readonly #constants = new WeakMap<CaseExpr, readonly string[]>();
  /** While an expression is tried quietly: how many values could not be had; else null. */
  #quiet: number | null = null;

  constructor(context: ScalarContext, sets: readonly ValueSet[] = []) {
    this.sets = sets;
    this.context = {
      ...context,
      noteNoValue: (name, rows) => {
        if (this.#quiet === null) context.noteNoValue(name, rows);
        else this.#quiet += rows;
      },
    };
  }

  /**
   * Evaluates over distinct values instead of rows.
   * @returns null when some value could not be had: such rows are to be counted one by one.
   */
  quietly(expr: Expr, leaves: Leaves): Values | null {
    return this.#tried(() => this.evaluate(expr, leaves));
  }

  #tried(run: () => Values): Values | null {
    const outer = this.#quiet;
    this.#quiet = 0;
    try {
      const values = run();
      return this.#quiet === 0 ? values : null;
    } finally {
      this.#quiet = outer === null ? null : outer + this.#quiet;
    }
  }

  /** @returns the expression's value at each of the rows. */
  evaluate(expr: Expr, leaves: Leaves): Values {
    switch (expr.kind) {
      case 'literal':
        return repeat(expr.value, leaves.length);
      case 'and':
      case 'or':
        return this.#logic(
          expr.kind,
          expr.args.map((arg) => this.evaluate(arg, leaves)),
          leaves.length,
        );
      case 'not':
        return negate(this.evaluate(expr.arg, leaves));
      case 'case':
        return this.#choose(expr, leaves);
      case 'in':
        return this.#lifted(expr, [this.evaluate(expr.arg, leaves)], ([arg]) => isIn(expr, arg!));
      case 'in_query':
        return this.#lifted(expr, [this.evaluate(expr.arg, leaves)], ([arg]) => isInSet(this.sets[expr.subquery], arg));
      case 'call':
        return this.#call(
          expr,
          expr.args.map((arg) => this.evaluate(arg, leaves)),
        );
      default:
        return leaves.leaf(expr);
    }
  }

  #call(expr: Extract<Expr, { kind: 'call' }>, args: readonly Values[]): Values {
    const scalar = scalarFunctions.get(expr.name)!;
    const constants = expr.args.map((arg) => (arg.kind === 'literal' ? arg.value : undefined));
    return this.#lifted(expr, args, (own) => {
      const { length } = own[0] ?? { length: 0 };
      if (scalar.nulls !== 'own' && own.some((arg) => arg.kind === 'null')) return { kind: 'null', length };
      const evaluate = (args: readonly Values[]): Values => scalar.evaluate(args, this.context, constants, expr.type);
      const values = this.context.check === undefined ? evaluate(own) : inPieces(own, length, this.context, evaluate);
      return scalar.nulls === 'own' ? values : withNulls(values, unionNulls(own, length));
    });
  }

  /**
   * Runs an expression of one coded argument and constants once per distinct text, when that is less work than once a
   * row; else on the rows.
   */
  #lifted(expr: Expr, args: readonly Values[], run: (args: readonly Values[]) => Values): Values {
    const coded = args.filter((arg) => arg.kind === 'coded');
    const children =
      expr.kind === 'call' ? expr.args : expr.kind === 'in' || expr.kind === 'in_query' ? [expr.arg] : [];
    const one = coded.length === 1 && coded[0]!.kind === 'coded' ? coded[0]! : null;
    // What answers for a null by itself cannot be answered by distinct texts.
    const ownNulls = expr.kind === 'call' && scalarFunctions.get(expr.name)!.nulls === 'own';
    const alone =
      one !== null && !ownNulls && args.every((arg, index) => arg === one || children[index]!.kind === 'literal');
    if (one === null || !alone || one.kind !== 'coded') return run(args);
    const { texts } = one;
    let known = this.#derived.get(texts);
    let result = known?.get(expr);
    if (result === undefined) {
      if (texts.length > 2 * one.length) return run(args);
      const perText = args.map((arg, index): Values => {
        if (arg === one) return { kind: 'text', length: texts.length, values: texts, nulls: null };
        return repeat((children[index] as { value: Scalar }).value, texts.length);
      });
      result = this.#tried(() => run(perText));
      if (known === undefined) this.#derived.set(texts, (known = new Map()));
      known.set(expr, result);
    }
    return result === null ? run(args) : spread(result, one.codes, one.nulls);
  }

  /** Three-valued: false decides `and`, true decides `or`; else null where any is null. */
  #logic(kind: 'and' | 'or', args: readonly Values[], length: number): Values {
    const decides = kind === 'and' ? 0 : 1;
    const values = new Uint8Array(length).fill(1 - decides);
    const nulls = new Uint8Array(length);
    for (const arg of args) {
      for (let row = 0; row < length; row++) {
        if (isNullAt(arg, row)) nulls[row] = 1;
        else if ((arg as { values: Uint8Array }).values[row] === decides) values[row] = decides;
      }
    }
    for (let row = 0; row < length; row++) if (values[row] === decides) nulls[row] = 0;
    return { kind: 'bool', length, values, nulls };
  }

  #choose(expr: CaseExpr, leaves: Leaves): Values {
    const results = [...expr.branches.map(({ then }) => then), expr.otherwise];
    let texts = this.#constants.get(expr);
    if (texts === undefined) {
      texts = results.map((then) => (then.kind === 'literal' && typeof then.value === 'string' ? then.value : ''));
      this.#constants.set(expr, texts);
    }
    const conditions = expr.branches.map(({ when }) => this.evaluate(when, leaves));
    const choices = results.map((then): Choice =>
      then.kind === 'literal'
        ? { kind: 'constant', value: then.value }
        : { kind: 'column', values: this.evaluate(then, leaves) },
    );
    return chooseRows(choices, firstTrue(conditions, leaves.length), texts);
  }
}

/** @returns rows for which a bool is true, as places in `rows`. */
export function trueRows(values: Values, rows: Uint32Array): Uint32Array {
  if (values.kind !== 'bool') return new Uint32Array(0);
  const out = new Uint32Array(rows.length);
  let count = 0;
  for (let i = 0; i < rows.length; i++) {
    if (values.values[i] === 1 && (values.nulls === null || values.nulls[i] === 0)) out[count++] = rows[i];
  }
  return out.subarray(0, count);
}

function repeat(value: Scalar, length: number): Values {
  if (value === null) return { kind: 'null', length };
  if (typeof value === 'boolean')
    return { kind: 'bool', length, values: new Uint8Array(length).fill(value ? 1 : 0), nulls: null };
  if (typeof value === 'number')
    return { kind: 'number', length, values: new Float64Array(length).fill(value), nulls: null };
  if (typeof value === 'bigint')
    return { kind: 'bigint', length, values: new BigInt64Array(length).fill(value), nulls: null };
  if (typeof value === 'string')
    return { kind: 'text', length, values: new Array<string>(length).fill(value), nulls: null };
  return valuesFromScalars(new Array<Scalar>(length).fill(value));
}

function negate(values: Values): Values {
  if (values.kind !== 'bool') return values;
  return { ...values, values: values.values.map((value) => 1 - value) };
}

function withNulls(values: Values, nulls: Nulls): Values {
  if (nulls === null || values.kind === 'null') return values;
  if (values.nulls === null) return { ...values, nulls };
  const both = nulls.slice();
  for (let row = 0; row < both.length; row++) both[row] |= values.nulls[row];
  return { ...values, nulls: both };
}

/** A value a text, laid out a row. Texts stay coded. */
function spread(result: Values, codes: Uint8Array | Uint16Array | Uint32Array, nulls: Nulls): Values {
  const { length } = codes;
  if (result.kind === 'null') return { kind: 'null', length };
  const own =
    result.nulls === null
      ? nulls
      : Uint8Array.from(codes, (code, row) => (nulls?.[row] === 1 ? 1 : result.nulls![code]));
  switch (result.kind) {
    case 'bool':
      return { kind: 'bool', length, values: pick(result.values, codes, new Uint8Array(length)), nulls: own };
    case 'number':
      return { kind: 'number', length, values: pick(result.values, codes, new Float64Array(length)), nulls: own };
    case 'text':
      return { kind: 'coded', length, codes, texts: result.values, nulls: own };
    case 'coded':
      return {
        kind: 'coded',
        length,
        codes: pick(result.codes, codes, new Uint32Array(length)),
        texts: result.texts,
        nulls: own,
      };
    default: {
      const scalars = Array.from(codes, (code, row): Scalar => (own?.[row] === 1 ? null : scalarAt(result, code)));
      return valuesFromScalars(scalars, result);
    }
  }
}

function pick<T extends Uint8Array | Uint32Array | Float64Array>(
  from: ArrayLike<number>,
  codes: ArrayLike<number>,
  out: T,
): T {
  for (let row = 0; row < out.length; row++) out[row] = from[codes[row]];
  return out;
}
