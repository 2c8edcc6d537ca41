import type { Scalar, Values } from '../column/values.ts';
import { isNullAt, scalarAt } from '../functions/access.ts';

/**
 * Gives combinations of key values numbers, dense and in order of first appearance. A value gets a code of its own
 * (null too), a combination is a path of codes.
 */
export class GroupTable {
  /** Values of each key by code; code 0 is null. */
  readonly #values: Scalar[][];
  readonly #codes: Map<Scalar, number>[];
  /** By key: (group so far, code) → group of the longer path. */
  readonly #paths: Map<number, number>[];
  readonly #codesOfTexts = new WeakMap<readonly string[], Int32Array>();
  /** The codes of every group, one after another. */
  readonly #members: number[] = [];
  readonly #keyCount: number;
  count = 0;

  constructor(keyCount: number) {
    this.#keyCount = keyCount;
    this.#values = Array.from({ length: keyCount }, () => [null]);
    this.#codes = Array.from({ length: keyCount }, () => new Map<Scalar, number>());
    this.#paths = Array.from({ length: keyCount }, () => new Map<number, number>());
  }

  /** @returns the group of each row; new groups are made as they are met. */
  groupsOf(keys: readonly Values[], length: number): Uint32Array {
    const groups = new Uint32Array(length);
    if (this.#keyCount === 0) {
      this.count = 1;
      return groups;
    }
    const codes = keys.map((key, index) => this.#codesOf(key, index, length));
    for (let row = 0; row < length; row++) {
      let path = 0;
      for (let key = 0; key < codes.length; key++) {
        // 2^26 codes a key and 2^27 paths keep the product exact.
        const step = path * 67_108_864 + codes[key][row];
        let next = this.#paths[key].get(step);
        if (next === undefined) {
          next = key === codes.length - 1 ? this.#newGroup(codes, row) : this.#paths[key].size;
          this.#paths[key].set(step, next);
        }
        path = next;
      }
      groups[row] = path;
    }
    return groups;
  }

  #newGroup(codes: readonly Uint32Array[], row: number): number {
    for (const code of codes) this.#members.push(code[row]);
    return this.count++;
  }

  #codesOf(values: Values, key: number, length: number): Uint32Array {
    const codes = new Uint32Array(length);
    if (values.kind === 'null') return codes;
    const known = values.kind === 'coded' ? this.#textCodes(values.texts) : null;
    for (let row = 0; row < length; row++) {
      if (isNullAt(values, row)) continue;
      if (known !== null && values.kind === 'coded') {
        const text = values.codes[row];
        if (known[text * this.#keyCount + key] === 0)
          known[text * this.#keyCount + key] = this.#codeOf(values.texts[text], key);
        codes[row] = known[text * this.#keyCount + key];
      } else codes[row] = this.#codeOf(scalarAt(values, row), key);
    }
    return codes;
  }

  #textCodes(texts: readonly string[]): Int32Array {
    let known = this.#codesOfTexts.get(texts);
    if (known === undefined) this.#codesOfTexts.set(texts, (known = new Int32Array(texts.length * this.#keyCount)));
    return known;
  }

  #codeOf(value: Scalar, key: number): number {
    // Map treats -0 as 0 and NaN as itself; a list is known by its text.
    const name = Array.isArray(value)
      ? JSON.stringify(value, (_name, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item))
      : value;
    let code = this.#codes[key].get(name);
    if (code === undefined) {
      code = this.#values[key].push(value) - 1;
      this.#codes[key].set(name, code);
    }
    return code;
  }

  /** @returns the value of one key for every group. */
  keyValues(key: number): Scalar[] {
    return Array.from(
      { length: this.count },
      (_, group) => this.#values[key][this.#members[group * this.#keyCount + key]],
    );
  }

  /** Takes in the groups of another table of the same keys; @returns its groups' numbers here. */
  merge(from: GroupTable): Uint32Array {
    const map = new Uint32Array(from.count);
    if (this.#keyCount === 0) {
      this.count = Math.max(this.count, from.count);
      return map;
    }
    const codeMaps = from.#values.map((values, key) =>
      values.map((value, code) => (code === 0 ? 0 : this.#codeOf(value, key))),
    );
    for (let group = 0; group < from.count; group++) {
      let path = 0;
      for (let key = 0; key < this.#keyCount; key++) {
        const code = codeMaps[key][from.#members[group * this.#keyCount + key]];
        const step = path * 67_108_864 + code;
        let next = this.#paths[key].get(step);
        if (next === undefined) {
          next = key === this.#keyCount - 1 ? this.count : this.#paths[key].size;
          if (key === this.#keyCount - 1) {
            for (let each = 0; each < this.#keyCount; each++)
              this.#members.push(codeMaps[each][from.#members[group * this.#keyCount + each]]);
            this.count++;
          }
          this.#paths[key].set(step, next);
        }
        path = next;
      }
      map[group] = path;
    }
    return map;
  }
}
