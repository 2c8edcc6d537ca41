import type { QueryResult } from '../../../../engine/index.ts';
import * as all from './all.ts';
import type { View } from './view.ts';

const views: readonly View[] = Object.values(all);

/** @returns what shows an answer better than a table does; null where that is best, and where there is nothing to show. */
export function viewOf({ behaviour, rowCount }: QueryResult): View | null {
  if (behaviour === null || rowCount === 0) return null;
  return views.find(({ kind }) => kind === behaviour.kind) ?? null;
}
