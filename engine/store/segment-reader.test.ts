import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  batchOf,
  buildRequest,
  chunkOf,
  randomOf,
  rowsOfSource,
  segmentOf,
  testEnvironment,
  type TestRows,
  type TestValue,
} from '../../test/segments.ts';
import { temporaryFolder } from '../../test/support.ts';
import { isVarveError } from '../base/errors.ts';
import { checksum } from '../host/checksum.ts';
import { nodeVfs } from '../host/node-vfs.ts';
import { createSharedMemory } from '../kernels/memory.ts';
import { createBlockCache } from './block-cache.ts';
import { pageHeaderBytes, writePageHeader } from './layout.ts';
import { openRowSource } from './open-source.ts';
import { readSegmentHead } from './open-segments.ts';
import type { SegmentDescriptor } from './row-source.ts';
import { buildSegments } from './segment-build.ts';
import { checkSegment } from './segment-check.ts';
import { closeSegments } from './open-segments.ts';

const seed = Number(process.env['VARVE_SEED'] ?? Date.now() % 1_000_000);
process.stderr.write(`segment-reader: VARVE_SEED=${seed}\n`);

const names = ['time', 'user', 'url', 'price', 'tags'];

/** A small segment with texts, numbers, lists, nulls and rows of nobody. */
async function makeSegment(directory: string, rows: number, actors: number, firstId = 1): Promise<SegmentDescriptor> {
  const random = randomOf(seed + firstId);
  const whole = (below: number): number => Math.floor(random() * below);
  const column = (make: () => TestValue): TestValue[] => Array.from({ length: rows }, make);
  const batch = batchOf(
    { time: 'time', user: 'text', url: 'text', price: 'float', tags: 'list of text' },
    {
      time: column(() => 1_700_000_000_000 + whole(1e9)),
      user: column(() => (random() < 0.02 ? null : `user-${whole(actors)}`)),
      url: column(() => `https://example.com/${whole(50)}`),
      price: column(() => (random() < 0.1 ? null : whole(10_000) / 100)),
      tags: column(() => Array.from({ length: whole(3) }, () => `t${whole(9)}`)),
    },
  );
  const request = buildRequest(directory, [chunkOf(batch, 1, 'user')], names, 'user', { firstId });
  const { segments } = await buildSegments(nodeVfs, request);
  return segmentOf(directory, segments[0]!, names, 'user');
}

/** All that a query can ask of a segment, read afresh from its file. */
function readEverything(descriptor: SegmentDescriptor) {
  const environment = testEnvironment();
  try {
    const source = openRowSource(environment, descriptor);
    const { texts, ...actors } = source.readActors({ from: 0, to: 2 ** 32 });
    return {
      rows: rowsOfSource(source, names),
      hashes: [...source.readDictionaryHashes('url'), ...source.readDictionaryHashes('tags')],
      actors: { ...actors, texts: [...texts.bytes] },
      zones: source.blocks.map((_, block) => names.map((name) => source.zone(name, block))),
      blocks: source.blocks,
    };
  } finally {
    closeSegments(environment);
  }
}

