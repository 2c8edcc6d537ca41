import { canonicalColumn, type ColumnData } from './canonical.ts';
import { elementType, isListType, type ColumnType } from './types.ts';
import type { FloatVector, IntVector } from './vector.ts';

/** @returns the column as the wider type `to` (see `widenTypes`): int as float, anything as text, lists by element. */
export function widenColumn(column: ColumnData, to: ColumnType): ColumnData {
  const { type, vector } = column;
  if (type === to || vector.kind === 'null') return { type: to, vector, dictionary: column.dictionary };
  if (to === 'float' && vector.kind === 'int') return { type: to, vector: floatsOf(vector), dictionary: null };
  if (isListType(to) && vector.kind === 'list') {
    const items = widenColumn(
      { type: elementType(type), vector: vector.items, dictionary: column.dictionary },
      elementType(to),
    );
    return {
      type: to,
      vector: { ...vector, items: items.vector as typeof vector.items },
      dictionary: items.dictionary,
    };
  }
  return { type: 'text', ...canonicalColumn(column) };
}

function floatsOf(vector: IntVector): FloatVector {
  const values = new Float64Array(vector.length);
  for (let row = 0; row < values.length; row++) values[row] = vector.base + Number(vector.values[row]);
  return { kind: 'float', length: vector.length, values, validity: vector.validity };
}
