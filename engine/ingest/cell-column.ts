import type { BatchColumn } from '../column/batch.ts';
import { DictionaryBuilder } from '../column/dictionary-builder.ts';
import { elementType, isListType, type ColumnType, type WidenInput } from '../column/types.ts';
import type { Validity, Vector } from '../column/vector.ts';
import { isListCell, textOfCell, type Cell } from './infer.ts';

/** @returns a column of cells that all fit `type` (see `widenTypes`). */
export function columnFromCells(name: string, cells: readonly Cell[], { type, wide }: WidenInput): BatchColumn {
  const builder = new DictionaryBuilder();
  const vector = isListType(type) ? listVector(cells, type, wide, builder) : scalarVector(cells, type, wide, builder);
  return { name, type, vector, dictionary: elementType(type) === 'text' ? builder.build() : null };
}

function validityOfCells(cells: readonly Cell[]): Validity {
  if (!cells.includes(null)) return null;
  const validity = new Uint8Array((cells.length + 7) >> 3);
  cells.forEach((cell, row) => {
    if (cell !== null) validity[row >> 3] |= 1 << (row & 7);
  });
  return validity;
}

function scalarVector(
  cells: readonly Cell[],
  type: ColumnType,
  wide: boolean,
  builder: DictionaryBuilder,
): Exclude<Vector, { kind: 'list' }> {
  const { length } = cells;
  const validity = validityOfCells(cells);
  switch (type) {
    case 'bool':
      return { kind: 'bool', length, values: Uint8Array.from(cells, (cell) => (cell === true ? 1 : 0)), validity };
    case 'text':
      return {
        kind: 'text',
        length,
        codes: Uint32Array.from(cells, (cell) => (cell === null ? 0 : builder.add(textOfCell(cell)))),
        validity,
      };
    case 'float':
      return { kind: 'float', length, values: Float64Array.from(cells, numberOfCell), validity };
    case 'null':
      return { kind: 'null', length };
    default: {
      const values = wide
        ? BigInt64Array.from(cells, (cell) => BigInt(typeof cell === 'bigint' ? cell : numberOfCell(cell)))
        : Float64Array.from(cells, numberOfCell);
      return { kind: 'int', length, base: 0, values, validity };
    }
  }
}

function numberOfCell(cell: Cell): number {
  if (cell === null) return 0;
  if (typeof cell === 'object' && !isListCell(cell)) return 'time' in cell ? cell.time : cell.float;
  return Number(cell);
}

function listVector(cells: readonly Cell[], type: ColumnType, wide: boolean, builder: DictionaryBuilder): Vector {
  const offsets = new Uint32Array(cells.length + 1);
  const items: Cell[] = [];
  cells.forEach((cell, row) => {
    if (cell !== null) for (const item of isListCell(cell) ? cell : [cell]) items.push(item);
    offsets[row + 1] = items.length;
  });
  return {
    kind: 'list',
    length: cells.length,
    offsets,
    items: scalarVector(items, elementType(type), wide, builder),
    validity: validityOfCells(cells),
  };
}
