import type { CodeRuns } from '../../store/code-runs.ts';
import type { Arena } from '../arena.ts';
import { ascending } from '../sort.ts';
import type { BlockView, OpenSource } from '../block-view.ts';
import type { GroupTable } from '../group-table.ts';
import type { DensePlan } from './dense-plan.ts';
import {
  codesAt,
  denseViewOf,
  type DenseView,
  type EvenTimes,
  type LocalCodes,
  type LocalKeyOf,
} from './local-codes.ts';
import { combinationsOf } from './combinations.ts';
import { freshRunsOfKeys, joinAllRuns, type RunCodes } from './key-runs.ts';
import { addRuns } from './run-codes.ts';
import { openRoom } from './room.ts';
import { selectGroups, selectValues, type SelectedValues } from './selected-values.ts';
import {
  addValues,
  codesOfCombinations,
  countApart,
  foundOf,
  metCombinations,
  openSpace,
  takesValues,
  type DenseSpace,
} from './space.ts';
import type { Found } from '../../functions/aggregates/kernel-form.ts';

/** States lie in this part of a task's arena. */
const roomShare = 0.5;
/** What kernels take beside, a row of a block: combinations, codes of two keys, their runs, and rows, places and values of an input. */
const viewBytesPerRow = 128;

/** What is left to do for a view that was taken. */
export interface DenseRows {
  /** @returns whether kernels have taken the view for a measure. */
  isTaken(measure: number): boolean;
  /** @returns the table's group of each row, good until the view ends; null = all rows are of group 0. */
  groups(): Uint32Array | null;
  /** Counts the rows, so that their groups are among the table's: whoever does not ask for it names them otherwise. */
  count(): void;
  /** @returns the combination of each row, below `size`, and what they are combinations of. */
  codes(): LocalCodes;
  /** The same in runs, where they lie in such. */
  readonly runs: RunCodes | null;
  /** The times that the combinations are the buckets of, where these are told by division alone. */
  readonly times: EvenTimes | null;
  codesOfRows(): ArrayLike<number>;
  readonly size: number;
  readonly space: object;
  /** @returns the codes of all combinations, a list a key. */
  codesOf(): Uint32Array[];
}

/**
 * Groups within one source at a time: the group of a row is the combination of its keys' local codes, which kernels make
 * of blocks as they lie in the cache, and states are addressed by it. When the task ends, the combinations that
 * occurred get groups of the table, and what was found goes to the measures' states.
 */
export interface DenseGroups {
  /** @returns what is left to do for the view, or null where it has to be grouped row by row. */
  take(view: BlockView): DenseRows | null;
  /** Hands all that was found to the measures. */
  settle(): void;
}

/** What dense groups take of what is around them. */
export interface DenseOptions {
  readonly plan: DensePlan;
  readonly keys: readonly LocalKeyOf[];
  readonly table: GroupTable;
  /** The largest code of each key so far. */
  readonly codeCounts: () => number[];
  /** @returns places in the view of the rows that a measure's filter leaves; null = all. */
  readonly filter: (measure: number, view: BlockView) => Uint32Array | null;
  /** Adds what was found to a measure's state. */
  readonly add: (measure: number, groups: Uint32Array, found: Found) => void;
}