describe('what is damaged is never read as something else', () => {
  let good: SegmentDescriptor;
  let bytes: Buffer;
  let expected: ReturnType<typeof readEverything>;
  let target: SegmentDescriptor;

  beforeAll(async () => {
    const directory = temporaryFolder();
    good = await makeSegment(directory, 700, 60);
    bytes = readFileSync(good.path);
    expected = readEverything(good);
    target = { ...good, path: `${directory}/damaged.seg` };
  });

  /** @returns what came of reading these bytes: 'same', 'damaged', or what it was instead. */
  function outcome(damaged: Uint8Array): string {
    writeFileSync(target.path, damaged);
    try {
      const found = readEverything(target);
      return JSON.stringify(found) === JSON.stringify(expected) ? 'same' : 'other values';
    } catch (error) {
      return isVarveError(error) && error.code === 'data_corrupted' && error.message.includes(target.path)
        ? 'damaged'
        : String(error);
    }
  }

  test.each([
    ['a bit flipped', (byte: number) => byte ^ 0x10],
    ['a byte zeroed', () => 0],
    ['a byte set', () => 0xff],
  ])('%s', (_, change) => {
    const outcomes = new Map<string, number>();
    for (let at = 0; at < bytes.length; at += 13) {
      const damaged = Buffer.from(bytes);
      damaged[at] = change(damaged[at]!);
      const found = damaged.equals(bytes) ? 'unchanged' : outcome(damaged);
      outcomes.set(found, (outcomes.get(found) ?? 0) + 1);
      // What a reader does not look at, the check does.
      if (found === 'same') expect(checkSegment(nodeVfs, target.path, target.meta), `byte ${at}`).not.toEqual([]);
    }
    expect([...outcomes.keys()].filter((key) => !['same', 'damaged', 'unchanged'].includes(key))).toEqual([]);
    expect(outcomes.get('damaged')).toBeGreaterThan(bytes.length / 13 / 3);
  });

  test('cut off anywhere', () => {
    for (let length = 0; length < bytes.length; length += 97)
      expect(outcome(bytes.subarray(0, length)), `${length} bytes`).toBe('damaged');
  });

  test('512 bytes zeroed, doubled or swapped', () => {
    for (let at = 0; at + 1024 <= bytes.length; at += 512) {
      const zeroed = Buffer.from(bytes).fill(0, at, at + 512);
      const doubled = Buffer.from(bytes);
      bytes.copy(doubled, at + 512, at, at + 512);
      const swapped = Buffer.from(doubled);
      bytes.copy(swapped, at, at + 512, at + 1024);
      expect([zeroed, doubled, swapped].map(outcome), `at ${at}`).toEqual(['damaged', 'damaged', 'damaged']);
    }
  });

  test('the check finds every page that is damaged, and nothing in a good segment', () => {
    expect(checkSegment(nodeVfs, good.path, good.meta)).toEqual([]);
    const file = nodeVfs.openReadSync(good.path);
    const { footer } = readSegmentHead(good.path, file);
    file.closeSync();
    const price = footer.columns.find(({ id }) => id === 4)!.blocks![0]!;
    const url = footer.columns.find(({ id }) => id === 3)!.dictionary![0]!;
    const damaged = Buffer.from(bytes);
    damaged[price.offset + 50]! ^= 1;
    damaged[url.offset + 50]! ^= 1;
    writeFileSync(target.path, damaged);
    const findings = checkSegment(nodeVfs, target.path, target.meta);
    expect(findings).toHaveLength(2);
    expect(findings.join('\n')).toContain('column 4');
    expect(findings.join('\n')).toContain('dictionary of column 3');
  });

  test('a page of another segment, or of another place, in the right place with a right checksum', async () => {
    const other = await makeSegment(temporaryFolder(), 700, 60, 2);
    const heads = [good, other].map(({ path }) => {
      const file = nodeVfs.openReadSync(path);
      const head = readSegmentHead(path, file);
      file.closeSync();
      return head;
    });
    const price = heads.map(({ footer }) => footer.columns.find(({ id }) => id === 4)!.blocks![0]!);
    const foreign = readFileSync(other.path).subarray(price[1]!.offset, price[1]!.offset + price[1]!.bytes);
    const size = Math.min(foreign.length, price[0]!.bytes);
    const damaged = Buffer.from(bytes);
    foreign.copy(damaged, price[0]!.offset, 0, size);
    expect(outcome(damaged)).toBe('damaged');
    const url = heads[0]!.footer.columns.find(({ id }) => id === 3)!.blocks![0]!;
    const misplaced = Buffer.from(bytes);
    bytes.copy(misplaced, price[0]!.offset, url.offset, url.offset + Math.min(url.bytes, price[0]!.bytes));
    expect(outcome(misplaced)).toBe('damaged');
  });

  test('a segment that is not the one which the manifest means', async () => {
    const other = await makeSegment(temporaryFolder(), 700, 60, 2);
    copyFileSync(other.path, target.path);
    expect(() => openRowSource(testEnvironment(), target)).toThrow(/not the one of that name/);
    const rows = { ...target, path: good.path, meta: { ...good.meta, rows: 699 } };
    expect(() => openRowSource(testEnvironment(), rows)).toThrow(/what the manifest says/);
    expect(() => openRowSource(testEnvironment(), { ...good, path: `${good.path}.no` })).toThrow(/is not there/);
  });

  test('a segment of a newer version is refused as that', () => {
    const newer = Buffer.from(bytes);
    newer.writeUInt32LE(2, 4);
    newer.writeUInt32LE(checksum(newer.subarray(0, 36)), 36);
    writeFileSync(target.path, newer);
    expect(() => openRowSource(testEnvironment(), target)).toThrow(/has format 2, this is 1/);
    expect(outcome(newer)).toContain('VarveError');
  });

  test('a page whose checksum is right and whose content is not', () => {
    const file = nodeVfs.openReadSync(good.path);
    const { footer, identity } = readSegmentHead(good.path, file);
    file.closeSync();
    const price = footer.columns.find(({ id }) => id === 4)!.blocks![0]!;
    for (const [encoding, plainBytes] of [
      [99, 64],
      [3, 64],
      [1, 2 ** 31],
    ] as const) {
      const damaged = Buffer.from(bytes);
      const page = damaged.subarray(price.offset, price.offset + price.bytes);
      const payloadBytes = price.bytes - pageHeaderBytes;
      const part = {
        kind: 1,
        codec: 0,
        column: 4,
        page: 0,
        pages: 1,
        first: 0,
        count: footer.blocks[0]!.rowCount,
      } as const;
      writePageHeader(page, { ...identity, ...part, encoding, payloadBytes, plainBytes });
      expect(outcome(damaged)).toBe('damaged');
    }
  });
});

