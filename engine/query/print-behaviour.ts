import { printDuration } from '../base/duration.ts';
import { printName } from './names.ts';
import { printExpression, printItem, printSource, printText } from './print.ts';
import { syntaxBelow } from './syntax-below.ts';
import type {
  BehaviourSyntax,
  ExclusionSyntax,
  FunnelStepSyntax,
  FunnelSyntax,
  PathsSyntax,
  RetentionSyntax,
} from './syntax-behaviour.ts';
import type { Item, StepSyntax, Syntax } from './syntax.ts';

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
