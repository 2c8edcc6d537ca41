/** Entries between two rests. */
const restEntries = 131_072;

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);

/**
 * Gives distinct floats dense numbers in order of first appearance: open addressing over typed arrays. -0 is 0, and
 * there is one NaN.
 */
export class NumberTable {
  #keys = new Float64Array(64);
  /** Number + 1; 0 = a free place. */
  #numbers = new Int32Array(64);
  count = 0;

  /** @returns the value's number; a new one equals `count` as it was before. */
  numberOf(value: number): number {
    let at = this.#placeOf(value);
    const known = this.#numbers[at]!;
    if (known !== 0) return known - 1;
    if (2 * (this.count + 1) > this.#keys.length) {
      this.#enlarge();
      at = this.#placeOf(value);
    }
    this.#keys[at] = value;
    this.#numbers[at] = ++this.count;
    return this.count - 1;
  }

  /** @returns the place that holds the value, or the free one where it belongs. */
  #placeOf(value: number): number {
    const keys = this.#keys;
    const numbers = this.#numbers;
    const mask = keys.length - 1;
    // Adding 0 makes 0 of -0; storing makes one NaN of all.
    float[0] = value !== value ? NaN : value + 0;
    const mixed = Math.imul(words[0]! ^ Math.imul(words[1]!, 0x85ebca6b), 0x9e3779b1);
    let at = (mixed ^ (mixed >>> 15)) & mask;
    if (value !== value) {
      while (numbers[at] !== 0 && keys[at] === keys[at]) at = (at + 1) & mask;
      return at;
    }
    while (numbers[at] !== 0 && keys[at] !== value) at = (at + 1) & mask;
    return at;
  }

  #enlarge(): void {
    const keys = this.#keys;
    const numbers = this.#numbers;
    this.#keys = new Float64Array(2 * keys.length);
    this.#numbers = new Int32Array(2 * keys.length);
    for (let at = 0; at < keys.length; at++) {
      if (numbers[at] === 0) continue;
      const place = this.#placeOf(keys[at]!);
      this.#keys[place] = keys[at]!;
      this.#numbers[place] = numbers[at]!;
    }
  }

  /** Makes room for so many values more, at rest now and then: what fits is added without a long halt. */
  *reserve(more: number): Generator<undefined, void, undefined> {
    let size = this.#keys.length;
    while (2 * (this.count + more + 1) > size) size *= 2;
    if (size === this.#keys.length) return;
    const { count } = this;
    const keys = this.#keys;
    const numbers = this.#numbers;
    const larger = new NumberTable();
    larger.#keys = new Float64Array(size);
    larger.#numbers = new Int32Array(size);
    for (let at = 0; at < keys.length; at++) {
      if (at % restEntries === 0) yield;
      if (numbers[at] === 0) continue;
      const place = larger.#placeOf(keys[at]!);
      larger.#keys[place] = keys[at]!;
      larger.#numbers[place] = numbers[at]!;
    }
    // Whoever added values in between has enlarged it anew.
    if (this.count !== count || this.#keys !== keys) return;
    this.#keys = larger.#keys;
    this.#numbers = larger.#numbers;
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    return this.#keys.byteLength + this.#numbers.byteLength;
  }
}
