import { VarveError } from '../base/errors.ts';
import { findColumn } from '../column/schema.ts';
import { aggregateFunctions } from '../functions/aggregates/index.ts';
import type { ColumnExpr, Expr } from '../plan/expr.ts';
import type { GroupedPlan, GroupKey, Measure, OutputColumn } from '../plan/select.ts';
import { bindExpression, type BindContext } from './bind-expressions.ts';
import { outputName, positionOf, uniqueNames } from './output-names.ts';
import { printExpression } from './print.ts';
import { syntaxBelow } from './syntax-below.ts';
import type { Item, SelectSyntax, Syntax } from './syntax.ts';

export type BoundGroups = Pick<
  GroupedPlan,
  'kind' | 'keys' | 'measures' | 'every' | 'trailing' | 'compare' | 'having' | 'order' | 'outputs'
> & {
  readonly reads: readonly Expr[];
};

/** @returns whether an aggregate stands anywhere in the expression. */
export function containsAggregate(node: Syntax): boolean {
  if (node.kind === 'call' && isAggregate(node.name)) return true;
  return syntaxBelow(node).some(containsAggregate);
}

function isAggregate(name: string): boolean {
  return name === 'count_if' || aggregateFunctions.has(name);
}

interface Groups {
  readonly keys: GroupKey[];
  /** Canonical text of each key's expression and its alias, to recognise it elsewhere. */
  readonly keyTexts: string[][];
  readonly measures: Measure[];
  readonly measureTexts: string[];
}

/** Binds a `select` with aggregates: keys, measures, and everything else over these. */
export function bindGrouped(query: SelectSyntax, context: BindContext): BoundGroups {
  const groups: Groups = { keys: [], keyTexts: [], measures: [], measureTexts: [] };
  const aliases = aliasesOf(query, context);
  const star = query.items.find((item) => item.expr.kind === 'star');
  if (star !== undefined)
    throw new VarveError(
      'syntax',
      'select * gives events, and cannot stand beside group by, every, having or an aggregate.',
      {
        span: star.span,
        hint: 'Name what is wanted of each group.',
      },
    );
  if (query.every !== null) addKey(groups, { name: 'time', texts: ['time'], expr: bucketOf(query.every, context) });
  for (const item of query.groupBy) bindKey(item, query, aliases, groups, context);
  const over = groupContext(groups, context, null);
  const selected: OutputColumn[] = query.items.map((item) => ({
    name: outputName(item),
    expr: bindExpression(item.expr, over),
  }));
  const outputs = [...missingKeys(groups, selected, query), ...selected];
  const later = groupContext(groups, context, aliases);
  const having = query.having === null ? null : bindExpression(query.having, later);
  if (having !== null && having.type !== 'bool' && having.type !== 'null')
    throw new VarveError('type', `having wants a bool, not ${having.type}.`, { span: query.having!.span });
  const order = query.orderBy.map(({ expr, descending }) => {
    const position = positionOf(expr, 'order by', selected.length);
    return { expr: position === null ? bindExpression(expr, later) : selected[position]!.expr, descending };
  });
  const reads = [
    ...groups.keys.map(({ expr }) => expr),
    ...groups.measures.flatMap(({ args, filter }) => [...args, ...(filter === null ? [] : [filter])]),
  ];
  return {
    kind: 'grouped',
    keys: groups.keys,
    measures: groups.measures,
    every: query.every?.step ?? null,
    trailing: query.trailing?.step ?? null,
    compare: query.compare?.step ?? null,
    having,
    order,
    outputs: uniqueNames(outputs),
    reads,
  };
}

/**
 * What a column of the answer is called can be said later: its alias, which wins over a column of the table, or the name
 * that a call has by itself (count for count()), which does not. The first of two that share a name has it.
 */
function aliasesOf(query: SelectSyntax, context: BindContext): Map<string, Item> {
  const aliases = new Map<string, Item>();
  for (const item of query.items) if (item.alias !== null && !aliases.has(item.alias)) aliases.set(item.alias, item);
  for (const item of query.items) {
    const name = outputName(item);
    if (item.alias === null && item.expr.kind === 'call' && !aliases.has(name) && !findColumn(context.schema, name))
      aliases.set(name, item);
  }
  return aliases;
}

function bucketOf(every: NonNullable<SelectSyntax['every']>, context: BindContext): Expr {
  return bindExpression(
    {
      kind: 'call',
      name: 'bucket',
      filter: null,
      span: every.span,
      args: [
        { kind: 'name', name: 'time', quoted: true, span: every.span },
        { kind: 'duration', step: every.step, span: every.span },
      ],
    },
    context,
  );
}

function addKey(groups: Groups, key: { name: string; texts: string[]; expr: Expr }): void {
  groups.keys.push({ name: key.name, expr: key.expr, unnest: false, top: null, type: key.expr.type });
  groups.keyTexts.push(key.texts);
}