describe('reading', () => {
  test('a prefix of the hash space reads a prefix of the file', async () => {
    const segment = await makeSegment(temporaryFolder(), 200_000, 40_000);
    const environment = testEnvironment();
    const whole = openRowSource(environment, segment);
    rowsOfSource(whole, ['time', 'url', 'price']);
    whole.readActors({ from: 0, to: 2 ** 32 });
    const source = openRowSource(environment, segment);
    expect(source.bytesRead).toBe(0);
    const actors = source.readActors({ from: 0, to: 2 ** 32 / 100 });
    expect(actors.count).toBeGreaterThan(300);
    const endRow = actors.firstRows[actors.count]!;
    const touched = source.blocks.flatMap(({ firstRow, rowCount }, block) =>
      firstRow < endRow ? [{ block, rowCount }] : [],
    );
    for (const { block } of touched) for (const name of ['time', 'url', 'price']) source.readBlock(name, block);
    const rows = touched.reduce((sum, { rowCount }) => sum + rowCount, 0);
    expect(rows).toBeLessThan(0.02 * source.rowCount);
    expect(source.bytesRead).toBeLessThan(0.03 * whole.bytesRead);
    closeSegments(environment);
  });

  test('a block comes from the cache the second time, the same rows', async () => {
    const segment = await makeSegment(temporaryFolder(), 5000, 300);
    const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 26 });
    const environment = testEnvironment(createBlockCache(memory, 2 ** 26));
    const first = openRowSource(environment, segment);
    const cold: TestRows = rowsOfSource(first, names);
    expect(first.bytesRead).toBeGreaterThan(segment.meta.bytes / 2);
    first.release();
    const second = openRowSource(environment, segment);
    expect(rowsOfSource(second, names)).toEqual(cold);
    expect(second.bytesRead).toBe(0);
    second.release();
    closeSegments(environment);
  });

  test("the actor column has the directory's entries as its codes", async () => {
    const segment = await makeSegment(temporaryFolder(), 5000, 300);
    const source = openRowSource(testEnvironment(), segment);
    const { firstRows, nobody, texts } = source.readActors({ from: 0, to: 2 ** 32 });
    expect(source.columnType('user')).toBe('text');
    expect(source.readDictionary('user').count).toBe(texts.count);
    const { user } = rowsOfSource(source, ['user']);
    for (const [entry, isNobody] of nobody.entries()) {
      const text = Buffer.from(texts.bytes.subarray(texts.offsets[entry], texts.offsets[entry + 1])).toString();
      for (let row = firstRows[entry]!; row < firstRows[entry + 1]!; row++)
        expect(user![row]).toBe(isNobody === 1 ? null : text);
    }
  });

  test('ranges of the hash space join to the whole', async () => {
    const source = openRowSource(testEnvironment(), await makeSegment(temporaryFolder(), 20_000, 5000));
    const whole = source.readActors({ from: 0, to: 2 ** 32 });
    const cuts = [0, 1, 2 ** 22, 2 ** 30, 2 ** 31 + 12345, 2 ** 32 - 1, 2 ** 32];
    const parts = cuts.slice(1).map((to, index) => source.readActors({ from: cuts[index]!, to }));
    expect(parts.flatMap(({ hashes }) => [...hashes])).toEqual([...whole.hashes]);
    expect(parts.flatMap(({ texts }) => [...texts.bytes])).toEqual([...whole.texts.bytes]);
    parts.forEach((part, index) => {
      expect(part.firstRows).toHaveLength(part.count + 1);
      expect(part.firstRows[part.count]).toBe(parts[index + 1]?.firstRows[0] ?? source.rowCount);
      expect(part.firstEntry).toBe(parts.slice(0, index).reduce((sum, { count }) => sum + count, 0));
    });
  });
});
