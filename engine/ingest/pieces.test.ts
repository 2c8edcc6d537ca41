import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../base/limits.ts';
import type { Cutting } from './boundaries.ts';
import { createPieceBuffers, piecesOf, type Piece } from './pieces.ts';

const lines: Cutting = { kind: 'lines' };

async function* chunksOf(bytes: Uint8Array, sizes: readonly number[], failure?: Error): AsyncGenerator<Uint8Array> {
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % Math.max(1, sizes.length)] ?? bytes.length);
    yield bytes.subarray(at, at + size);
    at += size;
    await Promise.resolve();
  }
  if (failure !== undefined) throw failure;
}

/** All pieces, their bytes copied before their memory goes back. */
async function cut(
  stream: AsyncIterable<Uint8Array>,
  cutting: Cutting,
  bufferBytes: number,
): Promise<{ pieces: Piece[]; watched: string }> {
  const buffers = createPieceBuffers(bufferBytes);
  const pieces: Piece[] = [];
  let watched = '';
  const watch = (bytes: Uint8Array): void => {
    if (bytes.length < 10_000) watched += Buffer.from(bytes).toString('latin1');
  };
  for await (const piece of piecesOf(stream, cutting, buffers, 0, watch)) {
    pieces.push({ ...piece, bytes: piece.bytes.slice() });
    if (piece.buffer !== null) buffers.giveBack(piece.buffer);
  }
  return { pieces, watched };
}

const textOf = (piece: Piece): string => Buffer.from(piece.bytes).toString('latin1');

describe('pieces of a source', () => {
  it('hold every byte once, in order, in whole records', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('ab', 'c,"d\ne"', '\n', '{"a":1}', 'x\n'), { maxLength: 60 }),
        fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 8, max: 64 }),
        fc.constantFrom<Cutting>(lines, { kind: 'csv', delimiter: 44 }, { kind: 'json' }, { kind: 'json-lines' }),
        async (parts, sizes, bufferBytes, cutting) => {
          const text = parts.join('');
          const { pieces, watched } = await cut(chunksOf(Buffer.from(text), sizes), cutting, bufferBytes);
          expect([pieces.map(textOf).join(''), watched]).toEqual([text, text]);
          let offset = 0;
          for (const piece of pieces) {
            expect([piece.offset, piece.length]).toEqual([offset, piece.bytes.length]);
            if (piece.kind === 'records' && cutting.kind === 'lines') expect(textOf(piece).endsWith('\n')).toBe(true);
            offset += piece.length;
          }
          expect(pieces.slice(0, -1).every(({ kind }) => kind === 'records')).toBe(true);
        },
      ),
    );
  });

  it('give the whole records before a failure, not the broken end, and then the failure', async () => {
    const pieces: string[] = [];
    const stream = chunksOf(Buffer.from('a\nb\nc'), [2], new Error('cut'));
    const reading = (async () => {
      for await (const piece of piecesOf(stream, lines, createPieceBuffers(64))) pieces.push(textOf(piece));
    })();
    await expect(reading).rejects.toThrow('cut');
    expect(pieces).toEqual(['a\nb\n']);
  });

  it.each<[Cutting, string, string]>([
    [lines, 'before\n', 'after\n'],
    [{ kind: 'csv', delimiter: 44 }, 'a,b\n', 'c,d\n'],
    [{ kind: 'json-lines' }, '{"a":1}\n', '{"b":2}\n'],
    [{ kind: 'json' }, '{"a":1}\n', '{"b":2}\n'],
  ])('leave out one record that is too long: %j', async (cutting, before, after) => {
    const long = 3 * limits.recordBytesMax;
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(before);
      const block = Buffer.alloc(1024 * 1024, 'x');
      for (let sent = 0; sent < long; sent += block.length) {
        yield block;
        await Promise.resolve();
      }
      yield Buffer.from(`\n${after}`);
    }
    const { pieces } = await cut(stream(), cutting, 1024 * 1024);
    expect(pieces.map(({ kind, offset }) => [kind, offset])).toEqual([
      ['records', 0],
      ['oversized', before.length],
      ['records', before.length + long + 1],
    ]);
    expect([textOf(pieces[0]!), pieces[1]!.length, textOf(pieces[2]!)]).toEqual([before, long + 1, after]);
  });

  it('use a few buffers for a source of any size', async () => {
    const buffers = createPieceBuffers(64 * 1024);
    let made = 0;
    const counted = { ...buffers, take: () => buffers.take() };
    const seen = new Set<ArrayBufferLike>();
    const block = Buffer.from('a line of a log\n'.repeat(4096));
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (let turn = 0; turn < 1000; turn++) {
        yield block;
        await Promise.resolve();
      }
    }
    let total = 0;
    for await (const piece of piecesOf(stream(), lines, counted)) {
      total += piece.length;
      seen.add(piece.bytes.buffer);
      made++;
      if (piece.buffer !== null) buffers.giveBack(piece.buffer);
    }
    expect([total, made > 900, seen.size <= 3]).toEqual([block.length * 1000, true, true]);
  });
});
