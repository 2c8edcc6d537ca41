import type { IntArray, Vector } from '../column/vector.ts';
import { decideByZone, type ZoneVerdict } from '../column/zone-map.ts';
import type { Expr } from '../plan/expr.ts';
import { narrowed, type BlockView, type OpenSource } from './block-view.ts';
import type { CompareCondition, Condition, TimeCondition } from './conditions.ts';
import { trueRows, type Evaluator } from './expression.ts';
import { keepInRange, keepInSet, type Bounds } from './kernel-filter.ts';
import { leavesOf } from './leaves.ts';
import { keepByRuns } from './run-filter.ts';
import { actorConditionRows, decideSet, setRows } from './set-filter.ts';
import { entryMask, type EntryMask } from './text-mask.ts';
import { validRows } from './valid-rows.ts';
import type { ValueSet } from './value-set.ts';

type NumberVector = Extract<Vector, { kind: 'int' | 'float' | 'bool' }>;

/** What a block's zone, or a source's dictionary, says of a condition before any row is looked at. */
export function decideBlock(
  condition: Condition,
  open: OpenSource,
  block: number,
  sets: readonly ValueSet[],
): ZoneVerdict {
  const { source } = open;
  const { rowCount, timeMin, timeMax, untimed } = source.blocks[block];
  if (condition.kind === 'time') {
    const { since, until } = condition;
    if (timeMax < since || timeMin >= until) return 'none';
    return timeMin >= since && timeMax < until && untimed !== true ? 'all' : 'some';
  }
  if (condition.kind === 'set') return decideSet(condition, source, block, sets[condition.subquery]);
  if (condition.kind !== 'compare') return 'some';
  const { column, comparison, constant } = condition;
  const own = source.columnType(column);
  if (column === 'time' && own === 'time') {
    const nulls = untimed === true ? 1 : 0;
    return decideByZone({ nulls, min: timeMin, max: timeMax }, rowCount, comparison, constant);
  }
  if (own === null || own === 'null') return 'none';
  const zone = source.zone(column, block);
  return zone === null ? 'some' : decideByZone(zone, rowCount, comparison, constant);
}

/** @returns the view's rows that fulfil the condition. */
export function filterRows(condition: Condition, view: BlockView, evaluator: Evaluator): BlockView {
  if (view.length === 0) return view;
  switch (condition.kind) {
    case 'compare':
      return compareRows(condition, view);
    case 'time':
      return timeRows(condition, view);
    case 'set':
      return setRows(condition, view, evaluator.sets[condition.subquery]);
    case 'actor':
      return actorConditionRows(condition, view, evaluator) ?? generalRows(condition.expr, view, evaluator);
    case 'text': {
      const mask = entryMask(view, condition.column, condition.expr, evaluator);
      if (mask === null) return generalRows(condition.expr, view, evaluator);
      return mask.verdict === 'some' ? maskRows(mask, condition.column, view) : wholeOrNone(mask.verdict, view);
    }
    case 'general':
      return generalRows(condition.expr, view, evaluator);
  }
}

/** @returns the view's rows that fulfil all conditions; zones decide first. */
export function narrowedBy(conditions: readonly Condition[], view: BlockView, evaluator: Evaluator): BlockView {
  let own = view;
  for (const condition of conditions) {
    const verdict = decideBlock(condition, view.open, view.block, evaluator.sets);
    if (verdict === 'none') return wholeOrNone('none', view);
    if (verdict === 'some' && own.length > 0) own = filterRows(condition, own, evaluator);
  }
  return own;
}

function wholeOrNone(verdict: 'all' | 'none', view: BlockView): BlockView {
  return verdict === 'all' ? view : narrowed(view, new Uint32Array(0));
}

function generalRows(expr: Expr, view: BlockView, evaluator: Evaluator): BlockView {
  const values = evaluator.evaluate(expr, leavesOf(view));
  return narrowed(view, trueRows(values, rowsOf(view)));
}

/** @returns the view's rows as a list. */
export function rowsOf(view: BlockView): Uint32Array {
  if (view.rows !== null) return view.rows;
  const rows = view.scratch.words(view.length);
  for (let i = 0; i < rows.length; i++) rows[i] = view.from + i;
  return rows;
}

function compareRows(condition: CompareCondition, view: BlockView): BlockView {
  const { source } = view.open;
  const { column } = condition;
  const vector = source.columnType(column) === null ? null : source.readBlock(column, view.block);
  if (vector === null || (vector.kind !== 'int' && vector.kind !== 'float' && vector.kind !== 'bool'))
    return wholeOrNone('none', view);
  return rowsWithin(vector, boundsOf(condition, vector.kind !== 'float'), view);
}

