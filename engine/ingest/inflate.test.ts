import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { bzip2Bomb, compressedLines, plainLines } from '../../test/compressed-lines.ts';
import { VarveError } from '../base/errors.ts';
import { compressionOf, inflate, type Compression } from './inflate.ts';

const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const zstd = bytesOf(compressedLines.zstdWithChecksum);
const zstdPlain = bytesOf(compressedLines.zstdWithoutChecksum);
const bzip2 = bytesOf(compressedLines.bzip2);
const lines = plainLines();

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** @returns the text, and the message of the error that ended it. */
async function inflated(
  bytes: Uint8Array,
  compression: Compression | null = compressionOf('x', bytes),
  size = 1000,
): Promise<{ text: string; error: string | null }> {
  let text = '';
  try {
    for await (const chunk of inflate('x', chunksOf(bytes, size), compression!))
      text += Buffer.from(chunk).toString('latin1');
    return { text, error: null };
  } catch (error) {
    if (!(error instanceof VarveError)) throw error;
    expect(['data_corrupted', 'usage']).toContain(error.code);
    return { text, error: error.message };
  }
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));
/** A frame header without a length, of a window of 2^(10 + exponent) bytes. */
const zstdHeader = (exponent: number): Uint8Array => Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, exponent << 3);
const blockHeader = (kind: number, size: number, last: boolean): number[] => {
  const word = (last ? 1 : 0) | (kind << 1) | (size << 3);
  return [word & 0xff, (word >>> 8) & 0xff, word >>> 16];
};

describe('inflating', () => {
  it.each([
    ['gzip', Uint8Array.from(gzipSync(lines))],
    ['zstd', zstd],
    ['zstd', zstdPlain],
    ['bzip2', bzip2],
  ])('%s is told by its first bytes, and read in pieces of any size', async (compression, bytes) => {
    expect(compressionOf('x', bytes)).toBe(compression);
    for (const size of [1, 7, 500, 100_000])
      expect(await inflated(bytes, undefined, size)).toEqual({ text: lines, error: null });
    expect(await inflated(join(bytes, bytes, bytes))).toEqual({ text: lines.repeat(3), error: null });
  });

  it('brotli is told by the name', async () => {
    const bytes = Uint8Array.from(brotliCompressSync(lines));
    expect(compressionOf('x.br', bytes)).toBe('brotli');
    expect(compressionOf('x', bytes)).toBe(null);
    expect(await inflated(bytes, 'brotli')).toEqual({ text: lines, error: null });
    expect((await inflated(bytes.subarray(0, 300), 'brotli')).error).toMatch(/its brotli stream ends after \d+ bytes/);
  });

  it.each([
    ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]],
    ['lz4', [0x04, 0x22, 0x4d, 0x18]],
    ['a zip archive', [0x50, 0x4b, 3, 4]],
    ['compress', [0x1f, 0x9d]],
  ])('refuses %s by name', (name, head) => {
    expect(() => compressionOf('x', Uint8Array.from(head))).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(name) as string }) as Error,
    );
  });

  it.each([
    ['zstd', zstd],
    ['bzip2', bzip2],
  ])('%s that is cut anywhere gives what came before and tells it', async (compression, bytes) => {
    for (let length = 1; length < bytes.length; length += 3) {
      const { text, error } = await inflated(bytes.subarray(0, length), compression as Compression);
      expect(error).toMatch(/is damaged or cut/);
      expect(lines.startsWith(text)).toBe(true);
    }
    const second = await inflated(join(bytes, bytes.subarray(0, bytes.length >> 1)));
    expect(second).toEqual({ text: lines, error: expect.stringContaining('after 6273 bytes') as string });
  });

  it.each([
    ['zstd', zstd],
    ['bzip2', bzip2],
  ])('%s with a bit of it turned over is told by its checksum, if by nothing else', async (compression, bytes) => {
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at]! ^= 1 << (at % 8);
      const { text, error } = await inflated(damaged, compression as Compression, 100_000);
      expect(lines.startsWith(text)).toBe(true);
      if (error === null) expect((await inflated(damaged, compression as Compression)).text).toBe(lines);
    }
  });

  it('what is no frame or stream behind one is told', async () => {
    expect(await inflated(join(zstd, Uint8Array.of(1, 2, 3, 4, 5)))).toMatchObject({
      text: lines,
      error: expect.stringContaining('no zstd frame') as string,
    });
    expect(await inflated(join(bzip2, Uint8Array.of(1, 2, 3, 4, 5)))).toMatchObject({
      text: lines,
      error: expect.stringContaining('no bzip2 stream') as string,
    });
  });
});

