import type { BlockView } from './block-view.ts';
import type { Condition } from './conditions.ts';
import { filterRows } from './filter.ts';
import type { ScanContext } from './scan.ts';

/** @returns which of the view's rows fulfil a measure's filter, as places in the view; null = all. */
export function passingRows(filter: readonly Condition[], view: BlockView, context: ScanContext): Uint32Array | null {
  let passing = view;
  for (const condition of filter) passing = filterRows(condition, passing, context.evaluator);
  if (passing.length === view.length) return null;
  const rows = passing.rows!;
  const places = view.scratch.words(rows.length);
  if (view.rows === null) for (let i = 0; i < rows.length; i++) places[i] = rows[i] - view.from;
  else {
    for (let i = 0, at = 0; i < rows.length; i++, at++) {
      while (view.rows[at] !== rows[i]) at++;
      places[i] = at;
    }
  }
  return places;
}
