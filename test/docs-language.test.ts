import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, parseQuery, printQuery, queryFromJson, vocabulary, type Varve } from '../engine/index.ts';
import { outputFormat } from '../server/cli/formats/index.ts';
import { documentedAnswer } from './documented-answer.ts';
import { runExample } from './run-example.ts';
import { root, temporaryFolder, varve } from './support.ts';

/**
 * docs/language.md: every query in it is asked of the store that it tells its reader to make, and its answer compared
 * letter by letter. `VARVE_COMPLETE=1 npx vitest run test/docs-language` writes the answers anew.
 */
const path = join(root, 'docs', 'language.md');
const document = readFileSync(path, 'utf8');
const complete = process.env['VARVE_COMPLETE'] === '1';
const store = join(temporaryFolder(), 'demo');

let db: Varve;
beforeAll(async () => {
  const made = await varve(['demo', '--events', '20000', '--no-shell', '--quiet', '--data', store]);
  expect([made.errors, made.exitCode]).toEqual(['', 0]);
  db = await open(store, { threads: 0 });
});
afterAll(() => db.close());

const answerTo = (question: string): Promise<string> =>
  documentedAnswer(db, question, { width: Infinity, colors: false, bars: false });

/** Into how many chunks memory has joined its rows depends on when it is asked. */
function withoutParts(answer: string): string {
  return answer.replace(/\d+ of \d+ segments/, 'N of N segments');
}

const example = /```sql\n([\s\S]*?)```\n(?:```text\n([\s\S]*?)```\n)?/g;
const examples = [...document.matchAll(example)].map(([, query, shown]) => ({ query: query!.trim(), shown }));

/** A row of a table of functions: how it is called, what it does, an example of it and what that gives. */
const functionRow = /^(\| `(\w+)\([^`]*\)` \|[^|\n]*(?:\\\|[^|\n]*)*\| )`([^`]+)` \|(?: `([^`]*)`)? \|$/gm;
const functionRows = [...document.matchAll(functionRow)].map(([, before, name, call, gives]) => ({
  before: before!,
  name: name!,
  call: call!.replaceAll('\\|', '|'),
  gives,
}));

/** @returns the value of an expression, as JSON; aggregates are asked of plays, others of the first play. */
async function valueOf(name: string, expression: string): Promise<string> {
  const aggregate = vocabulary().functions.some((known) => known.name === name && known.kind === 'aggregate');
  const only = aggregate ? '' : ' limit 1';
  const question = `select ${expression} as x from app where event = 'play'${only}`;
  const printed = [...outputFormat('ndjson').print(await db.query(question), { width: 0, colors: false, bars: false })];
  return printed.join('').trim().slice('{"x":'.length, -1);
}

describe('the language document', () => {
  const answers = new Map<string, string>();
  const values = new Map<string, string>();

  it.each(examples)('answers $query', async ({ query, shown }) => {
    const answer = await answerTo(query);
    answers.set(query, answer);
    if (!complete) expect(withoutParts(shown ?? '')).toBe(withoutParts(answer));
  });

  it.each(functionRows)('says what $call gives', async ({ name, call, gives }) => {
    const value = await valueOf(name, call);
    values.set(call, value);
    if (!complete) expect(gives).toBe(value);
  });

  it('shows every function that there is, and no other', () => {
    const shown = [...document.matchAll(/^\| `(\w+)\(/gm)].map(([, name]) => name!);
    expect([...new Set(shown)].sort()).toEqual(vocabulary().functions.map(({ name }) => name));
  });

  it('leads to sections that there are', () => {
    const sections = [...document.matchAll(/^##+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replaceAll(' ', '-')
        .replace(/[^a-z-]/g, ''),
    );
    const led = [...document.matchAll(/\]\(#([^)]+)\)/g)].map(([, section]) => section!);
    expect(led.filter((section) => !sections.includes(section))).toEqual([]);
    expect(sections.filter((section) => !led.includes(section))).toEqual([]);
  });

  it('has answers that a page has room for', () => {
    const lines = document.split('\n').filter((line) => line.startsWith('│') && line.length > 120);
    expect(lines).toEqual([]);
  });

  it('has one query in its three spellings', async () => {
    const text = examples[1]!;
    const json: unknown = JSON.parse(/```json\n([\s\S]*?)```/.exec(document)![1]!);
    expect(printQuery(queryFromJson(json))).toBe(printQuery(parseQuery(text.query)));
    const folder = temporaryFolder();
    symlinkSync(store, join(folder, 'demo'));
    const [, program] = /```ts\n([\s\S]*?)```/.exec(document)!;
    const rows = (await db.query(text.query)).rows();
    expect(await runExample(program!, folder)).toEqual({ compiled: '', output: `${inspect(rows)}\n`, errors: '' });
  });

  it('shows what the command prints', async () => {
    const { query } = examples[0]!;
    const shown = await varve(['query', query, '--format', 'table', '--no-bars', '--data', store]);
    expect([shown.output, shown.errors]).toEqual([await answerTo(query), '']);
    const wrong = 'select count() from app where contry = 1';
    expect((await varve(['query', wrong, '--data', store])).errors).toBe(await answerTo(wrong));
  });

  afterAll(() => {
    if (!complete) return;
    const filled = document
      .replace(example, (whole, query: string) => {
        const answer = answers.get(query.trim());
        return answer === undefined ? whole : `\`\`\`sql\n${query}\`\`\`\n\`\`\`text\n${answer}\`\`\`\n`;
      })
      .replace(functionRow, (whole, before: string, _name: string, call: string) => {
        const value = values.get(call.replaceAll('\\|', '|'));
        return value === undefined ? whole : `${before}\`${call}\` | \`${value}\` |`;
      });
    writeFileSync(path, filled);
  });
});
