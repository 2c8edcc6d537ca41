import type { Values } from '../../column/values.ts';
import type { Expr } from '../../plan/expr.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { GroupedPlan, GroupKey } from '../../plan/select.ts';
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

/** Rows of a slice's attempts, one a step that was reached, in growing arrays. */
export class AttemptRows {
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

  /** @returns the arguments of the measures of `groupedFunnel`, and which rows count for each. */
  measures(): { readonly args: readonly (readonly Values[])[]; readonly rows: readonly (Uint32Array | null)[] } {
    const { count } = this;
    const nulls = new Uint8Array(count);
    const values = this.ms.slice(0, count);
    for (let row = 0; row < count; row++) {
      if (!Number.isNaN(values[row])) continue;
      nulls[row] = 1;
      values[row] = 0;
    }
    const ms: Values = { kind: 'number', length: count, values, nulls };
    return {
      args: [[], [], [], [ms], [ms]],
      rows: [null, rowsWith(this.closed, count), rowsWith(this.ended, count), null, null],
    };
  }
}

/** @returns the rows whose flag is 1. */
function rowsWith(flags: Uint8Array, count: number): Uint32Array {
  const rows = new Uint32Array(count);
  let found = 0;
  for (let row = 0; row < count; row++) if (flags[row] === 1) rows[found++] = row;
  return rows.subarray(0, found);
}
