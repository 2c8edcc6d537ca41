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
import type { ColumnType } from '../column/types.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { openRowSource } from './open-source.ts';
import type { SegmentDescriptor } from './row-source.ts';
import { buildSegments } from './segment-build.ts';
import type { BuildRequest } from './segment-tasks.ts';

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
    mixed === 'text' ? `v${whole(9)}` : mixed === 'bool' ? random() < 0.5 : mixed === 'float' ? whole(99) / 4 : whole(9);
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

function readAll(descriptor: SegmentDescriptor): TestRows {
  const source = openRowSource(testEnvironment(), descriptor);
  return rowsOfSource(source, names);
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
    { rows: 90_000, actors: 1, nobody: 0 },
    { rows: 60_000, actors: 2, nobody: 0 },
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
    const expected = sortedRows(batches, sequences, names, 'user');
    expect(readAll(whole!)).toEqual(expected);
    expect(whole!.meta.rows).toBe(expected['time']!.length);
    // Parts first, then their merge: the same rows.
    const parts: SegmentDescriptor[] = [];
    for (const [index, chunk] of chunks.entries())
      parts.push(...(await build(buildRequest(directory, [chunk], names, 'user', { firstId: 10 + index }))));
    const [merged] = await build(buildRequest(directory, parts, names, 'user', { firstId: 50 }));
    expect(readAll(merged!)).toEqual(expected);
    expect(merged!.meta.entries).toBe(whole!.meta.entries);
    expect(readdirSync(`${directory}/tables/3/level0`).filter((name) => !name.endsWith('.seg'))).toEqual([]);
  });
});
