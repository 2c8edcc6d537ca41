import { createRequire } from 'node:module';
import type { Table } from 'apache-arrow';
import type * as ArrowModule from './column/arrow.ts';
import type {
  AnsweredBehaviour,
  Grouping,
  QueryMeta,
  QueryResult,
  ResultColumn,
  ResultValue,
  RowBatch,
} from './api.ts';
import { elementType, isListType, isRecordsType, recordFields, type ColumnType } from './column/types.ts';
import type { Scalar, ScalarRecord, Values } from './column/values.ts';

/**
 * Wraps columns as the result of a query.
 * @param data one `Values` a column, each of `rowCount` rows.
 */
export function createQueryResult(
  columns: readonly ResultColumn[],
  data: readonly Values[],
  rowCount: number,
  meta: QueryMeta,
  grouping: Grouping | null = null,
  behaviour: AnsweredBehaviour | null = null,
): QueryResult {
  // Assigned, not spread: the Arrow table is made by a getter.
  return Object.assign(createRowBatch(columns, data, rowCount, meta), { meta, grouping, behaviour });
}

/**
 * Wraps columns as rows. Batches made for one and the same array `columns` can be parts of one Arrow stream.
 * @param data one `Values` a column, each of `rowCount` rows.
 * @param meta goes into the Arrow table's metadata.
 */
export function createRowBatch(
  columns: readonly ResultColumn[],
  data: readonly Values[],
  rowCount: number,
  meta: unknown,
): RowBatch {
  let table: Table | null = null;
  return {
    columns,
    rowCount,
    get table() {
      table ??= loadArrow().arrowTable(columns, data, rowCount, meta);
      return table;
    },
    rows: () => rowsFromValues(columns, data, rowCount),
    values: (column) => scalarsFromValues(data[column]!),
  };
}

/** @returns what turns batches to the bytes of one Arrow IPC stream. */
export function createArrowStream(): ArrowModule.ArrowStream {
  return loadArrow().createArrowStream();
}

/** Arrow is a large library: it is loaded by the first result that is asked for a table. */
function loadArrow(): typeof ArrowModule {
  const file = import.meta.url.endsWith('.ts') ? '../dist/engine/column/arrow.js' : './column/arrow.js';
  return createRequire(import.meta.url)(file) as typeof ArrowModule;
}

/** @returns a column's values one by one: int beyond ±2^53 as bigint, time as UTC ms, lists as arrays. */
function scalarsFromValues(values: Values): Scalar[] {
  const out = new Array<Scalar>(values.length);
  for (let row = 0; row < values.length; row++) out[row] = scalarAt(values, row);
  return out;
}

function scalarAt(values: Values, row: number): Scalar {
  if (values.kind === 'null') return null;
  if (values.nulls !== null && values.nulls[row] === 1) return null;
  switch (values.kind) {
    case 'bool':
      return values.values[row] === 1;
    case 'number':
      return values.values[row]!;
    case 'bigint':
      return safeInteger(values.values[row]!);
    case 'text':
      return values.values[row]!;
    case 'coded':
      return values.texts[values.codes[row]!]!;
    case 'list': {
      const items: Scalar[] = [];
      for (let item = values.offsets[row]!; item < values.offsets[row + 1]!; item++)
        items.push(scalarAt(values.items, item));
      return items;
    }
    case 'records': {
      const records: Scalar[] = [];
      for (let at = values.offsets[row]!; at < values.offsets[row + 1]!; at++)
        records.push(Object.fromEntries(values.fields.map((field) => [field.name, scalarAt(field.values, at)])));
      return records;
    }
  }
}

function safeInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function rowsFromValues(
  columns: readonly ResultColumn[],
  data: readonly Values[],
  rowCount: number,
): Record<string, ResultValue>[] {
  const scalars = data.map(scalarsFromValues);
  const rows: Record<string, ResultValue>[] = [];
  for (let row = 0; row < rowCount; row++) {
    // A column may be called __proto__: defined, not assigned.
    const object: Record<string, ResultValue> = {};
    columns.forEach((column, index) => {
      const value = resultValue(scalars[index]![row]!, column.type);
      if (column.name === '__proto__') {
        Object.defineProperty(object, column.name, { value, enumerable: true, configurable: true, writable: true });
      } else object[column.name] = value;
    });
    rows.push(object);
  }
  return rows;
}

function resultValue(value: Scalar, type: ColumnType): ResultValue {
  if (value === null) return null;
  if (type === 'time') return new Date(value as number);
  if (isListType(type)) return (value as readonly Scalar[]).map((item) => resultValue(item, elementType(type)));
  if (isRecordsType(type)) {
    const fields = recordFields(type);
    return (value as readonly ScalarRecord[]).map((record) =>
      Object.fromEntries(fields.map((field) => [field.name, resultValue(record[field.name]!, field.type)])),
    );
  }
  return value as ResultValue;
}
