import { generateColumns } from '../data/columns.ts';
import { createRandom, type Random } from '../data/random.ts';
import { limits } from '../engine/base/limits.ts';
import type { Batch } from '../engine/column/batch.ts';
import { decodeBlock, encodeBlock } from '../engine/column/block.ts';
import { encodingList } from '../engine/column/encodings/index.ts';
import { loadKernels } from '../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../engine/kernels/memory.ts';
import { gatherVector } from '../engine/column/gather.ts';
import type { FloatVector, IntVector, TextVector, Vector } from '../engine/column/vector.ts';
import { batchFromPlain } from './batch-from-plain.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable } from './report.ts';
import { timeTasks } from './timing.ts';

/** Times writing and reading a block of each kind of column, with the encoding that the engine chooses for it, beside what the machine can copy. */
export async function benchEncodings(options: BenchOptions, machine: Machine): Promise<BenchTable> {
  const blocks = blocksOf(limits.blockRowsMax, options.seed).map(({ name, vector }) => ({
    name,
    vector,
    encoded: encodeBlock(vector),
  }));
  const encodeMs = await timeTasks(
    blocks.map(({ name, vector }) => ({ name: `${name} encode`, run: () => void encodeBlock(vector) })),
    options.tiny,
  );
  const decoders = blocks.map(({ name, vector, encoded: { encoding, bytes } }) => ({
    name,
    onHeap: () => void decodeBlock(encoding, bytes, vector.length),
    inMemory: createDecoder(encoding, bytes, vector.length),
  }));
  const heapMs = await timeTasks(
    decoders.map(({ name, onHeap }) => ({ name: `${name} decode`, run: onHeap })),
    options.tiny,
  );
  const decodeMs = await timeTasks(
    decoders.map(({ name, inMemory }) => ({ name: `${name} decode in memory`, run: inMemory })),
    options.tiny,
  );
  return {
    name: 'encodings',
    title: `Encodings, blocks of ${limits.blockRowsMax.toLocaleString('en-US')} values`,
    columns: [
      'column',
      'encoding',
      'bytes/value',
      'encode ns/value',
      'decode ns/value',
      'scalar ns/value',
      'decode GB/s',
      '% of copy',
    ],
    rows: blocks.map(({ name, vector, encoded }, index) => {
      const decoded = decodeBlock(encoded.encoding, encoded.bytes, vector.length);
      const rate = (encoded.bytes.length + bytesOf(decoded)) / decodeMs[index] / 1e6;
      return [
        name,
        encodingList.find(({ id }) => id === encoded.encoding)!.name,
        encoded.bytes.length / vector.length,
        (encodeMs[index] * 1e6) / vector.length,
        (decodeMs[index] * 1e6) / vector.length,
        (heapMs[index] * 1e6) / vector.length,
        rate,
        (rate / (2 * machine.copyCachedGBs)) * 100,
      ];
    }),
    notes: [
      'encode: with measuring and choosing; decode: by compiled kernels within the shared memory, scalar: on the heap without',
      'GB/s: encoded bytes read and bytes of the vector written by decode; % of what a copy within the cache reads and writes',
    ],
  };
}

/** Room for a block, encoded, decoded and in between. */
const decoderBytes = 1 << 23;

/** @returns what decodes a block by kernels, from and to a memory that they reach, again and again at the same place. */
function createDecoder(encoding: number, bytes: Uint8Array, rows: number): () => void {
  const memory = createSharedMemory({ initialBytes: decoderBytes, maximumBytes: decoderBytes });
  const kernels = loadKernels(memory);
  const encoded = new Uint8Array(memory.buffer, reservedBytes, bytes.length);
  encoded.set(bytes);
  const begin = (reservedBytes + bytes.length + 63) & ~63;
  let end = begin;
  const allocate = (count: number): { buffer: ArrayBufferLike; byteOffset: number } => {
    const byteOffset = end;
    end = (end + count + 63) & ~63;
    return { buffer: memory.buffer, byteOffset };
  };
  return () => {
    end = begin;
    decodeBlock(encoding, encoded, rows, { allocate, scratch: allocate, kernels });
  };
}

/** @returns bytes of a vector's arrays. */
function bytesOf(vector: Vector): number {
  if (vector.kind === 'null') return 0;
  const validity = vector.validity?.byteLength ?? 0;
  if (vector.kind === 'list') return validity + vector.offsets.byteLength + bytesOf(vector.items);
  return validity + (vector.kind === 'text' ? vector.codes : vector.values).byteLength;
}

interface Block {
  readonly name: string;
  readonly vector: Vector;
}

function blocksOf(rows: number, seed: number): Block[] {
  const random = createRandom(seed);
  // As many rows have as many actors as a block of a large store.
  const [plain] = generateColumns({ rows, seed, batchRows: rows });
  const batch = batchFromPlain(plain);
  const order = actorOrder(batch);
  const columns = batch.columns.map(({ name, vector }) => ({
    name: `D1 ${name}`,
    vector: gatherVector(vector, order),
  }));
  return [...columns, ...madeBlocks(rows, random)];
}

/** @returns the rows by actor, then time, as they lie in a segment's block. */
function actorOrder(batch: Batch): Uint32Array {
  const actor = batch.columns.find(({ name }) => name === 'actor')!.vector;
  const codes = actor.kind === 'text' ? actor.codes : new Uint32Array(batch.rowCount);
  return Uint32Array.from({ length: batch.rowCount }, (_, row) => row).sort((a, b) => codes[a] - codes[b] || a - b);
}

/** Blocks for encodings that no column of D1 is written with. */
function madeBlocks(rows: number, random: Random): Block[] {
  const text = (of: (row: number) => number): TextVector => ({
    kind: 'text',
    length: rows,
    codes: Uint32Array.from({ length: rows }, (_, row) => of(row)),
    validity: null,
  });
  const int = (of: (row: number) => number): IntVector => ({
    kind: 'int',
    length: rows,
    base: 0,
    values: Float64Array.from({ length: rows }, (_, row) => of(row)),
    validity: null,
  });
  const float = (of: (row: number) => number): FloatVector => ({
    kind: 'float',
    length: rows,
    values: Float64Array.from({ length: rows }, (_, row) => of(row)),
    validity: null,
  });
  let sorted = 0;
  return [
    { name: 'one value', vector: text(() => 7) },
    { name: 'runs of 50', vector: text((row) => (Math.floor(row / 50) * 7919) % 1000) },
    { name: 'ints of a byte', vector: int(() => random.integer(256)) },
    { name: 'small ints', vector: int(() => random.integer(1000)) },
    { name: 'rising ints', vector: int(() => (sorted += random.integer(100))) },
    { name: 'floats of two digits', vector: float(() => random.integer(100_000) / 100) },
    { name: 'floats of all digits', vector: float(() => random.float()) },
    {
      name: 'bools',
      vector: {
        kind: 'bool',
        length: rows,
        values: Uint8Array.from({ length: rows }, () => random.integer(2)),
        validity: null,
      },
    },
    {
      name: 'lists of 4 codes',
      vector: {
        kind: 'list',
        length: rows,
        offsets: Uint32Array.from({ length: rows + 1 }, (_, row) => row * 4),
        items: {
          kind: 'text',
          length: rows * 4,
          codes: new Uint8Array(rows * 4).map(() => random.integer(30)),
          validity: null,
        },
        validity: null,
      },
    },
  ];
}
