import { printDuration } from '../base/duration.ts';
import { argumentWords, printName, quoteName, timeWords } from './names.ts';
import type {
  GroupItem,
  Item,
  NamedAggregate,
  OrderItem,
  SelectSyntax,
  SourceSyntax,
  Statement,
  StepSyntax,
  Syntax,
} from './syntax.ts';
import { syntaxBelow } from './syntax-below.ts';
import type {
  BehaviourSyntax,
  ExclusionSyntax,
  FunnelStepSyntax,
  FunnelSyntax,
  PathsSyntax,
  QuerySyntax,
  RetentionSyntax,
} from './syntax-behaviour.ts';

/** @returns a statement's canonical text: one line that is read as the same statement. */
export function printStatement(statement: Statement): string {
  switch (statement.kind) {
    case 'select':
    case 'funnel':
    case 'retention':
    case 'paths':
    case 'lifecycle':
      return printQuery(statement);
    case 'define':
      return `define ${printName(statement.name)} as ${printQuery(statement.query)}`;
    case 'drop':
      return `drop ${printName(statement.name)}`;
    case 'explain':
      return `explain ${statement.analyze ? 'analyze ' : ''}${printQuery(statement.query)}`;
    case 'explain_actor':
      return `explain ${printQuery(statement.query)} for ${printText(statement.actor)}`;
    case 'show_tables':
      return 'show tables';
    case 'show_columns':
      return `show columns from ${printName(statement.table)}${statement.like === null ? '' : ` like ${printText(statement.like)}`}`;
    case 'show_values':
      return `show values of ${printName(statement.column)} from ${printName(statement.table)}`;
    case 'describe':
      return `describe ${printName(statement.table)}`;
  }
}

/** @returns a query's canonical text: one line that is read as the same tree. */
export function printQuery(query: QuerySyntax): string {
  return query.kind === 'select' ? printSelect(query) : printBehaviour(query);
}

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

