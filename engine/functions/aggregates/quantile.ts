import type { Values } from '../../column/values.ts';
import { isTime, isNumber } from '../signature.ts';
import type { ArgumentShape, SignatureResult } from '../scalars/scalar.ts';
import type { Aggregate } from './aggregate.ts';
import {
  addCounted,
  addPairs,
  bytesOfCounted,
  isEmptyGroup,
  isUnsorted,
  mergeCounted,
  newCounted,
  sealCounted,
  settle,
  waitingByGroup,
  type CountedState,
} from './counted-values.ts';
import { middleOf } from './runs.ts';
import { areMany, neighboursAt } from './unsorted-values.ts';

export interface QuantileState extends CountedState {
  /** The share of the values below, 0 to 1. */
  readonly share: number;
  readonly ofTimes: boolean;
}

/** A group with more distinct values is answered approximately. */
const exactMax = 65_536;

/** Groups that values are looked for in one by one; those of more are sorted. */
const unsortedGroupsMax = 256;

/** @param fixed the share that the name means; null = it is the second argument. */
function quantileFunction(
  name: string,
  summary: string,
  example: string,
  fixed: number | null,
): Aggregate<QuantileState> {
  return {
    name,
    summary,
    example: `select ${example} from events`,
    scaling: 'keeps',
    emptyIsZero: false,
    ...(fixed === null ? {} : { sharedState: 'quantile' }),
    signature: (args) => signatureOf(name, args, fixed),
    isApproximate,
    newState: ([arg, share]) => ({
      ...newCounted(exactMax),
      share: fixed ?? Number(share?.constant ?? 0.5),
      ofTimes: arg?.type === 'time',
    }),
    grow(state, groups) {
      state.groups = groups;
    },
    update: (state, [arg], groups, rows, rowCount) => addCounted(state, arg!, groups, rows, rowCount, false),
    kernels: { part: 'pairs', add: (state, groups, { pairs }) => addPairs(state, groups, pairs!) },
    seal: sealCounted,
    merge: mergeCounted,
    finish(state, groupCount) {
      if (isUnsorted(state) && groupCount <= unsortedGroupsMax) return ofUnsorted(state, groupCount, fixed ?? state.share);
      settle(state);
      const values = new Float64Array(groupCount);
      const nulls = new Uint8Array(groupCount);
      for (let group = 0; group < groupCount; group++) {
        if (isEmptyGroup(state, group)) nulls[group] = 1;
        else values[group] = quantileOf(state, group, fixed ?? state.share);
      }
      return { kind: 'number', length: groupCount, values, nulls };
    },
    bytes: bytesOfCounted,
  };
}

/** More distinct values are called approximate also where few enough rows brought them that all are kept: nobody has to know. */
function isApproximate(state: QuantileState): boolean {
  if (isUnsorted(state) && state.groups <= unsortedGroupsMax)
    return waitingByGroup(state, state.groups).some((values) => areMany(values, exactMax));
  settle(state);
  const { shifts, starts } = state.runs;
  return shifts.some((shift, group) => shift > 0 || starts[group + 1] - starts[group] > exactMax);
}

function ofUnsorted(state: QuantileState, groupCount: number, share: number): Values {
  const values = new Float64Array(groupCount);
  const nulls = new Uint8Array(groupCount);
  waitingByGroup(state, groupCount).forEach((own, group) => {
    if (own.length === 0) {
      nulls[group] = 1;
      return;
    }
    const { low, rest } = rankOf(share, own.length - 1);
    const between = interpolated(...neighboursAt(own, low), rest);
    values[group] = state.ofTimes ? Math.round(between) : between;
  });
  return { kind: 'number', length: groupCount, values, nulls };
}

function signatureOf(name: string, args: readonly ArgumentShape[], fixed: number | null): SignatureResult {
  const wanted = fixed === null ? 2 : 1;
  if (args.length !== wanted)
    return {
      error: `${name} takes ${wanted} argument${wanted === 1 ? '' : 's'}, not ${args.length}`,
      hint: fixed === null ? 'Write quantile(x, 0.9).' : `Write ${name}(x).`,
    };
  const { type } = args[0]!;
  if (!isNumber(type) && !isTime(type)) return { error: `${name} wants a number or a time as argument 1, not ${type}` };
  if (fixed === null) {
    const share = args[1]!.constant;
    if (typeof share !== 'number' || !(share >= 0 && share <= 1))
      return { error: `${name} wants a constant from 0 to 1 as argument 2`, hint: 'Write quantile(x, 0.9).' };
  }
  return { type: isTime(type) && type !== 'null' ? 'time' : 'float' };
}

/** Linear between the two nearest ranks, as PERCENTILE_CONT. */
function quantileOf(state: QuantileState, group: number, share: number): number {
  const { ofTimes } = state;
  const { starts, values, counts, shifts } = state.runs;
  const from = starts[group];
  const to = starts[group + 1];
  let rows = 0;
  for (let i = from; i < to; i++) rows += counts[i];
  const { low, rest } = rankOf(share, rows - 1);
  let at = from;
  let passed = counts[at];
  while (passed <= low) passed += counts[++at];
  const value = middleOf(values[at], shifts[group]);
  const next = passed > low + 1 || at + 1 >= to ? value : middleOf(values[at + 1], shifts[group]);
  const between = interpolated(value, next, rest);
  return ofTimes ? Math.round(between) : between;
}

/** @returns share · most as a whole number and the rest, exact where the share is a decimal of up to six places. */
function rankOf(share: number, most: number): { readonly low: number; readonly rest: number } {
  const unit = 1_000_000;
  const parts = Math.round(share * unit);
  if (parts / unit === share && parts * most <= Number.MAX_SAFE_INTEGER) {
    const scaled = parts * most;
    return { low: Math.floor(scaled / unit), rest: (scaled % unit) / unit };
  }
  const rank = share * most;
  return { low: Math.floor(rank), rest: rank - Math.floor(rank) };
}

function interpolated(low: number, high: number, share: number): number {
  if (share === 0 || low === high) return low;
  const width = high - low;
  return Number.isFinite(width) ? low + width * share : low * (1 - share) + high * share;
}

export const quantile = quantileFunction(
  'quantile',
  'the value below which a share of the values lies, linear between neighbours: quantile(x, 0.9)',
  'quantile(length(event), 0.9)',
  null,
);
export const median = quantileFunction(
  'median',
  'the middle value; between the two middle ones of an even number',
  'median(length(event))',
  0.5,
);
export const p50 = quantileFunction('p50', 'the median: quantile(x, 0.5)', 'p50(length(event))', 0.5);
export const p90 = quantileFunction(
  'p90',
  'the value that 9 of 10 stay below: quantile(x, 0.9)',
  'p90(length(event))',
  0.9,
);
export const p95 = quantileFunction(
  'p95',
  'the value that 19 of 20 stay below: quantile(x, 0.95)',
  'p95(length(event))',
  0.95,
);
export const p99 = quantileFunction(
  'p99',
  'the value that 99 of 100 stay below: quantile(x, 0.99)',
  'p99(length(event))',
  0.99,
);
