import { VarveError } from '../base/errors.ts';
import { parseDuration } from '../base/duration.ts';
import {
  Aggregate,
  Expression,
  callOf,
  col,
  stepOf,
  syntaxOf,
  type DurationText,
  type Operand,
} from './builder-expression.ts';
import { nowhere } from './json-fields.ts';
import { isParameterName, isPeriod, timeWords } from './names.ts';
import type { Syntax } from './syntax.ts';

/** What an aggregate is of: an expression, or the name of a column. */
export type AggregateOperand = Expression | string;

/** `$name`: a value that is given beside the query. @throws VarveError `usage` for a name with other signs than letters, digits and _. */
export function param(name: string): Expression {
  if (!isParameterName(name))
    throw new VarveError('usage', `"${name.slice(0, 60)}" is no name of a parameter.`, {
      hint: 'It has letters, digits and _, and no $.',
    });
  return new Expression({ kind: 'parameter', name, span: nowhere });
}

/** A value as an expression, for where a method of one is wanted: `value(1).add(2)`. */
export function value(operand: Exclude<Operand, Expression>): Expression {
  return new Expression(syntaxOf(operand));
}

/** A float, also where the number is whole. @throws VarveError `usage` for one that is not finite. */
export function float(number: number): Expression {
  if (!Number.isFinite(number)) throw new VarveError('usage', `${number} is no value of the language.`);
  return new Expression({ kind: 'literal', value: number, float: true, span: nowhere });
}

/** A duration, to add to a time. @throws VarveError `usage`. */
export function duration(text: DurationText): Expression {
  return new Expression({ kind: 'duration', ...stepOf(text, 'duration') });
}

type Period = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** A word that means a time: `now`, `today`, or the start of a period. */
export type TimeWord = 'now' | 'today' | 'yesterday' | `this ${Period}` | `last ${Period}`;

/** `now`, `today`, `this week`, `last month` …: a time that the moment of asking decides. @throws VarveError `usage`. */
export function timeWord(word: TimeWord): Expression {
  if (isPeriod(word)) return new Expression({ kind: 'call', name: word, args: [], filter: null, span: nowhere });
  if (!timeWords.has(word.toLowerCase())) throw new VarveError('usage', `"${word}" is no word for a time.`);
  return new Expression({ kind: 'name', name: word, quoted: false, span: nowhere });
}

/** All of them hold. Of one, it itself. */
export function and(...conditions: readonly [Operand, ...Operand[]]): Expression {
  return joined('and', conditions);
}

/** At least one of them holds. Of one, it itself. */
export function or(...conditions: readonly [Operand, ...Operand[]]): Expression {
  return joined('or', conditions);
}

/** The condition does not hold. */
export function not(condition: Operand): Expression {
  return new Expression({ kind: 'not', arg: syntaxOf(condition), span: nowhere });
}

function joined(kind: 'and' | 'or', conditions: readonly Operand[]): Expression {
  const args = conditions.map(syntaxOf);
  if (args.length === 0) throw new VarveError('usage', `${kind}() was given no condition.`);
  return new Expression(args.length === 1 ? args[0]! : { kind, args, span: nowhere });
}

/** A branch of a `case`: what is asked, and what is the answer. */
export type Branch = readonly [when: Operand, then: Operand];

/** `case when a then b … else otherwise end`. Without `otherwise` null. */
export function caseWhen(branches: readonly [Branch, ...Branch[]], otherwise?: Operand): Expression {
  return cases(null, branches, otherwise);
}

/** `case subject when a then b … else otherwise end`. */
export function caseOf(subject: Operand, branches: readonly [Branch, ...Branch[]], otherwise?: Operand): Expression {
  return cases(syntaxOf(subject), branches, otherwise);
}

function cases(subject: Syntax | null, branches: readonly Branch[], otherwise: Operand | undefined): Expression {
  if (branches.length === 0) throw new VarveError('usage', 'A case was given no branch.');
  return new Expression({
    kind: 'case',
    subject,
    branches: branches.map(([when, then]) => ({ when: syntaxOf(when), then: syntaxOf(then) })),
    otherwise: otherwise === undefined ? null : syntaxOf(otherwise),
    span: nowhere,
  });
}

/** The call of any function by its name, for those that have no function here. @throws VarveError `usage` for no name. */
export function fn(name: string, ...args: readonly Operand[]): Aggregate {
  return new Aggregate(callOf(name, args.map(syntaxOf)));
}

/** An aggregate of a column or an expression, with further arguments. */
function aggregate(name: string, of: AggregateOperand, ...more: readonly Operand[]): Aggregate {
  const first = typeof of === 'string' ? col(of) : of;
  return new Aggregate(callOf(name, [first, ...more].map(syntaxOf)));
}

function scalar(name: string, ...args: readonly Operand[]): Expression {
  return new Expression(callOf(name, args.map(syntaxOf)));
}

type OfColumn = (of: AggregateOperand) => Aggregate;
type Unary = (x: Operand) => Expression;
const ofColumn =
  (name: string): OfColumn =>
  (of) =>
    aggregate(name, of);
const unary =
  (name: string): Unary =>
  (x) =>
    scalar(name, x);

