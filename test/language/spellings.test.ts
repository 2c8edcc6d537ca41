import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queryFromJson } from '../../engine/query/json-read.ts';
import { queryToJson } from '../../engine/query/json-write.ts';
import { parseQuery } from '../../engine/query/parse.ts';
import { printQuery } from '../../engine/query/print.ts';
import { querySchema } from '../../engine/query/query-schema.ts';
import { toSyntax } from '../../engine/query/to-syntax.ts';
import { root } from '../support.ts';
import { buildAgain } from './build-again.ts';
import { randomQueries, withoutSpans } from './random-queries.ts';

/**
 * One tree, three spellings: random trees are printed and read again as text, as JSON and through the builder.
 * `VARVE_SEED=7 VARVE_ROUNDS=50000 npx vitest run test/language/spellings` looks further.
 */
const seed = Number(process.env['VARVE_SEED'] ?? 20240316);
const numRuns = Number(process.env['VARVE_ROUNDS'] ?? 2000);
const validate = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false }).compile(
  querySchema as object,
);

describe(`random trees come back (seed ${seed})`, () => {
  const property = (check: (query: Parameters<typeof printQuery>[0]) => void): void =>
    fc.assert(fc.property(randomQueries, check), { seed, numRuns });

  it('through text', () => {
    property((query) => {
      const text = printQuery(query);
      const read = parseQuery(text);
      expect(withoutSpans(read)).toEqual(withoutSpans(query));
      expect(printQuery(read)).toBe(text);
    });
  });

  it('through JSON, which the schema takes', () => {
    property((query) => {
      const json: unknown = JSON.parse(JSON.stringify(queryToJson(query)));
      expect(validate(json) ? null : validate.errors).toBe(null);
      expect(withoutSpans(queryFromJson(json))).toEqual(withoutSpans(query));
    });
  });

  it('through the builder', () => {
    property((query) => {
      const built = buildAgain(query);
      expect(withoutSpans(built.build())).toEqual(withoutSpans(query));
      expect(built.toString()).toBe(printQuery(query));
      expect(JSON.stringify(built)).toBe(JSON.stringify(queryToJson(query)));
    });
  });

  it('and have their places in the canonical text', () => {
    property((query) => {
      const { text, query: read } = toSyntax(queryToJson(query));
      expect(text).toBe(printQuery(query));
      expect(read.span).toEqual({ start: 0, end: text.length });
      expect(withoutSpans(toSyntax(buildAgain(query)).query)).toEqual(withoutSpans(query));
    });
  });
});

it('the published schema is the one that is tested', () => {
  const path = join(root, 'docs', 'query.schema.json');
  const made = `${JSON.stringify(querySchema, null, 2)}\n`;
  const complete = process.env['VARVE_COMPLETE'] === '1';
  if (complete) writeFileSync(path, made);
  expect(readFileSync(path, 'utf8')).toBe(made);
});
