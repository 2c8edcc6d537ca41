import type { Pointer } from '../../kernels/kernels.ts';
import type { Arena } from '../arena.ts';
import type { DenseInput } from './dense-plan.ts';
import type { RunCodes } from './key-runs.ts';
import type { DenseView } from './local-codes.ts';
import { readOwn } from './own-vector.ts';
import { isFull } from './selected-values.ts';
import { countApart, takesValues, type DenseSpace, type InputState } from './space.ts';

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
