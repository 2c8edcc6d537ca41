import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspect, open, type Varve } from '../../dist/engine/index.js';
import { inflate } from '../../engine/ingest/inflate.ts';
import { bzip2Bomb, compressedLines, plainLines } from '../compressed-lines.ts';
import { hasShared, shared, temporaryFolder } from '../support.ts';

type Compress = (bytes: Uint8Array) => Uint8Array;

/** A program of the system as a compressor; null, said aloud, where it is not there. */
function program(command: string, ...args: string[]): Compress | null {
  if (spawnSync(command, ['--version'], { input: '' }).error !== undefined) {
    process.stderr.write(`\nSKIPPED: tests of files that ${command} made, because it is not there.\n`);
    return null;
  }
  return (input) => {
    const { stdout, status, stderr } = spawnSync(command, args, { input, maxBuffer: 1 << 28 });
    if (status !== 0) throw new Error(`${command}: ${stderr.toString()}`);
    return new Uint8Array(stdout);
  };
}

const zstd = program('zstd', '-q', '-c', '--check');
const bzip2 = program('bzip2', '-c');
const compressors: readonly (readonly [name: string, extension: string, compress: Compress])[] = [
  ['gzip', 'gz', (bytes) => gzipSync(bytes)] as const,
  ['brotli', 'br', (bytes) => brotliCompressSync(bytes, { params: { 1: 4 } })] as const,
  ...(zstd === null ? [] : [['zstd', 'zst', zstd] as const]),
  ...(bzip2 === null ? [] : [['bzip2', 'bz2', bzip2] as const]),
];

const folder = temporaryFolder();
let db: Varve;
beforeAll(async () => {
  db = await open(join(folder, 'store'));
});
afterAll(() => db.close());

const path = (name: string): string => join(folder, name);
const countOf = async (table: string): Promise<unknown> =>
  [...(await db.query(`select count() from ${table}`)).values(0)][0];

