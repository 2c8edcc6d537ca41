import { timeColumnName } from '../column/batch.ts';
import type { BuildColumn } from './build-column.ts';
import { gatherWindow, type WindowRows } from './merge-columns.ts';
import { openInputColumn, TimeCursor, type MergeInput } from './merge-input.ts';
import { MergeOrder, windowRowsMax } from './merge-order.ts';
import type { PlannedOutput } from './plan-outputs.ts';
import type { OutputPlan } from './segment-outputs.ts';
import type { SegmentWriter } from './segment-writer.ts';

/**
 * Merges the inputs' rows and deals them out to writers, a window of rows at a time: first the order, then column by
 * column.
 *
 * @param outputs those of this pass, one a writer; rows of others are left out.
 */
export async function mergeRows(
  inputs: readonly MergeInput[],
  columns: readonly BuildColumn[],
  plan: OutputPlan,
  outputs: readonly PlannedOutput[],
  writers: readonly SegmentWriter[],
): Promise<void> {
  const cursors = inputs.map((input) => new TimeCursor(input, openInputColumn(input, timeColumnName, 'time')!));
  const order = new MergeOrder(inputs, cursors);
  const blocks = inputs.map((input) => input.blocks);
  const gathered = columns.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  const time = columns.find(({ name }) => name === timeColumnName)!.rows!;
  const dealer = plan.isCut ? new Dealer(plan, outputs) : null;
  const first = new Float64Array(inputs.length);
  const starts = new Uint32Array(inputs.length + 1);
  const places = new Uint32Array(windowRowsMax);
  const window = {
    columns: gathered.map(({ rows }) => rows),
    entryOfRow: order.entryOfRow,
    text: (entry: number) => order.text(entry),
  };
  for (let count = order.next(); count > 0; count = order.next()) {
    placeRows(order.sources, count, starts, places);
    const rows: WindowRows = { count, first, starts, places };
    gatherWindow(time, blocks, rows);
    let ends: Uint32Array | null = null;
    if (dealer !== null) {
      ends = dealer.deal(order, time.rows.rows.values as Float64Array, rows);
      gatherWindow(time, blocks, rows);
    }
    for (const column of gathered) if (column !== time) gatherWindow(column, blocks, rows);
    for (let input = 0; input < inputs.length; input++) first[input] += starts[input + 1] - starts[input];
    const times = time.rows.rows.values as Float64Array;
    const whole = { ...window, times, entryBase: order.entryBase, hashes: order.hashes };
    for (let index = 0, from = 0; index < writers.length; index++) {
      const to = ends === null ? count : ends[index];
      if (to > from) writers[index].append(whole, from, to);
      from = to;
      if (writers[index].isFull) await writers[index].flush();
    }
  }
}

/** Groups the places of a window by the input that each is of: `places[starts[i] … starts[i + 1])` are those of i. */
function placeRows(sources: Uint16Array, count: number, starts: Uint32Array, places: Uint32Array): void {
  starts.fill(0);
  for (let row = 0; row < count; row++) starts[sources[row] + 1]++;
  for (let input = 1; input < starts.length; input++) starts[input] += starts[input - 1];
  const next = starts.slice();
  for (let row = 0; row < count; row++) places[next[sources[row]]++] = row;
}

/** Moves the places of a window's rows so that those of one output lie together, in the order of the outputs. */
class Dealer {
  readonly #plan: OutputPlan;
  /** Writer of each output of the plan; the last is that of rows which another pass writes. */
  readonly #slots: Uint32Array;
  readonly #ends: Uint32Array;
  readonly #slotOfRow = new Uint32Array(windowRowsMax);
  readonly #moved = new Uint32Array(windowRowsMax);
  readonly #entries = new Uint32Array(windowRowsMax);

  constructor(plan: OutputPlan, outputs: readonly PlannedOutput[]) {
    this.#plan = plan;
    const most = plan.outputs().reduce((max, { number }) => Math.max(max, number), 0);
    this.#slots = new Uint32Array(most + 1).fill(outputs.length);
    outputs.forEach(({ number }, slot) => {
      this.#slots[number] = slot;
    });
    this.#ends = new Uint32Array(outputs.length + 1);
  }

  /** @returns where the rows of each output end. `rows.places` and the order's entries are changed to suit. */
  deal(order: MergeOrder, times: Float64Array, { count, places }: WindowRows): Uint32Array {
    const plan = this.#plan;
    const slots = this.#slots;
    const slotOfRow = this.#slotOfRow;
    const moved = this.#moved;
    const { entryOfRow, hashes } = order;
    const ends = this.#ends.fill(0);
    for (let row = 0; row < count; row++) {
      const slot = slots[plan.outputOf(times[row], hashes[2 * entryOfRow[row] + 1])];
      slotOfRow[row] = slot;
      ends[slot]++;
    }
    let start = 0;
    for (let slot = 0; slot < ends.length; slot++) {
      const rows = ends[slot];
      ends[slot] = start;
      start += rows;
    }
    for (let row = 0; row < count; row++) moved[row] = ends[slotOfRow[row]]++;
    for (let at = 0; at < count; at++) places[at] = moved[places[at]];
    for (let row = 0; row < count; row++) this.#entries[moved[row]] = entryOfRow[row];
    entryOfRow.set(this.#entries.subarray(0, count));
    return ends;
  }
}
