import { describe, expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import type { Host } from '../host/host.ts';
import type { ImportPosition, Store } from '../store/store-types.ts';
import { createImportPipeline } from './import-pipeline.ts';
import type { ParsedPiece, ParseTask } from './parse-piece.ts';

const megabyte = 1024 * 1024;
const parsedOf = (bytes: number): ParsedPiece => ({
  ...{ rows: 1000, batch: new Uint8Array(bytes), rejected: 0, rejectedBatch: null },
  ...{ reasons: [], choice: null, columns: [] },
});

/** A pipeline whose threads and store take turns of the event loop, the later pieces fewer than the earlier. */
function simulated(options: { failParse?: number; failCommit?: number } = {}) {
  const seen = {
    parsing: 0,
    parsingMost: 0,
    commits: [] as number[],
    underWay: 0,
    underWayMost: 0,
    taken: [] as number[],
  };
  const turns = async (count: number): Promise<void> => {
    for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  const threads = {
    count: 2,
    async run(_entry: string, _task: string, task: { piece: { offset: number } }): Promise<ParsedPiece> {
      seen.parsingMost = Math.max(seen.parsingMost, ++seen.parsing);
      const { offset } = task.piece;
      await turns(7 - (offset % 7));
      seen.parsing--;
      if (offset === options.failParse) throw new VarveError('limit', `piece ${offset}`);
      return parsedOf(20 * megabyte);
    },
  };
  const store = {
    async importBatches(_parts: unknown, positions: Readonly<Record<string, ImportPosition>>): Promise<void> {
      seen.underWayMost = Math.max(seen.underWayMost, ++seen.underWay);
      await turns(20);
      seen.underWay--;
      if (seen.commits.length === options.failCommit) throw new VarveError('storage_full', 'The disk is full.');
      seen.commits.push(Number(positions['k']!['at']));
    },
  };
  const pipeline = createImportPipeline(
    { threads } as unknown as Host,
    store as unknown as Store,
    't',
    () => ({ timeName: 'time', actor: null, actors: [] }),
    undefined,
  );
  const push = (offset: number): Promise<void> =>
    pipeline.push({ piece: { offset } } as unknown as ParseTask, () => {
      seen.taken.push(offset);
      return { k: { at: offset } };
    });
  return { pipeline, push, seen };
}

describe('the pipeline of an import', () => {
  it('takes pieces in order, however long each takes, and holds only so many pieces and commits', async () => {
    const { pipeline, push, seen } = simulated();
    for (let piece = 0; piece < 100; piece++) await push(piece);
    await pipeline.finish();
    expect(seen.taken).toEqual(Array.from({ length: 100 }, (_, piece) => piece));
    // 64 MiB a commit: every fourth piece.
    expect(seen.commits).toEqual(Array.from({ length: 25 }, (_, commit) => 4 * commit + 3));
    expect([seen.parsingMost <= 4, seen.underWayMost <= 3]).toEqual([true, true]);
  });

  it('commits what came before a piece that failed, and nothing after', async () => {
    const { pipeline, push, seen } = simulated({ failParse: 5 });
    const pushed = (async () => {
      for (let piece = 0; piece < 50; piece++) await push(piece);
    })();
    await expect(pushed).rejects.toMatchObject({ code: 'limit', message: 'piece 5' });
    await expect(pipeline.finish()).rejects.toMatchObject({ code: 'limit' });
    expect([seen.commits, pipeline.failed()]).toEqual([[3, 4], true]);
  });

  it('stops at a commit that failed', async () => {
    const { pipeline, push, seen } = simulated({ failCommit: 1 });
    const pushed = (async () => {
      for (let piece = 0; piece < 200; piece++) await push(piece);
    })();
    await expect(pushed).rejects.toMatchObject({ code: 'storage_full' });
    await expect(pipeline.finish()).rejects.toMatchObject({ code: 'storage_full' });
    expect([seen.commits[0], seen.taken.length < 40]).toEqual([3, true]);
  });
});
