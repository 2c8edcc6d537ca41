import { VarveError } from './errors.ts';

/** @returns the number of bytes of a varint (LEB128) of this whole number from 0 to 2^53 − 1. */
export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes++;
  return bytes;
}

/** Reads little-endian numbers from bytes; never past the end. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.position = position;
  }

  get remaining(): number {
    return this.bytes.length - this.position;
  }

  /** @throws VarveError `data_corrupted` when fewer than `count` bytes are left. */
  take(count: number): number {
    const at = this.position;
    if (!(count >= 0) || count > this.bytes.length - at) {
      throw new VarveError('data_corrupted', `${count} bytes are wanted at ${at}, ${this.bytes.length - at} are left.`);
    }
    this.position = at + count;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.take(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.take(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.take(4), true);
  }
  float64(): number {
    return this.#view.getFloat64(this.take(8), true);
  }
  bigint64(): bigint {
    return this.#view.getBigInt64(this.take(8), true);
  }

  /** A view of the next `count` bytes. */
  view(count: number): Uint8Array {
    const at = this.take(count);
    return this.bytes.subarray(at, at + count);
  }

  /** LEB128, at most 53 bits. @throws VarveError `data_corrupted` for a longer one. */
  varint(): number {
    const first = this.bytes[this.position];
    if (first !== undefined && first < 0x80) {
      this.position++;
      return first;
    }
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 8; count++) {
      const byte = this.uint8();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 128;
    }
    throw new VarveError('data_corrupted', `A number at byte ${this.position} is too long.`);
  }
}

/** Writes little-endian numbers into bytes that grow. */
export class ByteWriter {
  #bytes: Uint8Array;
  #view: DataView;
  length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  // Callers make room before they name the array: it may be another one then.
  #room(count: number): number {
    const at = this.length;
    if (at + count > this.#bytes.length) {
      // Doubling keeps the cost of all copies within that of the bytes written.
      const grown = new Uint8Array(Math.max(this.#bytes.length * 2, at + count));
      grown.set(this.#bytes.subarray(0, at));
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.length = at + count;
    return at;
  }

  uint8(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }
  uint16(value: number): void {
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }
  uint32(value: number): void {
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }
  float64(value: number): void {
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }
  bigint64(value: bigint): void {
    const at = this.#room(8);
    this.#view.setBigInt64(at, value, true);
  }

  set(bytes: Uint8Array): void {
    const at = this.#room(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** LEB128 of a whole number from 0 to 2^53 − 1. */
  varint(value: number): void {
    let at = this.#room(8);
    const bytes = this.#bytes;
    let rest = value;
    for (; rest > 0x7fffffff; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80;
    for (; rest >= 128; rest >>>= 7) bytes[at++] = (rest & 127) | 0x80;
    bytes[at++] = rest;
    this.length = at;
  }

  /** @returns what was written, as a view that the next write may leave behind. */
  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }
}
