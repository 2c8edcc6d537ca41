import { compareBytes } from '../base/compare-text.ts';
import type { MergeInput, TimeCursor } from './merge-input.ts';
import type { ActorEntries, HashRange } from './row-source.ts';

/** Rows that are merged, gathered and handed on together: a window of 8-byte values fits a core's cache. */
export const windowRowsMax = 32_768;

/** Entries of the directories that are merged together. */
const sliceEntries = 131_072;

/**
 * The order of a merge, found by the directories: entries by (hash, actor), rows of one actor that several inputs have
 * by time, and by input where times are equal. Rows of each input come in their own order, so that it suffices to say
 * which input each next row is of.
 */
export class MergeOrder {
  readonly #inputs: readonly MergeInput[];
  readonly #times: readonly TimeCursor[];
  readonly #slices: number;
  #slice = -1;
  #parts: readonly ActorEntries[] = [];
  /** Merged entries of the slice at hand: entry g is of the contributions groups[g] … groups[g + 1]. */
  #groups = new Uint32Array(1);
  #groupCount = 0;
  #group = 0;
  #sources = new Uint16Array(0);
  #entries = new Uint32Array(0);
  /** Next row and end of each contribution. */
  #next = new Uint32Array(0);
  #ends = new Uint32Array(0);
  #heads = new Float64Array(0);
  #begun = false;

  /** Input of each row of the window. */
  readonly sources = new Uint16Array(windowRowsMax);
  /** Number of each row's entry, within the slice. */
  readonly entryOfRow = new Uint32Array(windowRowsMax);
  /** Entries of the slices before. */
  entryBase = 0;
  /** hash64 by entry of the slice. */
  hashes = new Uint32Array(0);

  /** @param times one an input, only asked where an actor is in several. */
  constructor(inputs: readonly MergeInput[], times: readonly TimeCursor[]) {
    this.#inputs = inputs;
    this.#times = times;
    this.#heads = new Float64Array(inputs.length);
    const total = inputs.reduce((sum, input) => sum + input.entryCount, 0);
    this.#slices = Math.max(1, Math.ceil(total / sliceEntries));
  }

  /** Fills the window with the next rows, all of one slice. @returns how many; 0 after the last. */
  next(): number {
    while (this.#group === this.#groupCount) {
      if (this.#slice + 1 === this.#slices) return 0;
      this.#open(++this.#slice);
    }
    let rows = 0;
    while (rows < windowRowsMax && this.#group < this.#groupCount) {
      const from = this.#groups[this.#group];
      const end = this.#groups[this.#group + 1];
      rows = end - from === 1 ? this.#takeRun(from, rows) : this.#takeMerged(from, end, rows);
    }
    return rows;
  }

  /** @returns the actor's text of an entry of the slice, or null for nobody. */
  text(entry: number): Uint8Array | null {
    const from = this.#groups[entry];
    const { nobody, texts } = this.#parts[this.#sources[from]];
    const own = this.#entries[from];
    return nobody[own] === 1 ? null : texts.bytes.subarray(texts.offsets[own], texts.offsets[own + 1]);
  }

  #takeRun(contribution: number, rows: number): number {
    const { sources, entryOfRow } = this;
    const source = this.#sources[contribution];
    const left = this.#ends[contribution] - this.#next[contribution];
    const end = Math.min(rows + left, windowRowsMax);
    const group = this.#group;
    for (let row = rows; row < end; row++) {
      sources[row] = source;
      entryOfRow[row] = group;
    }
    this.#next[contribution] += end - rows;
    if (end - rows === left) this.#group++;
    return end;
  }

