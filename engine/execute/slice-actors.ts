import { NumberTable } from '../column/number-table.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import { createActorMarks, type ActorMarks } from './actor-marks.ts';
import type { Arena } from './arena.ts';
import type { BlockView } from './block-view.ts';
import { GroupTable } from './group-table.ts';
import type { MarkedCells } from './mark-room.ts';
import type { MeasureKind } from './measure-state.ts';
import type { KeySender } from './sent-keys.ts';
import type { TimeCells } from './time-windows.ts';
import { isOfWindows, type PartialWindows } from './window-groups.ts';

/** Distinct actors of the measures of one task, slice by slice. */
export interface SliceActors {
  /** Begins a slice. @param groups that are known. */
  start(slotCount: number, groups: number): void;
  /** Adds rows to a measure. @param groups of each row by its place in the view; null = all in group 0. */
  add(measure: number, view: BlockView, groups: Uint32Array | null, rows: Uint32Array | null, count: number): void;
  /**
   * Adds rows to the measures that are of windows.
   * @param codes of the rows, a list a key; those of key 0 are their cells plus 1.
   * @param counts the largest code of each key.
   * @param rowsOf which places in the view count for a measure, ascending; null = all.
   */
  addCells(
    view: BlockView,
    codes: readonly Uint32Array[],
    counts: readonly number[],
    rowsOf: (measure: number) => Uint32Array | null,
  ): void;
  /** Ends the slice: adds what was counted to the states. @param groups that are known by now. */
  end(states: readonly AggregateState[], groups: number): void;
  /** @returns the groups of windows that were met; null where no measure is of windows. */
  windows(senders: readonly KeySender[]): PartialWindows | null;
  readonly bytes: number;
  close(): void;
}

/** @returns what counts the actors of a task; null where no measure asks for it. */
export function createSliceActors(
  kinds: readonly MeasureKind[],
  cells: TimeCells | null,
  keyCount: number,
  arena: Arena | null,
): SliceActors | null {
  if (!kinds.some(({ kind }) => kind === 'slots')) return null;
  const windows = cells === null ? null : new WindowCounter(cells, keyCount);
  const marks = kinds.map((kind) => {
    if (kind.kind !== 'slots') return null;
    return createActorMarks(arena, isOfWindows(kind) ? windows!.unit : undefined);
  });
  let started = false;
  return {
    start(slotCount, groups) {
      started = true;
      marks.forEach((own, measure) => own?.start(slotCount, isOfWindows(kinds[measure]) ? windows!.bits : groups));
    },
    add(measure, view, groups, rows, count) {
      marks[measure]!.add(view, groups, rows, count);
    },
    addCells(view, codes, counts, rowsOf) {
      const groups = windows!.groupsOf(view, codes, counts);
      marks.forEach((own, measure) => {
        if (own !== null && isOfWindows(kinds[measure])) own.add(view, groups, rowsOf(measure), windows!.bits);
      });
    },
    end(states, groups) {
      if (!started) return;
      started = false;
      kinds.forEach((kind, measure) => {
        if (kind.kind !== 'slots') return;
        const counts = isOfWindows(kind) ? windows!.count(marks[measure]!) : marks[measure]!.count();
        const known = isOfWindows(kind) ? counts.length : groups;
        kind.aggregate.grow(states[measure], known);
        kind.aggregate.add(states[measure], counts, Math.min(counts.length, known));
      });
    },
    windows: (senders) => windows?.partial(senders) ?? null,
    get bytes() {
      return marks.reduce((sum, own) => sum + (own?.bytes ?? 0), windows?.bytes ?? 0);
    },
    close() {
      marks.forEach((own) => own?.close());
    },
  };
}

/** Numbers the groups of windows that a task meets: (window, the keys behind the bucket). */
class WindowCounter {
  /** u32 of marks that the cells of one series take. */
  readonly unit: number;
  readonly #cells: MarkedCells;
  /** The keys behind the bucket: each of its groups is a series. */
  readonly #series: GroupTable;
  /** Groups of windows as series · windows + window, in order of first appearance. */
  readonly #numbers = new NumberTable();
  readonly #found: number[] = [];

  constructor({ bounds, from, to, windows }: TimeCells, keyCount: number) {
    const cells = Math.max(0, bounds.length - 1);
    this.unit = 2 * Math.ceil((cells + 1) / 64);
    // Codes of cells begin with 1: what none has lies in no window.
    const firsts = new Int32Array(32 * this.unit).fill(windows);
    const lasts = new Int32Array(32 * this.unit).fill(-1);
    firsts[0] = 0;
    firsts.set(from, 1);
    lasts.set(to, 1);
    this.#cells = { firsts, lasts, windows };
    this.#series = new GroupTable(keyCount - 1);
  }

  /** Groups that rows may have so far. */
  get bits(): number {
    return 32 * this.unit * Math.max(1, this.#series.count);
  }

  get bytes(): number {
    return this.#series.bytes + this.#numbers.bytes + 8 * this.#found.length;
  }

  /** @returns for each row series · span + the code of its cell. */
  groupsOf(view: BlockView, codes: readonly Uint32Array[], counts: readonly number[]): Uint32Array | Float64Array {
    const [cells] = codes;
    if (codes.length === 1) return cells;
    const series = view.scratch.words(cells.length);
    this.#series.groupsOf(codes.slice(1), counts.slice(1), series);
    const span = 32 * this.unit;
    const groups = this.bits > 2 ** 32 ? view.scratch.floats(cells.length) : series;
    for (let row = 0; row < cells.length; row++) groups[row] = series[row] * span + cells[row];
    return groups;
  }

  /** @returns how many actors of the slice each group of a window has. */
  count(marks: ActorMarks): Float64Array {
    const { windows } = this.#cells;
    const met: number[] = [];
    const actors: number[] = [];
    marks.countWindows(this.#cells, (series, window, count) => {
      const value = series * windows + window;
      const number = this.#numbers.numberOf(value);
      if (number === this.#found.length) this.#found.push(value);
      met.push(number);
      actors.push(count);
    });
    const counts = new Float64Array(this.#found.length);
    met.forEach((number, at) => (counts[number] = actors[at]));
    return counts;
  }

  /** Their codes are those of groups, which are sent before them. */
  partial(senders: readonly KeySender[]): PartialWindows {
    const { windows } = this.#cells;
    const count = this.#found.length;
    const series = Uint32Array.from(this.#found, (value) => Math.floor(value / windows));
    return {
      count,
      windows: Uint32Array.from(this.#found, (value) => (value % windows) + 1),
      keys: senders.slice(1).map((sender, key) => {
        const codes = this.#series.codesOfKey(key);
        return sender.send(series.map((own) => codes[own]));
      }),
    };
  }
}
