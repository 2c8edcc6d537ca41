import { VarveError } from '../base/errors.ts';
import { nearestNames } from '../base/nearest.ts';
import type { Exclusion, FunnelPlan, FunnelRules, FunnelStep } from '../plan/behaviour.ts';
import { baseOf, bindEventKeys, bindHead, fixedLength, type BehaviourHead } from './behaviour-head.ts';
import { bindCondition } from './bind-condition.ts';
import { bindExpression } from './bind-expressions.ts';
import { bucketOf } from './bind-keys.ts';
import { printName } from './names.ts';
import { uniqueName } from '../base/unique-name.ts';
import { printExpression } from './print.ts';
import type { QueryEnvironment } from './query-environment.ts';
import type { ExclusionSyntax, FunnelPreset, FunnelSyntax, StepName } from './syntax-behaviour.ts';

/** What a preset says of the rules. */
const presets: Readonly<Record<FunnelPreset, Pick<FunnelRules, 'entry' | 'repeat' | 'grace'>>> = {
  varve: { entry: 'any', repeat: false, grace: null },
  mixpanel: { entry: 'first', repeat: false, grace: 2000 },
  mixpanel_reentry: { entry: 'any', repeat: false, grace: 2000 },
  amplitude: { entry: 'any', repeat: false, grace: 1000 },
  posthog: { entry: 'any', repeat: false, grace: 0 },
  clickhouse: { entry: 'any', repeat: true, grace: 0 },
};

/** Binds `funnel`. @throws VarveError with the place in the text. */
export function bindFunnel(query: FunnelSyntax, environment: QueryEnvironment): FunnelPlan {
  return bindFunnelOver(query, bindHead(query, environment));
}

/** The same over events that are bound already. */
export function bindFunnelOver(query: FunnelSyntax, head: BehaviourHead): FunnelPlan {
  const { context } = head;
  const steps = bindSteps(query, head);
  const exclude = query.exclude.map((exclusion) => bindExclusion(exclusion, steps, head));
  const holding = query.holding.map((node) => bindExpression(node, context));
  const keys = bindEventKeys(query.groupBy, head);
  const reads = [...steps.map(({ expr }) => expr), ...exclude.map(({ expr }) => expr), ...holding];
  if (query.every !== null) bucketOf(query.every, context);
  return {
    kind: 'funnel',
    ...baseOf(head, keys, reads),
    steps,
    rules: rulesOf(query),
    exclude,
    holding,
    at: query.at ?? 'first',
    every: query.every?.step ?? null,
  };
}

function rulesOf(query: FunnelSyntax): FunnelRules {
  const preset = presets[query.rules ?? 'varve'];
  const order = query.order ?? 'loose';
  const repeat = query.repeat ?? preset.repeat;
  return {
    window: fixedLength('within', query.within),
    order: isClickHouse(query, order, repeat) ? 'strict_order' : order,
    entry: query.entry ?? preset.entry,
    repeat,
    grace: preset.grace,
  };
}

/** With these rules `order strict` is ClickHouse's own; it knows no other option. */
function isClickHouse({ rules, exclude, holding, steps }: FunnelSyntax, order: string, repeat: boolean): boolean {
  const isPlain = exclude.length === 0 && holding.length === 0 && !steps.some(({ optional }) => optional);
  return rules === 'clickhouse' && order === 'strict' && repeat && isPlain;
}

function bindSteps(query: FunnelSyntax, { context }: BehaviourHead): FunnelStep[] {
  const taken = new Set<string>();
  return query.steps.map(({ expr: node, alias, optional, span }, place) => {
    if (optional && (place === 0 || query.order === 'any'))
      throw new VarveError(
        'usage',
        place === 0
          ? 'The first step begins the attempt, and cannot be optional.'
          : 'order any has no optional steps: any of them may miss.',
        { span, hint: 'Take optional away.' },
      );
    const expr = bindCondition(node, `Step ${place + 1}`, context);
    const name = uniqueName(alias ?? printExpression(node), taken);
    taken.add(name);
    return { name, expr, optional };
  });
}

function bindExclusion(
  exclusion: ExclusionSyntax,
  steps: readonly FunnelStep[],
  { context }: BehaviourHead,
): Exclusion {
  const expr = bindCondition(exclusion.expr, 'exclude', context);
  if (exclusion.between === null) return { expr, between: null };
  const { from, to } = exclusion.between;
  const between = { from: placeOf(from, steps), to: placeOf(to, steps) };
  if (between.from < between.to) return { expr, between };
  const [first, second] = [from, to].map(({ name }) => printName(name.slice(0, 60)));
  throw new VarveError(
    'usage',
    between.from === between.to
      ? 'Nothing lies between a step and itself.'
      : `The step "${to.name.slice(0, 60)}" stands before "${from.name.slice(0, 60)}".`,
    {
      span: { start: from.span.start, end: to.span.end },
      hint: between.from === between.to ? 'Name two steps.' : `Write between ${second!} and ${first!}.`,
    },
  );
}

function placeOf({ name, span }: StepName, steps: readonly FunnelStep[]): number {
  const place = steps.findIndex((step) => step.name === name);
  if (place >= 0) return place;
  const names = steps.map((step) => step.name);
  const near = nearestNames(name, names, 1);
  throw new VarveError('usage', `No step is called "${name.slice(0, 60)}".`, {
    span,
    hint:
      near.length > 0
        ? `Did you mean ${printName(near[0]!)}?`
        : `Steps are ${names.map(printName).join(', ').slice(0, 200)}; event = 'x' as a names one.`,
  });
}
