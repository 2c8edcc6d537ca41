import type { SeededRng } from './sim-rng.ts';

type Change =
  | { readonly kind: 'write'; readonly order: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'truncate'; readonly order: number; readonly size: number };

/** Bytes that grow; what lies between the old end and a write beyond it is zero. */
class Content {
  bytes = new Uint8Array(256);
  size = 0;

  write(at: number, bytes: Uint8Array): void {
    const end = at + bytes.length;
    this.#reserve(end);
    this.bytes.set(bytes, at);
    this.size = Math.max(this.size, end);
  }

  resize(size: number): void {
    this.#reserve(size);
    if (size < this.size) this.bytes.fill(0, size, this.size);
    this.size = size;
  }

  copy(): Content {
    const copy = new Content();
    copy.bytes = this.bytes.slice();
    copy.size = this.size;
    return copy;
  }

  #reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.size));
    this.bytes = grown;
  }
}

let changes = 0;

/** The unit in which a write is torn. */
const sectorBytes = 512;

/**
 * One file's content: what a read sees (the page cache), what the device keeps, and the changes between the two. A
 * failed sync forgets changes: the cache still shows them, the device never gets them.
 */
export class SimFile {
  readonly kind = 'file';
  #cache = new Content();
  #durable = new Content();
  #pending: Change[] = [];

  get size(): number {
    return this.#cache.size;
  }

  read(into: Uint8Array, position: number): number {
    const end = Math.min(this.#cache.size, position + into.length);
    if (end <= position) return 0;
    into.set(this.#cache.bytes.subarray(position, end));
    return end - position;
  }

  write(at: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const copy = bytes.slice();
    this.#cache.write(at, copy);
    this.#pending.push({ kind: 'write', order: ++changes, at, bytes: copy });
  }

  truncate(size: number): void {
    this.#cache.resize(size);
    this.#pending.push({ kind: 'truncate', order: ++changes, size });
  }

  /** @returns a mark of all changes so far, for `sync`. */
  mark(): number {
    return changes;
  }

  /** Makes the changes up to the mark durable. */
  sync(mark: number): void {
    let count = 0;
    for (const change of this.#pending) {
      if (change.order > mark) break;
      apply(this.#durable, change);
      count++;
    }
    this.#pending.splice(0, count);
  }

  /** The changes up to the mark count as written from now on; the device got a part of them, or none. */
  failSync(mark: number, rng: SeededRng): void {
    const failed = this.#pending.filter((change) => change.order <= mark);
    this.#pending = this.#pending.slice(failed.length);
    if (rng.chance(0.5)) this.#applySome(failed, rng);
  }

  /** @returns the content as the device would give it: cached changes that are known as such are written first. */
  uncached(): Uint8Array {
    const content = this.#durable.copy();
    for (const change of this.#pending) apply(content, change);
    return content.bytes.subarray(0, content.size);
  }

  /** Puts other bytes in the place of all that is there, in the cache and on the device. */
  replace(bytes: Uint8Array): void {
    this.#durable = new Content();
    this.#durable.write(0, bytes);
    this.#cache = this.#durable.copy();
    this.#pending = [];
  }

  /** Clean pages leave the cache; those that only seem clean are lost with it. */
  evict(): void {
    const content = this.#durable.copy();
    for (const change of this.#pending) apply(content, change);
    this.#cache = content;
  }

  /** The power fails: some changes had reached the device, some in part, in any order. */
  crash(rng: SeededRng): void {
    const shown = this.#cache.size;
    const how = rng.integer(4);
    if (how === 1) for (const change of this.#pending) apply(this.#durable, change);
    if (how >= 2) this.#applySome(this.#pending, rng);
    // A size may have been written before the bytes it speaks of.
    if (this.#pending.length > 0 && this.#durable.size < shown && rng.chance(0.25)) {
      const from = this.#durable.size;
      this.#durable.resize(from + rng.integer(shown - from + 1));
      if (rng.chance(0.5)) this.#fillWithStale(from, rng);
    }
    this.#pending = [];
    this.#cache = this.#durable.copy();
  }

  #fillWithStale(from: number, rng: SeededRng): void {
    const { bytes, size } = this.#durable;
    // What other uses of these blocks left: bytes much like those of this file, or anything.
    if (from > 64 && rng.chance(0.5)) bytes.copyWithin(from, 0, Math.min(from, size - from));
    else for (let at = from; at < size; at++) bytes[at] = rng.integer(256);
  }

  #applySome(pending: readonly Change[], rng: SeededRng): void {
    const kept = [0.1, 0.5, 0.9][rng.integer(3)];
    for (const change of pending) {
      if (change.kind === 'truncate') {
        if (rng.chance(kept)) apply(this.#durable, change);
      } else if (rng.chance(0.3)) {
        this.#durable.write(change.at, change.bytes.subarray(0, rng.integer(change.bytes.length + 1)));
      } else this.#applySectors(change.at, change.bytes, kept, rng);
    }
  }

  #applySectors(at: number, bytes: Uint8Array, kept: number, rng: SeededRng): void {
    const end = at + bytes.length;
    for (let from = at; from < end;) {
      const to = Math.min(end, (Math.floor(from / sectorBytes) + 1) * sectorBytes);
      if (rng.chance(kept)) this.#durable.write(from, bytes.subarray(from - at, to - at));
      from = to;
    }
  }
}

function apply(content: Content, change: Change): void {
  if (change.kind === 'write') content.write(change.at, change.bytes);
  else content.resize(change.size);
}
