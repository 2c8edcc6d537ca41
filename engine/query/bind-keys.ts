import { VarveError, type Span } from '../base/errors.ts';
import { elementType, isListType } from '../column/types.ts';
import type { Expr } from '../plan/expr.ts';
import type { GroupKey } from '../plan/select.ts';
import type { BindContext } from './bind-context.ts';
import { bindExpression } from './bind-expressions.ts';
import { lacking } from './bind-names.ts';
import { containsAggregate } from './contains-aggregate.ts';
import { outputName, positionOf } from './output-names.ts';
import { printExpression } from './print.ts';
import type { GroupItem, Item, SelectSyntax, StepSyntax, Syntax } from './syntax.ts';

/** The group keys of a plan under construction. */
export interface Keys {
  readonly list: GroupKey[];
  /** Canonical text of each key's expression and its aliases, to recognise it elsewhere. */
  readonly texts: string[][];
}

/** Binds `every` and `group by`: the bucket first, then the keys as written. @throws VarveError as expressions do. */
export function bindKeys(query: SelectSyntax, aliases: ReadonlyMap<string, Item>, context: BindContext): Keys {
  const keys: Keys = { list: [], texts: [] };
  const bucket = query.every === null ? null : bucketOf(query.every, context);
  if (bucket !== null) {
    keys.list.push({ name: 'time', expr: bucket, unnest: false, top: null, type: 'time' });
    keys.texts.push([...context.scope.timeNames].map((name) => printExpression(nameOf(name, query.every!.span))));
  }
  for (const item of query.groupBy) bindKey(item, query, aliases, keys, inKeys(bucket, context));
  return keys;
}

/** With `every`, time is the bucket's start in keys too. */
function inKeys(bucket: Expr | null, context: BindContext): BindContext {
  if (bucket === null) return context;
  const { timeNames } = context.scope;
  return { ...context, first: (node) => (node.kind === 'name' && timeNames.has(node.name) ? bucket : null) };
}

/** @returns the start of the bucket of a row's time. @throws VarveError `type` for a width that there is no bucket of. */
export function bucketOf(every: StepSyntax, context: BindContext): Expr {
  const { span } = every;
  const { time } = context.scope;
  if (time === null) throw lacking('time', span);
  const first = (node: Syntax): Expr | null => (node.kind === 'name' ? { ...time, span } : null);
  const args: Syntax[] = [nameOf('time', span), { kind: 'duration', step: every.step, span }];
  return bindExpression({ kind: 'call', name: 'bucket', filter: null, span, args }, { ...context, first });
}

function nameOf(name: string, span: Span): Syntax {
  return { kind: 'name', name, quoted: true, span };
}

/** A key is an expression, the alias of a selected one, or its position. */
function bindKey(
  item: GroupItem,
  query: SelectSyntax,
  aliases: ReadonlyMap<string, Item>,
  keys: Keys,
  context: BindContext,
): void {
  let target: Item = item;
  const position = positionOf(item.expr, 'group by', query.items.length);
  if (position !== null) target = query.items[position]!;
  else if (item.expr.kind === 'name' && aliases.has(item.expr.name)) target = aliases.get(item.expr.name)!;
  if (containsAggregate(target.expr))
    throw new VarveError('syntax', 'A group key cannot hold an aggregate.', {
      span: item.span,
      hint: 'Groups are chosen by their aggregates in having.',
    });
  const list = unnested(target.expr, context);
  const expr = list ?? bindExpression(target.expr, context);
  const own = list === null ? expr.type : elementType(list.type);
  const top = item.top === null ? null : { count: item.top, others: item.others };
  keys.list.push({
    name: item.alias ?? outputName(target),
    expr,
    unnest: list !== null,
    top,
    type: top?.others === true ? 'text' : own,
  });
  keys.texts.push([
    printExpression(target.expr),
    ...(target.alias === null ? [] : [printExpression(nameOf(target.alias, item.span))]),
    ...(item.alias === null ? [] : [printExpression(nameOf(item.alias, item.span))]),
  ]);
}

/** @returns the list of a whole key `unnest(list)`, or null for another key. @throws VarveError `type` for what is no list. */
function unnested(node: Syntax, context: BindContext): Expr | null {
  if (node.kind !== 'call' || node.name !== 'unnest') return null;
  const { span } = node;
  if (node.args.length !== 1 || node.filter !== null)
    throw new VarveError('type', `unnest takes 1 argument, not ${node.args.length}.`, { span });
  const list = bindExpression(node.args[0]!, context);
  if (isListType(list.type) || list.type === 'null') return list;
  throw new VarveError('type', `unnest wants a list, not ${list.type}.`, {
    span: list.span,
    hint: `Group by it as it is: group by ${printExpression(node.args[0]!)}.`,
  });
}
