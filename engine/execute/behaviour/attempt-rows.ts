import type { Values } from '../../column/values.ts';
import type { Expr } from '../../plan/expr.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { GroupedPlan, GroupKey } from '../../plan/select.ts';
import type { MadeRows } from './row-groups.ts';
import { madeColumn, madeKey, madeMeasure, madePlan } from './made-plan.ts';
import { printDuration } from '../../base/duration.ts';
import { enlarged } from '../enlarged.ts';

/** What is measured of the rows that a funnel makes, one a step that an actor reached. */
export const funnelMeasures = { actors: 0, closed: 1, ended: 2, average: 3, median: 4 } as const;

/** @returns how the rows of a funnel are grouped: by the keys, with `every` by the bucket of the attempt, and by step. */
export function groupedFunnel(plan: FunnelPlan): GroupedPlan {
  const time: readonly GroupKey[] = plan.every === null ? [] : [bucketKey(printDuration(plan.every))];
  const ms = madeColumn('ms', 'float');
  return madePlan(
    plan,
    [...plan.keys, ...time, madeKey('step')],
    [
      madeMeasure('count', []),
      madeMeasure('count', [], madeColumn('closed', 'bool')),
      madeMeasure('count', [], madeColumn('ended', 'bool')),
      madeMeasure('avg', [ms]),
      madeMeasure('median', [ms]),
    ],
  );
}

/** @returns the key that a bucket of the event's time is. */
export function bucketKey(width: string): GroupKey {
  const args: Expr[] = [madeColumn('time', 'time'), { kind: 'literal', value: width, type: 'text' }];
  return {
    name: 'time',
    expr: { kind: 'call', name: 'bucket', args, type: 'time' },
    unnest: false,
    top: null,
    type: 'time',
  };
}

/** Rows of a slice's attempts, one a step that was reached. */
export interface MadeAttempts {
  readonly count: number;
  /** From 1. */
  readonly steps: Uint32Array;
  /** The event whose values the row's keys are. */
  readonly places: Uint32Array;
  /** The first event of the attempt, by whose time buckets are laid; not read without `every`. */
  readonly firsts: Uint32Array;
  /** @returns the arguments of the measures of `groupedFunnel`, and which rows count for each. */
  measures(): Pick<MadeRows, 'args' | 'rows'>;
  /** Gives back the room that all this lies in. */
  close(): void;
}

/**
 * @param ms since the step before, of the rows of `timed`.
 * @param closed rows of actors without an open attempt. @param ended the last ones of those with one.
 */
export function measuresOf(
  values: Float64Array,
  closed: Uint32Array,
  ended: Uint32Array,
  timed: Uint32Array,
): Pick<MadeRows, 'args' | 'rows'> {
  const ms: Values = { kind: 'number', length: values.length, values, nulls: null };
  return { args: [[], [], [], [ms], [ms]], rows: [null, closed, ended, timed, timed] };
}

/** The same in arrays that grow. */
export class AttemptRows implements MadeAttempts {
  count = 0;
  /** From 1. */
  steps = new Uint32Array(1024);
  /** The event whose values the row's keys are. */
  places = new Uint32Array(1024);
  /** The first event of the attempt. */
  firsts = new Uint32Array(1024);
  /** ms since the step before; NaN where there is none. */
  ms = new Float64Array(1024);
  /** The attempt's actor has no open attempt. */
  closed = new Uint8Array(1024);
  /** It has one, and got no further than this row's step. */
  ended = new Uint8Array(1024);

  add(step: number, place: number, first: number, ms: number, closed: boolean, ended: boolean): void {
    const at = this.count++;
    if (at === this.steps.length) this.#grow();
    this.steps[at] = step;
    this.places[at] = place;
    this.firsts[at] = first;
    this.ms[at] = ms;
    this.closed[at] = closed ? 1 : 0;
    this.ended[at] = ended ? 1 : 0;
  }

  #grow(): void {
    const length = 2 * this.steps.length;
    this.steps = enlarged(this.steps, new Uint32Array(length));
    this.places = enlarged(this.places, new Uint32Array(length));
    this.firsts = enlarged(this.firsts, new Uint32Array(length));
    this.ms = enlarged(this.ms, new Float64Array(length));
    this.closed = enlarged(this.closed, new Uint8Array(length));
    this.ended = enlarged(this.ended, new Uint8Array(length));
  }

  measures(): Pick<MadeRows, 'args' | 'rows'> {
    const { count, ms } = this;
    const timed = rowsWhere(count, (row) => !Number.isNaN(ms[row]));
    const closed = rowsWhere(count, (row) => this.closed[row] === 1);
    const ended = rowsWhere(count, (row) => this.ended[row] === 1);
    return measuresOf(ms.subarray(0, count), closed, ended, timed);
  }

  close(): void {
    this.count = 0;
  }
}

function rowsWhere(count: number, isMeant: (row: number) => boolean): Uint32Array {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (isMeant(row)) rows[found++] = row;
  return rows.subarray(0, found);
}