  #takeMerged(from: number, end: number, rows: number): number {
    const heads = this.#heads;
    const next = this.#next;
    const ends = this.#ends;
    const sources = this.#sources;
    if (!this.#begun) {
      for (let at = from; at < end; at++) heads[at - from] = this.#times[sources[at]].at(next[at]);
      this.#begun = true;
    }
    let row = rows;
    for (; row < windowRowsMax; row++) {
      let best = from;
      // Contributions are in the order of the inputs, so the first of equal times is the one that came first.
      for (let at = from + 1; at < end; at++) if (heads[at - from] < heads[best - from]) best = at;
      if (heads[best - from] === Infinity) {
        this.#group++;
        this.#begun = false;
        return row;
      }
      this.sources[row] = sources[best];
      this.entryOfRow[row] = this.#group;
      heads[best - from] = ++next[best] < ends[best] ? this.#times[sources[best]].at(next[best]) : Infinity;
    }
    return row;
  }

  /** Merges the directories' entries of one slice. */
  #open(slice: number): void {
    this.entryBase += this.#groupCount;
    const range: HashRange = {
      from: Math.floor((slice * 2 ** 32) / this.#slices),
      to: Math.floor(((slice + 1) * 2 ** 32) / this.#slices),
    };
    const parts = this.#inputs.map((input) => input.readActors(range));
    this.#parts = parts;
    const total = parts.reduce((sum, part) => sum + part.count, 0);
    this.#groups = new Uint32Array(total + 1);
    this.#sources = new Uint16Array(total);
    this.#entries = new Uint32Array(total);
    this.#next = new Uint32Array(total);
    this.#ends = new Uint32Array(total);
    this.hashes = new Uint32Array(2 * total);
    this.#group = 0;
    this.#mergeEntries(parts);
  }

  #mergeEntries(parts: readonly ActorEntries[]): void {
    const heap = new EntryHeap(parts);
    let count = 0;
    let groups = 0;
    for (let source = heap.top(); source >= 0; source = heap.top()) {
      const part = parts[source];
      const entry = heap.position(source);
      const previous = count - 1;
      const joins = groups > 0 && isSameActor(parts[this.#sources[previous]], this.#entries[previous], part, entry);
      if (!joins) {
        this.#groups[groups] = count;
        this.hashes[2 * groups] = part.hashes[2 * entry];
        this.hashes[2 * groups + 1] = part.hashes[2 * entry + 1];
        groups++;
      }
      this.#sources[count] = source;
      this.#entries[count] = entry;
      this.#next[count] = part.firstRows[entry];
      this.#ends[count] = part.firstRows[entry + 1];
      count++;
      heap.advance();
    }
    this.#groups[groups] = count;
    this.#groupCount = groups;
  }
}

/** Inputs by their next entry: a binary heap of input numbers. */
class EntryHeap {
  readonly #parts: readonly ActorEntries[];
  readonly #positions: Uint32Array;
  readonly #heap: Uint16Array;
  /** Upper 53 bits of each one's hash: equal ones, which are rare, are looked at again. */
  readonly #keys: Float64Array;
  #size = 0;

  constructor(parts: readonly ActorEntries[]) {
    this.#parts = parts;
    this.#positions = new Uint32Array(parts.length);
    this.#heap = new Uint16Array(parts.length);
    this.#keys = new Float64Array(parts.length);
    parts.forEach((part, source) => {
      if (part.count === 0) return;
      this.#load(source);
      this.#heap[this.#size++] = source;
    });
    for (let at = (this.#size >> 1) - 1; at >= 0; at--) this.#sink(at);
  }

  /** @returns the input whose entry is the next, or -1 after the last. */
  top(): number {
    return this.#size === 0 ? -1 : this.#heap[0];
  }

  position(source: number): number {
    return this.#positions[source];
  }

  advance(): void {
    const source = this.#heap[0];
    if (++this.#positions[source] < this.#parts[source].count) this.#load(source);
    else this.#heap[0] = this.#heap[--this.#size];
    if (this.#size > 1) this.#sink(0);
  }

  #load(source: number): void {
    const at = this.#positions[source];
    const { hashes } = this.#parts[source];
    this.#keys[source] = hashes[2 * at + 1] * 2 ** 21 + (hashes[2 * at] >>> 11);
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const keys = this.#keys;
    const size = this.#size;
    const source = heap[start];
    const key = keys[source];
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      let least = heap[child];
      if (child + 1 < size) {
        const right = heap[child + 1];
        if (keys[right] < keys[least] || (keys[right] === keys[least] && this.#isBefore(right, least))) {
          least = right;
          child++;
        }
      }
      if (key < keys[least] || (key === keys[least] && this.#isBefore(source, least))) break;
      heap[at] = least;
      at = child;
    }
    heap[at] = source;
  }

  /** Decides between inputs whose keys are equal. */
  #isBefore(a: number, b: number): boolean {
    const x = this.#parts[a];
    const y = this.#parts[b];
    const low = x.hashes[2 * this.#positions[a]] - y.hashes[2 * this.#positions[b]];
    if (low !== 0) return low < 0;
    const texts = compareActors(x, this.#positions[a], y, this.#positions[b]);
    return texts === 0 ? a < b : texts < 0;
  }
}

/** Orders entries of one hash: by the bytes of the actor, nobody last. */
function compareActors(a: ActorEntries, aEntry: number, b: ActorEntries, bEntry: number): number {
  const nobody = a.nobody[aEntry] - b.nobody[bEntry];
  if (nobody !== 0) return nobody;
  return compareBytes(
    a.texts.bytes,
    a.texts.offsets[aEntry],
    a.texts.offsets[aEntry + 1],
    b.texts.bytes,
    b.texts.offsets[bEntry],
    b.texts.offsets[bEntry + 1],
  );
}

function isSameActor(a: ActorEntries, aEntry: number, b: ActorEntries, bEntry: number): boolean {
  return (
    a.hashes[2 * aEntry] === b.hashes[2 * bEntry] &&
    a.hashes[2 * aEntry + 1] === b.hashes[2 * bEntry + 1] &&
    a.nobody[aEntry] === 0 &&
    b.nobody[bEntry] === 0 &&
    compareActors(a, aEntry, b, bEntry) === 0
  );
}