describe('hostile zstd', () => {
  it('frames without data are passed over; a length that is not kept is told', async () => {
    const empty = Uint8Array.of(0x55, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9);
    expect(await inflated(join(empty, zstd, empty), 'zstd')).toEqual({ text: lines, error: null });
    const single = Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0x20, 5, ...blockHeader(0, 2, true), 0x61, 0x62);
    expect(await inflated(single)).toEqual({
      text: '',
      error: expect.stringContaining('a frame of 5 bytes inflates to 2') as string,
    });
  });

  it.each([
    [
      'a window of two gigabytes',
      join(zstdHeader(21), Uint8Array.from([...blockHeader(1, 9, true), 1])),
      /wants 2147483648 bytes to be inflated/,
    ],
    ['a dictionary', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0, 7, ...blockHeader(1, 9, true), 1), /dictionary/],
    [
      'a block that is too large',
      join(zstdHeader(10), Uint8Array.from([...blockHeader(1, 200_000, true), 1])),
      /not of its kind/,
    ],
    [
      'a block of a reserved kind',
      join(zstdHeader(10), Uint8Array.from([...blockHeader(3, 9, true), 1])),
      /not of its kind/,
    ],
    [
      'a table that gives one symbol all room, which is read without end',
      join(
        zstdHeader(10),
        Uint8Array.from([...blockHeader(2, 13, true), 0xa2, 0x80, 0x02, 5, 0xf0, 3, 1, 1, 1, 1, 1, 1, 0]),
      ),
      /a block is damaged/,
    ],
  ])('refuses %s', async (_what, bytes, message) => {
    const { text, error } = await inflated(bytes);
    expect(text).toBe('');
    expect(error).toMatch(message);
  });

  it('a block that says it holds five gigabytes is refused at its first sequence too many', async () => {
    const count = 65_500;
    // No literals; literal lengths 0, offsets 1 and matches of at least 65,539 bytes, each by a table of one code.
    const body = [0, 0xff, (count - 0x7f00) & 0xff, (count - 0x7f00) >>> 8, 0x54, 0, 0, 52];
    const bits = new Uint8Array(count * 2 + 1).fill(0xff);
    bits[bits.length - 1] = 1;
    const size = body.length + bits.length;
    const first = [...blockHeader(1, 1000, false), 0x61];
    const bytes = join(zstdHeader(10), Uint8Array.from([...first, ...blockHeader(2, size, true), ...body]), bits);
    expect(await inflated(bytes)).toEqual({
      text: 'a'.repeat(1000),
      error: expect.stringContaining('a block is damaged: it is too long') as string,
    });
  });

  it.each([
    ['a copy of what never was', [0x08, 0x61, 1, 0x54, 0, 5, 0, 0x20], 'it goes back too far'],
    ['a table that is not there', [0x08, 0x61, 1, 0xfc, 0x01], 'a table that is not there'],
    ['literals of such a table', [0x83, 0x40, 0x00, 0, 0], 'a table that is not there'],
    ['reserved modes', [0x08, 0x61, 1, 1, 0x01], 'its sequences'],
    ['a code that is none', [0x08, 0x61, 1, 0x54, 60, 0, 0, 1], 'its sequences'],
    ['bits without an end', [0x08, 0x61, 1, 0x54, 0, 0, 0, 0], 'its bits have no end'],
    ['bytes behind its literals', [0x08, 0x61, 0, 9], 'something follows'],
    ['literals beyond its end', [0xf8, 0x61], 'its literals'],
    ['nothing', [], 'its literals'],
    ['literals only', [0x08, 0x61], 'its sequences'],
  ])('a block of %s', async (_what, body, reason) => {
    const bytes = join(zstdHeader(10), Uint8Array.from([...blockHeader(2, body.length, true), ...body]));
    expect(await inflated(bytes)).toEqual({ text: '', error: expect.stringContaining(reason) as string });
  });

  it('a bomb of 34 GB in a megabyte is made a block at a time', async () => {
    const block = Uint8Array.from([...blockHeader(1, 131_072, false), 0x61]);
    const bomb = join(
      zstdHeader(10),
      Uint8Array.from({ length: 1_048_576 }, (_, at) => block[at % 4]!),
    );
    let taken = 0;
    const before = process.memoryUsage().rss;
    for await (const chunk of inflate('x', chunksOf(bomb, 1 << 20), 'zstd')) {
      expect(chunk.length).toBeLessThanOrEqual(131_072);
      if (++taken === 1000) break;
    }
    expect(taken).toBe(1000);
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 1024 * 1024);
  });
});

describe('hostile bzip2', () => {
  it('a bomb is made a piece at a time', async () => {
    let total = 0;
    const bomb = bytesOf(bzip2Bomb);
    expect(bomb.length).toBeLessThan(200);
    for await (const chunk of inflate('x', chunksOf(bomb, 50), 'bzip2')) {
      expect(chunk.length).toBeLessThanOrEqual(256 * 1024);
      total += chunk.length;
    }
    expect(total).toBe(100_000_000);
  });

  it('a block without end is given up on', async () => {
    const ones = new Uint8Array(300_000).fill(0xff);
    const { error } = await inflated(join(bzip2.subarray(0, 18), ones));
    expect(error).toMatch(/a block is damaged/);
  });
});
