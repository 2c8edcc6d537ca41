import type { Syntax } from './syntax.ts';

/** @returns the expressions directly below one, the condition of a filter included. */
export function syntaxBelow(node: Syntax): readonly Syntax[] {
  switch (node.kind) {
    case 'call':
      return node.filter === null ? node.args : [...node.args, node.filter];
    case 'operator':
    case 'and':
    case 'or':
    case 'like':
      return node.args;
    case 'not':
    case 'is_null':
    case 'in_query':
    case 'cast':
      return [node.arg];
    case 'between':
      return [node.arg, node.low, node.high];
    case 'in':
      return [node.arg, ...node.values];
    case 'case':
      return [
        ...(node.subject === null ? [] : [node.subject]),
        ...node.branches.flatMap(({ when, then }) => [when, then]),
        ...(node.otherwise === null ? [] : [node.otherwise]),
      ];
    case 'element':
      return [node.list, node.place];
    default:
      return [];
  }
}
