import {
  Bool,
  Dictionary as DictionaryType,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  Null,
  RecordBatch,
  Schema,
  Struct,
  Table,
  tableToIPC,
  TimeUnit,
  Timestamp,
  Utf8,
  Vector as ArrowVector,
  vectorFromArray,
  type Data,
  type DataType,
} from 'apache-arrow';
import { VarveError } from '../base/errors.ts';
import { elementType, isListType, isRecordsType, recordFields, type ColumnType, type RecordsType } from './types.ts';
import type { Nulls, Values } from './values.ts';

/** Names and types of a table's columns. */
export type ArrowColumns = readonly { readonly name: string; readonly type: ColumnType }[];

/** A dictionary is known by a number that its type bears: tables of one stream have to share their types. */
const schemas = new WeakMap<ArrowColumns, Schema>();

/**
 * Columns of equal length as one Arrow table of one batch: bool Bool, int Int64, float Float64, text
 * Dictionary<Utf8, Int32> of the texts that occur, time Timestamp (milliseconds, UTC), lists List, lists of records
 * List<Struct>, null Null.
 * @param columns tables made for one and the same array have one schema, so that they can be batches of one stream.
 * @param data one `Values` a column, each of `rowCount` rows.
 * @param meta stands in the schema's metadata, under `meta`, as JSON.
 */
export function arrowTable(columns: ArrowColumns, data: readonly Values[], rowCount: number, meta?: unknown): Table {
  let schema = schemas.get(columns);
  if (schema === undefined) {
    const fields = columns.map(({ name, type }) => new Field(name, arrowType(type), true));
    schema = new Schema(fields, new Map(meta === undefined ? [] : [['meta', JSON.stringify(meta)]]));
    schemas.set(columns, schema);
  }
  const { fields } = schema;
  const children = columns.map(({ type }, index) => arrowData(data[index], type, fields[index].type as DataType));
  const struct = makeData({ type: new Struct(fields), length: rowCount, nullCount: 0, children });
  return new Table(schema, [new RecordBatch(schema, struct)]);
}

/** What ends an IPC stream: a marker and a message of no length. */
const endOfStream = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** Turns tables of one schema to the bytes of one IPC stream, a table at a time. */
export interface ArrowStream {
  /** @returns what a table adds: the first also the schema, each its dictionaries anew. */
  add(table: Table): Uint8Array;
  readonly end: Uint8Array;
}

/**
 * Makes a stream of record batches. The library writes whole streams: of each but the first the schema's message is
 * left off, and of all the mark of their end.
 */
export function createArrowStream(): ArrowStream {
  let head = 0;
  return {
    add(table) {
      const bytes = tableToIPC(table, 'stream').subarray(head, -endOfStream.length);
      head = tableToIPC(new Table(table.schema), 'stream').length - endOfStream.length;
      return bytes;
    },
    end: endOfStream,
  };
}

/** One column as an Arrow vector. @param type what the values mean: numbers may be int, float or time. */
export function arrowVector(values: Values, type: ColumnType): ArrowVector {
  return new ArrowVector([arrowData(values, type, arrowType(type))]);
}

function arrowType(type: ColumnType): DataType {
  if (isListType(type)) return new List(new Field('item', arrowType(elementType(type)), true));
  if (isRecordsType(type)) {
    const fields = recordFields(type).map((field) => new Field(field.name, arrowType(field.type), true));
    return new List(new Field('item', new Struct(fields), true));
  }
  switch (type) {
    case 'null':
      return new Null();
    case 'bool':
      return new Bool();
    case 'int':
      return new Int64();
    case 'float':
      return new Float64();
    case 'time':
      return new Timestamp(TimeUnit.MILLISECOND, 'UTC');
    case 'text':
      return new DictionaryType(new Utf8(), new Int32());
  }
}

function arrowData(values: Values, type: ColumnType, as: DataType): Data<DataType> {
  const { length } = values;
  if (type === 'null') return makeData({ type: new Null(), length });
  const nulls = values.kind === 'null' ? new Uint8Array(length).fill(1) : values.nulls;
  const common = { length, ...bitmapOf(nulls, length) };
  if (isListType(type)) return listData(values, type, as as List, common);
  if (isRecordsType(type)) return recordsData(values, type, as as List, common);
  switch (type) {
    case 'bool':
      return makeData({
        type: as as Bool,
        ...common,
        data: values.kind === 'bool' ? bitsOf(values.values) : bitsOf(new Uint8Array(length)),
      });
    case 'int':
      return makeData({ type: as as Int64, ...common, data: bigintsOf(values, nulls) });
    case 'time':
      return makeData({ type: as as Timestamp, ...common, data: bigintsOf(values, nulls) });
    case 'float':
      return makeData({ type: as as Float64, ...common, data: floatsOf(values) });
    case 'text':
      return textData(values, nulls, as as DictionaryType, common);
  }
}

