import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../test/support.ts';
import {
  batchOf,
  buildRequest,
  chunkOf,
  randomOf,
  rowsOfSource,
  segmentOf,
  sortedRows,
  testEnvironment,
  type TestRows,
  type TestValue,
} from '../../test/segments.ts';
import type { Batch } from '../column/batch.ts';
import { VarveError } from '../base/errors.ts';
import { hash64OfText } from '../base/hash64.ts';
import type { ColumnType } from '../column/types.ts';
import { createNodeThreads } from '../host/node-threads.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import type { Vfs } from '../host/vfs.ts';
import { openRowSource } from './open-source.ts';
import type { SegmentDescriptor } from './row-source.ts';
import { buildSegments } from './segment-build.ts';
import { checkSegment } from './segment-check.ts';
import { endOfPartition, partitionOf, partitionWidths } from './partition.ts';
import { formatPartition } from './segment-outputs.ts';
import type { BuildRequest, BuildResult } from './segment-tasks.ts';

const seed = Number(process.env['VARVE_SEED'] ?? Date.now() % 1_000_000);
process.stderr.write(`segment-build: VARVE_SEED=${seed}\n`);

const names = ['time', 'user', 'event', 'ok', 'n', 'x', 'at', 'tags', 'sizes', 'mixed', 'never'];
const day = 86_400_000;

interface Shape {
  readonly rows: number;
  readonly actors: number;
  readonly nobody?: number;
  readonly wide?: boolean;
  readonly mixed?: ColumnType;
  readonly userType?: ColumnType;
  readonly times?: number;
}

/** A batch with a column of every type. */
function randomBatch(random: () => number, shape: Shape): Batch {
  const { rows, actors, nobody = 0.05, wide = false, mixed = 'int', userType = 'text', times = 30 * day } = shape;
  const maybe = <T extends TestValue>(share: number, value: () => T): TestValue => (random() < share ? null : value());
  const whole = (below: number): number => Math.floor(random() * below);
  const column = (make: () => TestValue): TestValue[] => Array.from({ length: rows }, make);
  const floats = [NaN, -0, 0, Infinity, -Infinity, 0.1, 1e300];
  const mixedValue = (): TestValue =>
    mixed === 'text'
      ? `v${whole(9)}`
      : mixed === 'bool'
        ? random() < 0.5
        : mixed === 'float'
          ? whole(99) / 4
          : whole(9);
  const values: TestRows = {
    time: column(() => 1_700_000_000_000 + whole(times)),
    user: column(() => maybe(nobody, () => (userType === 'int' ? whole(actors) : `user-${whole(actors)}`))),
    event: column(() => `event ${'é'.repeat(whole(3))}${whole(20)}`),
    ok: column(() => maybe(0.1, () => random() < 0.5)),
    n: column(() => maybe(0.1, () => (wide && random() < 0.1 ? 2n ** 62n - BigInt(whole(9)) : whole(1000) - 500))),
    x: column(() => maybe(0.1, () => (random() < 0.2 ? floats[whole(floats.length)]! : random()))),
    at: column(() => maybe(0.5, () => whole(2 ** 40))),
    tags: column(() => maybe(0.2, () => Array.from({ length: whole(4) }, () => maybe(0.1, () => `tag${whole(30)}`)))),
    sizes: column(() => maybe(0.2, () => Array.from({ length: whole(3) }, () => whole(500)))),
    mixed: column(() => maybe(0.1, mixedValue)),
  };
  const types: Record<string, ColumnType> = {
    time: 'time',
    user: userType,
    event: 'text',
    ok: 'bool',
    n: 'int',
    x: 'float',
    at: 'time',
    tags: 'list of text',
    sizes: 'list of int',
    mixed,
  };
  return batchOf(types, values);
}

async function build(request: BuildRequest): Promise<SegmentDescriptor[]> {
  const { segments } = await buildSegments(nodeVfs, request);
  return segments.map((meta) => segmentOf(request.directory, meta, names, request.actor));
}

