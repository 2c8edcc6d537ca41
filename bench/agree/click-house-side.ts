import { join } from 'node:path';
import { openClickHouse } from '../peers/clickhouse-package.ts';
import type { Histories, Shape } from './histories.ts';
import type { Mode, Side } from './levels.ts';

const rowsOfInsert = 20_000;

/** Makes a table of ClickHouse's of the histories; times are whole ms. */
export function openClickHouseSide(folder: string, { stored }: Histories): Side {
  const session = openClickHouse(join(folder, 'clickhouse'), ['--max_threads=1']);
  session.query('create database if not exists agree');
  session.query(
    'create table agree.events (actor String, shape UInt32, time UInt64, kind String) engine = MergeTree order by (shape, actor)',
  );
  for (let from = 0; from < stored.length; from += rowsOfInsert) {
    const rows = stored.slice(from, from + rowsOfInsert);
    const values = rows.map(({ actor, shape, time, kind }) => `('${actor}',${shape},${time},'${kind}')`);
    session.query(`insert into agree.events values ${values.join(',')}`);
  }
  return {
    ask(shape, mode) {
      const text = session.query(clickHouseQuery(shape, mode), 'JSONCompactEachRow');
      const lines = text.split('\n').filter((line) => line !== '');
      const byActor = new Map(
        lines.map((line) => JSON.parse(line) as [string, number]).filter(([, level]) => level > 0),
      );
      const levels = [...byActor.values()];
      return Promise.resolve({
        byActor,
        reached: shape.steps.map((_, step) => levels.filter((level) => level > step).length),
      });
    },
    close() {
      session.close();
      return Promise.resolve();
    },
  };
}

/** @returns the question, a row an actor. */
export function clickHouseQuery({ id, steps, window }: Shape, mode: Mode): string {
  const written = steps.map((kinds) => `kind in (${kinds.map((kind) => `'${kind}'`).join(', ')})`);
  const parameters = mode === 'loose' ? `${window}` : `${window}, 'strict_order'`;
  return `select actor, windowFunnel(${parameters})(time, ${written.join(', ')}) from agree.events where shape = ${id} group by actor`;
}
