import { NumberTable } from '../../column/number-table.ts';
import { isRecordsType, recordsOf, type ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { compareScalars } from '../compare.ts';
import type { ArgumentShape, SignatureResult } from '../scalars/scalar.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import { bytesOfScalar } from './first-last.ts';
import { keyText } from './value-key.ts';

/**
 * How often each group has each value. Values have numbers in order of first appearance; a pair of group and value is
 * `group · 2^26 + number`.
 */
export interface TopState extends AggregateState {
  readonly type: ColumnType;
  readonly most: number;
  readonly values: Scalar[];
  valueBytes: number;
  pairs: Float64Array;
  counts: Float64Array;
  pairCount: number;
  /** While updating or merging; null in a sealed state. */
  live: Live | null;
}

interface Live {
  /** Numbers of values: of floats by themselves, of lists by their JSON. */
  readonly ids: Map<Scalar, number>;
  readonly pairIds: NumberTable;
  /** Numbers of a dictionary's texts + 1. */
  readonly ofTexts: WeakMap<readonly string[], Uint32Array>;
}

const span = 2 ** 26;
const mostMax = 10_000;

export const topk: Aggregate<TopState> = {
  name: 'topk',
  summary: 'the k most frequent values, each with its exact count; of equal counts the smaller value first: topk(x, 3)',
  example: 'select topk(event, 3) from events',
  scaling: 'scales',
  emptyIsZero: false,
  signature,
  newState: ([arg, most]) => ({
    groups: 0,
    type: arg!.type,
    most: Number(most?.constant ?? 1),
    values: [],
    valueBytes: 0,
    pairs: new Float64Array(0),
    counts: new Float64Array(0),
    pairCount: 0,
    live: null,
  }),
  grow(state, groups) {
    state.groups = groups;
  },
  update(state, [arg], groups, rows, rowCount) {
    if (arg!.kind === 'null') return;
    const live = liveOf(state);
    const total = rows === null ? rowCount : rows.length;
    const known = arg!.kind === 'coded' ? numbersOfTexts(live, arg!.texts) : null;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      if (arg!.nulls !== null && arg!.nulls[row] === 1) continue;
      const group = groups === null ? 0 : groups[row];
      let id: number;
      if (known !== null && arg!.kind === 'coded') {
        const code = arg!.codes[row];
        id = known[code] === 0 ? (known[code] = 1 + idOf(state, live, arg!.texts[code])) - 1 : known[code] - 1;
      } else id = idOf(state, live, scalarAt(arg!, row));
      addPair(state, live, group * span + id, 1);
    }
  },
  seal(state) {
    state.live = null;
    state.pairs = state.pairs.slice(0, state.pairCount);
    state.counts = state.counts.slice(0, state.pairCount);
  },
  merge(into, from, groupMap) {
    const live = liveOf(into);
    const ids = from.values.map((value) => idOf(into, live, value));
    for (let pair = 0; pair < from.pairCount; pair++) {
      const group = Math.floor(from.pairs[pair] / span);
      // The map may leave out a last group: it holds what is shown nowhere.
      if (group >= groupMap.length) continue;
      addPair(into, live, groupMap[group] * span + ids[from.pairs[pair] - group * span], from.counts[pair]);
    }
  },
  finish: topValues,
  bytes: (state) =>
    state.pairs.byteLength +
    state.counts.byteLength +
    state.values.length * 8 +
    state.valueBytes +
    (state.live === null ? 0 : state.live.pairIds.bytes + state.live.ids.size * 40),
};

function signature(args: readonly ArgumentShape[]): SignatureResult {
  const hint = 'Write topk(x, 3).';
  if (args.length !== 2) return { error: `topk takes 2 arguments, not ${args.length}`, hint };
  const most = args[1]!.constant;
  if (typeof most !== 'number' || !Number.isInteger(most) || most < 1 || most > mostMax)
    return { error: `topk wants a constant whole number from 1 to ${mostMax} as argument 2`, hint };
  if (isRecordsType(args[0]!.type)) return { error: 'topk does not count lists of records' };
  return { type: typeOfTop(args[0]!.type) };
}

function typeOfTop(type: ColumnType): ColumnType {
  return recordsOf([
    { name: 'value', type },
    { name: 'count', type: 'int' },
  ]);
}

function liveOf(state: TopState): Live {
  if (state.live === null) {
    state.live = { ids: new Map(), pairIds: new NumberTable(), ofTexts: new WeakMap() };
    state.values.forEach((value, id) => state.live!.ids.set(keyOfValue(value), id));
    for (let pair = 0; pair < state.pairCount; pair++) state.live.pairIds.numberOf(state.pairs[pair]);
  }
  return state.live;
}

function keyOfValue(value: Scalar): Scalar {
  return typeof value === 'object' ? keyText(value) : value;
}

/** A map tells -0 from 0 no more than the language does, and knows NaN. */
function idOf(state: TopState, { ids }: Live, value: Scalar): number {
  const key = keyOfValue(value);
  let id = ids.get(key);
  if (id === undefined) {
    id = state.values.push(value === 0 ? 0 : value) - 1;
    ids.set(key, id);
    state.valueBytes += bytesOfScalar(value);
  }
  return id;
}

function numbersOfTexts({ ofTexts }: Live, texts: readonly string[]): Uint32Array {
  let known = ofTexts.get(texts);
  if (known === undefined) ofTexts.set(texts, (known = new Uint32Array(texts.length)));
  return known;
}

function addPair(state: TopState, { pairIds }: Live, pair: number, count: number): void {
  const id = pairIds.numberOf(pair);
  if (id === state.pairCount) {
    if (id === state.pairs.length) {
      state.pairs = grown(state.pairs, Math.max(64, id + 1));
      state.counts = grown(state.counts, Math.max(64, id + 1));
    }
    state.pairs[id] = pair;
    state.pairCount++;
  }
  state.counts[id] += count;
}

interface Ranked {
  readonly value: Scalar;
  readonly count: number;
}

function topValues(state: TopState, groupCount: number): Values {
  const best = Array.from({ length: groupCount }, (): Ranked[] => []);
  const order = (a: Ranked, b: Ranked): number => b.count - a.count || compareScalars(a.value, b.value);
  const kept = 2 * state.most + 64;
  for (let pair = 0; pair < state.pairCount; pair++) {
    const group = Math.floor(state.pairs[pair] / span);
    // Groups that an answer leaves out meet in one behind the others.
    if (group >= groupCount) continue;
    const own = best[group];
    own.push({ value: state.values[state.pairs[pair] - group * span]!, count: state.counts[pair] });
    if (own.length > kept) own.sort(order).splice(state.most);
  }
  const offsets = new Uint32Array(groupCount + 1);
  const nulls = new Uint8Array(groupCount);
  const all: Ranked[] = [];
  best.forEach((own, group) => {
    for (const ranked of own.sort(order).slice(0, state.most)) all.push(ranked);
    offsets[group + 1] = all.length;
    if (own.length === 0) nulls[group] = 1;
  });
  const { length } = all;
  const counts = Float64Array.from(all, ({ count }) => count);
  return {
    kind: 'records',
    length: groupCount,
    offsets,
    nulls,
    fields: [
      { name: 'value', type: state.type, values: valuesFromScalars(all.map(({ value }) => value)) },
      { name: 'count', type: 'int', values: { kind: 'number', length, values: counts, nulls: null } },
    ],
  };
}
