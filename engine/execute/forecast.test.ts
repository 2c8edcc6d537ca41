import { expect, it } from 'vitest';
import { createForecast } from './forecast.ts';

it('tells what tasks take by those after the first, and by the first only what goes beyond a slow begin', () => {
  let now = 1000;
  const forecast = createForecast(() => now);
  const take = (ms: number): void => {
    now += ms;
    forecast.done();
  };
  expect(forecast.msFor(10)).toBe(0);
  take(120);
  expect(forecast.msFor(31)).toBe(0);
  take(6);
  expect(forecast.msFor(30)).toBe(180);
  take(8);
  expect(forecast.msFor(10)).toBe(70);

  const large = createForecast(() => now);
  now += 1150;
  large.done();
  expect(large.msFor(2)).toBe(2000);
});
