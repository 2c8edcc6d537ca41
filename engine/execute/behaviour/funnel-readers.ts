import type { Expr } from '../../plan/expr.ts';
import type { FunnelPlan } from '../../plan/behaviour.ts';
import type { BlockView } from '../block-view.ts';
import type { Leaves } from '../expression.ts';
import { GroupTable } from '../group-table.ts';
import type { KeyContext, KeyReader } from '../key-reader.ts';
import { isStrict } from './funnel-events.ts';
import { createEventKeyReader } from './event-key.ts';
import { leavesOf } from '../leaves.ts';
import type { ReadNotes } from './actor-events.ts';
import { eventMarks } from './event-marks.ts';

/** Which note of an event is what; keys follow. */
export interface FunnelNotes {
  readonly steps: number;
  readonly exclusions: number;
  readonly holding: number;
  readonly bucket: number;
  /** That of the first key. */
  readonly keys: number;
  readonly count: number;
}

/** How a funnel's events are read, in one thread. */
export interface FunnelReaders {
  readonly notes: FunnelNotes;
  readonly read: ReadNotes;
  /** Of the keys, and with `every` of the bucket behind them. */
  readonly keys: readonly KeyReader[];
  /** Whether events that fill no step and are no exclusion say nothing. */
  readonly drops: boolean;
}

/** @param bucket the bucket of an event's time, with `every`. */
export function createFunnelReaders(plan: FunnelPlan, bucket: Expr | null, context: KeyContext): FunnelReaders {
  const { steps, exclude, holding, rules } = plan;
  const keys = [...plan.keys.map(({ expr }) => expr), ...(bucket === null ? [] : [bucket])].map((expr) =>
    createEventKeyReader(expr, context),
  );
  const stepExprs = steps.map(({ expr }) => expr);
  const excludeExprs = exclude.map(({ expr }) => expr);
  const held = holding.map((expr) => createEventKeyReader(expr, context));
  const tuples = new GroupTable(held.length);
  const notes: FunnelNotes = {
    steps: 0,
    exclusions: 1,
    holding: 2,
    bucket: 3 + plan.keys.length,
    keys: 3,
    count: 3 + keys.length,
  };
  const read: ReadNotes = (view) => {
    const leaves = leavesOf(view);
    const own = [
      eventMarks(stepExprs, view, leaves, context.evaluator),
      eventMarks(excludeExprs, view, leaves, context.evaluator),
      heldBy(held, tuples, view, leaves),
    ];
    for (const key of keys) own.push(key.read(view, leaves));
    return own;
  };
  const strict = isStrict(rules);
  return { notes, read, keys, drops: !strict && exclude.length === 0 };
}

/** @returns the code of the held values of each row, 0 where one of them is null. */
function heldBy(held: readonly KeyReader[], tuples: GroupTable, view: BlockView, leaves: Leaves): Uint32Array {
  const out = view.scratch.words(view.length).fill(0);
  if (held.length === 0) return out;
  const codes = held.map((reader) => reader.read(view, leaves));
  if (codes.length === 1) return codes[0];
  const counts = held.map(({ store }) => store.count);
  tuples.groupsOf(codes, counts, out);
  for (let row = 0; row < out.length; row++) out[row] = codes.some((own) => own[row] === 0) ? 0 : out[row] + 1;
  return out;
}