/** @returns a select's canonical text: one line that is read as the same tree. */
export function printSelect(query: SelectSyntax): string {
  const { items, from, since, until, where, groupBy, every, trailing, having, orderBy, limit, offset, compare } = query;
  const clause = (word: string, expr: Syntax | null): string => (expr === null ? '' : `${word} ${print(expr, 0)}`);
  const list = <T>(word: string, entries: readonly T[], one: (entry: T) => string): string =>
    entries.length === 0 ? '' : `${word} ${entries.map(one).join(', ')}`;
  return [
    list('select', items, printItem),
    list('from', from, printSource),
    clause('since', since),
    clause('until', until),
    clause('where', where),
    list('group by', groupBy, printGroupItem),
    every === null ? '' : `every ${printDuration(every.step)}`,
    trailing === null ? '' : `trailing ${printDuration(trailing.step)}`,
    clause('having', having),
    list('order by', orderBy, printOrderItem),
    limit === null ? '' : `limit ${limit}`,
    offset === 0 ? '' : `offset ${offset}`,
    compare === null ? '' : `compare ${printDuration(compare.step)}`,
    query.timezone === null ? '' : `timezone ${printText(query.timezone.name)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

/** @returns an expression and its name. */
export function printItem({ expr, alias }: Item): string {
  return `${print(expr, 0)}${alias === null ? '' : ` as ${printName(alias)}`}`;
}

function printGroupItem(item: GroupItem): string {
  return `${printItem(item)}${item.top === null ? '' : ` top ${item.top}`}${item.others ? ' others' : ''}`;
}

function printOrderItem({ expr, descending }: OrderItem): string {
  return `${print(expr, 0)}${descending ? ' desc' : ''}`;
}

/** @returns a source as it stands in `from`. */
export function printSource(source: SourceSyntax): string {
  if (source.kind === 'table') return printName(source.name);
  if (source.kind === 'query') return `(${printQuery(source.query)})`;
  const option = (word: string, expr: Syntax | null): string[] =>
    expr === null ? [] : [`${word} => ${print(expr, 0)}`];
  const args = [
    printSource(source.source),
    ...(source.kind === 'sessions' ? [`gap => ${printDuration(source.gap.step)}`] : []),
    ...option('per', source.per),
    ...(source.kind === 'sessions' ? [...option('starting', source.starting), ...option('ending', source.ending)] : []),
    ...source.aggregates.map(printAggregate),
  ];
  return `${source.kind}(${args.join(', ')})`;
}

function printAggregate({ name, expr }: NamedAggregate): string {
  const shown = argumentWords.includes(name.toLowerCase()) ? quoteName(name) : printName(name);
  return `${shown} => ${print(expr, 0)}`;
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
      return [printColumn(node.name, node.quoted), primary!];
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
      return [`${print(node.arg, sum!)}${node.negated ? ' not' : ''} in (${printSelect(node.query)})`, comparison!];
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
      if (node.name === 'negate') return [printNegation(node.args[0]!), unary!];
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

/** A time word in quotes is a column's name. */
function printColumn(name: string, quoted: boolean): string {
  return quoted && timeWords.has(name.toLowerCase()) ? quoteName(name) : printName(name);
}

/** Two minuses would begin a comment, and a minus before a number be part of it. */
function printNegation(arg: Syntax): string {
  const text = print(arg, looseness['unary']!);
  return text.startsWith('-') ? `-(${text})` : `-${text}`;
}

/** @returns a text in single quotes, those inside doubled. */
export function printText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
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
  return typeof value === 'string' ? printText(value) : String(value);
}

/** @returns the canonical text of a question about behaviour: one line that is read as the same tree. */
export function printBehaviour(query: BehaviourSyntax): string {
  const { from, per, since, until, where, timezone } = query;
  return [
    beginning(query),
    `from ${from.map(printSource).join(', ')}`,
    clause('per', per),
    ...ownOptions(query),
    clause('since', since),
    clause('until', until),
    clause('where', where),
    ...groupsOf(query),
    timezone === null ? '' : `timezone ${printText(timezone.name)}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}

function clause(word: string, expr: Syntax | null): string {
  return expr === null ? '' : `${word} ${printExpression(expr)}`;
}

function said(word: string, value: string | number | null): string {
  return value === null ? '' : `${word} ${value}`;
}

function length(word: string, step: StepSyntax | null): string {
  return step === null ? '' : `${word} ${printDuration(step.step)}`;
}

function listed<T>(word: string, entries: readonly T[], one: (entry: T) => string): string {
  return entries.length === 0 ? '' : `${word} ${entries.map(one).join(', ')}`;
}

function beginning(query: BehaviourSyntax): string {
  switch (query.kind) {
    case 'funnel':
      return `funnel ${query.steps.map(printStep).join(', ')}`;
    case 'retention':
      return `retention ${printExpression(query.start)} then ${printReturning(query.returning)}`;
    case 'paths':
      return `paths ${printExpression(query.node)}`;
    case 'lifecycle':
      return 'lifecycle';
  }
}

function ownOptions(query: BehaviourSyntax): readonly string[] {
  switch (query.kind) {
    case 'funnel':
      return funnelOptions(query);
    case 'retention':
      return retentionOptions(query);
    case 'paths':
      return pathsOptions(query);
    case 'lifecycle':
      return [length('every', query.every)];
  }
}

function funnelOptions(query: FunnelSyntax): readonly string[] {
  return [
    length('within', query.within),
    said('order', query.order),
    listed('exclude', query.exclude, printExclusion),
    listed('holding', query.holding, printExpression),
    said('entry', query.entry),
    query.repeat === null ? '' : query.repeat ? 'repeat' : 'once',
    said('rules', query.rules),
  ];
}

function retentionOptions(query: RetentionSyntax): readonly string[] {
  return [
    length('every', query.every),
    said('for', query.periods),
    said('mode', query.mode),
    said('within', query.within),
  ];
}

function pathsOptions(query: PathsSyntax): readonly string[] {
  return [
    length('gap', query.gap),
    said('depth', query.depth),
    clause('starting', query.starting),
    clause('ending', query.ending),
    said('limit', query.limit),
  ];
}

function groupsOf(query: BehaviourSyntax): readonly string[] {
  const keys = (items: readonly Item[]): string => listed('group by', items, printItem);
  switch (query.kind) {
    case 'funnel':
      return [keys(query.groupBy), said('at', query.at), length('every', query.every)];
    case 'retention':
      return [keys(query.groupBy)];
    default:
      return [];
  }
}

/** A condition that would be read as part of `optional`, or `optional` as the mark, stands in brackets. */
function printStep(step: FunnelStepSyntax): string {
  const condition = printExpression(step.expr);
  const apart = step.optional ? /^[-[*]/.test(condition) : /^optional\(/.test(condition);
  const alias = step.alias === null ? '' : ` as ${printName(step.alias)}`;
  return `${step.optional ? 'optional ' : ''}${apart ? `(${condition})` : condition}${alias}`;
}

function printExclusion({ expr, between }: ExclusionSyntax): string {
  const condition = printExpression(expr);
  const shown = holdsBetween(expr) ? `(${condition})` : condition;
  return between === null
    ? shown
    : `${shown} between ${printName(between.from.name)} and ${printName(between.to.name)}`;
}

function holdsBetween(node: Syntax): boolean {
  return node.kind === 'between' || syntaxBelow(node).some(holdsBetween);
}

/** A column called any is not any event. */
function printReturning(returning: Syntax | null): string {
  if (returning === null) return 'any';
  if (returning.kind !== 'name' || returning.name.toLowerCase() !== 'any') return printExpression(returning);
  return returning.quoted ? `"${returning.name}"` : `(${returning.name})`;
}
