import { limits } from '../base/limits.ts';
import type { ColumnType } from '../column/types.ts';
import type { Values } from '../column/values.ts';
import { isValid, type IntArray, type Validity } from '../column/vector.ts';
import type { EventsPlan, SortKey } from '../plan/select.ts';
import { narrowed, type BlockView, type OpenSource } from './block-view.ts';
import { createLeastKeys } from './least-keys.ts';
import { stretchesWithin } from './stretches-within.ts';

/** What a plan with a limit knows of the rows that it can still want, by their first sort key. */
export interface FirstKey {
  /** No row is wanted whose key, turned where it descends, is above this. */
  bound(): number;
  /** Takes the first sort key of rows that fulfil all conditions. */
  add(values: Values): void;
  /** Takes from each stretch of a block, all of whose rows fulfil the conditions, one row. */
  addStretches(view: BlockView): void;
  /** @returns whether no row of a block can be wanted, by what is known without reading it. */
  skips(open: OpenSource, block: number): boolean;
  /** @returns of a range of a block's rows those within the bound. */
  narrow(view: BlockView): BlockView;
}

const byTime: SortKey = { expr: { kind: 'column', name: 'time', type: 'time' }, descending: false };

/** @returns the first sort key of a plan, which goes by time where it says nothing. */
export function firstSortKey(plan: EventsPlan): SortKey {
  return plan.order[0] ?? byTime;
}

/** @returns whether rows come by time before all else. */
export function goesByTime(plan: EventsPlan): boolean {
  const { expr } = firstSortKey(plan);
  return expr.kind === 'column' && expr.name === 'time' && expr.type === 'time';
}

/** @returns the sources, those that can have the first rows first. */
export function inOrderOfFirst(plan: EventsPlan, sources: readonly OpenSource[]): readonly OpenSource[] {
  return goesByTime(plan) ? [...sources].sort((a, b) => sourceKey(plan, a) - sourceKey(plan, b)) : sources;
}

/** @returns the least key that a row of the source can have in a plan that goes by time, turned where it descends. */
export function sourceKey(plan: EventsPlan, { source }: OpenSource): number {
  return firstSortKey(plan).descending ? -source.timeMax : source.timeMin;
}

/** @param most how many rows are wanted. */
export function createFirstKey(plan: EventsPlan, most: number): FirstKey {
  const { expr, descending } = firstSortKey(plan);
  const sign = descending ? -1 : 1;
  const column: NumberColumn | null =
    expr.kind === 'column' && ['int', 'float', 'time'].includes(expr.type)
      ? { name: expr.name, type: expr.type }
      : null;
  // Each row is counted once by either; a row that ends a stretch may be among those that are added later.
  const rows = createLeastKeys(most);
  const stretches = createLeastKeys(most);
  const bound = (): number => Math.min(rows.bound, stretches.bound);
  const read = new Map<OpenSource, (Float64Array | null)[]>();
  const stretchesOf = (open: OpenSource, block: number): Float64Array | null => {
    if (column === null || open.source.readStretches === undefined || !isOfNumbers(open, column)) return null;
    let known = read.get(open);
    if (known === undefined) read.set(open, (known = []));
    return (known[block] ??= open.source.readStretches(column.name, block));
  };
  return {
    bound,
    add(values) {
      if (values.kind !== 'number') return;
      for (let row = 0; row < values.length; row++) {
        if (values.nulls !== null && values.nulls[row] === 1) continue;
        const key = sign * values.values[row];
        // NaN comes after all numbers.
        rows.add(key === key ? key : sign * Infinity);
      }
    },
    addStretches({ open, block, from, length, scratch }) {
      const ends = stretchesOf(open, block);
      if (ends === null) return;
      const first = Math.ceil(from / limits.stretchRows);
      const last =
        from + length === open.source.blocks[block].rowCount
          ? ends.length / 2
          : Math.floor((from + length) / limits.stretchRows);
      for (const stretch of stretchesWithin(ends, descending, stretches.bound, first, last, scratch.arena)) {
        const key = descending ? -ends[ends.length / 2 + stretch] : ends[stretch];
        // Infinity is that of a stretch without values, too.
        if (key < Infinity) stretches.add(key);
      }
    },
    skips(open, block) {
      const most = bound();
      if (column === null || most === Infinity || !isOfNumbers(open, column)) return false;
      const { source } = open;
      if (column.name === 'time') {
        const { timeMin, timeMax } = source.blocks[block];
        return (descending ? -timeMax : timeMin) > most;
      }
      const zone = source.zone(column.name, block);
      if (zone === null || zone.min === null || zone.max === null) return false;
      return (descending ? -zone.max : zone.min) > most;
    },
    narrow(view) {
      const most = bound();
      if (column === null || most === Infinity || view.rows !== null || !isOfNumbers(view.open, column)) return view;
      return rowsWithin(view, column.name, stretchesOf(view.open, view.block), descending, most);
    },
  };
}

interface NumberColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/** @returns whether a source's values of the column are numbers as they lie there: of another type they are all null. */
function isOfNumbers({ source }: OpenSource, { name, type }: NumberColumn): boolean {
  const own = source.columnType(name);
  return type === 'time' ? own === 'time' : own === 'int' || own === 'float';
}

/** @param ends of the block's stretches, or null. */
function rowsWithin(
  view: BlockView,
  column: string,
  ends: Float64Array | null,
  descending: boolean,
  bound: number,
): BlockView {
  const { open, block, from, length, scratch } = view;
  const { stretchRows } = limits;
  const near =
    ends === null
      ? null
      : stretchesWithin(
          ends,
          descending,
          bound,
          Math.floor(from / stretchRows),
          Math.ceil((from + length) / stretchRows),
          scratch.arena,
        );
  if (near?.length === 0) return narrowed(view, new Uint32Array(0));
  const vector = open.source.readBlock(column, block);
  if ((vector.kind !== 'int' && vector.kind !== 'float') || vector.values instanceof BigInt64Array) return view;
  const base = vector.kind === 'int' ? vector.base : 0;
  const least = descending ? -bound - base : -Infinity;
  const greatest = descending ? Infinity : bound - base;
  const out = scratch.words(length);
  const { values, validity } = vector;
  const end = from + length;
  if (near === null)
    return narrowed(view, out.subarray(0, listWithin(values, validity, from, end, least, greatest, out, 0)));
  let count = 0;
  for (const stretch of near) {
    const start = Math.max(stretch * stretchRows, from);
    const to = Math.min((stretch + 1) * stretchRows, end);
    count = listWithin(values, validity, start, to, least, greatest, out, count);
  }
  return narrowed(view, out.subarray(0, count));
}

/** Lists the rows of [from, to) within two ends, NaN included. @returns how many there are in `out` now. */
function listWithin(
  values: Exclude<IntArray, BigInt64Array>,
  validity: Validity,
  from: number,
  to: number,
  least: number,
  greatest: number,
  out: Uint32Array,
  count: number,
): number {
  for (let row = from; row < to; row++) {
    const value = values[row];
    if (value < least || value > greatest) continue;
    if (validity === null || isValid(validity, row)) out[count++] = row;
  }
  return count;
}
