import { parseDuration, type DurationUnit } from '../base/duration.ts';
import { VarveError } from '../base/errors.ts';
import type { ScalarType } from '../column/types.ts';
import { negate } from './expressions.ts';
import { nowhere } from './json-fields.ts';
import { column, isFunctionName } from './names.ts';
import type { Item, OrderItem, SelectSyntax, StepSyntax, Syntax } from './syntax.ts';

/** A duration as it is written: `7d`, `30m`, `1mo`. */
export type DurationText = `${number}${DurationUnit}`;

/** What may stand where an expression is wanted: one, or a value of the program. A string is a text, a Date a time. */
export type Operand = Expression | string | number | bigint | boolean | null | Date;

/** A query that can be built: what `in` takes, and what stands as a source. */
export interface Buildable {
  /** @returns the query's tree. */
  build(): SelectSyntax;
}

/** An expression of a query that a program builds; immutable, each method makes a new one. */
export class Expression {
  /** The tree of it, as the text would be read. */
  readonly syntax: Syntax;

  constructor(syntax: Syntax) {
    this.syntax = syntax;
  }

  /** `this = other`. */
  eq(other: Operand): Expression {
    return this.#operator('=', other);
  }
  /** `this != other`. */
  ne(other: Operand): Expression {
    return this.#operator('!=', other);
  }
  /** `this < other`. */
  lt(other: Operand): Expression {
    return this.#operator('<', other);
  }
  /** `this <= other`. */
  le(other: Operand): Expression {
    return this.#operator('<=', other);
  }
  /** `this > other`. */
  gt(other: Operand): Expression {
    return this.#operator('>', other);
  }
  /** `this >= other`. */
  ge(other: Operand): Expression {
    return this.#operator('>=', other);
  }
  /** `this ~ pattern`: a regular expression is found anywhere. */
  matches(pattern: Operand): Expression {
    return this.#operator('~', pattern);
  }
  /** `this !~ pattern`. */
  notMatches(pattern: Operand): Expression {
    return this.#operator('!~', pattern);
  }
  /** `this + other`. */
  add(other: Operand): Expression {
    return this.#operator('+', other);
  }
  /** `this - other`. */
  sub(other: Operand): Expression {
    return this.#operator('-', other);
  }
  /** `this * other`. */
  mul(other: Operand): Expression {
    return this.#operator('*', other);
  }
  /** `this / other`, always a float. */
  div(other: Operand): Expression {
    return this.#operator('/', other);
  }
  /** `this % other`. */
  mod(other: Operand): Expression {
    return this.#operator('%', other);
  }
  /** `this || other`: texts joined. */
  concat(other: Operand): Expression {
    return this.#operator('||', other);
  }
  /** `-this`. */
  neg(): Expression {
    return new Expression(negate(this.syntax, nowhere));
  }

  /** `this and other`. A chain of them is one `and`. */
  and(other: Operand): Expression {
    return this.#join('and', other);
  }
  /** `this or other`. A chain of them is one `or`. */
  or(other: Operand): Expression {
    return this.#join('or', other);
  }
  /** `not this`. */
  not(): Expression {
    return new Expression({ kind: 'not', arg: this.syntax, span: nowhere });
  }

  /** `this in (…)`: values, a parameter that is a list, or a query of one column. */
  in(values: readonly Operand[] | Expression | Buildable): Expression {
    return this.#in(values, false);
  }
  /** `this not in (…)`. */
  notIn(values: readonly Operand[] | Expression | Buildable): Expression {
    return this.#in(values, true);
  }
  /** `this between low and high`, both ends included. */
  between(low: Operand, high: Operand): Expression {
    return this.#between(low, high, false);
  }
  /** `this not between low and high`. */
  notBetween(low: Operand, high: Operand): Expression {
    return this.#between(low, high, true);
  }
  /** `this like pattern`: % is any text, _ one character; `escape` takes the next sign as it is. */
  like(pattern: Operand, escape?: Operand): Expression {
    return this.#like('like', false, pattern, escape);
  }
  /** `this not like pattern`. */
  notLike(pattern: Operand, escape?: Operand): Expression {
    return this.#like('like', true, pattern, escape);
  }
  /** `this ilike pattern`: in either case. */
  ilike(pattern: Operand, escape?: Operand): Expression {
    return this.#like('ilike', false, pattern, escape);
  }
  /** `this not ilike pattern`. */
  notIlike(pattern: Operand, escape?: Operand): Expression {
    return this.#like('ilike', true, pattern, escape);
  }
  /** `this is null`. */
  isNull(): Expression {
    return new Expression({ kind: 'is_null', arg: this.syntax, negated: false, span: nowhere });
  }
  /** `this is not null`. */
  isNotNull(): Expression {
    return new Expression({ kind: 'is_null', arg: this.syntax, negated: true, span: nowhere });
  }

  /** `this::type`. */
  cast(to: ScalarType): Expression {
    return new Expression({ kind: 'cast', arg: this.syntax, to, span: nowhere });
  }
  /** `this[place]`: an element of a list, from 1. */
  at(place: Operand): Expression {
    return new Expression({ kind: 'element', list: this.syntax, place: syntaxOf(place), span: nowhere });
  }

  /** `this as name`, in `select` and `groupBy`. */
  as(name: string): Named {
    return new Named(this.syntax, name);
  }
  /** `this top count [others]`, in `groupBy`. */
  top(count: number, options: TopOptions = {}): GroupKey {
    return new GroupKey(this.syntax, null, countOf(count, 'top', 1), options.others ?? false);
  }
  /** `this asc`, in `orderBy`. */
  asc(): Order {
    return new Order(this.syntax, false);
  }
  /** `this desc`, in `orderBy`. */
  desc(): Order {
    return new Order(this.syntax, true);
  }

