import { emptyQuery } from './empty-query.ts';
import { partsOf, type Expr, type Item, type Query } from './tree.ts';

/** How many smaller queries are tried, and how long. */
const triesMax = 250;
const msMax = 8000;

interface Failing {
  readonly query: Query;
  readonly problem: string;
}

/**
 * Drops clauses and parts of expressions as long as the query still fails.
 * @param fails says what is wrong with a query, or null.
 * @returns the smallest found, or null when nothing smaller fails.
 */
export async function shrink(query: Query, fails: (query: Query) => Promise<string | null>): Promise<Failing | null> {
  let best = null as Failing | null;
  const end = performance.now() + msMax;
  let tries = 0;
  for (let again = true; again && tries < triesMax;) {
    again = false;
    for (const candidate of smaller(best?.query ?? query)) {
      if (++tries > triesMax || performance.now() > end) return best;
      const problem = await fails(candidate);
      if (problem === null) continue;
      best = { query: candidate, problem };
      again = true;
      break;
    }
  }
  return best;
}

/** @returns queries with one thing less. */
function* smaller(query: Query): Generator<Query> {
  for (const name of ['where', 'having', 'compare', 'trailing', 'since', 'until', 'limit'] as const)
    if (query[name] !== null) yield { ...query, [name]: emptyQuery[name], ...(name === 'limit' ? { offset: 0 } : {}) };
  if (query.offset !== 0) yield { ...query, offset: 0 };
  if (query.zone !== 'UTC' && query.from.every(({ kind }) => kind === 'table')) yield { ...query, zone: 'UTC' };
  if (query.every !== null && query.trailing === null && !usesKey(query, query.keys.length))
    yield { ...query, every: null };
  for (const [index] of query.order.entries()) yield { ...query, order: query.order.filter((_, at) => at !== index) };
  if (query.items.length > 1)
    for (const [index] of query.items.entries()) yield { ...query, items: query.items.filter((_, at) => at !== index) };
  for (const [index] of query.keys.entries()) {
    const last = index === query.keys.length - 1;
    if (last && query.every === null && !usesKey(query, index)) yield { ...query, keys: query.keys.slice(0, -1) };
  }
  if (query.where !== null) for (const where of smallerExpr(query.where)) yield { ...query, where };
  if (query.having !== null) for (const having of smallerExpr(query.having)) yield { ...query, having };
  for (const [index, item] of query.items.entries())
    for (const expr of smallerExpr(item.expr))
      yield { ...query, items: withItem(query.items, index, { ...item, expr }) };
  for (const [index, key] of query.keys.entries())
    for (const expr of smallerExpr(key.expr))
      if (expr.type === key.expr.type && expr.kind !== 'constant')
        yield { ...query, keys: query.keys.map((own, at) => (at === index ? { ...key, expr } : own)) };
  for (const [index, order] of query.order.entries())
    for (const expr of smallerExpr(order.expr))
      if (expr.kind !== 'constant')
        yield { ...query, order: query.order.map((own, at) => (at === index ? { ...order, expr } : own)) };
  yield* smallerSources(query);
}

function* smallerSources(query: Query): Generator<Query> {
  for (const [index, source] of query.from.entries()) {
    if (query.from.length > 1) yield { ...query, from: query.from.filter((_, at) => at !== index) };
    if (source.kind !== 'query') continue;
    for (const inner of smaller(source.query))
      yield { ...query, from: query.from.map((own, at) => (at === index ? { ...source, query: inner } : own)) };
  }
}

function usesKey(query: Query, index: number): boolean {
  const test = (expr: Expr): boolean => (expr.kind === 'key' ? expr.index >= index : partsOf(expr).some(test));
  return (
    [...query.items, ...query.order].some(({ expr }) => test(expr)) || (query.having !== null && test(query.having))
  );
}

function withItem(items: readonly Item[], index: number, item: Item): Item[] {
  return items.map((own, at) => (at === index ? item : own));
}

/** @returns a part of the same type in its place, or the expression with such a part smaller. */
function* smallerExpr(expr: Expr): Generator<Expr> {
  for (const part of partsOf(expr)) if (part.type === expr.type) yield part;
  if (expr.kind === 'call') {
    if (/^(and|or)$/.test(expr.name) && expr.args.length > 2)
      for (const [index] of expr.args.entries()) yield { ...expr, args: expr.args.filter((_, at) => at !== index) };
    for (const [index, arg] of expr.args.entries())
      for (const made of smallerExpr(arg))
        yield { ...expr, args: expr.args.map((own, at) => (at === index ? made : own)) };
  }
  if (expr.kind === 'aggregate') {
    if (expr.filter !== null) {
      yield { ...expr, filter: null };
      for (const filter of smallerExpr(expr.filter)) yield { ...expr, filter };
    }
    for (const [index, arg] of expr.args.entries())
      for (const made of smallerExpr(arg))
        yield { ...expr, args: expr.args.map((own, at) => (at === index ? made : own)) };
  }
  if (expr.kind === 'in_query') {
    for (const arg of smallerExpr(expr.arg)) yield { ...expr, arg };
    for (const query of smaller(expr.query)) yield { ...expr, query };
  }
}
