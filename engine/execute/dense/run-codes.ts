import type { Pointer } from '../../kernels/kernels.ts';
import type { CodeRuns } from '../../store/code-runs.ts';
import type { Arena } from '../arena.ts';
import type { BlockView } from '../block-view.ts';
import type { DenseInput } from './dense-plan.ts';
import type { DenseView, LocalKey } from './local-codes.ts';
import { readOwn } from './own-vector.ts';
import { isFull } from './selected-values.ts';
import { countApart, takesValues, type DenseSpace, type InputState } from './space.ts';

/** Runs of the codes of a view that is a range, as kernels over runs take them: the first holds row `from`. */
export interface RunCodes {
  readonly ends: Pointer;
  readonly codes: Pointer;
  /** Of each code: 1, 2 or 4. */
  readonly bytes: number;
  readonly from: number;
  readonly to: number;
}

/** @returns the runs of a view's rows; null where these are no range of the block. */
export function runsOfView(view: BlockView, { ends, codes }: CodeRuns, { place }: Arena): RunCodes | null {
  if (view.mask !== null || view.rows !== null) return null;
  const { from, length } = view;
  const run = runAt(ends, from);
  return {
    ends: place(ends) + 4 * run,
    codes: place(codes) + codes.BYTES_PER_ELEMENT * run,
    bytes: codes.BYTES_PER_ELEMENT,
    from,
    to: from + length,
  };
}

/** Binary search of the run that holds a row. */
export function runAt(ends: Uint32Array, row: number): number {
  let low = 0;
  let high = ends.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ends[middle] <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** @returns the runs of the combinations of a view's rows, where one key says what these are. */
export function runsOfKeys(keys: readonly LocalKey[], { view, arena }: DenseView): RunCodes | null {
  if (keys.length !== 1 || view.mask !== null) return null;
  const runs = keys[0].readRuns?.(view) ?? null;
  return runs === null ? null : runsOfView(view, runs, arena);
}

/** Values that count, one after another, and the runs that these are of. */
interface RunValues {
  readonly runs: RunCodes;
  readonly count: number;
  readonly values: Pointer;
  readonly valueBytes: number;
  readonly base: number;
  readonly all: boolean;
  readonly most: number;
}

/**
 * Adds a view's rows to the states of all inputs, run by run.
 * @returns for each input whether kernels took it; null where one has to be read row by row: then nothing was done.
 */
export function addRuns(space: DenseSpace, dense: DenseView, runs: RunCodes): boolean[] | null {
  const selected: RunValues[] = [];
  for (const { input } of space.inputs) {
    const own = selectByRuns(input, dense, runs);
    if (own === null) return null;
    selected.push(own);
  }
  return space.inputs.map((state, index) => {
    const own = selected[index];
    const takes = takesValues(state, { ...own, groups: { at: 0, bytes: 0 } });
    if (!takes || !own.all) countApart(space, state, dense.arena);
    if (takes) addRunValues(state, own, dense.arena);
    return takes;
  });
}

function selectByRuns({ column, filterOf, parts }: DenseInput, dense: DenseView, runs: RunCodes): RunValues | null {
  const { view, arena } = dense;
  if (filterOf !== null || parts.some((part) => part !== 'sum')) return null;
  const none = { runs, values: 0, valueBytes: 1, base: 0, most: 0 };
  if (column === null) return { ...none, count: view.length, all: true };
  const sparse = selectPresent(column, dense, runs);
  if (sparse !== null) return sparse;
  const vector = readOwn(view, column.name, column.type);
  if (vector === null) return null;
  if (vector.kind === 'null') return { ...none, count: 0, all: false };
  const { values, base, validity, most } = vector;
  const valueBytes = values.BYTES_PER_ELEMENT;
  const own = { valueBytes, base, most };
  if (validity === null || isFull(validity, view.from, view.length)) {
    const at = arena.place(values) + view.from * valueBytes;
    return { ...own, runs, count: view.length, values: at, all: true };
  }
  return null;
}

/** @returns the floats that a view's rows have, where most have none: their block need not be read for it. */
function selectPresent(
  { name, type }: { name: string; type: string },
  dense: DenseView,
  runs: RunCodes,
): RunValues | null {
  const { source } = dense.view.open;
  if (type !== 'float' || source.columnType(name) !== type) return null;
  const present = source.readPresent?.(name, dense.view.block) ?? null;
  if (present === null) return null;
  const { arena, view } = dense;
  const { values, validity } = present;
  const bits = arena.place(validity);
  const before = view.from === 0 ? 0 : arena.kernels.countBitmap(bits, view.from);
  // Of values without gaps the runs end where as many have come before.
  const ends = arena.take(4 * view.length);
  const count = arena.kernels.rankRuns(runs.ends, runs.from, runs.to, bits, ends);
  const at = arena.place(values) + values.BYTES_PER_ELEMENT * before;
  const own = { ...runs, ends, from: 0, to: count };
  return { runs: own, count, values: at, valueBytes: 8, base: 0, all: false, most: Infinity };
}

function addRunValues(
  { apart, counts, parts }: InputState,
  { runs, count, values, valueBytes, base }: RunValues,
  { kernels }: Arena,
): void {
  if (count === 0) return;
  const { ends, codes, bytes, from, to } = runs;
  if (apart) kernels.countCodeRuns(ends, codes, bytes, from, to, counts);
  const sums = parts.get('sum');
  if (sums !== undefined) kernels.sumCodeRuns(ends, codes, bytes, from, to, values, valueBytes, base, sums);
}
