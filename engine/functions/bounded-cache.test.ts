import { expect, it } from 'vitest';
import { createBoundedCache } from './bounded-cache.ts';

it('keeps what came last, by number and by the length of its keys', () => {
  const few = createBoundedCache<number>(2, 100);
  for (const [index, key] of ['a', 'b', 'a', 'c'].entries()) few.set(key, index);
  expect(['a', 'b', 'c'].map((key) => few.get(key))).toEqual([undefined, 1, 3]);
  const short = createBoundedCache<number>(10, 5);
  for (const [index, key] of ['aa', 'bb', 'c', 'dd', 'eeeeee'].entries()) short.set(key, index);
  expect(['aa', 'bb', 'c', 'dd', 'eeeeee'].map((key) => short.get(key))).toEqual([undefined, 1, 2, 3, undefined]);
});
