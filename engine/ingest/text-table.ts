import type { Dictionary } from '../column/dictionary.ts';

const encoder = new TextEncoder();
/** Entries of the hash table that are looked at before it is taken for attacked, and hashed with another seed. */
const probesMax = 64;

/**
 * Gives distinct texts numbers in order of first appearance, straight from their UTF-8 bytes: open addressing over the
 * hashes, the texts one behind another.
 */
export class TextTable {
  count = 0;
  offsets = new Uint32Array(65);
  bytes = new Uint8Array(1024);
  #hashes = new Uint32Array(64);
  /** Code + 1 by hash, 0 = free; at most half full. */
  #slots = new Uint32Array(128);
  #seed = 0x2545f491;
  #scratch = new Uint8Array(256);

  /** @param bytes hold valid UTF-8 from `from` to `to`. @returns the text's code, a new one when it was not met before. */
  addBytes(bytes: Uint8Array, from: number, to: number): number {
    const hash = hashOf(bytes, from, to, this.#seed);
    const slots = this.#slots;
    const mask = slots.length - 1;
    const length = to - from;
    let at = hash & mask;
    for (let probes = 0; ; probes++) {
      const slot = slots[at];
      if (slot === 0) {
        const code = this.#append(bytes, from, to, hash);
        slots[at] = code + 1;
        if (this.count * 2 > slots.length || probes > probesMax) this.#rehash(probes > probesMax);
        return code;
      }
      if (this.#hashes[slot - 1] === hash) {
        const start = this.offsets[slot - 1];
        if (this.offsets[slot] - start === length && sameBytes(this.bytes, start, bytes, from, length)) return slot - 1;
      }
      at = (at + 1) & mask;
    }
  }

  /** The same for a string. A lone surrogate is read as U+FFFD. */
  addText(text: string): number {
    if (this.#scratch.length < text.length * 3) this.#scratch = new Uint8Array(text.length * 3);
    return this.addBytes(this.#scratch, 0, encoder.encodeInto(text, this.#scratch).written);
  }

  #append(bytes: Uint8Array, from: number, to: number, hash: number): number {
    const code = this.count++;
    const start = this.offsets[code];
    const end = start + (to - from);
    if (end > this.bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    if (code === this.#hashes.length) {
      this.#hashes = grownCopy(this.#hashes, code * 2);
      this.offsets = grownCopy(this.offsets, code * 2 + 1);
    }
    const target = this.bytes;
    if (to - from < 32) for (let at = from, write = start; at < to; at++, write++) target[write] = bytes[at];
    else target.set(bytes.subarray(from, to), start);
    this.offsets[code + 1] = end;
    this.#hashes[code] = hash;
    return code;
  }

  #rehash(attacked: boolean): void {
    if (attacked) {
      this.#seed = (Math.imul(this.#seed, 0x9e3779b1) + this.count) | 1;
      for (let code = 0; code < this.count; code++)
        this.#hashes[code] = hashOf(this.bytes, this.offsets[code], this.offsets[code + 1], this.#seed);
    }
    const slots = new Uint32Array(Math.max(this.#slots.length * (this.count * 2 > this.#slots.length ? 4 : 1), 128));
    const mask = slots.length - 1;
    for (let code = 0; code < this.count; code++) {
      let at = this.#hashes[code] & mask;
      while (slots[at] !== 0) at = (at + 1) & mask;
      slots[at] = code + 1;
    }
    this.#slots = slots;
  }

  /** @returns the dictionary so far; it owns its arrays. */
  build(): Dictionary {
    return {
      count: this.count,
      offsets: this.offsets.slice(0, this.count + 1),
      bytes: this.bytes.slice(0, this.offsets[this.count]),
      hashes: null,
    };
  }
}

function grownCopy(array: Uint32Array<ArrayBuffer>, length: number): Uint32Array<ArrayBuffer> {
  const grown = new Uint32Array(length);
  grown.set(array);
  return grown;
}

function sameBytes(a: Uint8Array, aFrom: number, b: Uint8Array, bFrom: number, length: number): boolean {
  for (let at = 0; at < length; at++) if (a[aFrom + at] !== b[bFrom + at]) return false;
  return true;
}

/** Four bytes a step, mixed by multiplication and shift; the table's own, never stored. */
function hashOf(bytes: Uint8Array, from: number, to: number, seed: number): number {
  let hash = seed ^ (to - from);
  let at = from;
  for (const end = to - 3; at < end; at += 4) {
    const word = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; at < to; at++) hash = Math.imul(hash ^ bytes[at], 0x85ebca77);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae3d);
  return (hash ^ (hash >>> 16)) >>> 0;
}