function readAll(descriptor: SegmentDescriptor, columns = names): TestRows {
  const source = openRowSource(testEnvironment(), descriptor);
  return rowsOfSource(source, columns);
}

const shapes: Record<string, readonly Shape[]> = {
  'one chunk': [{ rows: 3000, actors: 100 }],
  'no actor at all': [{ rows: 500, actors: 1, nobody: 1 }],
  'one row': [{ rows: 1, actors: 1, nobody: 0 }],
  'three chunks': [
    { rows: 1000, actors: 300 },
    { rows: 2500, actors: 300 },
    { rows: 1, actors: 300 },
  ],
  'wide ints in one of two': [
    { rows: 400, actors: 20, wide: true },
    { rows: 400, actors: 20 },
  ],
  'int and float': [
    { rows: 300, actors: 20, mixed: 'int' },
    { rows: 300, actors: 20, mixed: 'float' },
  ],
  'int and text': [
    { rows: 300, actors: 20, mixed: 'int' },
    { rows: 300, actors: 20, mixed: 'text' },
    { rows: 300, actors: 20, mixed: 'bool' },
  ],
  'actors that are ints': [
    { rows: 300, actors: 20, userType: 'int' },
    { rows: 300, actors: 20, userType: 'int' },
  ],
  'actors that are ints, then texts': [
    { rows: 300, actors: 20, userType: 'int' },
    { rows: 300, actors: 20 },
  ],
  'equal times': [
    { rows: 500, actors: 5, times: 3 },
    { rows: 500, actors: 5, times: 3 },
    { rows: 500, actors: 5, times: 3 },
  ],
  'an actor with more rows than a block': [
    { rows: 70_000, actors: 1, nobody: 0 },
    { rows: 20_000, actors: 2, nobody: 0 },
  ],
  'an empty input': [
    { rows: 0, actors: 1 },
    { rows: 300, actors: 9 },
  ],
};

describe('a segment holds the rows of its inputs, in order', () => {
  test.each(Object.entries(shapes))('%s', async (_, list) => {
    const random = randomOf(seed);
    const batches = list.map((shape) => randomBatch(random, shape));
    const sequences = batches.map((_, index) => index + 1);
    const chunks = batches.map((batch, index) => chunkOf(batch, sequences[index]!, 'user'));
    const directory = temporaryFolder();
    const [whole] = await build(buildRequest(directory, chunks, names, 'user'));
    // Comparing values one by one is slow: of very many rows, some columns.
    const columns = chunks.some(({ rowCount }) => rowCount > 10_000) ? ['time', 'user', 'n'] : names;
    const expected = sortedRows(batches, sequences, columns, 'user');
    expect(readAll(whole!, columns)).toEqual(expected);
    expect(whole!.meta.rows).toBe(expected['time']!.length);
    expect(checkSegment(nodeVfs, whole!.path, whole!.meta)).toEqual([]);
    // Parts first, then their merge: the same rows.
    const parts: SegmentDescriptor[] = [];
    for (const [index, chunk] of chunks.entries())
      parts.push(...(await build(buildRequest(directory, [chunk], names, 'user', { firstId: 10 + index }))));
    const [merged] = await build(buildRequest(directory, parts, names, 'user', { firstId: 50 }));
    expect(readAll(merged!, columns)).toEqual(expected);
    expect(merged!.meta.entries).toBe(whole!.meta.entries);
    expect(readdirSync(`${directory}/tables/3/level0`).filter((name) => !name.endsWith('.seg'))).toEqual([]);
  });
});