/** `count()`, or `count(x)`: the events in which x is not null. */
export function count(of?: AggregateOperand): Aggregate {
  return of === undefined ? new Aggregate(callOf('count', [])) : aggregate('count', of);
}
/** `count_if(condition)`. */
export function countIf(condition: Expression): Aggregate {
  return aggregate('count_if', condition);
}
export const sum: OfColumn = ofColumn('sum');
export const avg: OfColumn = ofColumn('avg');
export const min: OfColumn = ofColumn('min');
export const max: OfColumn = ofColumn('max');
/** The exact number of distinct values. */
export const uniq: OfColumn = ofColumn('uniq');
/** The number of distinct values with a standard error of at most 1 %. */
export const uniqApprox: OfColumn = ofColumn('uniq_approx');
export const median: OfColumn = ofColumn('median');
export const p50: OfColumn = ofColumn('p50');
export const p90: OfColumn = ofColumn('p90');
export const p95: OfColumn = ofColumn('p95');
export const p99: OfColumn = ofColumn('p99');
export const stddev: OfColumn = ofColumn('stddev');
export const variance: OfColumn = ofColumn('variance');
/** The value at the earliest time. */
export const first: OfColumn = ofColumn('first');
/** The value at the latest time. */
export const last: OfColumn = ofColumn('last');
/** Some value. */
export const any: OfColumn = ofColumn('any');
/** `quantile(x, q)`, q from 0 to 1. */
export function quantile(of: AggregateOperand, q: Operand): Aggregate {
  return aggregate('quantile', of, q);
}
/** `topk(x, k)`: the k most frequent values and their counts. */
export function topk(of: AggregateOperand, k: Operand): Aggregate {
  return aggregate('topk', of, k);
}
/** `histogram(x, bins)`. */
export function histogram(of: AggregateOperand, bins: Operand): Aggregate {
  return aggregate('histogram', of, bins);
}
/** `rate(duration)`: events a duration. */
export function rate(per: DurationText): Aggregate {
  return new Aggregate(callOf('rate', [duration(per).syntax]));
}

/** `if(condition, then, otherwise)`. */
export function ifElse(condition: Operand, then: Operand, otherwise: Operand): Expression {
  return scalar('if', condition, then, otherwise);
}
/** The first that is not null. */
export function coalesce(...operands: readonly [Operand, ...Operand[]]): Expression {
  return scalar('coalesce', ...operands);
}
export const lower: Unary = unary('lower');
export const upper: Unary = unary('upper');
export const trim: Unary = unary('trim');
/** Of a text in characters, of a list in elements. */
export const length: Unary = unary('length');
/** `substr(x, from[, count])`, from 1. */
export function substr(x: Operand, from: Operand, count?: Operand): Expression {
  return scalar('substr', x, from, ...(count === undefined ? [] : [count]));
}
/** The texts joined; null if one is. */
export function concat(...texts: readonly [Operand, ...Operand[]]): Expression {
  return scalar('concat', ...texts);
}
/** `replace(x, from, to)`: each `from` in x, as it is written, becomes `to`. */
export function replace(x: Operand, from: Operand, to: Operand): Expression {
  return scalar('replace', x, from, to);
}
/** `split_part(x, separator, n)`, n from 1. */
export function splitPart(x: Operand, separator: Operand, n: Operand): Expression {
  return scalar('split_part', x, separator, n);
}
/** Whether the text has the part. */
export function contains(x: Operand, part: Operand): Expression {
  return scalar('contains', x, part);
}
/** Whether the text begins with the part. */
export function startsWith(x: Operand, part: Operand): Expression {
  return scalar('starts_with', x, part);
}
/** Whether the text ends with the part. */
export function endsWith(x: Operand, part: Operand): Expression {
  return scalar('ends_with', x, part);
}

export const abs: Unary = unary('abs');
export const floor: Unary = unary('floor');
export const ceil: Unary = unary('ceil');
export const sqrt: Unary = unary('sqrt');
export const ln: Unary = unary('ln');
export const log10: Unary = unary('log10');
/** `round(x[, decimals])`, halves away from zero. */
export function round(x: Operand, decimals?: Operand): Expression {
  return scalar('round', x, ...(decimals === undefined ? [] : [decimals]));
}
/** x to the power of y. */
export function pow(x: Operand, y: Operand): Expression {
  return scalar('pow', x, y);
}
/** The smallest that is not null. */
export function least(...operands: readonly [Operand, ...Operand[]]): Expression {
  return scalar('least', ...operands);
}
/** The largest that is not null. */
export function greatest(...operands: readonly [Operand, ...Operand[]]): Expression {
  return scalar('greatest', ...operands);
}
/** `bin(x, width)`: the multiple of width at or below x. */
export function bin(x: Operand, width: Operand): Expression {
  return scalar('bin', x, width);
}

/** `bucket(time, 1h)`: the start of the bucket. */
export function bucket(time: Operand, width: DurationText): Expression {
  return scalar('bucket', time, duration(width));
}
export const hourOfDay: Unary = unary('hour_of_day');
/** 1 is Monday. */
export const dayOfWeek: Unary = unary('day_of_week');
export const dayOfMonth: Unary = unary('day_of_month');
export const month: Unary = unary('month');
export const year: Unary = unary('year');

export const urlHost: Unary = unary('url_host');
export const urlPath: Unary = unary('url_path');
/** `url_param(url, 'utm_source')`. */
export function urlParam(url: Operand, name: Operand): Expression {
  return scalar('url_param', url, name);
}
export const browser: Unary = unary('browser');
export const os: Unary = unary('os');
export const device: Unary = unary('device');
/** `has(list, x)`. */
export function has(list: Operand, x: Operand): Expression {
  return scalar('has', list, x);
}
/** `unnest(list)`, in `groupBy`: a row counts once for each element. */
export const unnest: Unary = unary('unnest');
export const actorHash: Unary = unary('actor_hash');
/** What was sent, where an alias makes the actor column read as the canonical id. */
export const original: Unary = unary('original');

/** A time of `since` and `until`: a text that is a duration is one, back from now. */
export function boundOf(operand: Operand): Syntax {
  const step = typeof operand === 'string' ? parseDuration(operand) : null;
  return step === null ? syntaxOf(operand) : { kind: 'duration', step, span: nowhere };
}
