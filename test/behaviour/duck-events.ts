import { DuckDBInstance, type DuckDBValue } from '@duckdb/node-api';
import { eventNames, type EventColumns } from './mixed-store.ts';

/** A DuckDB that holds the same events: table `e` (t ms, ts, a, k, rid). */
export interface DuckEvents {
  /** @returns rows; ints as numbers. @throws what DuckDB throws. */
  ask(sql: string, zone?: string): Promise<unknown[][]>;
  close(): void;
}

/** Loads events into a DuckDB in memory. */
export async function openDuckEvents({ times, actors, events }: EventColumns): Promise<DuckEvents> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  await connection.run('create table told (t bigint, a varchar, k varchar, rid integer)');
  const appender = await connection.createAppender('told');
  for (let row = 0; row < times.length; row++) {
    appender.appendBigInt(BigInt(times[row]));
    appender.appendVarchar(`u${actors[row]}`);
    if (events[row] === 0) appender.appendNull();
    else appender.appendVarchar(eventNames[events[row]]!);
    appender.appendInteger(row);
    appender.endRow();
  }
  appender.closeSync();
  await connection.run("set TimeZone = 'UTC'");
  await connection.run(
    "create table e as select *, make_timestamp(t * 1000) at time zone 'UTC' as ts from told order by rid",
  );
  return {
    async ask(sql, zone = 'UTC') {
      await connection.run(`set TimeZone = '${zone}'`);
      const rows = (await connection.runAndReadAll(sql)).getRows();
      return rows.map((row) => row.map(plain));
    },
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

function plain(value: DuckDBValue): unknown {
  return typeof value === 'bigint' ? Number(value) : value;
}
