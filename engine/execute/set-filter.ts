import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import { trueRows, type Evaluator, type Leaves } from './expression.ts';
import { ascending } from './sort.ts';
import type { IntArray } from '../column/vector.ts';
import type { ZoneVerdict } from '../column/zone-map.ts';
import { entriesOfRows, entryAt, narrowed, type BlockView, type SliceSource } from './block-view.ts';
import { namedActors } from './actor-column.ts';
import { keepByEntries } from './run-filter.ts';
import type { ActorCondition, Condition, SetCondition } from './conditions.ts';
import type { ReadSource } from './derived-descriptor.ts';
import { validRows } from './valid-rows.ts';
import { plainHashes } from './plain-hashes.ts';
import {
  entriesInSet,
  hasBetween,
  hasBigint,
  hasNumber,
  valueSetOf,
  type NumberSet,
  type ValueSet,
} from './value-set.ts';

/** What a block's zone says of a column that is to be in a set. */
export function decideSet(
  { arg, negated }: SetCondition,
  source: ReadSource,
  block: number,
  set: ValueSet,
): ZoneVerdict {
  if (arg.kind === 'actor') return 'some';
  const own = source.columnType(arg.name);
  if (own === null || own === 'null') return 'none';
  const zone = source.zone(arg.name, block);
  if (negated || zone === null || zone.min === null || zone.max === null) return 'some';
  return hasBetween(set, zone.min, zone.max) ? 'some' : 'none';
}

/** Keeps the view's rows whose actor, or whose number, the set has, or has not. */
export function setRows(condition: SetCondition, view: BlockView, set: ValueSet): BlockView {
  if (condition.arg.kind === 'actor') return actorRows(condition, view, set);
  const { name } = condition.arg;
  const { source } = view.open;
  const vector = source.columnType(name) === null ? null : source.readBlock(name, view.block);
  if (vector === null || (vector.kind !== 'int' && vector.kind !== 'float' && vector.kind !== 'bool'))
    return narrowed(view, new Uint32Array(0));
  const valid = validRows(vector.validity, view);
  const out = view.scratch.words(valid.length);
  const wanted = condition.negated ? 0 : 1;
  if (set.kind !== 'numbers') return wanted === 0 ? valid : narrowed(valid, out.subarray(0, 0));
  const base = vector.kind === 'int' ? vector.base : 0;
  const count =
    vector.values instanceof BigInt64Array
      ? bigintsInSet(vector.values, set, valid, wanted, out)
      : numbersInSet(vector.values, base, set, valid, wanted, out);
  return narrowed(valid, out.subarray(0, count));
}

function numbersInSet(
  values: Exclude<IntArray, BigInt64Array>,
  base: number,
  set: NumberSet,
  { rows, from, length }: BlockView,
  wanted: number,
  out: Uint32Array,
): number {
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    out[count] = row;
    count += (hasNumber(set, base + values[row]) ? 1 : 0) === wanted ? 1 : 0;
  }
  return count;
}

function bigintsInSet(
  values: BigInt64Array,
  set: NumberSet,
  { rows, from, length }: BlockView,
  wanted: number,
  out: Uint32Array,
): number {
  let count = 0;
  for (let i = 0; i < length; i++) {
    const row = rows === null ? from + i : rows[i];
    out[count] = row;
    count += (hasBigint(set, values[row]) ? 1 : 0) === wanted ? 1 : 0;
  }
  return count;
}

const masks = new WeakMap<SliceSource, Map<Condition, Uint8Array | null>>();

/** @returns what is kept of a condition for a slice's part, made once: 1 an entry that passes. */
function maskOf<M extends Uint8Array | null>(condition: Condition, part: SliceSource, make: () => M): M {
  let known = masks.get(part);
  if (known === undefined) masks.set(part, (known = new Map()));
  let mask = known.get(condition) as M | undefined;
  if (mask === undefined) known.set(condition, (mask = make()));
  return mask;
}