  #operator(name: string, other: Operand): Expression {
    return new Expression({ kind: 'operator', name, args: [this.syntax, syntaxOf(other)], span: nowhere });
  }

  #join(kind: 'and' | 'or', other: Operand): Expression {
    const left = this.syntax.kind === kind ? this.syntax.args : [this.syntax];
    return new Expression({ kind, args: [...left, syntaxOf(other)], span: nowhere });
  }

  #in(values: readonly Operand[] | Expression | Buildable, negated: boolean): Expression {
    const arg = this.syntax;
    if (!(values instanceof Expression) && 'build' in values)
      return new Expression({ kind: 'in_query', arg, query: values.build(), negated, span: nowhere });
    const list = values instanceof Expression ? [values] : values;
    if (list.length === 0)
      throw new VarveError('usage', 'in() was given an empty list.', { hint: 'A list has at least one value.' });
    return new Expression({ kind: 'in', arg, values: list.map(syntaxOf), negated, span: nowhere });
  }

  #between(low: Operand, high: Operand, negated: boolean): Expression {
    const ends = { low: syntaxOf(low), high: syntaxOf(high) };
    return new Expression({ kind: 'between', arg: this.syntax, ...ends, negated, span: nowhere });
  }

  #like(name: 'like' | 'ilike', negated: boolean, pattern: Operand, escape: Operand | undefined): Expression {
    const args = [this.syntax, syntaxOf(pattern), ...(escape === undefined ? [] : [syntaxOf(escape)])];
    return new Expression({ kind: 'like', name, args, negated, span: nowhere });
  }
}

/** The call of an aggregate. */
export class Aggregate extends Expression {
  /** `this filter (where condition)`: only the events for which it is true. */
  filter(condition: Operand): Aggregate {
    if (this.syntax.kind !== 'call') throw new VarveError('internal', 'BUG: an aggregate that is no call');
    return new Aggregate({ ...this.syntax, filter: syntaxOf(condition) });
  }
}

export interface TopOptions {
  /** One more row for the values that are not among them. */
  readonly others?: boolean;
}

/** An expression and the name of its column. */
export class Named {
  readonly item: Item;

  constructor(expr: Syntax, alias: string) {
    this.item = { expr, alias, span: nowhere };
  }

  /** `expr as name top count [others]`, in `groupBy`. */
  top(count: number, options: TopOptions = {}): GroupKey {
    return new GroupKey(this.item.expr, this.item.alias, countOf(count, 'top', 1), options.others ?? false);
  }
}

/** A group key of which only the largest values are kept. */
export class GroupKey {
  readonly item: SelectSyntax['groupBy'][number];

  constructor(expr: Syntax, alias: string | null, top: number | null, others: boolean) {
    this.item = { expr, alias, top, others, span: nowhere };
  }
}

/** What rows are ordered by. */
export class Order {
  readonly item: OrderItem;

  constructor(expr: Syntax, descending: boolean) {
    this.item = { expr, descending, span: nowhere };
  }
}

/** @returns the tree of an operand. @throws VarveError `usage` for what is no value of the language. */
export function syntaxOf(operand: Operand): Syntax {
  if (operand instanceof Expression) return operand.syntax;
  const literal = (value: string | number | bigint | boolean | null, float = false): Syntax => ({
    kind: 'literal',
    value,
    ...(float ? { float } : {}),
    span: nowhere,
  });
  if (operand instanceof Date) {
    if (Number.isNaN(operand.getTime())) throw new VarveError('usage', 'An invalid Date is no value.');
    return literal(operand.toISOString());
  }
  switch (typeof operand) {
    case 'number':
      if (!Number.isFinite(operand))
        throw new VarveError('usage', `${operand} is no value of the language.`, { hint: 'Numbers are finite.' });
      if (Number.isSafeInteger(operand)) return literal(operand === 0 ? 0 : operand);
      return literal(operand, true);
    case 'bigint':
      if (BigInt.asIntN(64, operand) !== operand)
        throw new VarveError('usage', `${operand} is beyond 64 bits.`, { hint: 'Give it as a number.' });
      return literal(Number.isSafeInteger(Number(operand)) ? Number(operand) : operand);
    case 'string':
    case 'boolean':
      return literal(operand);
    default:
      if (operand === null) return literal(null);
      throw new VarveError('usage', `A value of type ${typeof operand} is no operand.`, {
        hint: 'Give an expression, a text, a number, a bool, a Date or null.',
      });
  }
}

/** @returns the column of that name. */
export function col(name: string): Expression {
  return new Expression(column(name, nowhere));
}

/** @returns a duration that a program gave as text. @throws VarveError `usage`. */
export function stepOf(text: string, where: string): StepSyntax {
  const step = parseDuration(text);
  if (step === null)
    throw new VarveError('usage', `${where} was given "${text.slice(0, 60)}", which is no duration.`, {
      hint: 'Durations are 500ms 30s 15m 1h 7d 2w 1mo 1q 1y.',
    });
  return { step, span: nowhere };
}

/** @returns a count that a program gave. @throws VarveError `usage`. */
export function countOf(count: number, where: string, least: number): number {
  if (Number.isSafeInteger(count) && count >= least) return count === 0 ? 0 : count;
  throw new VarveError('usage', `${where} was given ${count}.`, { hint: `It takes a whole number from ${least}.` });
}

/** @returns the call of a function. @throws VarveError `usage` for what cannot be a function's name. */
export function callOf(name: string, args: readonly Syntax[]): Extract<Syntax, { kind: 'call' }> {
  const lower = name.toLowerCase();
  if (!isFunctionName(lower)) throw new VarveError('usage', `"${name.slice(0, 60)}" is no name of a function.`);
  return { kind: 'call', name: lower, args, filter: null, span: nowhere };
}
