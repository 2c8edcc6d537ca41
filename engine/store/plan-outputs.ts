import { timeColumnName } from '../column/batch.ts';
import { isValid, type IntVector, type Vector } from '../column/vector.ts';
import type { BuildColumn } from './build-column.ts';
import { UsedEntries } from './merge-dictionaries.ts';
import type { MergeInput } from './merge-input.ts';
import { OutputPlan, type SegmentOutput } from './segment-outputs.ts';
import type { BuildRequest } from './segment-tasks.ts';

/** A segment that a build will write. */
export interface PlannedOutput extends SegmentOutput {
  /** Its number in the plan. */
  readonly number: number;
  /** By column id: the entries of the merged dictionary that its rows use; absent where it takes them all. */
  readonly used: ReadonlyMap<number, UsedEntries>;
}

/** A dictionary of fewer entries goes into every segment whole. */
const sharedEntriesMax = 256;

/**
 * Finds which segments a build makes. Where they are several, the inputs' times and texts are read once more than the
 * merge does: so each segment gets a dictionary of the texts that it holds.
 */
export function planOutputs(
  cut: BuildRequest['cut'],
  inputs: readonly MergeInput[],
  columns: readonly BuildColumn[],
): { readonly plan: OutputPlan; readonly outputs: readonly PlannedOutput[] } {
  const plan = new OutputPlan(cut);
  if (cut === null) return { plan, outputs: plan.outputs().map((output) => ({ ...output, used: new Map() })) };
  forEachBlock(plan, cut, inputs, columns, (outputs) => {
    for (let row = 0; row < outputs.length; row++) plan.count(outputs[row]);
  });
  const used = new Map<number, Map<number, UsedEntries>>();
  const outputs = plan.outputs().map((output) => {
    const own = new Map<number, UsedEntries>();
    used.set(output.number, own);
    return { ...output, used: own };
  });
  const large = columns.filter(({ merged }) => (merged?.dictionary.count ?? 0) > sharedEntriesMax);
  if (outputs.length < 2 || large.length === 0) return { plan, outputs };
  for (const own of used.values())
    for (const { id, merged } of large) own.set(id, new UsedEntries(merged!.dictionary.count));
  forEachBlock(plan, cut, inputs, columns, (numbers, input, block) => {
    for (const { id, rows } of large) {
      const column = rows!.inputs[input];
      const map = rows!.maps![input];
      if (column === null || map === null) continue;
      markTexts(column.block(block), map, numbers, (number) => used.get(number)!.get(id)!);
    }
  });
  return { plan, outputs };
}

function forEachBlock(
  plan: OutputPlan,
  cut: NonNullable<BuildRequest['cut']>,
  inputs: readonly MergeInput[],
  columns: readonly BuildColumn[],
  take: (outputs: Uint32Array, input: number, block: number) => void,
): void {
  const time = columns.find(({ name }) => name === timeColumnName)!.rows!;
  inputs.forEach((input, index) => {
    // The row at which each hash range begins.
    const starts = cut.hashRanges.map(({ from }) => input.readActors({ from, to: from + 1 }).firstRows[0]);
    input.blocks.forEach(({ firstRow, rowCount }, block) => {
      const { values, base } = time.inputs[index]!.block(block) as IntVector;
      const outputs = new Uint32Array(rowCount);
      let range = 0;
      for (let row = 0; row < rowCount; row++) {
        while (range + 1 < starts.length && firstRow + row >= starts[range + 1]) range++;
        outputs[row] = plan.outputOf(base + (values[row] as number), cut.hashRanges[range].from);
      }
      take(outputs, index, block);
    });
  });
}

function markTexts(
  vector: Vector,
  map: Uint32Array,
  numbers: Uint32Array,
  usedOf: (number: number) => UsedEntries,
): void {
  if (vector.kind === 'null') return;
  const isList = vector.kind === 'list';
  const texts = isList ? vector.items : vector;
  if (texts.kind !== 'text') return;
  let last = -1;
  let used: UsedEntries | null = null;
  for (let row = 0; row < numbers.length; row++) {
    if (numbers[row] !== last) {
      last = numbers[row];
      used = usedOf(last);
    }
    const from = isList ? vector.offsets[row] : row;
    const to = isList ? vector.offsets[row + 1] : row + 1;
    for (let item = from; item < to; item++) if (isValid(texts.validity, item)) used!.mark(map[texts.codes[item]]);
  }
}
