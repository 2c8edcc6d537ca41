import type { ScalarType } from '../../engine/column/types.ts';
import { printDuration } from '../../engine/base/duration.ts';
import {
  actors,
  and,
  caseOf,
  caseWhen,
  col,
  count,
  duration,
  float,
  fn,
  from,
  not,
  or,
  param,
  sessions,
  timeWord,
  value,
  type DurationText,
  type Expression,
  type QueryBuilder,
  type Source,
  type TimeWord,
} from '../../engine/index.ts';
import type { NamedAggregate, SelectSyntax, SourceSyntax, StepSyntax, Syntax } from '../../engine/query/syntax.ts';
import { buildAgain } from './build-behaviour-again.ts';

/** Builds a select anew as a program would, with the functions and methods that the package gives. */
export function selectAgain(query: SelectSyntax): QueryBuilder {
  let built = from(...(query.from.map(source) as [Source, ...Source[]]));
  for (const { expr, alias } of query.items) {
    if (expr.kind === 'star') built = built.select('*');
    else built = built.select(alias === null ? expression(expr) : expression(expr).as(alias));
  }
  if (query.since !== null) built = built.since(expression(query.since));
  if (query.until !== null) built = built.until(expression(query.until));
  const { where, having } = query;
  if (where !== null) built = built.where(() => expression(where));
  if (having !== null) built = built.having(expression(having));
  for (const { expr, alias, top, others } of query.groupBy) {
    const key = expression(expr);
    const named = alias === null ? key : key.as(alias);
    built = built.groupBy(top === null ? named : named.top(top, { others }));
  }
  const { every, trailing, compare } = query;
  if (every !== null) built = built.every(step(every), trailing === null ? {} : { trailing: step(trailing) });
  for (const { expr, descending } of query.orderBy)
    built = built.orderBy(descending ? expression(expr).desc() : expression(expr));
  if (query.limit !== null) built = built.limit(query.limit, query.offset);
  if (compare !== null) built = built.compare(step(compare));
  if (query.timezone !== null) built = built.timezone(query.timezone.name);
  return built;
}

/** @returns a duration as a program gives it. */
export function step({ step: written }: StepSyntax): DurationText {
  return printDuration(written) as DurationText;
}

/** @returns a source as a program gives it. */
export function source(syntax: SourceSyntax): Source {
  switch (syntax.kind) {
    case 'table':
      return syntax.name;
    case 'query':
      return buildAgain(syntax.query);
    case 'sessions': {
      const { starting, ending } = syntax;
      const options = {
        gap: step(syntax.gap),
        ...per(syntax.per),
        ...(starting === null ? {} : { starting: expression(starting) }),
        ...(ending === null ? {} : { ending: expression(ending) }),
      };
      return sessions(source(syntax.source), options, made(syntax.aggregates));
    }
    case 'actors':
      return actors(source(syntax.source), made(syntax.aggregates), per(syntax.per));
  }
}

function per(syntax: Syntax | null): { per?: string } {
  return syntax?.kind === 'name' ? { per: syntax.name } : {};
}

/** A list of pairs, since an object orders its number-like keys anew and knows `__proto__`. */
function made(aggregates: readonly NamedAggregate[]): readonly (readonly [string, Expression])[] {
  return aggregates.map(({ name, expr }) => [name, expression(expr)]);
}

/** @returns an expression built anew. */
export function expression(node: Syntax): Expression {
  switch (node.kind) {
    case 'literal':
      return node.float === true
        ? float(node.value as number)
        : value(node.value as string | number | bigint | boolean | null);
    case 'duration':
      return duration(printDuration(node.step) as DurationText);
    case 'name':
      return node.quoted || !/^(now|today|yesterday)$/i.test(node.name)
        ? col(node.name)
        : timeWord(node.name as TimeWord);
    case 'parameter':
      return param(node.name);
    case 'star':
      throw new Error('* is no expression');
    case 'call': {
      if (node.name.includes(' ')) return timeWord(node.name as TimeWord);
      const call =
        node.name === 'count' && node.args.length === 0 ? count() : fn(node.name, ...node.args.map(expression));
      return node.filter === null ? call : call.filter(expression(node.filter));
    }
    case 'and':
      return and(...(node.args.map(expression) as [Expression]));
    case 'or':
      return or(...(node.args.map(expression) as [Expression]));
    case 'not':
      return not(expression(node.arg));
    case 'between': {
      const [arg, low, high] = [node.arg, node.low, node.high].map(expression) as [Expression, Expression, Expression];
      return node.negated ? arg.notBetween(low, high) : arg.between(low, high);
    }
    case 'in': {
      const values = node.values.map(expression);
      return node.negated ? expression(node.arg).notIn(values) : expression(node.arg).in(values);
    }
    case 'in_query': {
      const query = selectAgain(node.query);
      return node.negated ? expression(node.arg).notIn(query) : expression(node.arg).in(query);
    }
    case 'like': {
      const [arg, pattern, escape] = node.args.map(expression) as [Expression, Expression, Expression | undefined];
      if (node.name === 'like') return node.negated ? arg.notLike(pattern, escape) : arg.like(pattern, escape);
      return node.negated ? arg.notIlike(pattern, escape) : arg.ilike(pattern, escape);
    }
    case 'is_null':
      return node.negated ? expression(node.arg).isNotNull() : expression(node.arg).isNull();
    case 'case': {
      const branches = node.branches.map(({ when, then }) => [expression(when), expression(then)] as const);
      const given = branches as [(typeof branches)[number], ...typeof branches];
      const otherwise = node.otherwise === null ? undefined : expression(node.otherwise);
      return node.subject === null ? caseWhen(given, otherwise) : caseOf(expression(node.subject), given, otherwise);
    }
    case 'cast':
      return expression(node.arg).cast(node.to satisfies ScalarType);
    case 'element':
      return expression(node.list).at(expression(node.place));
    case 'operator':
      return operate(node.name, node.args.map(expression));
  }
}

function operate(name: string, [left, right]: readonly Expression[]): Expression {
  if (name === 'negate') return left!.neg();
  const methods = new Map([
    ...([
      ['=', 'eq'],
      ['!=', 'ne'],
      ['<', 'lt'],
      ['<=', 'le'],
      ['>', 'gt'],
      ['>=', 'ge'],
    ] as const),
    ...([
      ['~', 'matches'],
      ['!~', 'notMatches'],
      ['+', 'add'],
      ['-', 'sub'],
      ['*', 'mul'],
      ['/', 'div'],
    ] as const),
    ...([
      ['%', 'mod'],
      ['||', 'concat'],
    ] as const),
  ]);
  return left![methods.get(name as '=')!](right!);
}
