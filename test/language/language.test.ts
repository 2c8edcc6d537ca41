import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isVarveError, type QueryResult, type Varve, type VarveError } from '../../engine/index.ts';
import { renderError } from '../../engine/query/render-error.ts';
import { jsonCell } from '../../server/cli/formats/cell.ts';
import { root, temporaryFolder } from '../support.ts';
import { goldenNow, openGoldenStore } from './tables.ts';

/**
 * The language as text: each `.golden` file holds queries (lines after `> `), each followed by its answer, one line of
 * columns and a line a row, or by its error. `VARVE_COMPLETE=1 npx vitest run test/language` writes the answers anew.
 */
const folder = join(root, 'test', 'language');
const complete = process.env['VARVE_COMPLETE'] === '1';
const params = {
  who: 'ada',
  n: 2,
  big: 9007199254740993n,
  none: null,
  at: new Date('2024-03-02T00:00:00Z'),
  yes: true,
  amounts: [2, 20, null, 5],
  events: ['buy', 'open'],
};

let db: Varve;
beforeAll(async () => {
  db = await openGoldenStore(temporaryFolder());
});
afterAll(() => db.close());

describe.each(readdirSync(folder).filter((name) => name.endsWith('.golden')))('%s', (name) => {
  const path = join(folder, name);
  const blocks = readFileSync(path, 'utf8').trimEnd().split(/\n\n+/);
  const cases = blocks.filter((block) => block.startsWith('> '));
  const made = new Map<string, string>();
  it.each(cases)('%s', async (block) => {
    const question = questionOf(block);
    const text = `${block
      .split('\n')
      .filter((line) => line.startsWith('> '))
      .join('\n')}\n${await outcome(question, name.endsWith('errors.golden') ? withCaret : inLine)}`;
    made.set(block, text);
    expect(complete ? '' : text).toBe(complete ? '' : block);
  });
  afterAll(() => {
    if (complete) writeFileSync(path, `${blocks.map((block) => made.get(block) ?? block).join('\n\n')}\n`);
  });
});

function questionOf(block: string): string {
  return block
    .split('\n')
    .filter((line) => line.startsWith('> '))
    .map((line) => line.slice(2))
    .join('\n');
}

async function outcome(question: string, describe: (error: VarveError, text: string) => string): Promise<string> {
  try {
    const described = describeResult(await db.query(question, { now: goldenNow, params }));
    // Small chunks are joined meanwhile.
    return described.replace(/\d+ of \d+ segments and chunks/g, '… of … segments and chunks');
  } catch (error) {
    if (!isVarveError(error)) throw error;
    return describe(error, question);
  }
}

function inLine(error: VarveError, text: string): string {
  const place = error.span === undefined ? '' : ` at "${text.slice(error.span.start, error.span.end)}"`;
  return [`! ${error.code}${place}: ${error.message}`, ...(error.hint === undefined ? [] : [`! ${error.hint}`])].join(
    '\n',
  );
}

/** As the command line shows it. */
function withCaret(error: VarveError, text: string): string {
  return [error.code, ...renderError(error, text).split('\n')].map((line) => `! ${line}`).join('\n');
}

function describeResult(result: QueryResult): string {
  const columns = result.columns.map((column, index) => ({ ...column, values: result.values(index) }));
  const rows = Array.from({ length: result.rowCount }, (_, row) =>
    columns.map(({ type, values }) => JSON.stringify(jsonCell(values[row]!, type))).join(' | '),
  );
  return [
    columns.map(({ name, type }) => `${name} ${type}`).join(' | '),
    ...rows,
    ...result.meta.warnings.map((warning) => `~ ${warning}`),
  ].join('\n');
}