/** Opens dense groups in the arena of a task, of which nothing is taken yet. */
export function openDenseGroups(options: DenseOptions, arena: Arena): DenseGroups {
  const { plan, keys, table, codeCounts } = options;
  const inputs = plan.inputs.length;
  const room = openRoom(arena, 16 * Math.floor((arena.room * roomShare) / 16));
  const spaces = new Map<OpenSource, DenseSpace>();

  const spaceOf = (view: BlockView): DenseSpace | null => {
    const known = spaces.get(view.open);
    if (known !== undefined) return known;
    let space = openSpace(keys, plan, view, room, arena);
    if (space === 'no room' && spaces.size > 0) {
      settle();
      space = openSpace(keys, plan, view, room, arena);
    }
    if (space === null || space === 'no room') return null;
    spaces.set(view.open, space);
    return space;
  };

  const settle = (): void => {
    for (const space of spaces.values()) {
      const places = metCombinations(space, arena);
      const groups = new Uint32Array(places.length);
      table.groupsOf(codesOfCombinations(space, places), codeCounts(), groups);
      plan.measures.forEach((of, measure) => {
        const found = of === null ? null : foundOf(space, of, places, arena);
        if (found !== null) options.add(measure, groups, found);
      });
    }
    spaces.clear();
    room.release(0);
  };

  return {
    take(view) {
      const { rowCount } = view.open.source.blocks[view.block];
      if (arena.room < viewBytesPerRow * rowCount) return null;
      const space = spaceOf(view);
      if (space === null) return null;
      const dense = denseViewOf(view, arena);
      const fresh = freshRunsOfKeys(space.keys, view);
      const runs = joinAllRuns(space.keys, dense);
      const takenByRuns = runs === null ? null : addRuns(space, dense, runs);
      const times = takenByRuns === null && inputs === 0 && keys.length === 1 ? timesOf(space, dense) : null;
      const byCodes = takenByRuns === null && times === null;
      const codes = byCodes ? combinationsOf(space.keys, fresh, dense) : null;
      if (byCodes && codes === null) return null;
      const taken = takenByRuns ?? (inputs === 0 ? none : addInputs(space, dense, codes!));
      return new TakenView(plan, space, dense, runs, times, codes, fresh, taken, tableGroups);
    },
    settle,
  };

  function timesOf(space: DenseSpace, dense: DenseView): EvenTimes | null {
    return space.keys[0].readTimes?.(dense) ?? null;
  }

  /** @returns for each input whether kernels took it. */
  function addInputs(space: DenseSpace, dense: DenseView, combinations: LocalCodes): boolean[] {
    return space.inputs.map((state) => {
      const { column, filterOf } = state.input;
      const places = filterOf === null ? null : options.filter(filterOf, dense.view);
      const mark = arena.used;
      const selected: SelectedValues | null =
        column === null ? selectGroups(dense, places, combinations) : selectValues(dense, column, places, combinations);
      const takes = selected !== null && takesValues(state, selected);
      if (!takes || !selected.all) countApart(space, state, arena);
      if (takes) addValues(space, state, selected, arena);
      arena.release(mark);
      return takes;
    });
  }

  function tableGroups(space: DenseSpace, codes: LocalCodes, length: number): Uint32Array | null {
    if (keys.length === 0) {
      table.groupsOf([], [], new Uint32Array(0));
      return null;
    }
    const { kernels, memory } = arena;
    const { at, bytes } = codes;
    if (!space.asked) new Uint32Array(memory.buffer, space.groups, space.size).fill(0);
    space.asked = true;
    const out = arena.take(4 * length);
    if (kernels.mapCodes(at, bytes, length, space.groups, out) > 0) {
      const view = new Uint32Array(memory.buffer, out, length);
      nameGroups(space, codesAt(arena, codes, length), view);
      kernels.mapCodes(at, bytes, length, space.groups, out);
    }
    return new Uint32Array(memory.buffer, out, length);
  }

  /** Gives combinations that rows have for the first time their groups. */
  function nameGroups(space: DenseSpace, codes: ArrayLike<number>, groups: Uint32Array): void {
    const map = new Uint32Array(arena.memory.buffer, space.groups, space.size);
    const fresh: number[] = [];
    for (let row = 0; row < groups.length; row++) {
      if (groups[row] !== nowhere || map[codes[row]] !== 0) continue;
      map[codes[row]] = nowhere;
      fresh.push(codes[row]);
    }
    const combinations = Uint32Array.from(fresh);
    const own = new Uint32Array(fresh.length);
    table.groupsOf(codesOfCombinations(space, combinations), codeCounts(), own);
    for (let i = 0; i < own.length; i++) map[combinations[i]] = own[i] + 1;
  }
}

const none: readonly boolean[] = [];

/** A class: one is made for each view. */
class TakenView implements DenseRows {
  readonly space: DenseSpace;
  readonly runs: RunCodes | null;
  readonly times: EvenTimes | null;
  readonly #plan: DensePlan;
  readonly #dense: DenseView;
  readonly #fresh: readonly (CodeRuns | null)[];
  readonly #taken: readonly boolean[];
  readonly #tableGroups: (space: DenseSpace, codes: LocalCodes, length: number) => Uint32Array | null;
  #codes: LocalCodes | null;

  constructor(
    plan: DensePlan,
    space: DenseSpace,
    dense: DenseView,
    runs: RunCodes | null,
    times: EvenTimes | null,
    codes: LocalCodes | null,
    fresh: readonly (CodeRuns | null)[],
    taken: readonly boolean[],
    tableGroups: (space: DenseSpace, codes: LocalCodes, length: number) => Uint32Array | null,
  ) {
    this.#plan = plan;
    this.space = space;
    this.#dense = dense;
    this.runs = runs;
    this.times = times;
    this.#codes = codes;
    this.#fresh = fresh;
    this.#taken = taken;
    this.#tableGroups = tableGroups;
  }

  get size(): number {
    return this.space.size;
  }

  // Where runs or times do, the codes of rows are made only when somebody asks for them: there are such, too.
  codes(): LocalCodes {
    return (this.#codes ??= combinationsOf(this.space.keys, this.#fresh, this.#dense)!);
  }

  codesOfRows(): ArrayLike<number> {
    const { arena, view } = this.#dense;
    return codesAt(arena, this.codes(), view.length);
  }

  codesOf(): Uint32Array[] {
    return codesOfCombinations(this.space, ascending(this.space.size));
  }

  count(): void {
    const { runs, space } = this;
    const { arena, view } = this.#dense;
    const { kernels } = arena;
    if (runs !== null) kernels.countCodeRuns(runs.ends, runs.codes, runs.bytes, runs.from, runs.to, space.rows);
    else kernels.groupCount(this.codes().at, this.codes().bytes, view.length, space.rows, space.stride);
  }

  isTaken(measure: number): boolean {
    const of = this.#plan.measures[measure];
    if (of === null || !this.#taken[of.input]) return false;
    return of.part === null || this.space.inputs[of.input].parts.has(of.part);
  }

  groups(): Uint32Array | null {
    return this.#tableGroups(this.space, this.codes(), this.#dense.view.length);
  }
}

/** What the map says of a combination that has no group yet, less 1. */
const nowhere = 0xffffffff;
