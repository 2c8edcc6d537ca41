import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect, open, type Varve } from '../../dist/engine/index.js';
import { hasShared, ndjsonRows, shared, temporaryFolder, varve } from '../support.ts';

const folder = temporaryFolder();
let db: Varve;
beforeAll(async () => {
  db = await open(join(folder, 'store'), { threads: 0 });
});
afterAll(() => db.close());

const path = (name: string): string => join(folder, name);
const names = async (table: string): Promise<unknown[]> => [
  ...(await db.query(`select name from ${table} order by time`)).values(0),
];

const people = ['José Álvarez', 'Müller', 'François “le Bon”', 'Zoë €5', 'Ann', 'Bob'];
const day = (index: number): string => `2026-01-${String(1 + (index % 28)).padStart(2, '0')}`;
const csv = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, index) => `${day(from + index)},${people[(from + index) % 6]}\n`).join('');

const windows1252 = (text: string): Buffer =>
  Buffer.from(text.replaceAll('“', '\x93').replaceAll('”', '\x94').replaceAll('€', '\x80'), 'latin1');
const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

describe('text in other encodings, through the real import', () => {
  it.each<[string, string, (text: string) => Buffer]>([
    ['utf-16le with a mark', 'utf-16le', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
    ['utf-16le without', 'utf-16le', (text) => Buffer.from(text, 'utf16le')],
    ['utf-16be with a mark', 'utf-16be', (text) => utf16be(`\uFEFF${text}`)],
    ['utf-16be without', 'utf-16be', utf16be],
    ['windows-1252', 'windows-1252', windows1252],
    ['utf-8', 'utf-8', (text) => Buffer.from(text)],
  ])('%s: found, read, and read on when it has grown', async (name, encoding, encode) => {
    const table = name.replaceAll(/\W/g, '_');
    const file = path(`${table}.csv`);
    const whole = encode(`date,name\n${csv(0, 20)}`);
    writeFileSync(file, whole);
    expect(await inspect(file)).toMatchObject({ format: 'csv', encoding, rows: 20, rejectedCount: 0 });
    const summary = await db.import(file, { table });
    expect(summary).toMatchObject({ rows: 20, rejected: 0, detected: { time: 'date' } });
    expect(/in (UTF-16|Windows)/.test(summary.detected!.evidence)).toBe(encoding !== 'utf-8');
    const wanted = Array.from({ length: 20 }, (_, index) => people[index % 6]);
    expect(await names(table)).toEqual(wanted);
    const more = encode(`x${csv(20, 28)}`).subarray(encode('x').length);
    appendFileSync(file, more);
    expect(await db.import(file, { table })).toMatchObject({ rows: 8, rejected: 0, resumed: 1 });
    expect(await names(table)).toEqual([
      ...wanted,
      ...Array.from({ length: 8 }, (_, index) => people[(index + 20) % 6]),
    ]);
  });

  it('a file that was Windows-1252 and grew by plain lines stays so; what was plain and grew by others becomes it', async () => {
    const file = path('turned.csv');
    writeFileSync(file, windows1252(`date,name\n${csv(0, 6)}`));
    expect(await db.import(file, { table: 'turned' })).toMatchObject({ rows: 6, rejected: 0 });
    appendFileSync(file, '2026-02-01,Ann\n'.repeat(500));
    expect(await inspect(file)).toMatchObject({ encoding: 'utf-8' });
    expect(await db.import(file, { table: 'turned' })).toMatchObject({ rows: 500, rejected: 0, resumed: 1 });
    const plain = path('plain.csv');
    writeFileSync(plain, `date,name\n2026-01-01,Ann\n2026-01-02,Bob\n`);
    expect(await db.import(plain, { table: 'plain' })).toMatchObject({ rows: 2 });
    appendFileSync(plain, windows1252('2026-01-03,Zoë\n'));
    expect(await db.import(plain, { table: 'plain' })).toMatchObject({ rows: 1, rejected: 0, resumed: 1 });
    expect(await names('plain')).toEqual(['Ann', 'Bob', 'Zoë']);
  });

  it('a few lines that are no UTF-8 go to the quarantine with their reason; --encoding reads them', async () => {
    const file = path('few.csv');
    writeFileSync(file, windows1252(`date,name\n${'2026-01-01,Ann\n'.repeat(50)}2026-01-02,Zoë\n`));
    expect(await db.import(file, { table: 'few' })).toMatchObject({ rows: 50, rejected: 1 });
    const reasons = (await db.query(`select reason from _rejected where source = '${file}'`)).values(0);
    expect([...reasons]).toEqual(['Byte 14 of the record is no UTF-8.']);
    expect(await db.import(file, { table: 'all', encoding: 'latin1' })).toMatchObject({ rows: 51, rejected: 0 });
    const most = path('most.csv');
    writeFileSync(most, windows1252(`date,name\n${'2026-01-02,Zoë\n'.repeat(5)}2026-01-01,Ann\n`));
    expect(await db.import(most, { table: 'most', encoding: 'utf-8' })).toMatchObject({ rows: 1, rejected: 5 });
  });

  it('is seen through compression, and at the command line', async () => {
    const file = path('people.csv.gz');
    writeFileSync(file, gzipSync(Buffer.from(`\uFEFFdate,name\n${csv(0, 6)}`, 'utf16le')));
    const data = path('cli');
    const imported = await varve(['import', file, '--data', data]);
    expect(imported).toMatchObject({ exitCode: 0 });
    expect(imported.errors).toMatch(/csv \(.*in UTF-16LE, compressed with gzip\)/);
    const answer = await varve([
      'query',
      'select name from events order by time',
      '--format',
      'ndjson',
      '--data',
      data,
    ]);
    expect(ndjsonRows(answer.output).map(({ name }) => name)).toEqual(people);
    const wrong = await varve(['import', file, '--encoding', 'ebcdic', '--data', data]);
    expect(wrong).toMatchObject({ exitCode: 2 });
    expect(wrong.errors).toMatch(/There is no encoding "ebcdic"\.\nUse utf-8/);
  });

  it.skipIf(!hasShared)('files of other projects', async () => {
    const encodings = join(shared, 'data', 'csv-edge', 'encodings');
    expect(await db.import(join(encodings, 'latin1.csv'), { table: 'latin1' })).toMatchObject({
      rows: 12,
      rejected: 0,
    });
    expect(await names('latin1')).toContain('Søren Kierkegaard');
    const shiftJis = join(encodings, 'shift_jis.csv');
    await expect(db.import(shiftJis, { table: 'jis' })).rejects.toMatchObject({
      code: 'usage',
      hint: 'Say --encoding shift_jis.',
    });
    expect(await db.import(shiftJis, { table: 'jis', encoding: 'shift_jis' })).toMatchObject({ rows: 20, rejected: 0 });
    const decoded = new TextDecoder('shift_jis').decode(readFileSync(shiftJis));
    const found = [...(await db.query('select 名前 from jis')).values(0)];
    expect(found.toSorted()).toEqual(
      decoded
        .trim()
        .split('\r\n')
        .slice(1)
        .map((line) => line.split(',')[0]!)
        .toSorted(),
    );
  });
});
