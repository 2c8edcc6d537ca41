import type { Values } from '../../column/values.ts';
import type { AggregateState } from './aggregate.ts';
import { grown } from './count.ts';
import type { Found } from './kernel-form.ts';
import { bytesOfFront, countInFront, drainFront, newFront, type Front } from './front-counts.ts';
import { addedPairs, runsOfPairs, type PairTable } from './pair-table.ts';
import { bytesOfRuns, mergedRuns, noRuns, runCount, same, sortSpan, withoutBits, type Runs } from './runs.ts';

/**
 * How often each group has each number: sorted runs, behind which new rows wait to be sorted in. A state of a quantile
 * keeps at most `runsMax` runs a group: of too many values, bits are dropped from the mantissas, as few as do, so that
 * what is kept is a function of the values alone, in whatever order and parts they came.
 */
export interface CountedState extends AggregateState {
  runs: Runs;
  /** Those of other states that are not merged in yet, each less than half of the one before. */
  readonly parts: Runs[];
  /** Whole numbers that lie close together, counted one by one; null where there are none. */
  table: PairTable | null;
  /** Counts values that come again and again before they have to wait; null while there are few rows. */
  front: Front | null;
  waitingGroups: Uint32Array;
  waitingValues: Float64Array;
  waiting: number;
  readonly runsMax: number;
  /** Rows that were added; of those in the table only once it is settled. */
  rows: number;
}

/** Rows that wait before they are sorted in; more, where there are more runs to go through. */
const waitingMax = 262_144;
/** So many rows make a front worth its room; fewer are not sorted by whoever adds them, but when they are asked for. */
const frontRowsMin = 32_768;
/** Of so many rows all values are kept. */
const exactRows = 1_048_576;

