import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { NumberTable } from '../column/number-table.ts';
import { enlarged } from './enlarged.ts';
import type { Steps } from './steps.ts';

/** Combinations that a table addressed by the codes themselves may have room for: 16 MiB. */
const directMax = 4_194_304;
/** A table of up to so many places a group is emptied faster as a whole. */
const fillFactor = 32;
/** Codes and paths below these keep their product exact in a float. */
const codeSpan = 67_108_864;

/**
 * Numbers combinations of key codes, dense and in order of first appearance: through a table addressed by the codes
 * while these are few, else through a hash table for each key after the first.
 */
export class GroupTable {
  readonly keyCount: number;
  /** The codes of every group, a list a key. */
  #members: Uint32Array[];
  /** Group + 1 by combined code; null once there are too many combinations. */
  #direct: Int32Array | null = new Int32Array(1);
  #spans: number[];
  readonly #paths: NumberTable[] = [];
  count = 0;

  constructor(keyCount: number) {
    this.keyCount = keyCount;
    this.#members = emptyMembers(keyCount);
    this.#spans = new Array<number>(keyCount).fill(1);
  }

  /**
   * @param codes one list a key, each of `out.length` codes.
   * @param counts the largest code of each key so far.
   * @param out receives the group of each row.
   * @throws VarveError `limit` beyond groupsMax groups.
   */
  groupsOf(codes: readonly Uint32Array[], counts: readonly number[], out: Uint32Array): void {
    if (this.keyCount === 0) {
      this.count = 1;
      out.fill(0);
      return;
    }
    this.#makeRoom(counts);
    if (this.#direct !== null) this.#groupDirectly(codes, this.#direct, out);
    else this.#groupByPaths(codes, out);
    if (this.count > limits.groupsMax) {
      throw new VarveError('limit', `group by makes more than ${limits.groupsMax} groups (groupsMax).`, {
        hint: 'Group by fewer or coarser keys, or narrow the range with since, until and where.',
      });
    }
  }

  #groupDirectly(codes: readonly Uint32Array[], direct: Int32Array, out: Uint32Array): void {
    if (codes.length === 2) combineTwo(out, codes[0], codes[1], this.#spans[1]);
    else {
      out.set(codes[0]);
      for (let key = 1; key < codes.length; key++) combine(out, codes[key], this.#spans[key]);
    }
    for (let row = 0; row < out.length; row++) {
      let group = direct[out[row]];
      if (group === 0) {
        group = this.#add(codes, row) + 1;
        direct[out[row]] = group;
      }
      out[row] = group - 1;
    }
  }

  #groupByPaths(codes: readonly Uint32Array[], out: Uint32Array): void {
    const last = this.keyCount - 1;
    for (let row = 0; row < out.length; row++) {
      let path = 0;
      for (let key = 0; key <= last; key++) path = this.#paths[key].numberOf(path * codeSpan + codes[key][row]);
      if (path === this.count) this.#add(codes, row);
      out[row] = path;
    }
  }

  #add(codes: readonly Uint32Array[], row: number): number {
    const members = this.#members;
    if (this.count === members[0].length)
      for (let key = 0; key < members.length; key++)
        members[key] = enlarged(members[key], new Uint32Array(2 * this.count));
    for (let key = 0; key < members.length; key++) members[key][this.count] = codes[key][row];
    return this.count++;
  }

  #makeRoom(counts: readonly number[]): void {
    if (this.#direct === null || counts.every((count, key) => count < this.#spans[key])) return;
    this.#spans = this.#spans.map((span, key) => {
      let wider = span;
      while (wider <= counts[key]) wider *= 2;
      return wider;
    });
    const size = this.#spans.reduce((product, span) => product * span, 1);
    // One key needs no second look-up, however many values it has.
    if (size > directMax && this.keyCount > 1) {
      this.#direct = null;
      for (let key = 0; key < this.keyCount; key++) this.#paths.push(new NumberTable());
      for (let group = 0; group < this.count; group++) {
        let path = 0;
        for (let key = 0; key < this.keyCount; key++)
          path = this.#paths[key].numberOf(path * codeSpan + this.#members[key][group]);
      }
      return;
    }
    this.#direct = new Int32Array(size);
    for (let group = 0; group < this.count; group++) this.#direct[this.#placeOf(group)] = group + 1;
  }

  /** Where a group stands in the table that is addressed by the codes. */
  #placeOf(group: number): number {
    let at = this.#members[0][group];
    for (let key = 1; key < this.keyCount; key++) at = at * this.#spans[key] + this.#members[key][group];
    return at;
  }

  /** Forgets all groups; room for few is kept. */
  clear(): void {
    if (this.#paths.length > 0 || this.#direct === null) {
      this.#paths.length = 0;
      this.#spans.fill(1);
      this.#direct = new Int32Array(1);
      this.#members = emptyMembers(this.keyCount);
    } else if (fillFactor * this.count > this.#direct.length) {
      this.#direct.fill(0);
    } else if (this.keyCount > 0) {
      for (let group = 0; group < this.count; group++) this.#direct[this.#placeOf(group)] = 0;
    }
    this.count = 0;
  }

  /** Makes room for so many groups more, at rest now and then. */
  *reserve(more: number): Steps<void> {
    for (const path of this.#paths) yield* path.reserve(more);
  }

  /** Bytes of its arrays. */
  get bytes(): number {
    const paths = this.#paths.reduce((sum, path) => sum + path.bytes, 0);
    const members = this.#members.reduce((sum, own) => sum + own.byteLength, 0);
    return members + (this.#direct?.byteLength ?? 0) + paths;
  }

  /** @returns the code of one key for every group. */
  codesOfKey(key: number): Uint32Array {
    return this.#members[key].slice(0, this.count);
  }
}

function emptyMembers(keyCount: number): Uint32Array[] {
  return Array.from({ length: keyCount }, () => new Uint32Array(64));
}

function combineTwo(into: Uint32Array, codes: Uint32Array, others: Uint32Array, span: number): void {
  for (let row = 0; row < into.length; row++) into[row] = codes[row] * span + others[row];
}

function combine(into: Uint32Array, codes: Uint32Array, span: number): void {
  for (let row = 0; row < into.length; row++) into[row] = into[row] * span + codes[row];
}
