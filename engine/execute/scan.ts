import { VarveError } from '../base/errors.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { SelectPlan } from '../plan/select.ts';
import type { HashRange } from '../store/row-source.ts';
import { readActor, readColumn, type BlockView, type OpenSource } from './block-view.ts';
import { trueRows, type Evaluator, type Leaves } from './expression.ts';
import type { ExecutionStats } from './result.ts';

/** What a scan needs beside the plan. */
export interface ScanContext {
  readonly evaluator: Evaluator;
  readonly stats: ExecutionStats;
  readonly signal: AbortSignal | undefined;
}

/**
 * Walks the rows of one slice that pass the range of time and `where`, source by source and block by block.
 * @param take gets each block's rows and their leaves.
 * @throws VarveError `cancelled` at the next block once the signal has fired.
 */
export function scanSlice(
  plan: SelectPlan,
  sources: readonly OpenSource[],
  slice: HashRange,
  context: ScanContext,
  take: (view: BlockView, leaves: Leaves) => void,
): void {
  for (const open of sources) {
    const { source } = open;
    const entries = source.readActors(slice);
    const from = entries.firstRows[0];
    const to = entries.firstRows[entries.count];
    source.blocks.forEach((block, index) => {
      const start = Math.max(from, block.firstRow) - block.firstRow;
      const end = Math.min(to, block.firstRow + block.rowCount) - block.firstRow;
      if (start >= end) return;
      if (context.signal?.aborted === true) throw new VarveError('cancelled', 'The query was called off.');
      if (!overlaps(plan, block.timeMin, block.timeMax)) {
        context.stats.blocksPruned++;
        return;
      }
      context.stats.rowsScanned += end - start;
      const all = Uint32Array.from({ length: end - start }, (_, i) => start + i);
      const view = filterRows(plan, { open, block: index, rows: all }, context);
      context.stats.rowsMatched += view.rows.length;
      if (view.rows.length > 0) take(view, leavesOf(view));
    });
  }
}

/** @returns whether a stretch of time can hold rows of the plan's range. */
export function overlaps(plan: SelectPlan, timeMin: number, timeMax: number): boolean {
  const { since, until } = plan.range;
  return (since === null || timeMax >= since) && (until === null || timeMin < until);
}

function filterRows(plan: SelectPlan, view: BlockView, context: ScanContext): BlockView {
  const block = view.open.source.blocks[view.block]!;
  const { since, until } = plan.range;
  let { rows } = view;
  if ((since !== null && block.timeMin < since) || (until !== null && block.timeMax >= until)) {
    const times = readColumn(view, 'time', 'time') as Extract<Values, { kind: 'number' }>;
    rows = rows.filter(
      (_row, i) => (since === null || times.values[i] >= since) && (until === null || times.values[i] < until),
    );
  }
  if (plan.where === null || rows.length === 0) return { ...view, rows };
  const narrowed = { ...view, rows };
  return { ...view, rows: trueRows(context.evaluator.evaluate(plan.where, leavesOf(narrowed)), rows) };
}

/** @returns leaves that read the view's columns, each once. */
export function leavesOf(view: BlockView): Leaves {
  const read = new Map<string, Values>();
  return {
    length: view.rows.length,
    leaf(expr: Expr): Values {
      if (expr.kind === 'actor') return readActor(view);
      if (expr.kind !== 'column') throw new VarveError('internal', `BUG: ${expr.kind} is no leaf of rows`);
      let values = read.get(expr.name);
      if (values === undefined) {
        values = readColumn(view, expr.name, expr.type);
        read.set(expr.name, values);
      }
      return values;
    },
  };
}
