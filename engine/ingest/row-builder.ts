import type { Batch, BatchColumn } from '../column/batch.ts';
import { buildColumn } from './build-column.ts';
import { ColumnBuilder } from './column-builder.ts';
import type { ColumnSetter, RowBuilder } from './formats/format.ts';
import type { DateOrder } from './times.ts';

export { columnFromCells } from './cell-column.ts';

/** A record that could not be read. `offset` counts from the piece that `read` was given. */
export interface RejectedRow {
  readonly reason: string;
  readonly raw: Uint8Array;
  readonly offset: number;
}

/** Collects rows and makes a batch of them: types by the evidence of all its values. */
export class BatchBuilder implements RowBuilder {
  readonly #timezone: string;
  readonly #columns = new Map<string, ColumnBuilder>();
  readonly #list: ColumnBuilder[] = [];
  /** Beginning and end of each row's record, in turn. */
  #places = new Uint32Array(0);
  readonly rejected: RejectedRow[] = [];
  /** For each row, what was rejected before it is not among them: rows count only those kept. */
  rowCount = 0;

  constructor(timezone: string) {
    this.#timezone = timezone;
  }

  column(name: string, dateOrder: DateOrder | null = null): ColumnSetter {
    let column = this.#columns.get(name);
    if (column === undefined) {
      column = new ColumnBuilder(this);
      this.#columns.set(name, column);
      this.#list.push(column);
    }
    column.dateOrder ??= dateOrder;
    return column;
  }

  endRow(from = 0, to = from): void {
    const at = 2 * this.rowCount;
    if (at === this.#places.length) {
      const grown = new Uint32Array(Math.max(1024, 2 * at));
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places[at] = from;
    this.#places[at + 1] = to;
    this.rowCount++;
  }

  /** @returns where a row's record lies in the bytes that `read` was given; half-open. */
  placeOf(row: number): { readonly from: number; readonly to: number } {
    return { from: this.#places[2 * row], to: this.#places[2 * row + 1] };
  }

  restartRow(): void {
    for (let index = 0; index < this.#list.length; index++) this.#list[index].takeBack(this.rowCount);
  }

  rejectRow(reason: string, raw: Uint8Array, offset: number): void {
    this.restartRow();
    this.rejected.push({ reason, raw: raw.slice(), offset });
  }

  /** @returns the rows as a batch; columns in which no row has a value are left out. */
  build(): Batch {
    const columns: BatchColumn[] = [];
    for (const [name, column] of this.#columns) {
      const built = buildColumn(name, column, this.rowCount, this.#timezone);
      if (built !== null) columns.push(built);
    }
    return { rowCount: this.rowCount, columns };
  }
}
