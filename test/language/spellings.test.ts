import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as varve from '../../engine/index.ts';
import { isVarveError } from '../../engine/index.ts';
import { queryFromJson } from '../../engine/query/json-read.ts';
import { queryToJson } from '../../engine/query/json-write.ts';
import { parseQuery } from '../../engine/query/parse.ts';
import { printQuery } from '../../engine/query/print.ts';
import { querySchema } from '../../engine/query/query-schema.ts';
import { toSyntax } from '../../engine/query/to-syntax.ts';
import type { QuerySyntax } from '../../engine/query/syntax-behaviour.ts';
import { root } from '../support.ts';
import { buildAgain } from './build-behaviour-again.ts';
import { randomQueries } from './random-behaviours.ts';
import { withoutSpans } from './random-queries.ts';

/**
 * One tree, three spellings: random trees are printed and read again as text, as JSON and through the builder.
 * `VARVE_SEED=7 VARVE_ROUNDS=50000 npx vitest run test/language/spellings` looks further.
 */
const seed = Number(process.env['VARVE_SEED'] ?? 20240316);
const numRuns = Number(process.env['VARVE_ROUNDS'] ?? 2000);
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  querySchema as object,
);

/** Equal but for places. Vitest's comparison is for people, and slow: it is asked only where something differs. */
function expectSame(got: QuerySyntax, wanted: QuerySyntax): void {
  const [a, b] = [withoutSpans(got), withoutSpans(wanted)];
  if (!isDeepStrictEqual(a, b)) expect(a).toEqual(b);
}

describe(`random trees come back (seed ${seed})`, () => {
  const property = (check: (query: QuerySyntax) => void): void =>
    fc.assert(fc.property(randomQueries, check), { seed, numRuns });

  it('through text', () => {
    property((query) => {
      const text = printQuery(query);
      const read = parseQuery(text);
      expectSame(read, query);
      expect(printQuery(read)).toBe(text);
    });
  });

  it('through JSON, which the schema takes', () => {
    property((query) => {
      const json: unknown = JSON.parse(JSON.stringify(queryToJson(query)));
      expect(validate(json) ? null : validate.errors).toBe(null);
      expectSame(queryFromJson(json), query);
    });
  });

  it('through the builder', () => {
    property((query) => {
      const built = buildAgain(query);
      expectSame(built.build(), query);
      expect(built.toString()).toBe(printQuery(query));
      expect(JSON.stringify(built)).toBe(JSON.stringify(queryToJson(query)));
    });
  });

  it('and have their places in the canonical text', () => {
    property((query) => {
      const { text, query: read } = toSyntax(queryToJson(query));
      expect(text).toBe(printQuery(query));
      expect(read.span).toEqual({ start: 0, end: text.length });
      expectSame(toSyntax(buildAgain(query)).query, query);
    });
  });
});

/** Whether the reader takes JSON; anything but a `VarveError` of a query falls through. */
function isRead(json: unknown): boolean {
  try {
    queryFromJson(json);
    return true;
  } catch (error) {
    if (isVarveError(error) && error.code === 'syntax' && error.message.startsWith('$')) return false;
    throw error;
  }
}

const strange = [
  'x',
  '*',
  '7d',
  '-0',
  0,
  1,
  -1,
  1.5,
  2 ** 53,
  null,
  true,
  [],
  {},
  ['x'],
  { column: 'x' },
  { x: 1 },
  { __proto__: null },
];

/** The JSON with one key dropped, renamed, added or doubled into another, or one value replaced. */
function mutant(json: object, kind: number, at: number, other: number): unknown {
  const copy = structuredClone(json);
  const objects: (Record<string, unknown> | unknown[])[] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    objects.push(value as Record<string, unknown>);
    Object.values(value).forEach(collect);
  };
  collect(copy);
  const target = objects[at % objects.length]!;
  const keys = Object.keys(target);
  const key = keys[other % Math.max(1, keys.length)] ?? 'as';
  const set = (name: string, value: unknown): void =>
    void Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true });
  const words = [
    ...['as', 'top', 'others', 'op', 'args', 'query', 'filter', 'column', 'value', 'select', 'from', 'per'],
    ...['funnel', 'retention', 'paths', 'lifecycle', 'within', 'every', 'at', 'then', 'for', 'ending', 'between'],
  ];
  if (kind === 0) set(key, strange[(at + other) % strange.length]);
  else if (Array.isArray(target))
    target.splice(
      other % (target.length + 1),
      kind === 1 ? 1 : 0,
      ...(kind === 1 ? [] : [strange[at % strange.length]]),
    );
  else if (kind === 1) delete target[key];
  else if (kind === 2) set(words[at % words.length]!, strange[other % strange.length]);
  else set(words[other % words.length]!, target[key]);
  return copy;
}

it(`the schema and the reader refuse the same broken JSON (seed ${seed})`, () => {
  let refused = 0;
  const check = (query: QuerySyntax, kind: number, at: number, other: number): void => {
    const json = mutant(queryToJson(query), kind, at, other);
    const read = isRead(json);
    if (!read) refused++;
    expect({ json, read }).toEqual({ json, read: validate(json) });
  };
  fc.assert(fc.property(randomQueries, fc.nat(3), fc.nat(1e6), fc.nat(1e6), check), { seed, numRuns });
  expect(refused).toBeGreaterThan(numRuns / 2);
});

it('the document shows queries in three spellings', () => {
  const document = readFileSync(join(root, 'docs', 'spellings.md'), 'utf8');
  const shown = /```sql\n([^]*?)```\n```json\n([^]*?)```\n```js\n([^]*?)```/g;
  const spelled = [...document.matchAll(shown)].map((blocks) => blocks.slice(1).map((block) => block.trim()));
  expect(spelled).toHaveLength(2);
  const names = Object.keys(varve);
  for (const [text, json, code] of spelled) {
    const build = new Function(...names, `return ${code!}`) as (...given: unknown[]) => object;
    expect(String(build(...Object.values(varve)))).toBe(text);
    expect(printQuery(parseQuery(text!))).toBe(text);
    expect(queryToJson(parseQuery(text!))).toEqual(JSON.parse(json!));
  }
});

it('the published schema is the one that is tested', () => {
  const path = join(root, 'docs', 'query.schema.json');
  const made = `${JSON.stringify(querySchema, null, 2)}\n`;
  const complete = process.env['VARVE_COMPLETE'] === '1';
  if (complete) writeFileSync(path, made);
  expect(readFileSync(path, 'utf8')).toBe(made);
});
