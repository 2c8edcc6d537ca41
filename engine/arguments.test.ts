import { describe, expect, it } from 'vitest';
import { isVarveError } from './base/errors.ts';
import { temporaryFolder } from '../test/support.ts';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { open } from './index.ts';

describe('arguments of the wrong kind are told by name', () => {
  it('of open', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    const wrong: readonly (readonly [unknown, object, RegExp])[] = [
      [undefined, {}, /folder is a text, not undefined/],
      [join(folder, 'a'), { threads: -1 }, /^threads is a whole number from 0 on, not -1/],
      [join(folder, 'a'), { memory: 'x' }, /^memory is a number of bytes, not "x"/],
      [join(folder, 'a'), { seed: 1.5 }, /^seed is a whole number/],
      [join(folder, 'file'), {}, /is a file; a store is a folder/],
    ];
    for (const [directory, options, message] of wrong) await expectUsage(open(directory as string, options), message);
  });

  it('of append and query', async () => {
    await using db = await open(join(temporaryFolder(), 'store'), { threads: 0 });
    const append = db.append as (table: unknown, rows: unknown, request?: unknown) => Promise<unknown>;
    await expectUsage(append('', []), /"" is no name for a table/);
    await expectUsage(append(undefined, []), /undefined is no name for a table/);
    await expectUsage(append('_rejected', []), /"_rejected" is no name/);
    await expectUsage(append('e', { time: 1 }), /an array of objects, not an object/);
    await expectUsage(append('e', [{ time: 1 }], { key: 5 }), /key is a text, not 5/);
    await expectUsage(
      (db.query as (text: unknown) => Promise<unknown>)(undefined),
      /A query is a text, JSON or a builder, not undefined/,
    );
    const query = db.query as (text: string, options: unknown) => Promise<unknown>;
    const wrong: readonly (readonly [unknown, RegExp])[] = [
      [null, /^The options of a query are an object, not null/],
      [{ now: 5 }, /^now is a valid Date, not 5/],
      [{ now: new Date(NaN) }, /^now is a valid Date/],
      [{ timeoutMs: -1 }, /^timeoutMs is a number of ms from 0 on, not -1/],
      [{ timeoutMs: NaN }, /^timeoutMs is a number of ms/],
      [{ memory: 'much' }, /^memory is a number of bytes, not "much"/],
      [{ signal: new AbortController() }, /^signal is an AbortSignal, not an object/],
      [{ timezone: 1 }, /^timezone is a text, not 1/],
    ];
    for (const [options, message] of wrong) await expectUsage(query('show tables', options), message);
    expect(await db.tables()).toEqual([]);
  });
});

async function expectUsage(call: Promise<unknown>, message: RegExp): Promise<void> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  expect([isVarveError(error), error]).toEqual([
    true,
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) as string }) as unknown,
  ]);
}