/** Says for which directory entries of a slice's part a condition is true, where the scan finds out before it tries rows. */
export function tellActors(condition: SetCondition, part: SliceSource, mask: Uint8Array): void {
  maskOf(condition, part, () => mask);
}

/** The actor is looked up once for each directory entry of the slice, unless that was told before. */
function actorRows(condition: SetCondition, view: BlockView, set: ValueSet): BlockView {
  const { part } = view;
  return rowsOfMask(
    maskOf(condition, part, () => maskOfActors(condition.negated, part, set)),
    view,
  );
}

/**
 * Keeps the view's rows for whose actors a condition is true.
 * @returns null where it has to be tried on the rows: of some actors a value could not be had, and each row is to be
 * counted, or the slice has far more actors than the view has rows.
 */
export function actorConditionRows(condition: ActorCondition, view: BlockView, evaluator: Evaluator): BlockView | null {
  const { part } = view;
  const texts = namedActors(condition.expr);
  if (texts === null && part.entries.count > 8 * view.length + 1024) return null;
  const mask = maskOf(condition, part, () =>
    texts === null
      ? evaluatedMask(condition.expr, part, evaluator)
      : maskOfActors(false, part, setOf(condition, texts)),
  );
  return mask === null ? null : rowsOfMask(mask, view);
}

const setsOfNames = new WeakMap<ActorCondition, ValueSet>();

function setOf(condition: ActorCondition, texts: readonly string[]): ValueSet {
  let set = setsOfNames.get(condition);
  if (set === undefined) {
    set = valueSetOf({ kind: 'text', length: texts.length, values: texts, nulls: null });
    setsOfNames.set(condition, set);
  }
  return set;
}

function evaluatedMask(expr: Expr, part: SliceSource, evaluator: Evaluator): Uint8Array | null {
  const { count, nobody } = part.entries;
  const actors: Values = { kind: 'coded', length: count, codes: ascending(count), texts: part.texts(), nulls: nobody };
  const leaves: Leaves = {
    length: count,
    leaf(leaf) {
      if (leaf.kind !== 'actor') throw new VarveError('internal', `BUG: ${leaf.kind} in a condition on the actor`);
      return actors;
    },
  };
  const values = evaluator.quietly(expr, leaves);
  if (values === null) return null;
  const mask = new Uint8Array(count);
  for (const entry of trueRows(values, actors.codes as Uint32Array)) mask[entry] = 1;
  return mask;
}

function rowsOfMask(mask: Uint8Array, view: BlockView): BlockView {
  const kept = keepByEntries(view, mask);
  if (kept !== null) return kept;
  const out = view.scratch.words(view.length);
  if (view.rows === null) return narrowed(view, out.subarray(0, rowsOfEntries(mask, view, out)));
  const entries = entriesOfRows(view);
  let count = 0;
  for (let i = 0; i < entries.length; i++) {
    out[count] = view.rows[i];
    count += mask[entries[i]];
  }
  return narrowed(view, out.subarray(0, count));
}

/** Writes the rows of the view, a range, whose entries belong to a mask. @returns how many. */
function rowsOfEntries(mask: Uint8Array, { part, open, block, from, length }: BlockView, out: Uint32Array): number {
  const { firstRows } = part.entries;
  const { firstRow } = open.source.blocks[block];
  const end = from + length;
  let count = 0;
  for (let at = from, entry = entryAt(firstRows, firstRow + from); at < end; entry++) {
    const to = Math.min(firstRows[entry + 1] - firstRow, end);
    if (mask[entry] === 0) at = to;
    else while (at < to) out[count++] = at++;
  }
  return count;
}

function maskOfActors(negated: boolean, part: SliceSource, set: ValueSet): Uint8Array {
  const { texts, nobody, count } = part.entries;
  const mask = entriesInSet(set, texts, plainHashes(part));
  for (let entry = 0; entry < count; entry++) {
    if (negated) mask[entry] ^= 1;
    if (nobody[entry] === 1) mask[entry] = 0;
  }
  return mask;
}
