import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import { conjunctsOf } from '../plan/visit.ts';
import { noSlot } from '../store/actor-slots.ts';
import type { BlockView, OpenSource, SliceSource } from './block-view.ts';
import type { Cohort } from './cohort.ts';
import { conditionOf, conditionsOf, type Condition, type SetCondition } from './conditions.ts';
import { countRowsOfSlots, type SlotCounts } from './count-slot-rows.ts';
import { Evaluator, trueRows, type Leaves } from './expression.ts';
import { narrowedBy } from './filter.ts';
import type { MemoryAccount } from './memory.ts';
import { scanParts, type ScanContext } from './scan.ts';
import type { ScanSource } from './scan-task.ts';
import { tellActors } from './set-filter.ts';
import { ascending } from './sort.ts';
import { doAll } from './steps.ts';
import type { ValueSet } from './value-set.ts';

/** The cohorts that a scan's conditions ask for, while one query reads them in one thread. */
export interface Cohorts {
  /** Those of the scan and of its cohorts, in the order of their tables. */
  readonly sources: readonly OpenSource[];
  /**
   * Finds who in a slice belongs to each cohort, for the conditions on the scan's own parts.
   * @param all what the sources above have in the slice. @param parts what the scan's own have.
   */
  tell(all: readonly SliceSource[], parts: readonly SliceSource[], context: ScanContext): void;
}

/** One of them. */
interface OpenCohort {
  readonly evaluator: Evaluator;
  /** Of rows that count at all. */
  readonly conditions: readonly Condition[];
  readonly having: Cohort['plan']['having'];
  /** The conditions of each list of counts; the first has none. */
  readonly filters: readonly (readonly Condition[])[];
  /** Which of these is each measure's. */
  readonly lists: readonly number[];
  readonly sources: ReadonlySet<OpenSource>;
  /** Who asks. */
  readonly askers: readonly SetCondition[];
}

/**
 * @param sources of the scan. @param conditions that its rows have to fulfil. @param open opens another source.
 * @param account of what is counted.
 * @returns null where no condition asks for a cohort.
 */
export function openCohorts(
  sources: readonly OpenSource[],
  conditions: readonly Condition[],
  { sets, context }: Evaluator,
  open: (source: ScanSource) => OpenSource,
  account: MemoryAccount,
): Cohorts | null {
  const all = [...sources];
  const opened = (source: ScanSource): OpenSource => {
    const { index, table } = source;
    let own = all.find((other) => other.table.index === table.index && other.index === index);
    if (own === undefined) all.push((own = open(source)));
    return own;
  };
  const cohorts = [...new Set(sets)].flatMap((set): OpenCohort[] => {
    if (set.kind !== 'cohort') return [];
    const asks = (condition: Condition): condition is SetCondition =>
      condition.kind === 'set' && sets[condition.subquery] === set;
    return [openCohort(set, new Set(set.sources.map(opened)), conditions.filter(asks), context)];
  });
  // Without rows nobody asks.
  if (cohorts.length === 0 || sources.length === 0) return null;
  all.sort((a, b) => a.table.index - b.table.index || a.index - b.index);
  return {
    sources: all,
    tell(parts, own, scan) {
      for (const cohort of cohorts) tellCohort(cohort, parts, own, scan, account);
    },
  };
}

function openCohort(
  { plan }: Cohort,
  sources: ReadonlySet<OpenSource>,
  askers: readonly SetCondition[],
  context: Evaluator['context'],
): OpenCohort {
  const filters: (readonly Condition[])[] = [[]];
  const lists = plan.measures.map(({ filter }) =>
    filter === null ? 0 : filters.push(conjunctsOf(filter).map(conditionOf)) - 1,
  );
  const { timezone, now, having } = plan;
  const evaluator = new Evaluator({ ...context, timezone, now });
  return { evaluator, conditions: conditionsOf(plan), having, filters, lists, sources, askers };
}

/** What one slot takes on the way: its number, the verdict, and a float a measure. */
function bytesASlot({ filters, lists }: OpenCohort): number {
  return 4 * filters.length + 4 + 1 + 8 * lists.length;
}

function tellCohort(
  cohort: OpenCohort,
  all: readonly SliceSource[],
  own: readonly SliceSource[],
  context: ScanContext,
  account: MemoryAccount,
): void {
  const slotCount = all[0]?.slots().count ?? 0;
  const entries = own.reduce((sum, part) => sum + part.entries.count, 0);
  account.hold(slotCount * bytesASlot(cohort) + entries * cohort.askers.length);
  const { arena } = context.scratch;
  const before = arena?.used ?? 0;
  const counts = countsOf(cohort, slotCount, all, context, account);
  const belongs = membersOf(cohort, counts, slotCount);
  arena?.release(before);
  for (const part of own) {
    const { slots } = part === all[part.part] ? part : all.find(({ open }) => open === part.open)!;
    const place = part === all[part.part] ? part.part : all.findIndex(({ open }) => open === part.open);
    for (const asker of cohort.askers) tellActors(asker, part, entriesOf(belongs, slots().slots[place], asker.negated));
  }
}