/** A key is an expression, the alias of a selected one, or its position. */
function bindKey(
  item: Item,
  query: SelectSyntax,
  aliases: ReadonlyMap<string, Item>,
  groups: Groups,
  context: BindContext,
): void {
  let target = item;
  const position = positionOf(item.expr, 'group by', query.items.length);
  if (position !== null) target = query.items[position]!;
  else if (item.expr.kind === 'name' && aliases.has(item.expr.name)) target = aliases.get(item.expr.name)!;
  if (containsAggregate(target.expr))
    throw new VarveError('syntax', 'A group key cannot hold an aggregate.', {
      span: item.span,
      hint: 'Groups are chosen by their aggregates in having.',
    });
  const texts = [
    printExpression(target.expr),
    ...(target.alias === null ? [] : [target.alias]),
    ...(item.alias === null ? [] : [item.alias]),
  ];
  // With every, time is the bucket's start here too.
  const { every } = query;
  const bucket = every === null ? null : bucketOf(every, context);
  const inKeys: BindContext =
    bucket === null
      ? context
      : {
          ...context,
          first: (node) => (node.kind === 'name' && node.name === 'time' ? bucket : null),
        };
  addKey(groups, { name: item.alias ?? outputName(target), texts, expr: bindExpression(target.expr, inKeys) });
}

/** Keys not named in select come first, in their order. */
function missingKeys(groups: Groups, selected: readonly OutputColumn[], query: SelectSyntax): OutputColumn[] {
  const missing: OutputColumn[] = [];
  groups.keys.forEach((key, index) => {
    const named = selected.some(({ expr }) => expr.kind === 'key' && expr.index === index);
    if (!named) missing.push({ name: key.name, expr: { kind: 'key', index, type: key.type, span: query.span } });
  });
  return missing;
}

function groupContext(groups: Groups, context: BindContext, aliases: ReadonlyMap<string, Item> | null): BindContext {
  const self: BindContext = {
    ...context,
    first(node) {
      if (node.kind === 'name' && aliases?.has(node.name))
        return bindExpression(aliases.get(node.name)!.expr, groupContext(groups, context, null));
      if (node.kind === 'call' && isAggregate(node.name)) return bindMeasure(node, groups, context);
      if (node.kind === 'literal' || node.kind === 'parameter') return null;
      const text = printExpression(node);
      const key = groups.keyTexts.findIndex((texts) => texts.includes(text));
      if (key >= 0) return { kind: 'key', index: key, type: groups.keys[key]!.type, span: node.span };
      return node.kind === 'name' ? keyOfName(node, groups, context) : null;
    },
  };
  return self;
}

/**
 * A column may have two names: that of the table and `time`, that of the table and `actor`.
 * @throws VarveError `type` for a column that is no key.
 */
function keyOfName(node: Extract<Syntax, { kind: 'name' }>, groups: Groups, context: BindContext): Expr | null {
  const bound = bindExpression(node, context);
  if (bound.kind !== 'column' && bound.kind !== 'actor') return null;
  const index = groups.keys.findIndex(
    ({ expr }) => expr.kind === bound.kind && (expr.kind !== 'column' || expr.name === (bound as ColumnExpr).name),
  );
  if (index >= 0) return { kind: 'key', index, type: bound.type, span: node.span };
  throw new VarveError('type', `"${node.name}" is neither grouped nor inside an aggregate.`, {
    span: node.span,
    hint: `Add it to group by, or take one of its values: min(${node.name}).`,
  });
}

/** What tells an aggregate of order which event comes first. */
const placeOfEvent: readonly Expr[] = [
  { kind: 'column', name: 'time', type: 'time' },
  ...(['table', 'upper', 'lower', 'arrival'] as const).map((part): Expr => ({ kind: 'place', part, type: 'float' })),
];

function bindMeasure(node: Extract<Syntax, { kind: 'call' }>, groups: Groups, context: BindContext): Expr {
  const text = printExpression(node);
  const known = groups.measureTexts.indexOf(text);
  if (known >= 0) return { kind: 'measure', index: known, type: groups.measures[known]!.type, span: node.span };
  const inner: BindContext = { ...context, aggregateHint: 'An aggregate cannot stand inside an aggregate.' };
  const conditional = node.name === 'count_if';
  if (conditional && node.args.length !== 1)
    throw new VarveError('type', `count_if takes 1 argument, not ${node.args.length}.`, { span: node.span });
  const argNodes = conditional || (node.name === 'count' && node.args[0]?.kind === 'star') ? [] : node.args;
  const args = argNodes.map((arg) => bindExpression(arg, inner));
  const conditions = [...(conditional ? node.args : []), ...(node.filter === null ? [] : [node.filter])].map(
    (condition) => {
      const bound = bindExpression(condition, inner);
      if (bound.type !== 'bool' && bound.type !== 'null')
        throw new VarveError('type', `A condition is a bool, not ${bound.type}.`, { span: condition.span });
      return bound;
    },
  );
  const aggregate = aggregateFunctions.get(conditional ? 'count' : node.name)!;
  const signature = aggregate.signature(
    args.map((arg) => ({ type: arg.type, constant: arg.kind === 'literal' ? arg.value : undefined })),
  );
  if ('error' in signature)
    throw new VarveError('type', `${signature.error}.`, { span: node.span, hint: signature.hint });
  const filter: Expr | null =
    conditions.length === 0
      ? null
      : conditions.length === 1
        ? conditions[0]!
        : { kind: 'and', args: conditions, type: 'bool', span: node.span };
  groups.measures.push({
    name: aggregate.name,
    args: aggregate.ordered === true ? [...args, ...placeOfEvent] : args,
    filter,
    type: signature.type,
    emptyIsZero: aggregate.emptyIsZero,
  });
  groups.measureTexts.push(text);
  return { kind: 'measure', index: groups.measures.length - 1, type: signature.type, span: node.span };
}
