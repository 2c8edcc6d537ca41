import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isVarveError, parseQuery, printQuery, queryToJson, type QueryInput, type Varve } from '../../engine/index.ts';
import { parseStatement } from '../../engine/query/parse.ts';
import { root, temporaryFolder } from '../support.ts';
import { buildAgain } from './build-behaviour-again.ts';
import { goldenNow, openGoldenStore } from './tables.ts';

/** Every query of the goldens, asked as text, as JSON and through the builder, has one answer, or is refused in the same words. */

const folder = join(root, 'test', 'language');
const params = {
  who: 'ada',
  n: 2,
  big: 9007199254740993n,
  none: null,
  yes: true,
  amounts: [2, 20, null, 5],
  events: ['buy'],
};

let db: Varve;
beforeAll(async () => {
  db = await openGoldenStore(temporaryFolder());
});
afterAll(() => db.close());

async function answer(ask: () => QueryInput): Promise<unknown> {
  try {
    const result = await db.query(ask(), { now: goldenNow, params });
    return {
      columns: result.columns,
      rows: result.columns.map((_, index) => result.values(index)),
      warnings: result.meta.warnings,
    };
  } catch (error) {
    if (!isVarveError(error)) throw error;
    // JSON and the builder hold no such number at all, and say so by themselves.
    if (/beyond 64 bits/.test(error.message)) return 'beyond 64 bits';
    // The hint may say what a text in double quotes is for; JSON has none.
    return { code: error.code, message: error.message };
  }
}

function isQuery(question: string): boolean {
  try {
    return parseStatement(question).kind === 'select';
  } catch {
    return false;
  }
}

const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.golden'))
  .flatMap((name) => questionsOf(name).map((question) => [name, question] as const));

function questionsOf(name: string): string[] {
  return readFileSync(join(folder, name), 'utf8')
    .split(/\n\n+/)
    .map((block) => block.split('\n').filter((line) => line.startsWith('> ')))
    .map((lines) => lines.map((line) => line.slice(2)).join('\n'))
    .filter(isQuery);
}

it.each(cases)('%s: %s', async (_name, question) => {
  const json = queryToJson(parseQuery(question));
  const wanted = await answer(() => question);
  expect(await answer(() => JSON.parse(JSON.stringify(json)) as QueryInput)).toEqual(wanted);
  // JSON has taken the quotes away that a name does not need.
  const query = parseQuery(printQuery(parseQuery(question)));
  expect(await answer(() => buildAgain(query))).toEqual(wanted);
  expect(await answer(() => printQuery(query))).toEqual(wanted);
});
