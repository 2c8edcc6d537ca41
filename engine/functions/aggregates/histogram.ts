import { VarveError } from '../../base/errors.ts';
import { limits } from '../../base/limits.ts';
import { recordsOf, type ColumnType } from '../../column/types.ts';
import type { Values } from '../../column/values.ts';
import type { ArgumentShape, SignatureResult } from '../scalars/scalar.ts';
import { isNumber, isTime } from '../signature.ts';
import type { Aggregate } from './aggregate.ts';
import {
  addCounted,
  addPairs,
  bytesOfCounted,
  isEmptyGroup,
  mergeCounted,
  newCounted,
  sealCounted,
  settle,
  type CountedState,
} from './counted-values.ts';

export interface HistogramState extends CountedState {
  readonly bins: number;
  readonly ofTimes: boolean;
}

const binsMax = 10_000;

export const histogram: Aggregate<HistogramState> = {
  name: 'histogram',
  summary:
    'how many values lie in each of so many bins of equal width from the smallest to the largest: histogram(x, 10)',
  example: 'select histogram(length(event), 10) from events',
  scaling: 'scales',
  emptyIsZero: false,
  signature,
  newState: ([arg, bins]) => ({
    ...newCounted(Infinity),
    bins: Number(bins?.constant ?? 1),
    ofTimes: arg!.type === 'time',
  }),
  grow(state, groups) {
    state.groups = groups;
  },
  update: (state, [arg], groups, rows, rowCount) => addCounted(state, arg!, groups, rows, rowCount, true),
  kernels: { part: 'pairs', add: (state, groups, { pairs }) => addPairs(state, groups, pairs!) },
  seal: sealCounted,
  merge: mergeCounted,
  finish(state, groupCount) {
    settle(state);
    const offsets = new Uint32Array(groupCount + 1);
    const nulls = new Uint8Array(groupCount);
    const edges: Edges = { from: [], to: [], counts: [] };
    for (let group = 0; group < groupCount; group++) {
      if (isEmptyGroup(state, group)) nulls[group] = 1;
      else addBins(edges, state, group);
      if (edges.counts.length > limits.resultRowsMax) throw tooMany();
      offsets[group + 1] = edges.counts.length;
    }
    const { length } = edges.counts;
    const column = (values: readonly number[]): Values => ({
      kind: 'number',
      length,
      values: Float64Array.from(values),
      nulls: null,
    });
    const type: ColumnType = state.ofTimes ? 'time' : 'float';
    return {
      kind: 'records',
      length: groupCount,
      offsets,
      nulls,
      fields: [
        { name: 'from', type, values: column(edges.from) },
        { name: 'to', type, values: column(edges.to) },
        { name: 'count', type: 'int', values: column(edges.counts) },
      ],
    };
  },
  bytes: bytesOfCounted,
};

function signature(args: readonly ArgumentShape[]): SignatureResult {
  const hint = 'Write histogram(x, 10).';
  if (args.length !== 2) return { error: `histogram takes 2 arguments, not ${args.length}`, hint };
  const { type } = args[0]!;
  if (!isNumber(type) && !isTime(type))
    return { error: `histogram wants a number or a time as argument 1, not ${type}` };
  const bins = args[1]!.constant;
  if (typeof bins !== 'number' || !Number.isInteger(bins) || bins < 1 || bins > binsMax)
    return { error: `histogram wants a constant whole number from 1 to ${binsMax} as argument 2`, hint };
  const edge: ColumnType = type === 'time' ? 'time' : 'float';
  return {
    type: recordsOf([
      { name: 'from', type: edge },
      { name: 'to', type: edge },
      { name: 'count', type: 'int' },
    ]),
  };
}

function tooMany(): VarveError {
  return new VarveError('limit', `histogram makes more than ${limits.resultRowsMax} bins in all (resultRowsMax).`, {
    hint: 'Take fewer bins, or group by fewer or coarser keys.',
  });
}

interface Edges {
  readonly from: number[];
  readonly to: number[];
  readonly counts: number[];
}

/** The group's bins: half-open, the last closed; one where all values are the same. */
function addBins(edges: Edges, state: HistogramState, group: number): void {
  const { ofTimes } = state;
  const { starts, values, counts } = state.runs;
  const end = starts[group + 1];
  const least = values[starts[group]];
  const most = values[end - 1];
  const bins = least === most ? 1 : state.bins;
  const width = most - least;
  let at = starts[group];
  let from = least;
  for (let bin = 1; bin <= bins; bin++) {
    const edge = Number.isFinite(width * bin)
      ? least + (width * bin) / bins
      : least * (1 - bin / bins) + most * (bin / bins);
    // Times are whole: a bin that begins between two begins at the later one.
    const to = bin === bins ? most : ofTimes ? Math.ceil(edge) : edge;
    let count = 0;
    while (at < end && (values[at] < to || bin === bins)) count += counts[at++];
    edges.from.push(from);
    edges.to.push(to);
    edges.counts.push(count);
    from = to;
  }
}
