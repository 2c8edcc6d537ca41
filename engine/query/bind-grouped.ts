import { VarveError } from '../base/errors.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupedPlan, OutputColumn, SortKey } from '../plan/select.ts';
import { isAggregate } from './bind-calls.ts';
import { compareOutputs, settled } from './bind-compare.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { bindKeys, type Keys } from './bind-keys.ts';
import { bindAggregate, type Measures } from './bind-measures.ts';
import { uniquelyNamed } from '../base/unique-name.ts';
import { outputName, positionOf } from './output-names.ts';
import { printExpression } from './print.ts';
import { findName, isSameExpr } from './scope.ts';
import { checkTrailing } from './step-length.ts';
import type { Item, SelectSyntax, Syntax } from './syntax.ts';
import { wantBool } from './typed-calls.ts';

export type BoundGroups = Pick<
  GroupedPlan,
  'kind' | 'keys' | 'measures' | 'every' | 'trailing' | 'compare' | 'having' | 'order' | 'outputs'
> & { readonly reads: readonly Expr[] };

const noNames: ReadonlyMap<string, Expr> = new Map();

interface Groups {
  readonly keys: Keys;
  readonly measures: Measures;
}

/**
 * Binds a `select` with aggregates: keys, measures, and everything else over these.
 * @param since whether the range has a beginning.
 * @throws VarveError `syntax`, `type`, `usage`, `unknown_column`, `unknown_function`.
 */
export function bindGrouped(query: SelectSyntax, context: BindContext, since: boolean): BoundGroups {
  checkClauses(query, since);
  const aliases = aliasesOf(query, context);
  const groups: Groups = {
    keys: bindKeys(query, aliases, context),
    measures: { list: [], texts: [], length: { kind: 'span', type: 'float' } },
  };
  const over = groupContext(groups, context, null, noNames);
  const selected: OutputColumn[] = query.items.map((item) => ({
    name: outputName(item),
    expr: bindExpression(item.expr, over),
  }));
  const shown = [...missingKeys(groups.keys, selected, query), ...selected];
  const { named, outputs } = query.compare === null ? { named: noNames, outputs: shown } : compareOutputs(shown);
  const later = groupContext(groups, context, aliases, named);
  const having = query.having === null ? null : wantBool(bindExpression(query.having, later), 'having');
  const order = query.orderBy.map(({ expr, descending }): SortKey => {
    const position = positionOf(expr, 'order by', selected.length);
    return { expr: position === null ? bindExpression(expr, later) : selected[position]!.expr, descending };
  });
  const { list } = groups.measures;
  checkTop(query, list.length);
  // Only now is it known how many measures there are.
  const placed = <T extends { readonly expr: Expr }>(items: readonly T[]): T[] =>
    items.map((item) => ({ ...item, expr: settled(item.expr, list.length) }));
  return {
    kind: 'grouped',
    keys: groups.keys.list,
    measures: list,
    every: query.every?.step ?? null,
    trailing: query.trailing?.step ?? null,
    compare: query.compare?.step ?? null,
    having: having === null ? null : settled(having, list.length),
    order: placed(order),
    outputs: uniquelyNamed(placed(outputs)),
    reads: [
      ...groups.keys.list.map(({ expr }) => expr),
      ...list.flatMap(({ args, filter }) => [...args, ...(filter === null ? [] : [filter])]),
    ],
  };
}

function checkClauses(query: SelectSyntax, since: boolean): void {
  const star = query.items.find((item) => item.expr.kind === 'star');
  if (star !== undefined)
    throw new VarveError(
      'syntax',
      'select * gives events, and cannot stand beside group by, every, having or an aggregate.',
      { span: star.span, hint: 'Name what is wanted of each group.' },
    );
  checkTrailing(query);
  if (query.compare !== null && !since)
    throw new VarveError('usage', 'compare needs since: without it there is no range to compare with an earlier one.', {
      span: query.compare.span,
      hint: 'Write since 7d … compare 1w.',
    });
}

/** @throws VarveError `usage` for a `top` without a measure to rank by. */
function checkTop(query: SelectSyntax, measures: number): void {
  const ranked = query.groupBy.find(({ top }) => top !== null);
  if (ranked !== undefined && measures === 0)
    throw new VarveError('usage', 'top ranks by the first measure, and nothing is measured.', {
      span: ranked.span,
      hint: 'Select one: select country, count() … group by country top 5.',
    });
}

/**
 * What a column of the answer is called can be said later: its alias, which wins over a column of the table, or the name
 * that a call has by itself (count for count()), which does not. The first of two that share a name has it.
 */
function aliasesOf(query: SelectSyntax, { scope }: BindContext): Map<string, Item> {
  const aliases = new Map<string, Item>();
  for (const item of query.items) if (item.alias !== null && !aliases.has(item.alias)) aliases.set(item.alias, item);
  for (const item of query.items) {
    const name = outputName(item);
    if (item.alias === null && item.expr.kind === 'call' && !aliases.has(name) && !findName(scope, name))
      aliases.set(name, item);
  }
  return aliases;
}

/** Keys not named in select come first, in their order. */
function missingKeys(keys: Keys, selected: readonly OutputColumn[], { span }: SelectSyntax): OutputColumn[] {
  const missing: OutputColumn[] = [];
  keys.list.forEach(({ name, type }, index) => {
    const named = selected.some(({ expr }) => expr.kind === 'key' && expr.index === index);
    if (!named) missing.push({ name, expr: { kind: 'key', index, type, span } });
  });
  return missing;
}

/** @param named what else a name may mean: what `compare` adds. */
function groupContext(
  groups: Groups,
  context: BindContext,
  aliases: ReadonlyMap<string, Item> | null,
  named: ReadonlyMap<string, Expr>,
): BindContext {
  return {
    ...context,
    origin: (expr) => (expr.kind === 'key' ? groups.keys.list[expr.index]!.expr : expr),
    first(node) {
      if (node.kind === 'name' && aliases?.has(node.name))
        return bindExpression(aliases.get(node.name)!.expr, groupContext(groups, context, null, noNames));
      if (node.kind === 'name' && named.has(node.name)) return { ...named.get(node.name)!, span: node.span };
      if (node.kind === 'call' && isAggregate(node.name)) return bindAggregate(node, groups.measures, context);
      if (node.kind === 'literal' || node.kind === 'parameter') return null;
      const text = printExpression(node);
      const index = groups.keys.texts.findIndex((texts) => texts.includes(text));
      if (index >= 0) return keyAt(groups.keys, index, node);
      return node.kind === 'name' ? keyOfName(node, groups.keys, context) : null;
    },
  };
}

function keyAt({ list }: Keys, index: number, { span }: Syntax): Expr {
  return { kind: 'key', index, type: list[index]!.type, span };
}

/**
 * A column may have two names: that of the table and `time`, that of the table and `actor`. Time words are no columns.
 * @throws VarveError `type` for a column that is no key.
 */
function keyOfName(node: Extract<Syntax, { kind: 'name' }>, keys: Keys, context: BindContext): Expr | null {
  const { scope } = context;
  const meant = findName(scope, node.name);
  if (meant === undefined) return null;
  const index = keys.list.findIndex(({ expr, unnest }) => !unnest && isSameExpr(expr, meant));
  if (index >= 0) return keyAt(keys, index, node);
  throw new VarveError('type', `"${node.name}" is neither grouped nor inside an aggregate.`, {
    span: node.span,
    hint: `Add it to group by, or take one of its values: min(${node.name}).`,
  });
}
