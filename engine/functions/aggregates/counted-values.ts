import type { Values } from '../../column/values.ts';
import type { AggregateState } from './aggregate.ts';
import { grown } from './count.ts';

/**
 * How often each group has each number: sorted runs, behind which new rows wait to be sorted in. A state of a quantile
 * keeps at most `runsMax` runs a group: of too many values, bits are dropped from the mantissas, as few as do, so that
 * what is kept is a function of the values alone, in whatever order and parts they came.
 */
export interface CountedState extends AggregateState {
  /** The group's runs are `starts[group] … starts[group + 1]`; groups beyond have none. */
  starts: Uint32Array;
  /** Ascending in a group, NaN last; 0 is never -0. */
  values: Float64Array;
  counts: Float64Array;
  /** How many bits each group's values lack. */
  shifts: Uint8Array;
  waitingGroups: Uint32Array;
  waitingValues: Float64Array;
  waiting: number;
  readonly runsMax: number;
}

/** Runs of single rows, as they wait or come from another state. */
type Runs = Pick<CountedState, 'starts' | 'values' | 'counts' | 'shifts'>;

/** 6 bits of 52 are kept at least: a value is told from one 1.6 % away, and stands at most 0.8 % off. */
const shiftMax = 46;
/** Rows that wait before they are sorted in; more, where there are more runs to go through. */
const waitingMax = 262_144;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/** @param runsMax the most runs a group keeps, Infinity = all. */
export function newCounted(runsMax: number): CountedState {
  return {
    groups: 0,
    ...noRuns(),
    waitingGroups: new Uint32Array(0),
    waitingValues: new Float64Array(0),
    waiting: 0,
    runsMax,
  };
}

function noRuns(): Runs {
  return {
    starts: new Uint32Array(1),
    values: new Float64Array(0),
    counts: new Float64Array(0),
    shifts: new Uint8Array(0),
  };
}

/** Adds rows that are not null. @param finite leaves NaN and the infinities out. */
export function addCounted(
  state: CountedState,
  arg: Values,
  groups: Uint32Array | null,
  rows: Uint32Array | null,
  rowCount: number,
  finite: boolean,
): void {
  if (arg.kind !== 'number' && arg.kind !== 'bigint') return;
  const { nulls } = arg;
  const values = arg.kind === 'number' ? arg.values : Float64Array.from(arg.values, Number);
  const total = rows === null ? rowCount : rows.length;
  const room = Math.max(waitingMax, state.values.length);
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls !== null && nulls[row] === 1) continue;
    const value = values[row];
    if (finite && !(value - value === 0)) continue;
    if (state.waiting === state.waitingValues.length) makeRoom(state, room);
    state.waitingGroups[state.waiting] = groups === null ? 0 : groups[row];
    state.waitingValues[state.waiting++] = value + 0;
  }
}

function makeRoom(state: CountedState, room: number): void {
  if (state.waiting >= room) {
    sortIn(state);
    return;
  }
  const length = Math.min(room, Math.max(1024, 2 * state.waiting));
  state.waitingGroups = grown(state.waitingGroups, length);
  state.waitingValues = grown(state.waitingValues, length);
}

/** Sorts in what waits. */
export function sortIn(state: CountedState): void {
  if (state.waiting === 0) return;
  const { waiting, waitingGroups, waitingValues, groups } = state;
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < waiting; i++) starts[waitingGroups[i] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const values = new Float64Array(waiting);
  for (let i = 0; i < waiting; i++) values[next[waitingGroups[i]]++] = waitingValues[i];
  const counts = new Float64Array(waiting);
  let at = 0;
  for (let group = 0; group < groups; group++) {
    const from = starts[group];
    const to = starts[group + 1];
    starts[group] = at;
    if (to - from > 1) sortSpan(values, from, to);
    const first = at;
    for (let i = from; i < to; i++) {
      if (at > first && same(values[at - 1], values[i])) counts[at - 1]++;
      else {
        values[at] = values[i];
        counts[at++] = 1;
      }
    }
  }
  starts[groups] = at;
  state.waiting = 0;
  mergeRuns(state, { starts, values, counts, shifts: new Uint8Array(groups) }, null);
}

function sortSpan(values: Float64Array, from: number, to: number): void {
  if (to - from > 32) {
    values.subarray(from, to).sort();
    return;
  }
  for (let i = from + 1; i < to; i++) {
    const value = values[i];
    let at = i;
    while (at > from && isAfter(values[at - 1], value)) {
      values[at] = values[at - 1];
      at--;
    }
    values[at] = value;
  }
}

function isAfter(a: number, b: number): boolean {
  return a > b || (a !== a && b === b);
}

function same(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}

/** Frees what only updates need. */
export function sealCounted(state: CountedState): void {
  sortIn(state);
  state.waitingGroups = new Uint32Array(0);
  state.waitingValues = new Float64Array(0);
}

/** Takes another state's runs in. @param groupMap the group here of each there; two may share one. */
export function mergeCounted(into: CountedState, from: CountedState, groupMap: Uint32Array): void {
  sortIn(into);
  sortIn(from);
  mergeRuns(into, from, groupMap);
}

