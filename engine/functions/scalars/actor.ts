import { hash64OfText } from '../../base/hash64.ts';
import { canonicalNumber } from '../../column/canonical.ts';
import type { Values } from '../../column/values.ts';
import { isNullAt, scalarAt, textAt } from '../access.ts';
import type { ScalarFunction } from './scalar.ts';

export const actorHash: ScalarFunction = {
  name: 'actor_hash',
  summary:
    'the hash that orders actors, as an int: a sample of P % holds the actors with the smallest P % of these; of the ' +
    'canonical text, so that 42 and 42.0 share one',
  example: 'select actor_hash(actor) as x from events limit 1',
  signature: (args) => {
    if (args.length !== 1) return { error: `actor_hash takes 1 argument, not ${args.length}` };
    const { type } = args[0]!;
    return ['text', 'int', 'float', 'bool', 'null'].includes(type)
      ? { type: 'int' }
      : { error: `actor_hash wants a text or a number, not ${type}`, hint: 'Cast it: x::text.', argument: 0 };
  },
  evaluate: ([arg], context) => {
    const { length } = arg!;
    const values = new BigInt64Array(length);
    for (let row = 0; row < length; row++)
      if (!isNullAt(arg!, row)) values[row] = orderedHash(canonicalTextAt(arg!, row), context.seed ?? 0);
    return { kind: 'bigint', length, values, nulls: null };
  },
};

function canonicalTextAt(values: Values, row: number): string {
  if (values.kind === 'text' || values.kind === 'coded') return textAt(values, row);
  const value = scalarAt(values, row);
  return typeof value === 'number' ? canonicalNumber(value) : String(value);
}

/** The unsigned hash moved down by half its range: signed ints that are ordered as actors are. */
function orderedHash(text: string, seed: number): bigint {
  const { low, high } = hash64OfText(text, seed);
  return BigInt.asIntN(64, (BigInt((high ^ 0x80000000) >>> 0) << 32n) | BigInt(low));
}

export const original: ScalarFunction = {
  name: 'original',
  summary: 'an actor column as it was sent, where an alias has given the actor another id',
  example: 'select original(actor) as x from events limit 1',
  signature: (args) =>
    args.length === 1
      ? { type: args[0]!.type }
      : { error: `original takes 1 argument, not ${args.length}`, hint: 'Write original(user_id).' },
  evaluate: ([arg]) => arg!,
};
