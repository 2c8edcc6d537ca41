import { DOUBLE, BIGINT, UINTEGER, DuckDBDataChunk, type DuckDBConnection, type DuckDBType } from '@duckdb/node-api';
import type { PlainBatch, PlainColumn } from '../../data/plain-batch.ts';

/** Rows of one of DuckDB's vectors. */
const chunkRows = 2048;

type Items = Uint32Array | Float64Array | BigInt64Array;

/** A column on its way: numbers as they are, texts as codes of a dictionary over all batches. */
interface StagedColumn {
  readonly name: string;
  readonly type: DuckDBType;
  readonly texts: string[];
  readonly codeOf: Map<string, number>;
}

/**
 * Hands rows to DuckDB as typed arrays: a table `staged` with numbers as they are and texts as codes, and for each text
 * column a table `NAME_texts (code, text)`. A float without a value is NaN, a time is int64 ms.
 * @returns the names of the text columns.
 */
export async function stageColumns(connection: DuckDBConnection, batches: Iterable<PlainBatch>): Promise<string[]> {
  let columns: StagedColumn[] | null = null;
  let append: ((batch: PlainBatch) => void) | null = null;
  let finish = (): void => undefined;
  for (const batch of batches) {
    if (columns === null) {
      columns = batch.columns.map(stagedColumn);
      const definitions = columns.map(({ name, type }) => `${name} ${String(type)}`).join(', ');
      await connection.run(`create table staged (${definitions})`);
      const appender = await connection.createAppender('staged');
      append = createAppend(columns, (chunk) => appender.appendDataChunk(chunk));
      finish = () => appender.closeSync();
    }
    append!(batch);
  }
  finish();
  const texts = (columns ?? []).filter(({ texts }) => texts.length > 0);
  for (const column of texts) await stageTexts(connection, column);
  return texts.map(({ name }) => name);
}

function stagedColumn(column: PlainColumn): StagedColumn {
  const type = column.kind === 'text' ? UINTEGER : column.kind === 'time' || column.kind === 'wide' ? BIGINT : DOUBLE;
  return { name: column.name, type, texts: [], codeOf: new Map() };
}

/** @returns what cuts a batch into chunks; one chunk is filled again and again. */
function createAppend(
  columns: readonly StagedColumn[],
  give: (chunk: DuckDBDataChunk) => void,
): (batch: PlainBatch) => void {
  const types = columns.map(({ type }) => type);
  const chunk = DuckDBDataChunk.create(types);
  return (batch) => {
    const whole = batch.columns.map((column, index) => itemsOf(columns[index]!, column, batch.rowCount));
    for (let from = 0; from < batch.rowCount; from += chunkRows) {
      const rows = Math.min(chunkRows, batch.rowCount - from);
      if (chunk.rowCount !== rows) chunk.rowCount = rows;
      whole.forEach((items, index) => {
        const vector = chunk.getColumnVector(index) as unknown as { items: Items; flush(): void };
        vector.items.set(items.subarray(from, from + rows) as never);
        vector.flush();
      });
      give(chunk);
    }
  };
}

function itemsOf(staged: StagedColumn, column: PlainColumn, rows: number): Items {
  switch (column.kind) {
    case 'wide':
      return column.values;
    case 'time':
      return BigInt64Array.from({ length: rows }, (_, row) => BigInt(column.base + column.values[row]!));
    case 'int':
      return Float64Array.from({ length: rows }, (_, row) => column.base + column.values[row]!);
    case 'float':
      return column.values.map((value, row) => ((column.validity[row >> 3]! >> (row & 7)) & 1 ? value : NaN));
    case 'text': {
      const codes = Uint32Array.from(column.dictionary, (text) => codeOfText(staged, text));
      return Uint32Array.from(column.codes, (code) => codes[code]!);
    }
  }
}

function codeOfText({ texts, codeOf }: StagedColumn, text: string): number {
  const known = codeOf.get(text);
  if (known !== undefined) return known;
  codeOf.set(text, texts.length);
  return texts.push(text) - 1;
}

async function stageTexts(connection: DuckDBConnection, { name, texts }: StagedColumn): Promise<void> {
  await connection.run(`create table ${name}_texts (code uinteger, text varchar)`);
  const appender = await connection.createAppender(`${name}_texts`);
  texts.forEach((text, code) => {
    appender.appendUInteger(code);
    appender.appendVarchar(text);
    appender.endRow();
  });
  appender.closeSync();
}
