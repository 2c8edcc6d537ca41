import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect, it } from 'vitest';
import { isVarveError } from '../../engine/index.ts';
import { parseStatement } from '../../engine/query/parse.ts';
import { printStatement } from '../../engine/query/print.ts';
import { renderError } from '../../engine/query/render-error.ts';
import { root } from '../support.ts';
import { withoutSpans } from './random-queries.ts';

/**
 * Whatever is parsed is a tree whose canonical text is read as the same tree, or a `VarveError` of syntax that lies in
 * the text and has a mend. `VARVE_SEED=7 VARVE_ROUNDS=1000000 npx vitest run test/language/parse-fuzz` looks further.
 */
const seed = Number(process.env['VARVE_SEED'] ?? 20240317);
const rounds = Number(process.env['VARVE_ROUNDS'] ?? 30_000);

const folder = join(root, 'test', 'language');
const questions = readdirSync(folder)
  .filter((name) => name.endsWith('.golden'))
  .flatMap((name) => readFileSync(join(folder, name), 'utf8').split(/\n\n+/))
  .map((block) => block.split('\n').filter((line) => line.startsWith('> ')))
  .map((lines) => lines.map((line) => line.slice(2)).join('\n'));
questions.push(
  "funnel event = 'a' as cart, optional event = 'b', amount > 1 as paid from events, web per country within 7d order strict " +
    "exclude event = 'x' between cart and paid, (status between 1 and 2) holding country, tags[1] entry first repeat rules clickhouse " +
    "since 7d until now where ok group by country as c, status at last every 1d timezone 'Europe/Berlin'",
  "retention event = 'a' then any from events every 1w for 8 mode recurring within after group by country",
  "retention event = 'a' then event = 'b' from (select * from events where ok) for 3 every 1mo within on mode first",
  "paths event from sessions(events, gap => 30m) gap 10m depth 3 starting event = 'a' limit 5 where ok",
  "paths event || 'x' from events ending any = 1",
  "lifecycle from events every 1w where ok since '2024-01-01'",
  "explain funnel event = 'a', event = 'b' from events within 7d once for 'u1'",
  'define f as funnel optional, optional not a from events within 1h exclude x not between 1 and 2',
);
const pieces = questions.map((question) =>
  question.split(/(\s+|[(),;]|=>|::|'[^']*'|"[^"]*")/).filter((part) => part !== ''),
);
const parts = pieces.flat();

let state = seed;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}

/** A question with some of its words lost, doubled or taken from another, or the halves of two. */
function mutant(): string {
  const made = [...pieces[random(pieces.length)]!];
  if (random(4) === 0) made.splice(random(made.length), made.length, ...pieces[random(pieces.length)]!);
  for (let change = random(3); change >= 0; change--) {
    const at = random(made.length + 1);
    const kind = random(3);
    if (kind === 0) made.splice(at, 1);
    else if (kind === 1) made.splice(at, 0, ' ', parts[random(parts.length)]!, ' ');
    else made[at] = parts[random(parts.length)]!;
  }
  return made.join('');
}

/** Quotes that a name does not need are not kept. */
function plain(tree: unknown): unknown {
  return JSON.parse(
    JSON.stringify(withoutSpans(tree), (key, value: unknown) =>
      key === 'quoted' ? undefined : typeof value === 'bigint' ? `${value}n` : value,
    ),
  );
}

/** @returns what is wrong with how a text is read; `read` and `refused` where nothing is. */
function verdict(text: string): string {
  let statement;
  try {
    statement = parseStatement(text);
  } catch (error) {
    if (!isVarveError(error)) return `threw ${String((error as Error).stack)}`;
    const { code, message, span, hint } = error;
    if (code === 'limit') return 'refused';
    if (code !== 'syntax') return `${code}: ${message}`;
    if (span === undefined || span.start > span.end || span.end > text.length) return `no place: ${message}`;
    if (hint === undefined) return `no mend: ${message}`;
    if (/undefined|\[object|NaN/.test(renderError(error, '')) && !/undefined|NaN/.test(text))
      return `said ${message} ${hint}`;
    return 'refused';
  }
  const printed = printStatement(statement);
  const again = parseStatement(printed);
  if (!isDeepStrictEqual(plain(again), plain(statement))) return `printed ${printed}`;
  return printStatement(again) === printed ? 'read' : `printed ${printStatement(again)} of ${printed}`;
}

it(`mutants of all questions are read back or refused in place (seed ${seed})`, () => {
  const seen = new Map<string, number>();
  for (let round = 0; round < rounds; round++) {
    const text = mutant();
    const found = verdict(text);
    if (found !== 'read' && found !== 'refused') expect(`${text}\n${found} (round ${round}, seed ${seed})`).toBe('');
    seen.set(found, (seen.get(found) ?? 0) + 1);
  }
  expect([...seen.keys()].sort()).toEqual(['read', 'refused']);
});
