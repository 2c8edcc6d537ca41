import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType, RowBatch } from '../../../engine/index.ts';
import type { ExportFormat } from './export-format.ts';

export const parquet: ExportFormat = {
  name: 'parquet',
  summary: 'a Parquet file, compressed with Snappy, every type as it is',
  endings: ['.parquet'],
  binary: true,
  async open() {
    // Only whoever writes such a file needs the library.
    const library = await import('hyparquet-writer');
    const bytes = new library.ByteWriter();
    let writer: ParquetWriter | null = null;
    return {
      bent: new Set<string>(),
      *add(batch) {
        writer ??= new library.ParquetWriter({ writer: bytes, schema: schemaOf(batch), createdBy: 'varve' });
        if (batch.rowCount > 0) {
          const columnData = batch.columns.map(({ name, type }, index) => ({
            name,
            data: Array.from(batch.values(index), (value) => cellOf(value, type)),
          }));
          // It writes into memory, at once: there is nothing to wait for.
          void writer.write({ columnData, rowGroupSize: batch.rowCount });
        }
        yield* drained(bytes);
      },
      *end() {
        void writer?.finish();
        yield* drained(bytes);
      },
    };
  },
};

type Element = ConstructorParameters<typeof ParquetWriter>[0]['schema'][number];
type Cell = ReturnType<RowBatch['values']>[number];

/** Takes what was written and leaves the count of bytes, by which the file's own places are told. */
function* drained(bytes: ByteWriter): Iterable<Uint8Array> {
  if (bytes.index > 0) yield new Uint8Array(bytes.buffer.slice(0, bytes.index));
  bytes.index = 0;
}

function schemaOf({ columns }: RowBatch): Element[] {
  return [
    { name: 'root', num_children: columns.length },
    ...columns.flatMap(({ name, type }) => {
      if (!type.startsWith('list of ')) return [{ name, repetition_type: 'OPTIONAL' as const, ...elementOf(type) }];
      const item = elementOf(type.slice('list of '.length) as ColumnType);
      return [
        { name, repetition_type: 'OPTIONAL' as const, converted_type: 'LIST' as const, num_children: 1 },
        { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
        { name: 'element', repetition_type: 'OPTIONAL' as const, ...item },
      ];
    }),
  ];
}

function elementOf(type: ColumnType): Partial<Element> {
  switch (type) {
    case 'bool':
      return { type: 'BOOLEAN' };
    case 'int':
      return { type: 'INT64' };
    case 'float':
      return { type: 'DOUBLE' };
    case 'time':
      // Both the old and the new way to say it: without the new one some readers do not take it for UTC.
      return {
        type: 'INT64',
        converted_type: 'TIMESTAMP_MILLIS',
        logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
      };
    default:
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
}

function cellOf(value: Cell, type: ColumnType): unknown {
  if (value === null) return null;
  if (Array.isArray(value))
    return value.map((item) => cellOf(item as Cell, type.slice('list of '.length) as ColumnType));
  return (type === 'int' || type === 'time') && typeof value === 'number' ? BigInt(value) : value;
}