/** @param runsMax the most runs a group keeps of more than `exactRows` rows, Infinity = all. */
export function newCounted(runsMax: number): CountedState {
  return {
    groups: 0,
    runs: noRuns(),
    parts: [],
    table: null,
    front: null,
    waitingGroups: new Uint32Array(0),
    waitingValues: new Float64Array(0),
    waiting: 0,
    runsMax,
    rows: 0,
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
  if (state.front === null && state.waiting + total > frontRowsMin) state.front = newFront();
  const { front } = state;
  for (let i = 0; i < total; i++) {
    const row = rows === null ? i : rows[i];
    if (nulls !== null && nulls[row] === 1) continue;
    const raw = values[row];
    if (finite && !(raw - raw === 0)) continue;
    const group = groups === null ? 0 : groups[row];
    const { shifts } = state.runs;
    const shift = group < shifts.length ? shifts[group] : 0;
    // Bits that the group has lost already would only tell equal values apart.
    const value = shift === 0 ? raw + 0 : withoutBits(raw, shift);
    state.rows++;
    if (front !== null && countInFront(front, group, value)) continue;
    if (state.waiting === state.waitingValues.length) makeRoom(state);
    state.waitingGroups[state.waiting] = group;
    state.waitingValues[state.waiting++] = value;
  }
}

function mostRuns({ rows, runsMax }: CountedState): number {
  return rows > exactRows ? runsMax : Infinity;
}

function makeRoom(state: CountedState): void {
  const room = Math.max(waitingMax, state.runs.values.length);
  if (state.waiting >= room) {
    sortIn(state);
    return;
  }
  const length = Math.min(room, Math.max(1024, 2 * state.waiting));
  state.waitingGroups = grown(state.waitingGroups, length);
  state.waitingValues = grown(state.waitingValues, length);
}

/** Sorts in what waits; where that cost values bits, the front begins anew with shorter ones. */
function sortIn(state: CountedState): void {
  const { waiting, groups } = state;
  if (waiting === 0) return;
  const before = state.runs.shifts;
  const sorted = sortedRows(state.waitingGroups, state.waitingValues, waiting, groups);
  state.runs = mergedRuns(state.runs, sorted, null, groups, mostRuns(state));
  state.waiting = 0;
  if (state.runs.shifts.some((shift, group) => shift !== (before[group] ?? 0))) takeFront(state);
}

function takeFront(state: CountedState): void {
  if (state.front === null) return;
  const counted = drainFront(state.front, state.groups);
  state.runs = mergedRuns(state.runs, counted, null, state.groups, mostRuns(state));
}

function sortedRows(rowGroups: Uint32Array, rowValues: Float64Array, length: number, groups: number): Runs {
  const starts = new Uint32Array(groups + 1);
  for (let i = 0; i < length; i++) starts[rowGroups[i] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const values = new Float64Array(length);
  for (let i = 0; i < length; i++) values[next[rowGroups[i]]++] = rowValues[i];
  const counts = new Float64Array(length);
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
  return { starts, values, counts, shifts: new Uint8Array(groups) };
}

/** Frees what only updates need. */
export function sealCounted(state: CountedState): void {
  if (isUnsorted(state) && state.waiting <= frontRowsMin) {
    state.waitingGroups = state.waitingGroups.slice(0, state.waiting);
    state.waitingValues = state.waitingValues.slice(0, state.waiting);
    return;
  }
  settleRows(state);
  state.front = null;
  state.waitingGroups = new Uint32Array(0);
  state.waitingValues = new Float64Array(0);
}

/**
 * Takes another state's runs in. What comes is merged with what came before once it is as large: with all at once, and
 * each would be gone through as often as there are states.
 * @param groupMap the group here of each there; two may share one.
 */
export function mergeCounted(into: CountedState, from: CountedState, groupMap: Uint32Array): void {
  into.rows += from.rows;
  if (from.table !== null) mergePairs(into, from.table, groupMap);
  if (from.runs.values.length === 0 && from.parts.length === 0 && from.front === null) {
    takeWaiting(into, from, groupMap);
    return;
  }
  settleRows(from);
  if (runCount(from.runs) > 0) addRuns(into, from.runs, groupMap);
}

/** @returns whether all that a state knows waits to be sorted in. */
export function isUnsorted({ runs, parts, table, front }: CountedState): boolean {
  return table === null && front === null && parts.length === 0 && runCount(runs) === 0;
}

/** Lets rows of another state wait here. */
function takeWaiting(into: CountedState, from: CountedState, groupMap: Uint32Array): void {
  const { waiting, waitingGroups, waitingValues } = from;
  if (into.waiting + waiting > exactRows) sortIn(into);
  const end = into.waiting + waiting;
  if (end > into.waitingValues.length) {
    const length = Math.max(end, Math.min(exactRows, 2 * into.waitingValues.length));
    into.waitingGroups = grown(into.waitingGroups, length);
    into.waitingValues = grown(into.waitingValues, length);
  }
  for (let row = 0; row < waiting; row++) into.waitingGroups[into.waiting + row] = groupMap[waitingGroups[row]];
  into.waitingValues.set(waitingValues.subarray(0, waiting), into.waiting);
  into.waiting = end;
}

/** @returns the values of each group that wait, group by group. */
export function waitingByGroup({ waiting, waitingGroups, waitingValues }: CountedState, groups: number): Float64Array[] {
  const starts = new Uint32Array(groups + 1);
  for (let row = 0; row < waiting; row++) starts[waitingGroups[row] + 1]++;
  for (let group = 0; group < groups; group++) starts[group + 1] += starts[group];
  const next = starts.slice();
  const values = new Float64Array(waiting);
  for (let row = 0; row < waiting; row++) values[next[waitingGroups[row]]++] = waitingValues[row];
  return Array.from({ length: groups }, (_, group) => values.subarray(starts[group], starts[group + 1]));
}

function mergePairs(into: CountedState, { first, range, counts }: PairTable, groupMap: Uint32Array): void {
  // A table may have room for more groups than there are, or for fewer: those of none have no value in it.
  const groups = groupMap.subarray(0, counts.length / range);
  const added = addedPairs(into.table, first, range, counts, null, groups, into.groups);
  if (added !== null) into.table = added;
  else addRuns(into, runsOfPairs(first, range, counts.subarray(0, groups.length * range), null), groups);
}

/** Adds how often each group has each of some whole numbers. */
export function addPairs(
  state: CountedState,
  groups: Uint32Array,
  { first, range, table, places }: NonNullable<Found['pairs']>,
): void {
  const added = addedPairs(state.table, first, range, table, places, groups, state.groups);
  if (added !== null) state.table = added;
  else addRuns(state, runsOfPairs(first, range, table, places), groups);
}

function addRuns(state: CountedState, runs: Runs, groupMap: Uint32Array): void {
  const { parts, groups } = state;
  parts.push(mergedRuns(noRuns(), runs, groupMap, groups, mostRuns(state)));
  while (parts.length > 1 && 2 * runCount(parts[parts.length - 1]) >= runCount(parts[parts.length - 2]))
    foldLast(state);
}

/** Merges all that came and waits into the state's runs. */
export function settle(state: CountedState): void {
  if (state.table !== null) {
    const { first, range, counts } = state.table;
    const runs = runsOfPairs(first, range, counts.subarray(0, state.groups * range), null);
    state.table = null;
    for (const count of runs.counts) state.rows += count;
    addRuns(
      state,
      runs,
      Uint32Array.from(runs.shifts, (_, group) => group),
    );
  }
  settleRows(state);
  if (state.rows > exactRows && isLong(state)) state.runs = mergedRuns(state.runs, noRuns(), null, state.groups, state.runsMax);
}

function isLong({ runs: { starts }, runsMax }: CountedState): boolean {
  for (let group = 1; group < starts.length; group++) if (starts[group] - starts[group - 1] > runsMax) return true;
  return false;
}

/** The same of all but whole numbers that lie in a table. */
function settleRows(state: CountedState): void {
  sortIn(state);
  takeFront(state);
  while (state.parts.length > 1) foldLast(state);
  const last = state.parts.pop();
  if (last !== undefined) state.runs = mergedRuns(state.runs, last, null, state.groups, mostRuns(state));
}

function foldLast(state: CountedState): void {
  const { parts, groups } = state;
  const [b, a] = [parts.pop()!, parts.pop()!];
  parts.push(mergedRuns(a, b, null, groups, mostRuns(state)));
}

/** @returns whether a settled state has met no value of the group. */
export function isEmptyGroup({ runs }: CountedState, group: number): boolean {
  return group >= runs.shifts.length || runs.starts[group] === runs.starts[group + 1];
}

/** @returns the bytes of its arrays. */
export function bytesOfCounted(state: CountedState): number {
  const waiting = state.waitingGroups.byteLength + state.waitingValues.byteLength;
  const front = state.front === null ? 0 : bytesOfFront(state.front);
  const table = state.table?.counts.byteLength ?? 0;
  return state.parts.reduce((sum, part) => sum + bytesOfRuns(part), bytesOfRuns(state.runs) + waiting + front + table);
}