describe.skipIf(!hasShared)('real files, compressed in every way that is read', () => {
  it.each(compressors)(
    '%s: the same rows, and known again however it is compressed',
    async (name, extension, compress) => {
      const plain = readFileSync(join(shared, 'data', 'apache', 'access.log'));
      const file = path(`log.${extension}`);
      writeFileSync(file, compress(plain));
      const table = `log_${name}`;
      const summary = await db.import(file, { table });
      expect(summary).toMatchObject({ rows: 9999, rejected: 1, bytesIn: plain.length });
      expect(summary.detected!.evidence).toContain(`compressed with ${name}`);
      expect(await inspect(file)).toMatchObject({ compression: name, format: 'apache' });
      const answer = (await db.query(`select count(), uniq(host), min(time), max(time) from ${table}`)).rows();
      expect([...answer].map((row) => Object.values(row))).toEqual([
        [9999, 1753, new Date('2015-05-17T10:05:00.000Z'), expect.any(Date)],
      ]);
      expect(await db.import(join(shared, 'data', 'apache'), { table })).toMatchObject({ rows: 0, resumed: 1 });
    },
    60_000,
  );

  it.skipIf(zstd === null)(
    'zstd: every level, windows small and large, data of every kind',
    async () => {
      const log = readFileSync(join(shared, 'data', 'apache', 'access.log')).subarray(0, 700_000);
      const random = Buffer.alloc(300_000);
      for (let at = 0, state = 20_261_124; at < random.length; at++)
        random[at] = (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 16;
      const inputs = [
        log,
        random,
        Buffer.alloc(1_000_000),
        Buffer.concat([log, random, log]),
        Buffer.from('a'),
        Buffer.alloc(0),
      ];
      const settings = [
        '-1',
        '-3',
        '-9',
        '-19',
        '--fast=5',
        '-22 --ultra --long=27',
        '-5 --zstd=wlog=10',
        '-7 --no-check',
      ];
      for (const setting of settings) {
        const compress = program('zstd', '-q', '-c', ...setting.split(' '))!;
        for (const input of inputs) {
          const parts: Uint8Array[] = [];
          for await (const part of inflate('x', Readable.from([compress(input)]), 'zstd')) parts.push(part);
          expect([setting, Buffer.compare(Buffer.concat(parts), input)]).toEqual([setting, 0]);
        }
      }
    },
    120_000,
  );

  it.each(compressors)(
    '%s: cut short, what came before is in; the whole file adds the rest',
    async (name, extension, compress) => {
      const plain = readFileSync(join(shared, 'data', 'apache', 'access.log'));
      const whole = compress(plain);
      const file = path(`access.log.${extension}`);
      writeFileSync(file, whole.subarray(0, Math.floor(whole.length * 0.9)));
      const table = `access_${name}`;
      await expect(db.import(file, { table })).rejects.toMatchObject({
        code: 'data_corrupted',
        message: expect.stringMatching(
          new RegExp(`is damaged or cut: its ${name} stream ends after \\d+ bytes`),
        ) as string,
      });
      const before = Number(await countOf(table).catch(() => 0));
      expect(before).toBeGreaterThan(1000);
      writeFileSync(file, whole);
      expect(await db.import(file, { table })).toMatchObject({ rows: 9999 - before, resumed: before > 0 ? 1 : 0 });
      expect(await countOf(table)).toBe(9999);
      renameSync(file, path(`renamed-${name}.${extension}`));
      expect(await db.import(path(`renamed-${name}.${extension}`), { table })).toMatchObject({ rows: 0, rejected: 0 });
    },
    60_000,
  );
});

describe('what zstd and bzip2 made, kept as text', () => {
  const fixtures = Object.entries(compressedLines).map(([name, text]) => [name, Buffer.from(text, 'base64')] as const);

  it.each(fixtures)('%s: alone, and grown by another frame or stream', async (name, bytes) => {
    const file = path(name);
    writeFileSync(file, bytes);
    expect(await db.import(file, { table: name })).toMatchObject({
      rows: 199,
      rejected: 0,
      detected: { format: 'csv' },
    });
    // A log that is compressed bit by bit: what is appended has no header of its own.
    const [frame] = Object.entries(compressedLines).filter(([other]) => other.startsWith(name.slice(0, 4)));
    appendFileSync(file, Buffer.from(frame![1], 'base64'));
    const grown = path(`${name}-grown`);
    copyFileSync(file, grown);
    const summary = await db.import(grown, { table: name });
    // The header of what was appended stands among its rows, where it has no time.
    expect(summary).toMatchObject({ rows: 199, rejected: 1, resumed: 1 });
    expect(await countOf(name)).toBe(398);
  });

  it('of several files one is damaged: it is told, the others are in', async () => {
    const good = Buffer.from(compressedLines.zstdWithChecksum, 'base64');
    const bad = Uint8Array.from(good);
    bad[400]! ^= 1;
    writeFileSync(path('a.csv.zst'), bad);
    writeFileSync(path('b.csv.zst'), good);
    const summary = await db.import([path('a.csv.zst'), path('b.csv.zst')], { table: 'several' });
    expect(summary.skipped).toEqual([
      { file: path('a.csv.zst'), reason: expect.stringContaining('a.csv.zst" is damaged or cut: its zstd') as string },
    ]);
    expect(await countOf('several')).toBe(199);
  });

  it('a stream on standard input is seen through as well', async () => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield await Promise.resolve(Buffer.from(compressedLines.bzip2, 'base64'));
    }
    expect(await db.import(stream(), { table: 'piped' })).toMatchObject({ rows: 199, rejected: 0 });
  });

  it('a bomb is refused by its beginning, or read as one record that is too long', async () => {
    writeFileSync(path('bomb.bz2'), Buffer.from(bzip2Bomb, 'base64'));
    await expect(db.import(path('bomb.bz2'), { table: 'bomb' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('is binary') as string,
    });
    const line = plainLines();
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3]);
    const raw = Buffer.from([(line.length << 3) & 0xff, ((line.length << 3) >>> 8) & 0xff, (line.length << 3) >>> 16]);
    // A block of 131,072 letters in four bytes, two hundred times: 26 MB without a line end.
    const run = Buffer.from(
      [(131_072 << 3) | 2, (131_072 << 3) >>> 8, (131_072 << 3) >>> 16, 0x61].map((byte) => byte & 0xff),
    );
    const last = Buffer.from([(1 << 3) | 2 | 1, 0, 0, 10]);
    writeFileSync(
      path('bomb.zst'),
      Buffer.concat([header, raw, Buffer.from(line), ...Array.from({ length: 200 }, () => run), last]),
    );
    expect(await db.import(path('bomb.zst'), { table: 'bomb' })).toMatchObject({ rows: 199, rejected: 1 });
    const reasons = (await db.query("select reason from _rejected where contains(reason, 'recordBytesMax')")).values(0);
    expect([...reasons]).toEqual([expect.stringMatching(/^One record has 26214401 bytes/)]);
  }, 30_000);

  it('an import of a bomb of 34 GB in a megabyte can be called off', async () => {
    const line = plainLines();
    const size = line.length << 3;
    const block = [(131_072 << 3) | 2, (131_072 << 3) >>> 8, (131_072 << 3) >>> 16, 0x61];
    const blocks = Uint8Array.from({ length: 1 << 20 }, (_, at) => block[at % 4]!);
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 10 << 3, size & 0xff, (size >>> 8) & 0xff, size >>> 16]);
    writeFileSync(path('long.zst'), Buffer.concat([header, Buffer.from(line), blocks]));
    const stop = new AbortController();
    const running = db.import(path('long.zst'), {
      table: 'called_off',
      signal: stop.signal,
      onDetected: () => stop.abort(),
    });
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  }, 60_000);

  it('what is compressed otherwise is refused with the way to read it', async () => {
    writeFileSync(path('log.xz'), Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0, 0, 4]));
    await expect(db.import(path('log.xz'), { table: 'xz' })).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('xz -dc FILE | varve import -') as string,
    });
  });
});
