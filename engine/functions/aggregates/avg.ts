import { checkArguments, isNumber } from '../signature.ts';
import type { Aggregate } from './aggregate.ts';
import { sum, type SumState } from './sum.ts';

export const avg: Aggregate<SumState> = {
  ...sum,
  name: 'avg',
  summary: 'mean of the values that are not null',
  example: 'select avg(1) from events',
  scaling: 'keeps',
  signature: (args) => checkArguments('avg', args, [isNumber], 'float'),
  finish(state, groupCount) {
    const values = new Float64Array(groupCount);
    const nulls = new Uint8Array(groupCount);
    for (let group = 0; group < groupCount; group++) {
      if (state.counts[group] === 0) nulls[group] = 1;
      else values[group] = totalOf(state, group) / state.counts[group];
    }
    return { kind: 'number', length: groupCount, values, nulls };
  },
};

/** What was carried is added exactly, so that the parts in which rows came do not matter. */
function totalOf(state: SumState, group: number): number {
  const carry = state.carries.get(group);
  return carry === undefined ? state.sums[group] : Number(BigInt(state.sums[group]) + carry);
}
