import type { ColumnType } from '../../column/types.ts';
import type { Scalar as ScalarValue, Values } from '../../column/values.ts';

/** What a scalar's evaluation may ask of the query around it. One a query and thread. */
export interface ScalarContext {
  readonly timezone: string;
  readonly now: number;
  /** Seed of the store's hash of actors; 0 where there is none. */
  readonly seed?: number;
  /** Counts rows that have no value where their arguments had one (division by zero, a failed cast): warned about. */
  noteNoValue(functionName: string, rows: number): void;
  /** Called now and then by functions whose work may be long. @throws VarveError `cancelled` once the query was called off. */
  check?(): void;
}

/** An argument as the binder sees it: its type, and its value where it is a constant. */
export interface ArgumentShape {
  readonly type: ColumnType;
  readonly constant?: ScalarValue | undefined;
}

/** A signature's answer: the result's type, or what is wrong with the arguments (one sentence that names the types). */
export type SignatureResult =
  | { readonly type: ColumnType }
  | {
      readonly error: string;
      readonly hint?: string | undefined;
      /** Which argument is wrong, from 0, where one is: the place to point at. */
      readonly argument?: number;
    };

/**
 * A function of values, or an operator.
 *
 * `signature` is called by the binder. `evaluate` is called by the executor, on any thread, with arguments of equal
 * length whose types `signature` accepted (an argument of type `null` arrives as kind `null`); arguments that are
 * constant may come with `constants[i]` set, and always come as full-length values too; `type` is what `signature`
 * answered, since a number in `Values` does not tell an int from a float. Unless `nulls` is 'own', rows
 * in which any argument is null are null whatever `evaluate` wrote there: the caller sees to it, and a `null` argument
 * never reaches `evaluate`. The executor calls text functions once per distinct text where it can: so `evaluate` must
 * be a function of its arguments and the context alone.
 */
export interface ScalarFunction {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** A query over the table `events` that shows it; it is run by the contract test. */
  readonly example: string;
  readonly nulls?: 'own';
  signature(args: readonly ArgumentShape[]): SignatureResult;
  evaluate(
    args: readonly Values[],
    context: ScalarContext,
    constants: readonly (ScalarValue | undefined)[],
    type: ColumnType,
  ): Values;
}
