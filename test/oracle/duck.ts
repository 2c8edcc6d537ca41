import {
  DuckDBInstance,
  listValue,
  LIST,
  BIGINT,
  BOOLEAN,
  DOUBLE,
  VARCHAR,
  type DuckDBConnection,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import { isList, isTime, type Cell } from './cells.ts';
import type { Table, World } from './evaluate.ts';
import { states, type State } from './stores.ts';

const duckTypes: Readonly<Record<string, DuckDBType>> = {
  bool: BOOLEAN,
  int: BIGINT,
  float: DOUBLE,
  text: VARCHAR,
  time: BIGINT,
  'list of text': LIST(VARCHAR),
  'list of int': LIST(BIGINT),
};

const macros = [
  // A TRY_CAST beside a comparison is optimized away, and its nulls with it.
  `create macro int64(h) as case when h between -9223372036854775808::hugeint and 9223372036854775807::hugeint then h::bigint end`,
  // The order of a float and an int, exactly; NaN is last.
  `create macro order_of(d, i) as case
     when d is null or i is null then null
     when isnan(d) or d >= 9223372036854775808 then 1
     when d < -9223372036854775808 then -1
     when try_cast(floor(d) as hugeint) < i then -1
     when try_cast(floor(d) as hugeint) > i or d > floor(d) then 1
     else 0 end`,
  `create macro fmod0(a, b) as case when isnan(a) or isnan(b) then a + b when b = 0 or isinf(a) then null else a % b end`,
  `create macro whole(d) as int64(try_cast(round(d) as hugeint))`,
  `create macro fdiv0(a, b) as a::double / nullif(b::double, 0)`,
  `create macro floored(ms, width, origin) as ms - (((ms - origin) % width) + width) % width`,
  `create macro zoned(ms) as make_timestamp(ms * 1000) at time zone 'UTC'`,
];

/** A DuckDB in memory that holds the same rows. */
export interface Duck {
  /** @returns rows of an answer. @throws what DuckDB throws. */
  ask(sql: string, zone: string, state: State): Promise<readonly (readonly DuckDBValue[])[]>;
  close(): void;
}

/** Loads the evaluator's tables: times as ms in a BIGINT, `_rank` the place among equal times in a state of the store. */
export async function openDuck(worlds: ReadonlyMap<State, World>): Promise<Duck> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  for (const macro of macros) await connection.run(macro);
  for (const name of worlds.get('memory')!.tables.keys())
    await load(
      connection,
      states.map((state) => worlds.get(state)!.tables.get(name)!),
    );
  let current = '';
  return {
    async ask(sql, zone, state) {
      if (zone !== current) await connection.run(`set TimeZone = '${(current = zone)}'`);
      return (await connection.runAndReadAll(sql.replaceAll('_rank', `_rank${states.indexOf(state)}`))).getRows();
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/** @param tables the same rows in the order of each state. */
async function load(connection: DuckDBConnection, tables: readonly Table[]): Promise<void> {
  const { name, columns, rows } = tables[0]!;
  const ranks = tables.map((table) => new Map(table.rows.map((row, rank) => [row.cells.get('rid')!, BigInt(rank)])));
  const own = [...columns, { name: 'actor', type: 'text' }];
  const all = [...own, ...ranks.map((_, state) => ({ name: `_rank${state}`, type: 'int' }))];
  const fields = all.map((column) => `"${column.name}" ${duckTypes[column.type]!.toString()}`);
  await connection.run(`create table ${name} (${fields.join(', ')})`);
  const appender = await connection.createAppender(name);
  for (const row of rows) {
    for (const column of own) appender.appendValue(duckValue(row.cells.get(column.name)!), duckTypes[column.type]!);
    for (const rank of ranks) appender.appendBigInt(rank.get(row.cells.get('rid')!)!);
    appender.endRow();
  }
  appender.closeSync();
}

function duckValue(cell: Cell): DuckDBValue {
  if (cell === null) return null;
  if (isTime(cell)) return BigInt(cell.ms);
  if (isList(cell)) return listValue(cell.map(duckValue));
  return cell as DuckDBValue;
}
