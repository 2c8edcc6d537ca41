import { describe, expect, it } from 'vitest';
import { callScalar, valueOf } from '../../../test/call-scalar.ts';
import type { Values } from '../../column/values.ts';
import { scalarAt } from '../access.ts';
import { matchesPattern } from './regex.ts';

describe('~', () => {
  it('finds a pattern anywhere, !~ nowhere', () => {
    expect(valueOf('~', '/docs/a', '^/docs/')).toBe(true);
    expect(valueOf('~', 'a/docs/', '^/docs/')).toBe(false);
    expect(valueOf('~', 'sign_up', 'sign_?(up|in)$')).toBe(true);
    expect(valueOf('!~', 'sign_up', 'bot')).toBe(true);
    expect(valueOf('~', 'Googlebot', '(?i)BOT')).toBe(true);
    expect(valueOf('~', 'x', '')).toBe(true);
    expect(valueOf('~', 'a.b', '.')).toBe(true);
    expect(valueOf('~', 'ab', 'b')).toBe(true);
  });

  it('counts code points, and knows classes of Unicode', () => {
    expect(valueOf('~', '😀', '^.$')).toBe(true);
    expect(valueOf('~', 'é', '^\\pL$')).toBe(true);
    expect(valueOf('~', 'a\nb', 'a.b')).toBe(false);
    expect(valueOf('~', 'a\nb', '(?s)a.b')).toBe(true);
  });

  it('is null with null', () => {
    expect(valueOf('~', null, 'a')).toBeNull();
    expect(valueOf('~', 'a', null)).toBeNull();
  });

  it.each([
    ['a(', 'missing closing )'],
    ['[a-', 'missing closing ]'],
    ['a**', 'invalid nested repetition'],
    ['(?=a)', 'invalid or unsupported Perl syntax'],
    ['\\1', 'invalid escape sequence'],
    ['x{1000}'.repeat(5000), 'too large'],
    ['x{900}'.repeat(20), 'instructions'],
  ])('refuses %s when it is bound', (pattern, reason) => {
    const signature = matchesPattern.signature([{ type: 'text' }, { type: 'text', constant: pattern }]);
    expect(signature).toMatchObject({ argument: 1 });
    expect((signature as { error: string }).error).toContain(reason);
  });

  it('takes patterns out of a column; a broken one has no value', () => {
    const texts: Values = { kind: 'text', length: 3, values: ['a', 'b', 'c'], nulls: null };
    const patterns: Values = { kind: 'text', length: 3, values: ['^a', '(', '[cd]'], nulls: null };
    let missing = 0;
    const context = { timezone: 'UTC', now: 0, noteNoValue: (_name: string, rows: number) => void (missing += rows) };
    const made = matchesPattern.evaluate([texts, patterns], context, [undefined, undefined], 'bool');
    expect([0, 1, 2].map((row) => scalarAt(made, row))).toEqual([true, null, true]);
    expect(missing).toBe(1);
  });

  it('is linear where backtracking would never end', () => {
    expect(valueOf('~', 'x'.repeat(200_000), '(x+x+)+y')).toBe(false);
  });

  it('asks now and then whether to go on', () => {
    const texts: Values = {
      kind: 'text',
      length: 30,
      values: new Array<string>(30).fill('x'.repeat(100_000)),
      nulls: null,
    };
    const patterns: Values = { kind: 'text', length: 30, values: new Array<string>(30).fill('y$'), nulls: null };
    const context = {
      timezone: 'UTC',
      now: 0,
      noteNoValue: () => undefined,
      check: () => {
        throw new Error('called off');
      },
    };
    expect(() => matchesPattern.evaluate([texts, patterns], context, [undefined, 'y$'], 'bool')).toThrow('called off');
  });

  it('wants texts', () => {
    expect(() => callScalar('~', [1, 'a'])).toThrow('wants a text as argument 1');
  });
});
