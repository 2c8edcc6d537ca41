import { elementType, isListType, type ColumnType } from '../column/types.ts';
import type { Vector } from '../column/vector.ts';

/** @returns whether a vector may be a block of a column of this type. */
export function isOfType(vector: Vector, type: ColumnType): boolean {
  if (vector.kind === 'null') return true;
  if (isListType(type) && vector.kind === 'list')
    return vector.items.kind === 'null' || isOfType(vector.items, elementType(type));
  return vector.kind === (type === 'time' ? 'int' : type);
}
