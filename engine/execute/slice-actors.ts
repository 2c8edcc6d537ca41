import { NumberTable } from '../column/number-table.ts';
import type { AggregateState } from '../functions/aggregates/aggregate.ts';
import {
  bitsOfCombinations,
  bitsOfGroups,
  createBitNamer,
  createGroupBits,
  type BitNamer,
  type BitNumbers,
} from './bit-numbers.ts';
import type { DenseRows } from './dense/dense-groups.ts';
import { createActorMarks, type ActorMarks } from './actor-marks.ts';
import type { Arena } from './arena.ts';
import type { BlockView } from './block-view.ts';
import { GroupTable } from './group-table.ts';
import { slidingOf, type MarkedCells } from './mark-room.ts';
import type { MeasureKind } from './measure-state.ts';
import type { KeySender } from './sent-keys.ts';
import type { TimeCells } from './time-windows.ts';
import { isOfWindows, type PartialWindows } from './window-groups.ts';

/** What actors are counted by: the groups of a task, as they stand. */
export interface TaskGroups {
  readonly table: GroupTable;
  /** @returns the largest code of each key so far. */
  readonly counts: () => readonly number[];
}

/** Which places in the view count for a measure, ascending; null = all. */
export type RowsOf = (measure: number, view: BlockView) => Uint32Array | null;

/** Distinct actors of the measures of one task, slice by slice. */
export interface SliceActors {
  /** Begins a slice. */
  start(slotCount: number): void;
  /** Adds rows to a measure. @param groups of each row by its place in the view; null = all in group 0. */
  add(measure: number, view: BlockView, groups: Uint32Array | null, rows: Uint32Array | null): void;
  /**
   * Adds rows to the measures that are of windows.
   * @param codes of the rows, a list a key; those of key 0 are their cells plus 1.
   */
  addCells(view: BlockView, codes: readonly Uint32Array[], rowsOf: RowsOf): void;
  /**
   * Adds rows that kernels have grouped to all measures of actors.
   * @returns whether all groups of these rows become the table's: nobody has to count them for that.
   */
  addDense(view: BlockView, dense: DenseRows, rowsOf: RowsOf): boolean;
  /** Ends the slice: adds what was counted to the states. */
  end(states: readonly AggregateState[]): void;
  /** @returns the groups of windows that were met; null where no measure is of windows. */
  windows(senders: readonly KeySender[]): PartialWindows | null;
  readonly bytes: number;
  close(): void;
}

/**
 * @param cells of windows, where a measure is of these.
 * @param byCodes kernels group rows where they can: then bits stand for combinations of codes, else for groups.
 * @returns what counts the actors of a task; null where no measure asks for it.
 */
