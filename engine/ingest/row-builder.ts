import type { Batch, BatchColumn } from '../column/batch.ts';
import { DictionaryBuilder } from '../column/dictionary-builder.ts';
import { elementType, isListType, widenTypes, type ColumnType, type WidenInput } from '../column/types.ts';
import type { Validity, Vector } from '../column/vector.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import { cellFromText, inferTexts, isListCell, textOfCell, typeOfCell, type Cell } from './infer.ts';

/** A record that could not be read. `offset` counts from the piece that `read` was given. */
export interface RejectedRow {
  readonly reason: string;
  readonly raw: Uint8Array;
  readonly offset: number;
}

/** Collects rows and makes a batch of them: types by the evidence of all its values. */
export class BatchBuilder implements RowBuilder {
  readonly #timezone: string;
  readonly #columns = new Map<string, CollectedColumn>();
  readonly rejected: RejectedRow[] = [];
  /** For each row, what was rejected before it is not among them: rows count only those kept. */
  rowCount = 0;

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  column(name: string): ColumnSetter {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new CollectedColumn(this);
      this.#columns.set(name, column);
    }
    return column;
  }

  endRow(): void {
    this.rowCount++;
  }

  rejectRow(reason: string, raw: Uint8Array, offset: number): void {
    for (const column of this.#columns.values()) column.takeBack(this.rowCount);
    this.rejected.push({ reason, raw: raw.slice(), offset });
  }

  /** @returns the rows as a batch; columns in which no row has a value are left out. */
  build(): Batch {
    const columns: BatchColumn[] = [];
    for (const [name, column] of this.#columns) {
      const built = column.build(name, this.rowCount, this.#timezone);
      if (built !== null) columns.push(built);
    }
    return { rowCount: this.rowCount, columns };
  }
}

class CollectedColumn implements ColumnSetter {
  readonly #rows: BatchBuilder;
  readonly #cells: Cell[] = [];
  /** Rows whose cell is an untyped text. */
  #untyped = 0;
  readonly #untypedRows: boolean[] = [];

  constructor(rows: BatchBuilder) {
    this.#rows = rows;
  }

  #set(cell: Cell, untyped: boolean): void {
    const row = this.#rows.rowCount;
    for (let missing = this.#cells.length; missing < row; missing++) {
      this.#cells.push(null);
      this.#untypedRows.push(false);
    }
    this.#cells[row] = cell;
    this.#untypedRows[row] = untyped;
    if (untyped) this.#untyped++;
  }

  setText(value: string): void {
    this.#set(value, false);
  }
  setUntyped(value: string): void {
    this.#set(value, true);
  }
  setInt(value: number | bigint): void {
    this.#set(value, false);
  }
  setFloat(value: number): void {
    this.#set({ float: value }, false);
  }
  setBool(value: boolean): void {
    this.#set(value, false);
  }
  setTime(value: number): void {
    this.#set({ time: value }, false);
  }
  setList(values: readonly Cell[]): void {
    this.#set(values, false);
  }

  takeBack(row: number): void {
    if (this.#cells.length > row) {
      if (this.#untypedRows[row]) this.#untyped--;
      this.#cells.length = row;
      this.#untypedRows.length = row;
    }
  }

  build(name: string, rowCount: number, timezone: string): BatchColumn | null {
    const cells = this.#cells;
    for (let missing = cells.length; missing < rowCount; missing++) cells.push(null);
    if (this.#untyped > 0) this.#typeTexts(timezone);
    let type: WidenInput = { type: 'null', wide: false };
    for (const cell of cells) type = widenTypes(type, typeOfCell(cell));
    return type.type === 'null' ? null : columnFromCells(name, cells, type);
  }

  #typeTexts(timezone: string): void {
    const texts = this.#cells.filter(
      (cell, row): cell is string => this.#untypedRows[row] === true && typeof cell === 'string',
    );
    const type = inferTexts(texts, timezone);
    for (let row = 0; row < this.#cells.length; row++) {
      const cell = this.#cells[row];
      if (this.#untypedRows[row] === true && typeof cell === 'string')
        this.#cells[row] = cellFromText(cell, type, timezone);
    }
  }
}

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
