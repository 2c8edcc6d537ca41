import { printDuration } from '../base/duration.ts';
import { reservedWords } from './expressions.ts';
import type { Syntax } from './syntax.ts';

/** How tightly an expression holds together: what is looser than its surroundings goes into brackets. */
const looseness: Readonly<Record<string, number>> = {
  or: 0,
  and: 1,
  not: 2,
  comparison: 3,
  sum: 4,
  product: 5,
  unary: 6,
  postfix: 7,
  primary: 8,
};

/**
 * An expression's canonical text, which names its column: lower-case functions and keywords, one space around operators
 * and after commas, quotes only where needed, brackets only where they change the meaning.
 */
export function printExpression(node: Syntax): string {
  return print(node, 0);
}

/** @returns the name as it has to be written in a query. */
function printName(name: string): string {
  const plain = name
    .split('.')
    .every((part) => /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(part) && !reservedWords.has(part.toLowerCase()));
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}

function print(node: Syntax, outer: number): string {
  const [text, own] = printed(node);
  return own < outer ? `(${text})` : text;
}

function printed(node: Syntax): [string, number] {
  const { primary, postfix, comparison, sum, product, unary } = looseness as Record<string, number>;
  switch (node.kind) {
    case 'literal':
      return [printLiteral(node), isNegative(node.value) ? unary! : primary!];
    case 'duration':
      return [printDuration(node.step), primary!];
    case 'name':
      return [printName(node.name), primary!];
    case 'parameter':
      return [`$${node.name}`, primary!];
    case 'star':
      return ['*', primary!];
    case 'call':
      return [printCall(node), primary!];
    case 'and':
    case 'or':
      return [
        node.args.map((arg) => print(arg, looseness[node.kind]! + 1)).join(` ${node.kind} `),
        looseness[node.kind]!,
      ];
    case 'not':
      return [`not ${print(node.arg, looseness['not']!)}`, looseness['not']!];
    case 'between':
      return [
        `${print(node.arg, sum!)}${node.negated ? ' not' : ''} between ${print(node.low, sum!)} and ${print(node.high, sum!)}`,
        comparison!,
      ];
    case 'in':
      return [
        `${print(node.arg, sum!)}${node.negated ? ' not' : ''} in (${node.values.map((value) => print(value, 0)).join(', ')})`,
        comparison!,
      ];
    case 'in_query':
      return [`${print(node.arg, sum!)}${node.negated ? ' not' : ''} in (…)`, comparison!];
    case 'like': {
      const [arg, pattern, escape] = node.args.map((part) => print(part, sum!));
      return [
        `${arg}${node.negated ? ' not' : ''} ${node.name} ${pattern}${escape === undefined ? '' : ` escape ${escape}`}`,
        comparison!,
      ];
    }
    case 'is_null':
      return [`${print(node.arg, sum!)} is ${node.negated ? 'not ' : ''}null`, comparison!];
    case 'case': {
      const branches = node.branches.map(({ when, then }) => ` when ${print(when, 0)} then ${print(then, 0)}`).join('');
      return [
        `case${node.subject === null ? '' : ` ${print(node.subject, 0)}`}${branches}${node.otherwise === null ? '' : ` else ${print(node.otherwise, 0)}`} end`,
        primary!,
      ];
    }
    case 'cast':
      return [`${print(node.arg, postfix!)}::${node.to}`, postfix!];
    case 'element':
      return [`${print(node.list, postfix!)}[${print(node.place, 0)}]`, postfix!];
    case 'operator': {
      if (node.name === 'negate') return [`-${print(node.args[0]!, unary!)}`, unary!];
      const own = ['*', '/', '%'].includes(node.name)
        ? product!
        : ['+', '-', '||'].includes(node.name)
          ? sum!
          : comparison!;
      return [
        `${print(node.args[0]!, own === comparison ? sum! : own)} ${node.name} ${print(node.args[1]!, own + 1)}`,
        own,
      ];
    }
  }
}

function printCall(node: Extract<Syntax, { kind: 'call' }>): string {
  if (/^(this|last) /.test(node.name)) return node.name;
  const args =
    node.name === 'count' && node.args[0]?.kind === 'star' ? '' : node.args.map((arg) => print(arg, 0)).join(', ');
  return `${node.name}(${args})${node.filter === null ? '' : ` filter (where ${print(node.filter, 0)})`}`;
}

function isNegative(value: unknown): boolean {
  return (typeof value === 'number' || typeof value === 'bigint') && (value < 0 || Object.is(value, -0));
}

/** A float keeps its point, or it would be read as an int. */
function printLiteral({ value, float }: Extract<Syntax, { kind: 'literal' }>): string {
  if (float === true) {
    const text = Object.is(value, -0) ? '-0' : String(value);
    return /[.e]/.test(text) ? text : `${text}.0`;
  }
  return typeof value === 'string' ? `'${value.replaceAll("'", "''")}'` : String(value);
}
