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

/** A column of a result. */
export interface ArrowColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: Values;
}

/**
 * Columns of equal length as one Arrow table of one batch: bool Bool, int Int64, float Float64, text
 * Dictionary<Utf8, Int32> of the texts that occur, time Timestamp (milliseconds, UTC), lists List, lists of records
 * List<Struct>, null Null.
 */
export function arrowTable(columns: readonly ArrowColumn[], rowCount: number): Table {
  const data = columns.map(({ type, values }) => arrowData(values, type));
  const fields = columns.map(({ name }, index) => new Field(name, data[index].type, true));
  const schema = new Schema(fields);
  const struct = makeData({ type: new Struct(fields), length: rowCount, nullCount: 0, children: data });
  return new Table(schema, [new RecordBatch(schema, struct)]);
}

/** One column as an Arrow vector. @param type what the values mean: numbers may be int, float or time. */
export function arrowVector(values: Values, type: ColumnType): ArrowVector {
  return new ArrowVector([arrowData(values, type)]);
}

function arrowData(values: Values, type: ColumnType): Data<DataType> {
  const { length } = values;
  if (type === 'null') return makeData({ type: new Null(), length });
  const nulls = values.kind === 'null' ? new Uint8Array(length).fill(1) : values.nulls;
  const common = { length, ...bitmapOf(nulls, length) };
  if (isListType(type)) return listData(values, type, common);
  if (isRecordsType(type)) return recordsData(values, type, common);
  switch (type) {
    case 'bool':
      return makeData({
        type: new Bool(),
        ...common,
        data: values.kind === 'bool' ? bitsOf(values.values) : bitsOf(new Uint8Array(length)),
      });
    case 'int':
      return makeData({ type: new Int64(), ...common, data: bigintsOf(values, nulls) });
    case 'time':
      return makeData({ type: new Timestamp(TimeUnit.MILLISECOND, 'UTC'), ...common, data: bigintsOf(values, nulls) });
    case 'float':
      return makeData({ type: new Float64(), ...common, data: floatsOf(values) });
    case 'text':
      return textData(values, nulls, common);
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

function textData(values: Values, nulls: Nulls, common: Common): Data<DataType> {
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
  const type = new DictionaryType(new Utf8(), new Int32());
  return makeData({ type, ...common, data: codes, dictionary: vectorFromArray(texts, new Utf8()) });
}

function listData(values: Values, type: ColumnType, common: Common): Data<DataType> {
  const element = elementType(type);
  if (values.kind !== 'list') expectNull(values);
  const items: Values = values.kind === 'list' ? values.items : { kind: 'null', length: 0 };
  const child = arrowData(items, element);
  const valueOffsets = new Int32Array(values.length + 1);
  if (values.kind === 'list') valueOffsets.set(values.offsets.subarray(0, values.length + 1));
  return makeData({ type: new List(new Field('item', child.type, true)), ...common, valueOffsets, child });
}

function recordsData(values: Values, type: RecordsType, common: Common): Data<DataType> {
  if (values.kind !== 'records') expectNull(values);
  const count = values.kind === 'records' ? values.offsets[values.length] : 0;
  const children = recordFields(type).map((field) => {
    const own = values.kind === 'records' ? values.fields.find(({ name }) => name === field.name) : undefined;
    return arrowData(own?.values ?? { kind: 'null', length: 0 }, field.type);
  });
  const fields = recordFields(type).map(({ name }, index) => new Field(name, children[index].type, true));
  const child = makeData({ type: new Struct(fields), length: count, nullCount: 0, children });
  const valueOffsets = new Int32Array(values.length + 1);
  if (values.kind === 'records') valueOffsets.set(values.offsets.subarray(0, values.length + 1));
  return makeData({ type: new List(new Field('item', child.type, true)), ...common, valueOffsets, child });
}

function expectNull(values: Values): void {
  if (values.kind !== 'null')
    throw new VarveError('internal', `BUG: ${values.kind} values do not fit the column's type`);
}
