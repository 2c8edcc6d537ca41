import { expect, it } from 'vitest';
import { callScalar, valueOf } from '../../../test/call-scalar.ts';
import { hash64OfText } from '../../base/hash64.ts';

it('actor_hash is of the canonical text: 42, 42.0 and its text are one', () => {
  const wanted = valueOf('actor_hash', '42');
  expect(valueOf('actor_hash', 42)).toBe(wanted);
  expect(callScalar('actor_hash', [42], { types: ['float'] }).value).toBe(wanted);
  expect(valueOf('actor_hash', '42.0')).not.toBe(wanted);
  expect(valueOf('actor_hash', 2n ** 60n)).toBe(valueOf('actor_hash', String(2n ** 60n)));
  expect(valueOf('actor_hash', null)).toBeNull();
  expect(callScalar('actor_hash', ['42'], { seed: 7 }).value).not.toBe(wanted);
});

it('actor_hash orders as the unsigned hash does', () => {
  const texts = Array.from({ length: 500 }, (_, index) => `actor ${index}`);
  const unsigned = (text: string): bigint => {
    const { low, high } = hash64OfText(text);
    return (BigInt(high) << 32n) | BigInt(low);
  };
  for (const text of texts) expect(BigInt(valueOf('actor_hash', text) as number)).toBe(unsigned(text) - 2n ** 63n);
});

it('original is the column itself', () => {
  expect(valueOf('original', 'ada')).toBe('ada');
  expect(valueOf('original', 7)).toBe(7);
});
