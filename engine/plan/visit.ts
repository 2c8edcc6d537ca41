import type { Expr } from './expr.ts';

/** @returns the expressions directly below one. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'call':
    case 'and':
    case 'or':
      return expr.args;
    case 'not':
    case 'in':
    case 'in_query':
      return [expr.arg];
    case 'case':
      return [...expr.branches.flatMap(({ when, then }) => [when, then]), expr.otherwise];
    default:
      return [];
  }
}

/** @returns whether an expression or one below it is such. */
export function holds(expr: Expr, isSuch: (part: Expr) => boolean): boolean {
  return isSuch(expr) || childrenOf(expr).some((child) => holds(child, isSuch));
}

/** @returns the parts of a condition that must all be true; none of null. */
export function conjunctsOf(where: Expr | null): readonly Expr[] {
  if (where === null) return [];
  return where.kind === 'and' ? where.args.flatMap(conjunctsOf) : [where];
}

/** @returns the names of all columns that the expressions read, each once; the pseudo-column reads the actor column. */
export function columnsOf(exprs: readonly Expr[], actor: string | null): string[] {
  const names = new Set<string>();
  const visit = (expr: Expr): void => {
    if (expr.kind === 'column') names.add(expr.name);
    if (expr.kind === 'actor' && actor !== null) names.add(actor);
    for (const child of childrenOf(expr)) visit(child);
  };
  for (const expr of exprs) visit(expr);
  return [...names];
}

/** @returns the expression with each leaf replaced by what `map` gives for it. */
export function mapLeaves(expr: Expr, map: (leaf: Expr) => Expr): Expr {
  const own = (part: Expr): Expr => mapLeaves(part, map);
  switch (expr.kind) {
    case 'call':
    case 'and':
    case 'or':
      return { ...expr, args: expr.args.map(own) };
    case 'not':
    case 'in':
    case 'in_query':
      return { ...expr, arg: own(expr.arg) };
    case 'case':
      return {
        ...expr,
        branches: expr.branches.map(({ when, then }) => ({ when: own(when), then: own(then) })),
        otherwise: own(expr.otherwise),
      };
    default:
      return map(expr);
  }
}
