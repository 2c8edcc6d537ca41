import type { IntArray } from '../column/vector.ts';
import type { ZoneVerdict } from '../column/zone-map.ts';
import { entriesOfRows, entryAt, narrowed, type BlockView, type SliceSource } from './block-view.ts';
import type { SetCondition } from './conditions.ts';
import type { ReadSource } from './derived-descriptor.ts';
import { validRows } from './valid-rows.ts';
import { plainHashes } from './plain-hashes.ts';
import { entriesInSet, hasBetween, hasBigint, hasNumber, type NumberSet, type ValueSet } from './value-set.ts';

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

const masks = new WeakMap<SliceSource, Map<SetCondition, Uint8Array>>();

/** The actor is looked up once for each directory entry of the slice. */
function actorRows(condition: SetCondition, view: BlockView, set: ValueSet): BlockView {
  const { part } = view;
  let known = masks.get(part);
  if (known === undefined) masks.set(part, (known = new Map()));
  let mask = known.get(condition);
  if (mask === undefined) known.set(condition, (mask = maskOfActors(condition, part, set)));
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

function maskOfActors({ negated }: SetCondition, part: SliceSource, set: ValueSet): Uint8Array {
  const { texts, nobody, count } = part.entries;
  const mask = entriesInSet(set, texts, plainHashes(part));
  for (let entry = 0; entry < count; entry++) {
    if (negated) mask[entry] ^= 1;
    if (nobody[entry] === 1) mask[entry] = 0;
  }
  return mask;
}
