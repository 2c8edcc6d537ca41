import type { Kernels, Pointer } from '../kernels.ts';
import { numbersAt, type NumbersAt, type Views } from './views.ts';

type GroupKernels = Pick<
  Kernels,
  'groupCount' | 'groupSum' | 'groupLeast' | 'groupGreatest' | 'groupSpread' | 'groupPairs'
>;

/** Groups of rows; none = all rows are of group 0. */
type Groups = NumbersAt | null;

/** The twins of the kernels that keep states of groups: what they add up is added in the same order. */
export function groupKernels(views: () => Views): GroupKernels {
  const groupsAt = (groups: Pointer, bytes: number): Groups => (bytes === 0 ? null : numbersAt(views(), groups, bytes));
  return {
    groupCount: (groups, groupBytes, count, counts, stride) =>
      countGroups(groupsAt(groups, groupBytes), count, views().u32, counts / 4, stride),
    groupSum: (groups, groupBytes, values, valueBytes, count, base, sums, stride) =>
      sumGroups(
        groupsAt(groups, groupBytes),
        numbersAt(views(), values, valueBytes),
        count,
        base,
        views().f64,
        sums / 8,
        stride,
      ),
    groupLeast: (groups, groupBytes, values, valueBytes, count, base, extremes) =>
      least(
        groupsAt(groups, groupBytes),
        numbersAt(views(), values, valueBytes),
        count,
        base,
        views().f64,
        extremes / 8,
      ),
    groupGreatest: (groups, groupBytes, values, valueBytes, count, base, extremes) =>
      greatest(
        groupsAt(groups, groupBytes),
        numbersAt(views(), values, valueBytes),
        count,
        base,
        views().f64,
        extremes / 8,
      ),
    groupSpread: (groups, groupBytes, values, valueBytes, count, base, spreads) =>
      spread(
        groupsAt(groups, groupBytes),
        numbersAt(views(), values, valueBytes),
        count,
        base,
        views().f64,
        spreads / 8,
      ),
    groupPairs: (groups, groupBytes, values, valueBytes, count, shift, range, counts) =>
      countPairs(
        groupsAt(groups, groupBytes),
        numbersAt(views(), values, valueBytes),
        count,
        range,
        views().u32,
        counts / 4 + shift,
      ),
  };
}

function groupAt(groups: Groups, row: number): number {
  return groups === null ? 0 : groups.array[groups.from + row];
}

function countGroups(groups: Groups, count: number, counts: Uint32Array, from: number, stride: number): void {
  if (groups === null) {
    counts[from] += count;
    return;
  }
  const whole = count & ~3;
  for (let row = 0; row < count; row++) {
    const table = row < whole ? (row & 3) * stride : 0;
    counts[from + table + groupAt(groups, row)]++;
  }
}

function sumGroups(
  groups: Groups,
  values: NumbersAt,
  count: number,
  base: number,
  sums: Float64Array,
  from: number,
  stride: number,
): void {
  const whole = count & ~3;
  for (let row = 0; row < count; row++) {
    const table = row < whole ? (row & 3) * stride : 0;
    sums[from + table + groupAt(groups, row)] += base + values.array[values.from + row];
  }
}

function least(
  groups: Groups,
  values: NumbersAt,
  count: number,
  base: number,
  extremes: Float64Array,
  from: number,
): void {
  for (let row = 0; row < count; row++) {
    const at = from + groupAt(groups, row);
    const value = base + values.array[values.from + row];
    if (value < extremes[at] || Number.isNaN(extremes[at])) extremes[at] = value;
  }
}

function greatest(
  groups: Groups,
  values: NumbersAt,
  count: number,
  base: number,
  extremes: Float64Array,
  from: number,
): void {
  for (let row = 0; row < count; row++) {
    const at = from + groupAt(groups, row);
    const value = base + values.array[values.from + row];
    if (value > extremes[at] || Number.isNaN(value)) extremes[at] = value;
  }
}

function spread(
  groups: Groups,
  values: NumbersAt,
  count: number,
  base: number,
  spreads: Float64Array,
  from: number,
): void {
  for (let row = 0; row < count; row++) {
    const at = from + 3 * groupAt(groups, row);
    const value = base + values.array[values.from + row];
    const distance = value - spreads[at + 1];
    spreads[at] += 1;
    spreads[at + 1] += distance / spreads[at];
    spreads[at + 2] += distance * (value - spreads[at + 1]);
  }
}

function countPairs(
  groups: Groups,
  values: NumbersAt,
  count: number,
  range: number,
  counts: Uint32Array,
  from: number,
): void {
  for (let row = 0; row < count; row++) counts[from + groupAt(groups, row) * range + values.array[values.from + row]]++;
}
