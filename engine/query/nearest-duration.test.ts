import { expect, it } from 'vitest';
import { nearestDuration } from './nearest-duration.ts';

it.each([
  ['1 day', '1d'],
  ['day', '1d'],
  ['5min', '5m'],
  ['2 Weeks', '2w'],
  ['7D', '7d'],
  ['3 months', '3mo'],
  ['1.5h', '90m'],
  ['1h30m', '90m'],
  ['1d 12h', '36h'],
  ['0.5 seconds', '500ms'],
  ['1mo2d', null],
  ['0 days', null],
  ['0.0001ms', null],
  ['soon', null],
  ['7', null],
  ['', null],
  ['1 day ago', null],
  ['99999999999 years', null],
])('%s is meant as %s', (written, meant) => {
  expect(nearestDuration(written)).toBe(meant);
});
