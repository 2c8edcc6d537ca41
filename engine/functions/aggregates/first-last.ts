import type { ColumnType } from '../../column/types.ts';
import type { Scalar, Values } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { valuesFromScalars } from '../values-from-scalars.ts';
import type { Aggregate, AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/** Each group's chosen value, with the time and place of its event. Bools are numbers; texts, lists and wide ints `others`. */
export interface ChosenState extends AggregateState {
  readonly type: ColumnType;
  /** 0 = none yet, 1 = in `numbers`, 2 = in `others`. */
  kinds: Uint8Array;
  numbers: Float64Array;
  readonly others: Scalar[];
  otherBytes: number;
  times: Float64Array;
  /** Four numbers a group. */
  places: Float64Array;
}

function chosen(name: 'first' | 'last', summary: string, sign: 1 | -1): Aggregate<ChosenState> {
  return {
    name,
    summary,
    example: `select ${name}(event) from events`,
    scaling: 'keeps',
    emptyIsZero: false,
    ordered: true,
    signature: (args) =>
      args.length === 1
        ? { type: args[0]!.type }
        : { error: `${name} takes 1 argument, not ${args.length}`, hint: 'The events are ordered by their time.' },
    newState: ([arg]) => ({
      groups: 0,
      type: arg!.type,
      kinds: new Uint8Array(0),
      numbers: new Float64Array(0),
      others: [],
      otherBytes: 0,
      times: new Float64Array(0),
      places: new Float64Array(0),
    }),
    grow(state, groups) {
      state.kinds = grown(state.kinds, groups);
      state.numbers = grown(state.numbers, groups);
      state.times = grown(state.times, groups);
      state.places = grown(state.places, 4 * groups);
      state.groups = groups;
    },
    update: (state, args, groups, rows, rowCount) => chooseRows(state, args, groups, rows, rowCount, sign),
    merge(into, from, groupMap) {
      for (let group = 0; group < groupMap.length; group++) {
        if (from.kinds[group] === 0) continue;
        const target = groupMap[group];
        const time = from.times[group];
        const place = from.places.subarray(4 * group, 4 * group + 4);
        if (!isBetter(into, target, time, sign, place[0], place[1], place[2], place[3])) continue;
        into.times[target] = time;
        into.places.set(place, 4 * target);
        if (from.kinds[group] === 1) setNumber(into, target, from.numbers[group]);
        else setOther(into, target, from.others[group]!);
      }
    },
    finish: chosenValues,
    bytes: (state) =>
      state.kinds.byteLength +
      state.numbers.byteLength +
      state.times.byteLength +
      state.places.byteLength +
      state.others.length * 8 +
      state.otherBytes,
  };
}

type NumberColumn = Extract<Values, { kind: 'number' }>;

function chooseRows(
  state: ChosenState,
  args: readonly Values[],
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
  sign: 1 | -1,
): void {
  const arg = args[0]!;
  if (arg.kind === 'null') return;
  const [times, tables, uppers, lowers, arrivals] = args
    .slice(1, 6)
    .map((values) => (values as NumberColumn).values) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const { nulls } = arg;
  const numbers = arg.kind === 'number' || arg.kind === 'bool' ? arg.values : null;
  const total = rows === null ? rowCount : rows.length;
  const { kinds, times: best, places } = state;
  // Rows of a group mostly lie together, each better than the one before: only the last one's value is taken.
  let heldGroup = -1;
  let heldRow = -1;
  const settle = (): void => {
    if (numbers !== null) setNumber(state, heldGroup, numbers[heldRow]);
    else setOther(state, heldGroup, scalarAt(arg, heldRow)!);
  };
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls !== null && nulls[row] === 1) continue;
    const group = groups === null ? 0 : groups[row];
    const at = 4 * group;
    if (kinds[group] !== 0 || group === heldGroup) {
      const time = times[row];
      const known = best[group];
      if (time !== known && !(sign * (known - time) > 0)) continue;
      if (time === known && !isEarlier(places, at, tables[row], uppers[row], lowers[row], arrivals[row])) continue;
    }
    if (group !== heldGroup && heldGroup >= 0) settle();
    heldGroup = group;
    heldRow = row;
    best[group] = times[row];
    places[at] = tables[row];
    places[at + 1] = uppers[row];
    places[at + 2] = lowers[row];
    places[at + 3] = arrivals[row];
  }
  if (heldGroup >= 0) settle();
}

/** Whether an event comes before the group's own (after it, for last); of one time, whether it was stored earlier. */
function isBetter(
  { kinds, times, places }: ChosenState,
  group: number,
  time: number,
  sign: 1 | -1,
  table: number,
  upper: number,
  lower: number,
  arrival: number,
): boolean {
  if (kinds[group] === 0) return true;
  const known = times[group];
  if (time !== known) return sign * (known - time) > 0;
  return isEarlier(places, 4 * group, table, upper, lower, arrival);
}

/** Whether a place comes before the one that lies at `at`. */
function isEarlier(
  places: Float64Array,
  at: number,
  table: number,
  upper: number,
  lower: number,
  arrival: number,
): boolean {
  if (table !== places[at]) return table < places[at];
  if (upper !== places[at + 1]) return upper < places[at + 1];
  if (lower !== places[at + 2]) return lower < places[at + 2];
  return arrival < places[at + 3];
}

function setNumber(state: ChosenState, group: number, value: number): void {
  state.kinds[group] = 1;
  state.numbers[group] = value;
}

function setOther(state: ChosenState, group: number, value: Scalar): void {
  if (typeof value === 'number') {
    setNumber(state, group, value);
    return;
  }
  if (state.kinds[group] === 2) state.otherBytes -= bytesOfScalar(state.others[group]!);
  state.kinds[group] = 2;
  // Without gaps the list stays a plain array.
  while (state.others.length < group) state.others.push(null);
  state.others[group] = value;
  state.otherBytes += bytesOfScalar(value);
}

/** @returns about how many bytes a value takes beyond its place in a list. */
export function bytesOfScalar(value: Scalar): number {
  if (typeof value === 'string') return 24 + 2 * value.length;
  if (Array.isArray(value))
    return (value as readonly Scalar[]).reduce<number>((sum, item) => sum + 8 + bytesOfScalar(item), 32);
  return typeof value === 'bigint' ? 24 : 0;
}

function chosenValues(state: ChosenState, groupCount: number): Values {
  const { kinds, numbers, others } = state;
  const length = groupCount;
  const nulls = new Uint8Array(length);
  for (let group = 0; group < length; group++) if (kinds[group] === 0) nulls[group] = 1;
  if (state.type === 'bool')
    return { kind: 'bool', length, values: Uint8Array.from(numbers.subarray(0, length)), nulls };
  // Where no group has a value, what numbers there are stand for none of a text's or a list's.
  if (others.length === 0 && nulls.every((isNull) => isNull === 1)) return { kind: 'null', length };
  if (others.length === 0) return { kind: 'number', length, values: numbers.slice(0, length), nulls };
  const scalars = Array.from({ length }, (_, group): Scalar =>
    kinds[group] === 0 ? null : kinds[group] === 1 ? numbers[group] : others[group],
  );
  return valuesFromScalars(scalars);
}

export const first = chosen('first', 'the value of the earliest event that has one', 1);
export const last = chosen('last', 'the value of the latest event that has one', -1);
