import { isListType, type ColumnType } from '../../column/types.ts';
import type { Nulls, Scalar } from '../../column/values.ts';
import { isNullAt, scalarAt } from '../access.ts';
import { compareNumbers, compareScalars } from '../compare.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import { bytesOfScalar } from './first-last.ts';

/** Numbers lie in `numbers` where `seen` says so; other types, and ints beyond ±2^53, in `others`. */
export interface ExtremeState extends AggregateState {
  readonly type: ColumnType;
  numbers: Float64Array;
  seen: Uint8Array;
  readonly others: Map<number, Scalar>;
  /** Of the values in `others`. */
  otherBytes: number;
}

function extreme(name: 'min' | 'max' | 'any', summary: string, sign: 1 | -1): Aggregate<ExtremeState> {
  const better = (state: ExtremeState, group: number, value: Scalar): void => {
    const known = state.others.get(group);
    if (known !== undefined && compareScalars(value, known) * sign <= 0) return;
    state.others.set(group, value);
    state.otherBytes += bytesOfScalar(value) - (known === undefined ? 0 : bytesOfScalar(known));
  };
  const betterNumber = (state: ExtremeState, group: number, value: number): void => {
    if (state.seen[group] === 0 || compareNumbers(value, state.numbers[group]) * sign > 0) {
      state.seen[group] = 1;
      state.numbers[group] = value;
    }
  };
  const takeExtremes = (
    state: ExtremeState,
    values: Float64Array,
    nulls: Nulls,
    groups: Uint32Array | null,
    rows: Uint32Array | null,
    rowCount: number,
  ): void => {
    const { numbers, seen } = state;
    const total = rows === null ? rowCount : rows.length;
    for (let i = 0; i < total; i++) {
      const row = rows === null ? i : rows[i];
      if (nulls !== null && nulls[row] === 1) continue;
      const group = groups === null ? 0 : groups[row];
      const value = values[row];
      // A value that neither side of the comparison settles is NaN, or equal.
      if (seen[group] === 1 && (value - numbers[group]) * sign <= 0) continue;
      betterNumber(state, group, value);
    }
  };
  return {
    name,
    summary,
    example: `select ${name}(time) from events`,
    scaling: 'keeps',
    emptyIsZero: false,
    signature: (args) =>
      args.length === 1 ? { type: args[0]!.type } : { error: `${name} takes 1 argument, not ${args.length}` },
    newState: ([arg]) => ({
      groups: 0,
      type: arg!.type,
      numbers: new Float64Array(0),
      seen: new Uint8Array(0),
      others: new Map(),
      otherBytes: 0,
    }),
    grow(state, groups) {
      state.numbers = grown(state.numbers, groups);
      state.seen = grown(state.seen, groups);
      state.groups = groups;
    },
    update(state, [arg], groups, rows, rowCount) {
      if (arg!.kind === 'number') {
        takeExtremes(state, arg!.values, arg!.nulls, groups, rows, rowCount);
        return;
      }
      const total = rows === null ? rowCount : rows.length;
      // Texts by reference: a group's best is compared with each text once, not with each row.
      const seen = arg!.kind === 'coded' ? new Map<number, number>() : null;
      for (let i = 0; i < total; i++) {
        const row = rows === null ? i : rows[i];
        if (isNullAt(arg!, row)) continue;
        const group = groups === null ? 0 : groups[row];
        if (seen !== null && arg!.kind === 'coded') {
          if (seen.get(group) === arg!.codes[row]) continue;
          seen.set(group, arg!.codes[row]);
        }
        better(state, group, scalarAt(arg!, row));
      }
    },
    kernels: {
      part: sign === 1 ? 'greatest' : 'least',
      add(state, groups, { counts, numbers }) {
        for (let i = 0; i < groups.length; i++) if (counts[i] > 0) betterNumber(state, groups[i], numbers[i]);
      },
    },
    merge(into, from, groupMap) {
      for (let group = 0; group < groupMap.length; group++) {
        if (from.seen[group] === 1) betterNumber(into, groupMap[group], from.numbers[group]);
        const other = from.others.get(group);
        if (other !== undefined) better(into, groupMap[group], other);
      }
    },
    finish(state, groupCount) {
      if (state.others.size === 0 && state.type !== 'text' && state.type !== 'bool' && !isListType(state.type)) {
        const nulls = state.seen.slice(0, groupCount).map((seen) => 1 - seen);
        return { kind: 'number', length: groupCount, values: state.numbers.slice(0, groupCount), nulls };
      }
      const scalars = Array.from({ length: groupCount }, (_, group): Scalar => {
        const other = state.others.get(group);
        if (state.seen[group] === 0) return other ?? null;
        const number = state.numbers[group];
        return other === undefined || compareScalars(number, other) * sign > 0 ? number : other;
      });
      return valuesFromScalars(scalars);
    },
    bytes: (state) => state.numbers.byteLength + state.seen.byteLength + state.others.size * 48 + state.otherBytes,
  };
}

/** Of all values the smallest: so the answer does not hang on where rows lie. */
export const any = extreme('any', 'some value that is not null, the same each time: the smallest', -1);
export const min = extreme('min', 'smallest value', -1);
export const max = extreme('max', 'largest value', 1);