/** @param whole values are: so are their bounds, since taken from a base, a fraction would be rounded away. */
function boundsOf({ comparison, constant }: CompareCondition, whole: boolean): Bounds {
  const below = whole ? Math.ceil(constant) - 1 : nextBelow(constant);
  const atMost = whole ? Math.floor(constant) : constant;
  return {
    low: comparison === '=' || comparison === '!=' ? (whole ? Math.ceil(constant) : constant) : -Infinity,
    high: comparison === '<' || comparison === '>=' ? below : atMost,
    // What is not below is above, NaN included: it comes after all numbers.
    outside: comparison === '!=' || comparison === '>' || comparison === '>=',
  };
}

function timeRows({ since, until }: TimeCondition, view: BlockView): BlockView {
  if (view.open.source.columnType('time') !== 'time') return wholeOrNone('none', view);
  const vector = view.open.source.readBlock('time', view.block);
  if (vector.kind !== 'int') return wholeOrNone('none', view);
  return rowsWithin(vector, { low: Math.ceil(since), high: Math.ceil(until) - 1, outside: false }, view);
}

/** Keeps rows whose value is within bounds. */
function rowsWithin(vector: NumberVector, { low, high, outside }: Bounds, view: BlockView): BlockView {
  const base = vector.kind === 'int' ? vector.base : 0;
  const own = { low: low - base, high: high - base, outside };
  const kept = keepInRange(view, vector.values, vector.validity, own);
  if (kept !== null) return kept;
  const valid = validRows(vector.validity, view);
  const out = view.scratch.words(valid.length);
  const count =
    vector.values instanceof BigInt64Array
      ? wideInRange(vector.values, valid, low, high, outside, out)
      : inRange(vector.values, valid, own, out);
  return narrowed(valid, out.subarray(0, count));
}

/** The largest float below another. */
function nextBelow(value: number): number {
  if (value === -Infinity) return value;
  if (value === 0) return -Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? -1n : 1n));
  return view.getFloat64(0);
}

/** Writes rows whose value is within bounds to `out`, without a branch. @returns how many. */
function inRange(
  values: Exclude<IntArray, BigInt64Array>,
  { rows, from, length }: BlockView,
  { low, high, outside }: Bounds,
  out: Uint32Array,
): number {
  const wanted = outside ? 0 : 1;
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    const value = values[row];
    out[count] = row;
    count += ((value >= low ? 1 : 0) & (value <= high ? 1 : 0)) === wanted ? 1 : 0;
  }
  return count;
}

/** The same for 64-bit integers, which compare exactly with floats. */
function wideInRange(
  values: BigInt64Array,
  { rows, from, length }: BlockView,
  low: number,
  high: number,
  outside: boolean,
  out: Uint32Array,
): number {
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    const value = values[row];
    if ((value >= low && value <= high) !== outside) out[count++] = row;
  }
  return count;
}

/** Keeps rows by their dictionary entry; the last place of the mask is that of rows without a text. */
function maskRows(mask: EntryMask, column: string, view: BlockView): BlockView {
  const byRuns = keepByRuns(view, column, mask);
  if (byRuns !== null) return byRuns;
  const { entries, within } = mask;
  const vector = view.open.source.readBlock(column, view.block);
  if (vector.kind !== 'text') return wholeOrNone(entries[entries.length - 1] === 1 ? 'all' : 'none', view);
  const { codes, validity } = vector;
  const kept = keepInSet(view, codes, validity, entries, within);
  if (kept !== null) return kept;
  const out = view.scratch.words(view.length);
  const count =
    validity === null ? maskedRows(codes, entries, view, out) : maskedValidRows(codes, validity, entries, view, out);
  return narrowed(view, out.subarray(0, count));
}

type Codes = Uint8Array | Uint16Array | Uint32Array;

function maskedRows(codes: Codes, mask: Uint8Array, { rows, from, length }: BlockView, out: Uint32Array): number {
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    out[count] = row;
    count += mask[codes[row]];
  }
  return count;
}

function maskedValidRows(
  codes: Codes,
  validity: Uint8Array,
  mask: Uint8Array,
  { rows, from, length }: BlockView,
  out: Uint32Array,
): number {
  const absent = mask[mask.length - 1];
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    out[count] = row;
    count += ((validity[row >> 3] >> (row & 7)) & 1) === 1 ? mask[codes[row]] : absent;
  }
  return count;
}