export function createSliceActors(
  kinds: readonly MeasureKind[],
  cells: TimeCells | null,
  groups: TaskGroups,
  arena: Arena | null,
  byCodes: boolean,
): SliceActors | null {
  if (!kinds.some(({ kind }) => kind === 'slots')) return null;
  const { table, counts } = groups;
  const windows = cells === null ? null : new WindowCounter(cells, table.keyCount);
  const plain = byCodes ? createGroupBits(table.keyCount) : null;
  const namers = new Map([windows, plain].flatMap((own) => (own === null ? [] : [[own, createBitNamer(own)]])));
  const numbersOf = (measure: number): BitNumbers | null => (isOfWindows(kinds[measure]) ? windows : plain);
  const marks = kinds.map((kind) => {
    if (kind.kind !== 'slots') return null;
    return createActorMarks(arena, isOfWindows(kind) ? windows!.unit : undefined);
  });
  let started = false;
  // What other tasks of the thread came to is laid out from the start: to widen marks is to lay all of them out anew.
  const bitsOf = (measure: number): number => {
    const own = numbersOf(measure);
    return own === null ? table.count : Math.max(own.bits, own === plain ? (plainBits.get(table) ?? 0) : 0);
  };
  /** Gives all groups of a slice that were met by a measure their places in the table. */
  const nameMet = (own: ActorMarks, numbers: BitNumbers, actors: Uint32Array): void => {
    const met: number[] = [];
    actors.forEach((count, bit) => {
      if (count > 0) met.push(bit);
    });
    own.eachOfNobody((bit) => met.push(bit));
    namers.get(numbers)!.name(met, table, counts());
  };
  return {
    start(slotCount) {
      started = true;
      marks.forEach((own, measure) => own?.start(slotCount, bitsOf(measure)));
    },
    add(measure, view, of, rows) {
      const own = marks[measure]!;
      if (plain === null || of === null) own.add(view, of, rows, table.count);
      else own.add(view, mappedRows(view, of, bitsOfGroups(plain, table, counts())), rows, plain.bits);
    },
    addCells(view, codes, rowsOf) {
      const bits = windows!.bitsOfRows(view, codes, counts());
      marks.forEach((own, measure) => {
        if (own !== null && isOfWindows(kinds[measure])) own.add(view, bits, rowsOf(measure, view), windows!.bits);
      });
    },
    addDense(view, dense, rowsOf) {
      let named = false;
      for (let measure = 0; measure < marks.length; measure++) {
        const own = marks[measure];
        if (own === null) continue;
        const numbers = numbersOf(measure)!;
        const bitOf = bitsOfCombinations(numbers, dense, counts);
        const rows = rowsOf(measure, view);
        if (bitOf !== null && rows === null && own.addCodes(view, dense, bitOf, numbers.bits)) named = true;
        else {
          const bits =
            bitOf === null
              ? mappedRows(view, dense.groups()!, bitsOfGroups(numbers, table, counts()))
              : mappedRows(view, dense.codesOfRows(), bitOf);
          own.add(view, bits, rows, numbers.bits);
        }
      }
      return named;
    },
    end(states) {
      if (!started) return;
      started = false;
      if (plain !== null) plainBits.set(table, Math.min(plain.bits, foreseenBits));
      kinds.forEach((kind, measure) => {
        if (kind.kind !== 'slots') return;
        const own = marks[measure]!;
        const { aggregate } = kind;
        if (isOfWindows(kind)) {
          if (byCodes) nameMet(own, windows!, own.count());
          const actors = windows!.count(own);
          aggregate.grow(states[measure], actors.length);
          aggregate.add(states[measure], actors, actors.length);
          return;
        }
        const actors = own.count();
        if (plain !== null) nameMet(own, plain, actors);
        const ofGroups = plain === null ? actors : byGroup(actors, namers.get(plain)!, table.count);
        aggregate.grow(states[measure], table.count);
        aggregate.add(states[measure], ofGroups, Math.min(ofGroups.length, table.count));
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

/** How many bits the last task had whose groups went to a table: no more than take little room in any case. */
const foreseenBits = 256;
const plainBits = new WeakMap<GroupTable, number>();

/** @returns what each row's number is mapped to, in the scratch. */
function mappedRows(
  { scratch, length }: BlockView,
  numbers: ArrayLike<number>,
  map: Uint32Array | Float64Array,
): Uint32Array | Float64Array {
  const out =
    map instanceof Uint32Array || !map.some((bit) => bit >= 2 ** 32) ? scratch.words(length) : scratch.floats(length);
  for (let row = 0; row < length; row++) out[row] = map[numbers[row]];
  return out;
}

function byGroup(actors: Uint32Array, namer: BitNamer, groups: number): Uint32Array {
  const out = new Uint32Array(groups);
  for (let bit = 0; bit < actors.length; bit++) if (actors[bit] > 0) out[namer.groupOf(bit)] = actors[bit];
  return out;
}

/** Numbers the groups of windows that a task meets: (window, the keys behind the bucket). */
class WindowCounter implements BitNumbers {
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
    this.#cells = { firsts, lasts, windows, sliding: slidingOf(firsts, lasts, windows) };
    this.#series = new GroupTable(keyCount - 1);
  }

  get bits(): number {
    return 32 * this.unit * Math.max(1, this.#series.count);
  }

  get bytes(): number {
    return this.#series.bytes + this.#numbers.bytes + 8 * this.#found.length;
  }

  /** The bit of a combination is series · span + the code of its cell. */
  bitsOf(codes: readonly Uint32Array[], counts: readonly number[]): Uint32Array | Float64Array {
    return this.#bitsInto(codes, counts, new Uint32Array(codes[0].length), (length) => new Float64Array(length));
  }

  /** The same of each row of a view, in the scratch. */
  bitsOfRows(
    { scratch, length }: BlockView,
    codes: readonly Uint32Array[],
    counts: readonly number[],
  ): Uint32Array | Float64Array {
    return this.#bitsInto(codes, counts, codes.length === 1 ? codes[0] : scratch.words(length), scratch.floats);
  }

  #bitsInto(
    codes: readonly Uint32Array[],
    counts: readonly number[],
    series: Uint32Array,
    floats: (length: number) => Float64Array,
  ): Uint32Array | Float64Array {
    const [cells] = codes;
    if (codes.length === 1) {
      // A query without other keys has one series.
      this.#series.groupsOf([], [], new Uint32Array(0));
      return cells;
    }
    this.#series.groupsOf(codes.slice(1), counts.slice(1), series);
    const span = 32 * this.unit;
    const bits = this.bits > 2 ** 32 ? floats(cells.length) : series;
    for (let row = 0; row < cells.length; row++) bits[row] = series[row] * span + cells[row];
    return bits;
  }

  codesOf(bits: readonly number[]): Uint32Array[] {
    const span = 32 * this.unit;
    const others = Array.from({ length: this.#series.keyCount }, (_, key) => {
      const codes = this.#series.codesOfKey(key);
      return Uint32Array.from(bits, (bit) => codes[Math.floor(bit / span)]);
    });
    return [Uint32Array.from(bits, (bit) => bit % span), ...others];
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