/** @returns how many rows of each slot count, a list for each filter. */
function countsOf(
  { evaluator, conditions, filters, sources }: OpenCohort,
  slotCount: number,
  all: readonly SliceSource[],
  context: ScanContext,
  memory: MemoryAccount,
): SlotCounts[] {
  const { arena } = context.scratch;
  const counts = filters.map((): SlotCounts => {
    const bytes = Math.max(4, 4 * slotCount);
    const at = arena !== null && arena.room >= bytes + roomLeft ? arena.take(bytes) : null;
    return at === null
      ? { at, list: new Uint32Array(slotCount) }
      : { at, list: new Uint32Array(arena!.memory.buffer, at, slotCount).fill(0) };
  });
  const parts = all.filter(({ open }) => sources.has(open));
  const own: ScanContext = {
    ...context,
    evaluator,
    conditions,
    memory,
    countRows: () => undefined,
    first: null,
    cohorts: null,
  };
  const take = (view: BlockView): void => {
    const mark = arena?.used ?? 0;
    filters.forEach((filter, at) => {
      const passing = narrowedBy(filter, view, evaluator);
      if (passing.length > 0) countRowsOfSlots(passing, counts[at]);
    });
    arena?.release(mark);
  };
  doAll(scanParts(parts, own, take));
  return counts;
}

/** What a block takes of the arena beside: where its entries begin, and their slots, each as many as its rows at most. */
const roomLeft = 4 * 1024 * 1024;

/** @returns a byte a slot: 1 = has rows that count, and `having` is true of them. */
function membersOf(
  { evaluator, having, lists }: OpenCohort,
  counts: readonly SlotCounts[],
  slotCount: number,
): Uint8Array {
  const belongs = new Uint8Array(slotCount);
  const rows = counts[0].list;
  if (having === null) {
    for (let slot = 0; slot < slotCount; slot++) belongs[slot] = rows[slot] === 0 ? 0 : 1;
    return belongs;
  }
  const one = lists.every((list) => list === lists[0]) ? counts[lists[0] ?? 0].list : null;
  const most = one === null ? Infinity : greatest(one);
  if (one !== null && most < countsMax) {
    // Slots of equal counts are decided at once.
    const each = ascending(most + 1);
    const verdicts = new Uint8Array(most + 1);
    const values = valuesOf(each, each);
    chooseBy(
      having,
      evaluator,
      lists.map(() => values),
      each,
      verdicts,
    );
    for (let slot = 0; slot < slotCount; slot++) belongs[slot] = rows[slot] === 0 ? 0 : verdicts[one[slot]];
    return belongs;
  }
  const met = new Uint32Array(slotCount);
  let count = 0;
  for (let slot = 0; slot < slotCount; slot++) {
    met[count] = slot;
    count += rows[slot] === 0 ? 0 : 1;
  }
  const slots = met.subarray(0, count);
  const measures = lists.map((list) => valuesOf(counts[list].list, slots));
  chooseBy(having, evaluator, measures, slots, belongs);
  return belongs;
}

/** Counts below it are decided each by itself. */
const countsMax = 65_536;

function greatest(list: Uint32Array): number {
  let most = 0;
  for (let at = 0; at < list.length; at++) most = list[at] > most ? list[at] : most;
  return most;
}

/** Marks those of `slots` for which a condition on their measures is true. */
function chooseBy(
  having: Expr,
  evaluator: Evaluator,
  measures: readonly Values[],
  slots: Uint32Array,
  chosen: Uint8Array,
): void {
  const leaves: Leaves = {
    length: slots.length,
    leaf(leaf) {
      if (leaf.kind !== 'measure') throw new VarveError('internal', `BUG: ${leaf.kind} is no leaf of slots`);
      return measures[leaf.index];
    },
  };
  const found = trueRows(evaluator.evaluate(having, leaves), slots);
  for (let at = 0; at < found.length; at++) chosen[found[at]] = 1;
}

function valuesOf(list: Uint32Array, slots: Uint32Array): Values {
  const values = new Float64Array(slots.length);
  for (let at = 0; at < values.length; at++) values[at] = list[slots[at]];
  return { kind: 'number', length: values.length, values, nulls: null };
}

/** @returns a byte an entry: 1 = its actor belongs, or with `negated` does not; nobody does neither. */
function entriesOf(belongs: Uint8Array, slots: Uint32Array, negated: boolean): Uint8Array {
  const mask = new Uint8Array(slots.length);
  const flip = negated ? 1 : 0;
  for (let entry = 0; entry < mask.length; entry++) {
    const slot = slots[entry];
    mask[entry] = slot === noSlot ? 0 : belongs[slot] ^ flip;
  }
  return mask;
}

/** @returns the sources of a scan and of the cohorts that it asks for: what its tasks read. */
export function withCohortSources(sources: readonly ScanSource[], sets: readonly ValueSet[]): readonly ScanSource[] {
  if (sources.length === 0) return sources;
  const all = [...sources];
  for (const set of sets)
    for (const source of set.kind === 'cohort' ? set.sources : [])
      if (!all.some(({ table, index }) => table.index === source.table.index && index === source.index))
        all.push(source);
  return all;
}
