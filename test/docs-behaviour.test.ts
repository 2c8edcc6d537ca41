import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { open, type Varve } from '../engine/index.ts';
import { documentedAnswer } from './documented-answer.ts';
import { root, temporaryFolder, varve } from './support.ts';

/**
 * docs/behaviour.md: its events are imported as it says, every query is asked of those above it (or of the demo, where its
 * first line says so), and the answer compared letter by letter.
 * `VARVE_COMPLETE=1 npx vitest run test/docs-behaviour` writes the answers anew.
 */
const path = join(root, 'docs', 'behaviour.md');
const document = readFileSync(path, 'utf8');
const complete = process.env['VARVE_COMPLETE'] === '1';
const folder = temporaryFolder();

interface Example {
  readonly query: string;
  readonly shown: string | undefined;
  /** The number of the store that it is asked of, from 1; 0 = the demo. */
  readonly store: number;
}

interface Events {
  readonly table: string;
  readonly csv: string;
  readonly store: number;
}

const eventsPattern = '`(\\w+)\\.csv`:?\\n\\n```csv\\n([\\s\\S]*?)```';
const queryPattern = '```sql\\n([\\s\\S]*?)```\\n(?:```text\\n([\\s\\S]*?)```\\n)?';
const examples: Example[] = [];
const events: Events[] = [];
let asked = true;
let stores = 0;
for (const [, table, csv, query, shown] of document.matchAll(new RegExp(`${eventsPattern}|${queryPattern}`, 'g'))) {
  if (query === undefined) {
    // Files that stand together are tables of one store.
    if (asked) stores++;
    events.push({ table: table!, csv: csv!, store: stores });
  } else examples.push({ query: query.trim(), shown, store: query.startsWith('-- the demo') ? 0 : stores });
  asked = query !== undefined;
}

const dataOf = (store: number): string => join(folder, `store-${store}`);
const opened = new Map<number, Promise<Varve>>();

/** A store is made by the command, as the document tells its reader to. */
async function make(store: number): Promise<Varve> {
  if (store === 0) {
    const made = await varve(['demo', '--events', '20000', '--no-shell', '--quiet', '--data', dataOf(0)]);
    expect([made.errors, made.exitCode]).toEqual(['', 0]);
  }
  for (const { table, csv } of events.filter((own) => own.store === store)) {
    writeFileSync(join(folder, `${table}.csv`), csv);
    const made = await varve(['import', `${table}.csv`, '--table', table, '--data', dataOf(store), '--quiet'], {
      cwd: folder,
    });
    expect([made.errors, made.exitCode]).toEqual(['', 0]);
  }
  return open(dataOf(store), { threads: 0 });
}

function storeOf(store: number): Promise<Varve> {
  let found = opened.get(store);
  if (found === undefined) opened.set(store, (found = make(store)));
  return found;
}

async function answerTo({ query, store }: Pick<Example, 'query' | 'store'>): Promise<string> {
  const bars = !query.startsWith('-- with --no-bars');
  return documentedAnswer(await storeOf(store), query, { width: Infinity, colors: false, bars });
}

beforeAll(async () => void (await storeOf(0)), 60_000);
afterAll(async () => {
  for (const db of opened.values()) await (await db).close();
});

describe('the behaviour document', { timeout: 30_000 }, () => {
  const answers = new Map<string, string>();

  it.each(examples)('answers $query', async (example) => {
    const answer = await answerTo(example);
    answers.set(example.query, answer);
    expect(answer).not.toMatch(/^varve: /);
    if (!complete) expect(example.shown ?? '').toBe(answer);
  });

  it('has every verb, every option and every preset', () => {
    const all = examples.map(({ query }) => query).join('\n');
    const words = [
      'funnel ',
      'retention ',
      'paths ',
      'lifecycle ',
      'sessions(',
      'actors(',
      'define ',
      ' in (select',
      ' per ',
    ];
    const options = [
      'order strict',
      'order any',
      'exclude ',
      ' between ',
      'holding ',
      'optional ',
      'entry first',
      'entry every',
    ];
    const keys = [
      'at last',
      'at each',
      ' every ',
      'mode recurring',
      'within after',
      'gap ',
      'depth ',
      'starting ',
      'ending ',
      'limit ',
    ];
    for (const word of [...words, ...options, ...keys, 'repeat', 'rules '])
      expect([word, all.includes(word)]).toEqual([word, true]);
  });

  it('tells whom each preset counts', async () => {
    const rows = [...document.matchAll(/^\| `rules (\w+)` \|.*?\| (✓|–) \| (✓|–) \| (✓|–) \| (✓|–) \| (\d) \|$/gm)];
    expect(rows.map(([, preset]) => preset)).toEqual([
      'varve',
      'mixpanel',
      'mixpanel_reentry',
      'amplitude',
      'posthog',
      'clickhouse',
    ]);
    const { store } = events.find(({ table }) => table === 'taps')!;
    const db = await storeOf(store);
    for (const [, preset, ...cells] of rows) {
      const options = `from taps within 1m rules ${preset} group by user_id`;
      const two = (await db.query(`funnel event = 'A', event = 'B' ${options}`)).rows();
      const reached = ['late', 'swap', 'one', 'two'].map((actor) =>
        two.some((row) => row['user_id'] === actor && row['step'] === 2 && row['actors'] === 1) ? '✓' : '–',
      );
      const three = (await db.query(`funnel event = 'A', event = 'A', event = 'B' ${options}`)).rows();
      const steps = three.filter((row) => row['user_id'] === 'once' && row['actors'] === 1).length;
      expect([preset, ...cells]).toEqual([preset, ...reached, String(steps)]);
    }
  });

  it('shows what the command prints', async () => {
    const example = examples.find(({ store }) => store === 1)!;
    const shown = await varve(['query', example.query, '--format', 'table', '--data', dataOf(1)]);
    expect([shown.output, shown.errors]).toEqual([await answerTo(example), '']);
  });

  it('has answers that a page has room for', () => {
    expect(document.split('\n').filter((line) => /^[│\d ]/.test(line) && line.length > 120)).toEqual([]);
  });

  afterAll(() => {
    if (!complete) return;
    const filled = document.replace(new RegExp(queryPattern, 'g'), (whole, query: string) => {
      const answer = answers.get(query.trim());
      return answer === undefined ? whole : `\`\`\`sql\n${query}\`\`\`\n\`\`\`text\n${answer}\`\`\`\n`;
    });
    writeFileSync(path, filled);
  });
});