describe('cut', () => {
  const thirds = [0, 1431655765, 2863311530, 2 ** 32];
  const hashRanges = thirds.slice(1).map((to, index) => ({ from: thirds[index]!, to }));
  const widths = { hour: 3_600_000, day, month: 31 * day, year: 366 * day } as const;

  test.each(Object.keys(widths) as (keyof typeof widths)[])('by %s and hash range', async (width) => {
    const random = randomOf(seed);
    // Some of each: about five partitions.
    const batches = [1500, 700].map((rows) => randomBatch(random, { rows, actors: 200, times: 5 * widths[width] }));
    const chunks = batches.map((batch, index) => chunkOf(batch, index + 1, 'user'));
    const directory = temporaryFolder();
    const request = buildRequest(directory, chunks, names, 'user', { cut: { width, hashRanges } });
    const segments = await build(request);
    const expected = sortedRows(batches, [1, 2], names, 'user');
    expect(segments.map(({ meta }) => meta.id)).toEqual(segments.map((_, index) => 1 + index));
    expect(new Set(segments.map(({ meta }) => meta.partition!.start)).size).toBeGreaterThan(3);
    const order = segments.map(({ meta }) => [meta.partition!.start, meta.hashRange.from] as const);
    expect(order).toEqual([...order].sort((a, b) => a[0] - b[0] || a[1] - b[1]));
    let total = 0;
    for (const segment of segments) {
      const { partition, hashRange, timeMin, timeMax, rows, file } = segment.meta;
      const end = endOfPartition(partition!);
      expect(timeMin).toBeGreaterThanOrEqual(partition!.start);
      expect(timeMax).toBeLessThan(end);
      expect(file).toContain(`/${formatPartition(partition!)}/`);
      const found = readAll(segment);
      // Actors' order is that of the whole; of its rows, those in this partition and range.
      const keep = expected['time']!.map((time, row) => {
        const user = expected['user']![row] as string | null;
        const inTime = (time as number) >= partition!.start && (time as number) < end;
        return inTime && user !== null && isIn(hash64OfText(user).high, hashRange);
      });
      const isSomebody = found['user']!.map((user) => user !== null);
      for (const name of names)
        expect(found[name]!.filter((_, row) => isSomebody[row])).toEqual(expected[name]!.filter((_, row) => keep[row]));
      expect(checkSegment(nodeVfs, segment.path, segment.meta)).toEqual([]);
      total += rows;
    }
    expect(total).toBe(2200);
  });

  test('more segments than are written at once take several passes and hold dictionaries of their own', async () => {
    const random = randomOf(seed);
    const rows = 4000;
    const batch = batchOf(
      { time: 'time', user: 'text', id: 'text' },
      {
        time: Array.from({ length: rows }, () => 1_700_000_000_000 + Math.floor(random() * 150 * 3_600_000)),
        user: Array.from({ length: rows }, () => `u${Math.floor(random() * 30)}`),
        id: Array.from({ length: rows }, (_, row) => `request ${row}`),
      },
    );
    const directory = temporaryFolder();
    const columns = ['time', 'user', 'id'];
    const level0 = buildRequest(directory, [chunkOf(batch, 1, 'user')], columns, 'user');
    const [meta] = (await buildSegments(nodeVfs, level0)).segments;
    const inputs = [segmentOf(directory, meta!, columns, 'user')];
    const cut = { width: 'hour', hashRanges: [{ from: 0, to: 2 ** 32 }] } as const;
    const { segments } = await buildSegments(nodeVfs, { ...level0, inputs, cut, firstId: 2 });
    expect(segments.length).toBeGreaterThan(128);
    const ids = segments.flatMap((segment) => {
      const source = openRowSource(testEnvironment(), segmentOf(directory, segment, columns, 'user'));
      expect(source.readDictionary('id').count).toBe(segment.rows);
      return rowsOfSource(source, ['id'])['id'] as string[];
    });
    expect(ids.sort()).toEqual(Array.from({ length: rows }, (_, row) => `request ${row}`).sort());
  });

  test('partitions are named by their start', () => {
    const at = Date.UTC(2024, 1, 29, 5, 30);
    const named = partitionWidths.map((width) => formatPartition(partitionOf(at, width)));
    expect(named).toEqual(['2024-02-29T05.h', '2024-02-29.d', '2024-02.m', '2024.y']);
    expect(formatPartition(partitionOf(-1, 'day'))).toBe('1969-12-31.d');
  });
});

function isIn(hash: number, { from, to }: { readonly from: number; readonly to: number }): boolean {
  return hash >= from && hash < to;
}