interface Common {
  readonly length: number;
  readonly nullCount: number;
  readonly nullBitmap: Uint8Array | undefined;
}

function bitmapOf(nulls: Nulls, length: number): Omit<Common, 'length'> {
  if (nulls === null) return { nullCount: 0, nullBitmap: undefined };
  const nullBitmap = new Uint8Array((length + 7) >> 3);
  let nullCount = 0;
  for (let row = 0; row < length; row++) {
    if (nulls[row] === 1) nullCount++;
    else nullBitmap[row >> 3] |= 1 << (row & 7);
  }
  return { nullCount, nullBitmap };
}

function bitsOf(values: Uint8Array): Uint8Array {
  const bits = new Uint8Array((values.length + 7) >> 3);
  for (let row = 0; row < values.length; row++) bits[row >> 3] |= (values[row] & 1) << (row & 7);
  return bits;
}

function bigintsOf(values: Values, nulls: Nulls): BigInt64Array {
  const out = new BigInt64Array(values.length);
  if (values.kind === 'bigint') out.set(values.values.subarray(0, values.length));
  else if (values.kind === 'number') {
    for (let row = 0; row < values.length; row++) {
      if (nulls === null || nulls[row] === 0) out[row] = BigInt(values.values[row]);
    }
  } else expectNull(values);
  return out;
}

function floatsOf(values: Values): Float64Array {
  if (values.kind === 'number') return values.values.slice(0, values.length);
  if (values.kind === 'bigint') return Float64Array.from(values.values, Number);
  expectNull(values);
  return new Float64Array(values.length);
}

function textData(values: Values, nulls: Nulls, type: DictionaryType, common: Common): Data<DataType> {
  const codes = new Int32Array(values.length);
  const texts: string[] = [];
  const known = new Map<string | number, number>();
  if (values.kind === 'coded' || values.kind === 'text') {
    for (let row = 0; row < values.length; row++) {
      if (nulls !== null && nulls[row] === 1) continue;
      const key = values.kind === 'coded' ? values.codes[row] : values.values[row];
      let code = known.get(key);
      if (code === undefined) {
        code = texts.length;
        known.set(key, code);
        texts.push(values.kind === 'coded' ? values.texts[values.codes[row]] : values.values[row]);
      }
      codes[row] = code;
    }
  } else expectNull(values);
  return makeData({ type, ...common, data: codes, dictionary: vectorFromArray(texts, new Utf8()) });
}

function listData(values: Values, type: ColumnType, as: List, common: Common): Data<DataType> {
  const element = elementType(type);
  if (values.kind !== 'list') expectNull(values);
  const items: Values = values.kind === 'list' ? values.items : { kind: 'null', length: 0 };
  const child = arrowData(items, element, as.children[0].type as DataType);
  const valueOffsets = new Int32Array(values.length + 1);
  if (values.kind === 'list') valueOffsets.set(values.offsets.subarray(0, values.length + 1));
  return makeData({ type: as, ...common, valueOffsets, child });
}

function recordsData(values: Values, type: RecordsType, as: List, common: Common): Data<DataType> {
  if (values.kind !== 'records') expectNull(values);
  const count = values.kind === 'records' ? values.offsets[values.length] : 0;
  const struct = as.children[0].type as Struct;
  const children = recordFields(type).map((field, index) => {
    const own = values.kind === 'records' ? values.fields.find(({ name }) => name === field.name) : undefined;
    const empty: Values = { kind: 'null', length: 0 };
    return arrowData(own?.values ?? empty, field.type, struct.children[index].type as DataType);
  });
  const child = makeData({ type: struct, length: count, nullCount: 0, children });
  const valueOffsets = new Int32Array(values.length + 1);
  if (values.kind === 'records') valueOffsets.set(values.offsets.subarray(0, values.length + 1));
  return makeData({ type: as, ...common, valueOffsets, child });
}

/** Where there is no value, as among the items of empty lists, the kind says nothing. */
function expectNull(values: Values): void {
  if (values.kind !== 'null' && values.length > 0)
    throw new VarveError('internal', `BUG: ${values.kind} values do not fit the column's type`);
}
