import { describe, expect, it } from 'vitest';
import { hash64OfText } from '../base/hash64.ts';
import type { Values } from '../column/values.ts';
import type { Expr } from '../plan/expr.ts';
import type { EventsPlan } from '../plan/select.ts';
import { Evaluator } from './expression.ts';
import { partsOfHashes, passesFor, reorderingBytes, withinRange, type ReorderedSource } from './reordered-source.ts';

const device: Expr = { kind: 'column', name: 'device', type: 'text' };
const plan: EventsPlan = {
  kind: 'events',
  from: [{ kind: 'table', name: 'e' }],
  actor: 'user_id',
  timezone: 'UTC',
  range: { since: null, until: null },
  written: { since: null, until: null },
  where: null,
  outputs: [
    { name: 'time', expr: { kind: 'column', name: 'time', type: 'time' } },
    { name: 'actor', expr: device },
  ],
  order: [],
  subqueries: [],
  columns: ['time'],
  limit: null,
  offset: 0,
  now: 0,
};
const reordered: ReorderedSource = {
  source: { kind: 'derived', name: 'e', plan, actor: 'actor' },
  plan,
  actor: device,
};

describe('parts of the hash space', () => {
  it.each([1, 2, 3, 7, 8])('%i: each actor is in one of them', (count) => {
    const parts = partsOfHashes(count);
    expect([parts[0]!.from, parts.at(-1)!.to]).toEqual([0, 2 ** 32]);
    const texts = Array.from({ length: 400 }, (_, at) => `device ${at}`);
    const values: Values = { kind: 'text', length: texts.length, values: texts, nulls: null };
    const evaluator = new Evaluator({ timezone: 'UTC', now: 0, seed: 5, noteNoValue: () => undefined }, []);
    const found = new Array<number>(texts.length).fill(0);
    parts.forEach((range, part) => {
      if (part > 0) expect(range.from).toBe(parts[part - 1]!.to);
      const own = withinRange(reordered, range);
      expect(own.actor).toBe('actor');
      const { where, columns } = own.plan as EventsPlan;
      if (where === null) {
        expect(count).toBe(1);
        found.fill(1);
        return;
      }
      expect(columns).toEqual(['time', 'device']);
      const passing = evaluator.evaluate(where, { length: texts.length, leaf: () => values });
      if (passing.kind !== 'bool') throw new Error('no condition');
      texts.forEach((text, at) => {
        if (passing.values[at] !== 1) return;
        found[at]!++;
        const { high } = hash64OfText(text, 5);
        expect(high >= range.from && high < range.to).toBe(true);
      });
    });
    expect(found.every((times) => times === 1)).toBe(true);
  });

  it('what a query has for it decides how many passes there are', () => {
    const bytes = reorderingBytes(reordered, 1000);
    expect(passesFor(reordered, 0, 1)).toBe(1);
    expect(passesFor(reordered, 1000, bytes)).toBe(1);
    expect(passesFor(reordered, 1000, bytes - 1)).toBe(2);
    expect(passesFor(reordered, 1000, bytes / 8)).toBe(8);
    expect(passesFor(reordered, 1000, 0)).toBe(bytes);
  });
});
