import type { Values } from '../../column/values.ts';
import type { MergedGroups } from '../merged-groups.ts';
import { sortSteps } from '../sort.ts';
import type { Steps } from '../steps.ts';

/** The combinations of the first keys of groups, in the order of the answer: by keys ascending, nulls last. */
export interface KeyFamilies {
  readonly count: number;
  /** The number of each group's combination. */
  readonly of: Uint32Array;
  /** Codes of each combination, a list a key. */
  readonly codes: readonly Uint32Array[];
}

/** @param keyCount of keys that tell combinations apart. Without any there is one, also where no group is. */
export function* keyFamilies(keyCount: number, { table, stores }: MergedGroups): Steps<KeyFamilies> {
  if (keyCount === 0) return { count: 1, of: new Uint32Array(table.count), codes: [] };
  const numbers = new Map<string, number>();
  const met = new Uint32Array(table.count);
  const firsts: number[] = [];
  const members = Array.from({ length: keyCount }, (_, key) => table.codesOfKey(key));
  for (let group = 0; group < table.count; group++) {
    const name = members.map((own) => own[group]).join(' ');
    let number = numbers.get(name);
    if (number === undefined) {
      numbers.set(name, (number = firsts.length));
      firsts.push(group);
    }
    met[group] = number;
  }
  yield;
  const own = members.map((codes) => Uint32Array.from(firsts, (group) => codes[group]));
  const orders: Values[] = [];
  for (let key = 0; key < keyCount; key++) orders.push(yield* stores[key].orderOf(own[key]));
  const columns = orders.map((values) => ({ values, descending: false }));
  const order = yield* sortSteps(columns, firsts.length, null, null);
  const place = new Uint32Array(firsts.length);
  order.forEach((number, at) => (place[number] = at));
  return {
    count: firsts.length,
    of: met.map((number) => place[number]),
    codes: own.map((codes) => order.map((number) => codes[number])),
  };
}
