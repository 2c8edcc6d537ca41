import { join } from 'node:path';
import { cellsOfClickHouse, cellsOfDuckdb, cellsOfVarve, type AnswerRow } from './answers.ts';
import { openClickHouse } from './clickhouse-package.ts';
import { loadEngine } from './engine-package.ts';
import { clickhouseLayouts, duckdbFile, duckdbLayouts, type Layout, type Stores } from './layouts.ts';
import type { Question } from './questions.ts';

/** One way to have a question answered: an engine, its layout, its text. */
export interface Contender {
  readonly engine: 'varve' | 'duckdb' | 'clickhouse';
  readonly layout: string;
  readonly variant: number;
  readonly text: string;
  /** Until the whole answer is in this process, in the form that costs the engine least. */
  ask(): Promise<unknown>;
  /** The answer as rows to compare. */
  answer(): Promise<AnswerRow[]>;
}

/** Open stores of one or more engines. */
export interface Contest {
  contendersOf(question: Question): Contender[];
  close(): Promise<void>;
}

/** Which of the engines and of their layouts to open; null = all. */
export interface ContestOptions {
  readonly threads: number;
  readonly engine: string | null;
  readonly layout: string | null;
}

/**
 * Opens the stores read-only; an engine that is not asked for is not even loaded. Varve's one thread is the calling one; of more, the calling one waits.
 * @throws what the engines throw.
 */
export async function openContest(stores: Stores, { threads, engine, layout }: ContestOptions): Promise<Contest> {
  const wanted = (name: string): boolean => engine === null || engine === name;
  const contests = [
    ...(wanted('varve') ? [await openVarve(stores, threads)] : []),
    ...(wanted('duckdb') ? [await openDuckdb(stores, threads, layout)] : []),
    ...(wanted('clickhouse') && stores.clickhouse ? [openClickHouseTables(stores, threads)] : []),
  ];
  return {
    contendersOf: (question) => contests.flatMap((contest) => contest.contendersOf(question)),
    async close() {
      for (const contest of contests) await contest.close();
    },
  };
}

async function openVarve(stores: Stores, threads: number): Promise<Contest> {
  const { open, optimizeLate } = await loadEngine();
  optimizeLate();
  const db = await open(join(stores.folder, 'varve'), { readOnly: true, threads: threads === 1 ? 0 : threads });
  return {
    contendersOf: (question) => [
      {
        engine: 'varve',
        layout: 'store',
        variant: 0,
        text: question.varve,
        ask: () => db.query(question.varve),
        answer: async () => cellsOfVarve(await db.query(question.varve), question),
      },
    ],
    close: () => db.close(),
  };
}

function askedLayouts({ by }: Question, layouts: readonly Layout[]): readonly Layout[] {
  return layouts.filter(({ order }) => by === undefined || order === by);
}

async function openDuckdb(stores: Stores, threads: number, only: string | null): Promise<Contest> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const layouts = duckdbLayouts.filter(({ name }) => only === null || only === name);
  const instance = await DuckDBInstance.create(':memory:', { threads: String(threads) });
  const connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");
  await connection.run('set preserve_insertion_order = false');
  for (const layout of layouts)
    await connection.run(`attach '${duckdbFile(stores.folder, layout)}' as ${layout.name} (read_only)`);
  return {
    contendersOf: (question) =>
      askedLayouts(question, layouts).flatMap(({ name }) =>
        question.duckdb.map((sql, variant) => {
          const text = sql.replaceAll('{t}', `${name}.events`);
          return {
            engine: 'duckdb' as const,
            layout: name,
            variant,
            text,
            ask: () => connection.runAndReadAll(text),
            answer: async () => cellsOfDuckdb((await connection.runAndReadAll(text)).getRowsJS(), question.columns),
          };
        }),
      ),
    close() {
      connection.closeSync();
      instance.closeSync();
      return Promise.resolve();
    },
  };
}

/** The condition cache keeps what a filter came to, so a second identical query would not be asked again. */
const clickhouseSettings = 'use_query_condition_cache = 0';
const checkSettings = `${clickhouseSettings}, output_format_json_quote_64bit_integers = 1`;

function openClickHouseTables(stores: Stores, threads: number): Contest {
  const session = openClickHouse(join(stores.folder, 'clickhouse'), [`--max_threads=${threads}`]);
  return {
    contendersOf: (question) =>
      askedLayouts(question, clickhouseLayouts).flatMap(({ name }) =>
        question.clickhouse.map((sql, variant) => {
          const text = sql.replaceAll('{t}', name);
          return {
            engine: 'clickhouse' as const,
            layout: name,
            variant,
            text,
            ask: async () =>
              (await session.queryAsync(`${text} settings ${clickhouseSettings}`, { format: 'Native' })).bytes(),
            async answer() {
              const asked = session.queryAsync(`${text} settings ${checkSettings}`, { format: 'JSONCompactEachRow' });
              return cellsOfClickHouse((await asked).text(), question.columns);
            },
          };
        }),
      ),
    close() {
      session.close();
      return Promise.resolve();
    },
  };
}
