import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../data/random.ts';
import { hash64OfText } from '../../engine/base/hash64.ts';
import { loadKernels } from '../../engine/kernels/load.ts';
import { createSharedMemory, reservedBytes } from '../../engine/kernels/memory.ts';
import { createScalarKernels } from '../../engine/kernels/scalar/scalar-kernels.ts';
import { noSlot } from '../../engine/store/actor-slots.ts';

const seed = 20_261_125;
const memory = createSharedMemory({ initialBytes: 2 ** 20, maximumBytes: 2 ** 24 });
const kernels = [loadKernels(memory), createScalarKernels(memory)];
const bytes = new Uint8Array(memory.buffer);
const words = new Uint32Array(memory.buffer);
const places = 8192;
let end = reservedBytes;
const room = (size: number): number => {
  end += size;
  return end - size;
};
const [hashesAt, offsetsAt, tableAt, knownAt, outAt] = [
  room(8 * 4096),
  room(4 * 4097),
  room(4 * places),
  room(16 * 4096),
  room(4 * 4096),
];
const [emptyAt, textsAt] = [room(4096), room(2 ** 18)];

interface Entry {
  readonly text: string | null;
  readonly low: number;
  readonly high: number;
}

/** Entries of two sources that share actors, nobody's among them; few hashes for many actors in some cases. */
function randomSources(random: Random, number: number): Entry[][] {
  const narrow = number % 3 === 0;
  return [0, 1].map(() => {
    const actors = new Set(
      Array.from({ length: random.integer(700) }, () => `actor-${random.integer(900)}`.slice(0, 6 + random.integer(5))),
    );
    const entries: Entry[] = [...actors].map((text) => {
      const { low, high } = hash64OfText(text);
      return { text, low: narrow ? low % 300 : low, high: narrow ? 7 : high };
    });
    for (let nobody = random.integer(20); nobody > 0; nobody--)
      entries.push({ text: null, low: random.integer(300), high: narrow ? 7 : random.bits() });
    return entries.sort((a, b) => a.high - b.high || a.low - b.low || (a.text ?? '').localeCompare(b.text ?? ''));
  });
}

/** Lays a source's entries out. @returns where its texts begin: those of others must stay. */
function lay(entries: readonly Entry[], textAt: number): number {
  let to = 0;
  entries.forEach(({ text, low, high }, entry) => {
    words.set([low, high], hashesAt / 4 + 2 * entry);
    bytes[emptyAt + entry] = Number(text === null);
    words[offsetsAt / 4 + entry] = to;
    const own = new TextEncoder().encode(text ?? '');
    bytes.set(own, textAt + to);
    to += own.length;
  });
  words[offsetsAt / 4 + entries.length] = to;
  return textAt + to;
}

function assignAll(kernel: (typeof kernels)[number], sources: readonly Entry[][], stray: number): number[][] | null {
  words.fill(0, tableAt / 4, outAt / 4 + 4096);
  const all = sources.flat();
  const least = all.reduce((a, b) => (b.high < a.high || (b.high === a.high && b.low < a.low) ? b : a), {
    low: 0xffffffff,
    high: 0xffffffff,
  });
  const span = Math.max(1, ...all.map(({ low, high }) => (high - least.high) * 2 ** 32 + low - least.low + 1));
  let slots = 0;
  let textAt = textsAt;
  const out: number[][] = [];
  for (const entries of sources) {
    const next = lay(entries, textAt);
    slots = kernel.assignSlots(
      hashesAt,
      emptyAt,
      offsetsAt,
      textAt,
      entries.length,
      least.low,
      least.high,
      (places - 1) / span,
      tableAt,
      places,
      stray,
      knownAt,
      slots,
      outAt,
    );
    if (slots < 0) return null;
    out.push([...words.subarray(outAt / 4, outAt / 4 + entries.length)]);
    textAt = next;
  }
  return out;
}

const cases = Array.from({ length: 24 }, (_, number) => number);

describe.each(kernels)('slots of directory entries, $kind', (kernel) => {
  it.each(cases)('are equal for equal actors and come in order of appearance (case %i)', (number) => {
    const sources = randomSources(createRandom(seed + number), number);
    const known = new Map<string, number>();
    const slotOf = (text: string | null): number => {
      if (text === null) return noSlot;
      if (!known.has(text)) known.set(text, known.size);
      return known.get(text)!;
    };
    expect(assignAll(kernel, sources, places)).toEqual(sources.map((own) => own.map(({ text }) => slotOf(text))));
  });

  it('are given up where hashes lie too close', () => {
    const entries = Array.from({ length: 40 }, (_, at) => ({ text: `${at}`, low: 5, high: 5 }));
    const far = { text: 'far', low: 0, high: 0xffffffff };
    expect(assignAll(kernel, [[...entries, far]], 38)).toBeNull();
    expect(assignAll(kernel, [[...entries, far]], 39)).toHaveLength(1);
  });
});

it('both kinds give the same bytes', () => {
  for (const number of cases) {
    const [compiled, scalar] = kernels.map((kernel) => {
      assignAll(kernel, randomSources(createRandom(seed + number), number), 3);
      return bytes.slice(reservedBytes, end);
    });
    expect(Buffer.compare(compiled!, scalar!)).toBe(0);
  }
});
