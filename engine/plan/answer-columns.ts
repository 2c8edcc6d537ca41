import { uniquelyNamed } from '../base/unique-name.ts';
import type { ColumnType } from '../column/types.ts';
import type { BehaviourPlan } from './behaviour.ts';

/** A column of an answer. */
export interface AnswerColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** @returns the columns of the answer to a question about behaviour. */
export function answerColumns(plan: BehaviourPlan): AnswerColumn[] {
  const keys = plan.keys.map(({ name, type }) => ({ name, type }));
  return uniquelyNamed([...keys, ...ownColumns(plan)]);
}

function ownColumns(plan: BehaviourPlan): AnswerColumn[] {
  switch (plan.kind) {
    case 'funnel':
      return [
        ...(plan.every === null ? [] : typed('time', 'time')),
        ...typed('int', 'step'),
        ...typed('text', 'name'),
        ...typed('int', 'actors'),
        ...typed('float', 'conversion', 'step_conversion', 'conversion_closed'),
        ...typed('int', 'pending'),
        ...typed('float', 'median_time', 'avg_time'),
      ];
    case 'retention':
      return [...typed('time', 'cohort'), ...typed('int', 'actors', 'period', 'retained'), ...typed('float', 'rate')];
    case 'paths':
      return [
        ...typed('int', 'step'),
        ...typed('text', 'source', 'target'),
        ...typed('int', 'events', 'actors'),
        ...typed('float', 'avg_time'),
      ];
    case 'lifecycle':
      return [
        ...typed('time', 'time'),
        ...typed('int', 'new', 'returning', 'resurrecting', 'dormant'),
        ...typed('bool', 'partial'),
      ];
  }
}

function typed(type: ColumnType, ...names: readonly string[]): AnswerColumn[] {
  return names.map((name) => ({ name, type }));
}