describe('a build that fails leaves nothing behind', () => {
  const operations = ['create', 'write', 'sync', 'openUncached', 'rename', 'syncDirectory'] as const;

  test.each(operations)('%s', async (operation) => {
    const random = randomOf(seed);
    const directory = temporaryFolder();
    const chunk = chunkOf(randomBatch(random, { rows: 300, actors: 9, times: 3 * day }), 1, 'user');
    const cut = { width: 'day', hashRanges: [{ from: 0, to: 2 ** 32 }] } as const;
    let calls = 0;
    // The second call fails: by then one file or folder is there.
    const failing = <T>(name: string, action: () => Promise<T>): Promise<T> =>
      name === operation && ++calls === 2
        ? Promise.reject(new VarveError('storage_failed', 'The device is gone.'))
        : action();
    const vfs: Vfs = {
      ...nodeVfs,
      create: (path) =>
        failing('create', async () => {
          const file = await nodeVfs.create(path);
          return {
            ...file,
            write: (bytes, position) => failing('write', () => file.write(bytes, position)),
            sync: () => failing('sync', () => file.sync()),
          };
        }),
      openUncached: (path) => failing('openUncached', () => nodeVfs.openUncached(path)),
      rename: (from, to) => failing('rename', () => nodeVfs.rename(from, to)),
      syncDirectory: (path) => failing('syncDirectory', () => nodeVfs.syncDirectory(path)),
    };
    const request = buildRequest(directory, [chunk], names, 'user', { cut });
    const told = buildSegments(vfs, request).then(
      ({ segments, failedSync }) => [segments.length, failedSync?.message, 'as a failed sync'],
      (error: Error) => [0, error.message, 'thrown'],
    );
    const how = operation.startsWith('sync') ? 'as a failed sync' : 'thrown';
    expect(await told).toEqual([0, 'The device is gone.', how]);
    expect(calls).toBeGreaterThanOrEqual(2);
    const left = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(left).toEqual([]);
  });

  test('a file that does not read back as it was written is not published', async () => {
    const directory = temporaryFolder();
    const chunk = chunkOf(randomBatch(randomOf(seed), { rows: 300, actors: 9 }), 1, 'user');
    const request = buildRequest(directory, [chunk], names, 'user');
    const [meta] = (await buildSegments(nodeVfs, request)).segments;
    for (let at = 0; at < meta!.bytes; at += 501) {
      const vfs: Vfs = {
        ...nodeVfs,
        async openUncached(path) {
          const file = await nodeVfs.openUncached(path);
          return {
            ...file,
            async read(into, position) {
              const read = await file.read(into, position);
              into[at - position]! ^= 1;
              return read;
            },
          };
        },
      };
      await expect(buildSegments(vfs, { ...request, firstId: 2 }), `byte ${at}`).rejects.toThrow(/does not read back/);
    }
    expect(readdirSync(`${directory}/tables/3/level0`)).toEqual(['000001.seg']);
  });
});

test('no rows make no segment', async () => {
  const directory = temporaryFolder();
  const empty = chunkOf(randomBatch(randomOf(seed), { rows: 0, actors: 9 }), 1, 'user');
  expect((await buildSegments(nodeVfs, buildRequest(directory, [empty], names, 'user'))).segments).toEqual([]);
  expect((await buildSegments(nodeVfs, buildRequest(directory, [], names, 'user'))).segments).toEqual([]);
  expect(readdirSync(directory)).toEqual([]);
});

test('the same build in a thread', async () => {
  const directory = temporaryFolder();
  const batches = [400, 300].map((rows) => randomBatch(randomOf(seed + rows), { rows, actors: 40 }));
  const chunks = batches.map((batch, index) => chunkOf(batch, index + 1, 'user'));
  const threads = createNodeThreads(1);
  const request = buildRequest(directory, chunks, names, 'user');
  const { segments } = await threads.run<BuildResult>('segment', 'build', request);
  await threads.close();
  expect(readAll(segmentOf(directory, segments[0]!, names, 'user'))).toEqual(
    sortedRows(batches, [1, 2], names, 'user'),
  );
});
