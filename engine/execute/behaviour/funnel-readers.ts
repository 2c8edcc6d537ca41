import type { Expr } from '../../plan/expr.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { BlockView } from '../block-view.ts';
import type { Leaves } from '../expression.ts';
import { GroupTable } from '../group-table.ts';
import type { KeyContext, KeyReader } from '../key-reader.ts';
import { createEventKeyReader } from './event-key.ts';
import { columnOf, conditionsNote, keyNote, type EventNote } from './event-notes.ts';
import { isStrict } from './funnel-events.ts';

/** Which note of an event is what: -1 = there is none such. Keys follow. */
export interface FunnelNotes {
  readonly steps: number;
  readonly exclusions: number;
  readonly holding: number;
  /** That of the first key; with `every` the last one is the bucket. */
  readonly keys: number;
}

/** How a funnel's events are read, in one thread. */
export interface FunnelReaders {
  readonly places: FunnelNotes;
  readonly notes: readonly EventNote[];
  /** Of the keys, and with `every` of the bucket behind them. */
  readonly keys: readonly KeyReader[];
  /** Whether events that fill no step and are no exclusion say nothing. */
  readonly drops: boolean;
}

/** @returns whether what an event's note says, which one column of texts decides, tells that the event says nothing. */
export function isDroppedUnread({ steps, exclude, rules }: FunnelPlan): boolean {
  return !isStrict(rules) && exclude.length === 0 && columnOf(steps.map(({ expr }) => expr)) !== null;
}

/** @param bucket the bucket of an event's time, with `every`. */
export function createFunnelReaders(plan: FunnelPlan, bucket: Expr | null, context: KeyContext): FunnelReaders {
  const { steps, exclude, holding, rules } = plan;
  const keys = [...plan.keys.map(({ expr }) => expr), ...(bucket === null ? [] : [bucket])].map((expr) =>
    createEventKeyReader(expr, context),
  );
  const { evaluator } = context;
  const notes = [
    conditionsNote(
      steps.map(({ expr }) => expr),
      evaluator,
    ),
  ];
  let exclusions = -1;
  if (exclude.length > 0) {
    const conditions = exclude.map(({ expr }) => expr);
    exclusions = notes.push(conditionsNote(conditions, evaluator)) - 1;
  }
  let held = -1;
  if (holding.length > 0) held = notes.push(heldNote(holding.map((expr) => createEventKeyReader(expr, context)))) - 1;
  const places: FunnelNotes = { steps: 0, exclusions, holding: held, keys: notes.length };
  const drops = !isStrict(rules) && exclude.length === 0;
  return { places, notes: [...notes, ...keys.map(keyNote)], keys, drops };
}

/** Notes the code of the held values, 0 where one of them is null. */
function heldNote(held: readonly KeyReader[]): EventNote {
  if (held.length === 1) return keyNote(held[0]);
  const tuples = new GroupTable(held.length);
  return { local: () => null, read: (view, leaves) => heldBy(held, tuples, view, leaves) };
}

/** @returns the code of the held values of each row, 0 where one of them is null. */
function heldBy(held: readonly KeyReader[], tuples: GroupTable, view: BlockView, leaves: Leaves): Uint32Array {
  const out = view.scratch.words(view.length).fill(0);
  const codes = held.map((reader) => reader.read(view, leaves));
  const counts = held.map(({ store }) => store.count);
  tuples.groupsOf(codes, counts, out);
  for (let row = 0; row < out.length; row++) out[row] = codes.some((own) => own[row] === 0) ? 0 : out[row] + 1;
  return out;
}
