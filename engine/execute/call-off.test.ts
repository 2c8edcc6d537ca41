import { expect, it } from 'vitest';
import { VarveError } from '../base/errors.ts';
import { partOf, watchOver } from './call-off.ts';

const error = new VarveError('limit', 'too large');

it('a part of a query fails without the query', async () => {
  const around = watchOver({});
  const part = partOf(around);
  part.fail(error);
  expect(() => part.check()).toThrow('too large');
  expect(() => part.turn()).toThrow('too large');
  await expect(part.calledOff).rejects.toBe(error);
  expect([part.flag[0], around.flag[0]]).toEqual([1, 0]);
  expect(() => around.check()).not.toThrow();
  expect(() => partOf(around).check()).not.toThrow();
});

it('a query that is called off calls off its parts, and what they run in threads', async () => {
  const stop = new AbortController();
  const around = watchOver({ signal: stop.signal });
  const part = partOf(around);
  expect(part.turn()).toBeNull();
  stop.abort();
  expect(() => part.check()).toThrow('The query was called off.');
  await expect(part.calledOff).rejects.toMatchObject({ code: 'cancelled' });
  expect(part.flag[0]).toBe(1);
  around.end();
});
