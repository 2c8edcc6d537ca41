import { formatTimeUtc } from '../base/calendar.ts';
import { printDuration } from '../base/duration.ts';
import { behaviourSteps } from './explain-behaviour.ts';
import { isBehaviour, type ScanPlan } from './query.ts';
import { printExpr, printMeasure, type PrintNames } from './print-expr.ts';
import type { GroupedPlan, RowsPlan, SelectPlan, SortKey, TimeRange } from './select.ts';

/** One part of a plan, as `explain` shows it: what is done, and how. */
export interface PlanStep {
  readonly what: string;
  readonly detail: string;
}

/** A plan as a tree: its own steps from the last to the first, what it asks beforehand, and the plans it reads. */
export interface PlanTree {
  readonly plan: ScanPlan;
  readonly steps: readonly PlanStep[];
  readonly subqueries: readonly PlanTree[];
  readonly sources: readonly PlanTree[];
}

/** Describes a plan. */
export function explainPlan(plan: ScanPlan): PlanTree {
  return {
    plan,
    steps: [...stepsAbove(plan), ...scanSteps(plan)],
    subqueries: plan.subqueries.map(explainPlan),
    sources: plan.from.flatMap((source) => (source.kind === 'derived' ? [explainPlan(source.plan)] : [])),
  };
}

function stepsAbove(plan: ScanPlan): PlanStep[] {
  if (isBehaviour(plan)) return behaviourSteps(plan);
  if (plan.kind === 'lives') return livesSteps(plan);
  const names = namesOf(plan);
  const steps: PlanStep[] = [{ what: 'select', detail: plan.outputs.map(({ name }) => name).join(', ') }];
  if (plan.limit !== null)
    steps.push({ what: 'limit', detail: plan.offset === 0 ? `${plan.limit}` : `${plan.limit} offset ${plan.offset}` });
  if (plan.kind === 'events') {
    steps.push({ what: 'order by', detail: plan.order.length === 0 ? 'time' : printOrder(plan.order, names) });
    return steps;
  }
  if (plan.order.length > 0 || plan.keys.length > 0)
    steps.push({
      what: 'order by',
      detail: plan.order.length === 0 ? orderOfKeys(plan) : printOrder(plan.order, names),
    });
  if (plan.having !== null) steps.push({ what: 'having', detail: printExpr(plan.having, names) });
  if (plan.compare !== null)
    steps.push({ what: 'compare', detail: `the same, ${printDuration(plan.compare)} earlier` });
  if (plan.every !== null) {
    const trailing = plan.trailing === null ? '' : `, each over the ${printDuration(plan.trailing)} before its end`;
    steps.push({ what: 'every', detail: `${printDuration(plan.every)} in ${plan.timezone}${trailing}` });
  }
  steps.push(groupStep(plan));
  return steps;
}

function orderOfKeys(plan: GroupedPlan): string {
  return plan.keys.some(({ top }) => top !== null) ? 'its keys, those of top by the first measure' : 'its keys';
}

function groupStep(plan: GroupedPlan): PlanStep {
  const keys = plan.keys.map(({ expr, unnest, top }) => {
    const text = unnest ? `unnest(${printExpr(expr)})` : printExpr(expr);
    return top === null ? text : `${text} top ${top.count}${top.others ? ' others' : ''}`;
  });
  const measures = plan.measures.map(printMeasure).join(', ');
  return { what: 'group by', detail: `${keys.length === 0 ? 'nothing' : keys.join(', ')}: ${measures}` };
}

function livesSteps(plan: Extract<RowsPlan, { kind: 'lives' }>): PlanStep[] {
  const measures = plan.measures.map(printMeasure);
  const bounds = [
    ...(plan.gap === null ? [] : [`a gap of more than ${plan.gap} ms`]),
    ...(plan.starting === null ? [] : [`starting ${printExpr(plan.starting)}`]),
    ...(plan.ending === null ? [] : [`ending ${printExpr(plan.ending)}`]),
  ];
  const starts = printRange(plan.starts);
  return [
    {
      what: plan.gap === null ? 'actors' : 'sessions',
      detail: [...bounds, ...(starts === null ? [] : [`begun ${starts}`]), ...measures].join('; '),
    },
  ];
}

function scanSteps(plan: ScanPlan): PlanStep[] {
  const steps: PlanStep[] = [];
  if (plan.where !== null) steps.push({ what: 'where', detail: printExpr(plan.where) });
  const tables = plan.from.map((source) => (source.kind === 'table' ? source.name : 'a query'));
  const range = printRange(plan.range);
  steps.push({
    what: 'scan',
    detail: `${tables.join(', ')}${range === null ? '' : ` ${range}`}: ${plan.columns.length === 0 ? 'no column' : plan.columns.join(', ')}`,
  });
  return steps;
}

function printRange({ since, until }: TimeRange): string | null {
  const ends = [
    ...(since === null ? [] : [`since ${formatTimeUtc(since)}`]),
    ...(until === null ? [] : [`until ${formatTimeUtc(until)}`]),
  ];
  return ends.length === 0 ? null : ends.join(' ');
}

function printOrder(order: readonly SortKey[], names: PrintNames): string {
  return order.map(({ expr, descending }) => `${printExpr(expr, names)}${descending ? ' desc' : ''}`).join(', ');
}

function namesOf(plan: SelectPlan): PrintNames {
  if (plan.kind === 'events') return { keys: [], measures: [] };
  const measures = plan.measures.map(printMeasure);
  return {
    keys: plan.keys.map(({ name }) => name),
    measures: [...measures, ...measures.map((text) => `${text} before`)],
  };
}