function mergeRuns(state: CountedState, from: Runs, groupMap: Uint32Array | null): void {
  const { groups } = state;
  const sources = groupMap === null ? null : sourcesOf(groupMap, groups);
  const most = runCount(state) + runCount(from);
  const out: Runs = {
    starts: new Uint32Array(groups + 1),
    values: new Float64Array(most),
    counts: new Float64Array(most),
    shifts: new Uint8Array(groups),
  };
  let at = 0;
  for (let group = 0; group < groups; group++) {
    out.starts[group] = at;
    const own = sources === null ? 1 : sources.starts[group + 1] - sources.starts[group];
    let end = mergeGroup(
      out,
      at,
      group,
      state,
      group,
      own > 0 ? from : null,
      own > 0 ? sourceAt(sources, group, 0) : 0,
    );
    for (let other = 1; other < own; other++) {
      // More than one source: what is merged so far is one side of the next merge.
      const sofar: Runs = {
        starts: Uint32Array.of(0, end - at),
        values: out.values.slice(at, end),
        counts: out.counts.slice(at, end),
        shifts: out.shifts.slice(group, group + 1),
      };
      end = mergeGroup(out, at, group, sofar, 0, from, sourceAt(sources, group, other));
    }
    at = end - at > state.runsMax ? dropBits(out, at, end, group, state.runsMax) : end;
  }
  out.starts[groups] = at;
  state.starts = out.starts;
  state.values = 2 * at < most ? out.values.slice(0, at) : out.values.subarray(0, at);
  state.counts = 2 * at < most ? out.counts.slice(0, at) : out.counts.subarray(0, at);
  state.shifts = out.shifts;
}

function runCount(runs: Runs): number {
  return runs.starts[runs.starts.length - 1];
}

interface Sources {
  readonly starts: Uint32Array;
  readonly groups: Uint32Array;
}

/** For each group the groups that are mapped to it. */
function sourcesOf(groupMap: Uint32Array, groups: number): Sources {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < groupMap.length; i++) starts[groupMap[i] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const own = new Uint32Array(groupMap.length);
  for (let i = 0; i < groupMap.length; i++) own[next[groupMap[i]]++] = i;
  return { starts, groups: own };
}

function sourceAt(sources: Sources | null, group: number, index: number): number {
  return sources === null ? group : sources.groups[sources.starts[group] + index];
}

/** Merges one group of each side to `out` from `at` on. @returns where it ends. */
function mergeGroup(
  out: Runs,
  at: number,
  group: number,
  a: Runs,
  aGroup: number,
  b: Runs | null,
  bGroup: number,
): number {
  const hasA = aGroup < a.shifts.length;
  const hasB = b !== null && bGroup < b.shifts.length;
  let i = hasA ? a.starts[aGroup] : 0;
  const iEnd = hasA ? a.starts[aGroup + 1] : 0;
  let j = hasB ? b.starts[bGroup] : 0;
  const jEnd = hasB ? b.starts[bGroup + 1] : 0;
  const shift = Math.max(hasA ? a.shifts[aGroup] : 0, hasB ? b.shifts[bGroup] : 0);
  out.shifts[group] = shift;
  const { values, counts } = out;
  let end = at;
  while (i < iEnd || j < jEnd) {
    const takeA = j >= jEnd || (i < iEnd && !isAfter(a.values[i], b!.values[j]));
    const raw = takeA ? a.values[i] : b!.values[j];
    const count = takeA ? a.counts[i++] : b!.counts[j++];
    const value = shift === 0 ? raw : withoutBits(raw, shift);
    if (end > at && same(values[end - 1], value)) counts[end - 1] += count;
    else {
      values[end] = value;
      counts[end++] = count;
    }
  }
  return end;
}

/** Drops bits until the group's runs are few enough, or no more may be dropped. @returns where they end. */
function dropBits(out: Runs, from: number, to: number, group: number, most: number): number {
  const { values, counts } = out;
  let end = to;
  while (end - from > most && out.shifts[group] < shiftMax) {
    const shift = ++out.shifts[group];
    let at = from;
    for (let i = from; i < end; i++) {
      const value = withoutBits(values[i], shift);
      if (at > from && same(values[at - 1], value)) counts[at - 1] += counts[i];
      else {
        values[at] = value;
        counts[at++] = counts[i];
      }
    }
    end = at;
  }
  return end;
}

/** @returns the value with its lowest mantissa bits 0, which keeps the order of values. */
function withoutBits(value: number, shift: number): number {
  if (!(value - value === 0)) return value;
  float[0] = value;
  if (shift >= 32) {
    words[0] = 0;
    words[1] &= -1 << (shift - 32);
  } else words[0] &= -1 << shift;
  return float[0] + 0;
}

/** @returns a value from the middle of those that a run of values without `shift` bits may have had. */
export function middleOf(value: number, shift: number): number {
  if (shift === 0 || value === 0 || !(value - value === 0)) return value;
  float[0] = value;
  if (shift > 32) words[1] |= 1 << (shift - 33);
  else words[0] |= 1 << (shift - 1);
  return float[0];
}

/** @returns the bytes of its arrays. */
export function bytesOfCounted(state: CountedState): number {
  return (
    state.starts.byteLength +
    state.values.buffer.byteLength +
    state.counts.buffer.byteLength +
    state.shifts.byteLength +
    state.waitingGroups.byteLength +
    state.waitingValues.byteLength
  );
}
