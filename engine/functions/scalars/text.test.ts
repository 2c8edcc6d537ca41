import { expect, it } from 'vitest';
import { valueOf } from '../../../test/call-scalar.ts';

it('substr counts code points from 1', () => {
  expect(valueOf('substr', 'abcdef', 2, 3)).toBe('bcd');
  expect(valueOf('substr', 'abcdef', 4)).toBe('def');
  expect(valueOf('substr', 'abc', 0, 2)).toBe('a');
  expect(valueOf('substr', 'abc', -1, 3)).toBe('a');
  expect(valueOf('substr', 'abc', 9)).toBe('');
  expect(valueOf('substr', 'abc', 2, -1)).toBe('');
  expect(valueOf('substr', 'a😀c', 2, 1)).toBe('😀');
  expect(valueOf('substr', 'a😀c', 3)).toBe('c');
});

it('split_part counts pieces from 1, or from the end', () => {
  expect(valueOf('split_part', 'a/b/c', '/', 1)).toBe('a');
  expect(valueOf('split_part', 'a/b/c', '/', 3)).toBe('c');
  expect(valueOf('split_part', 'a/b/c', '/', 4)).toBe('');
  expect(valueOf('split_part', 'a/b/c', '/', -1)).toBe('c');
  expect(valueOf('split_part', 'a/b/c', '/', -4)).toBe('');
  expect(valueOf('split_part', 'a/b/c', '/', 0)).toBe('');
  expect(valueOf('split_part', 'a--b', '--', 2)).toBe('b');
  expect(valueOf('split_part', '/a', '/', 1)).toBe('');
  expect(valueOf('split_part', 'abc', '', 1)).toBe('abc');
  expect(valueOf('split_part', 'abc', '', 2)).toBe('');
});

it('replace takes texts as they are', () => {
  expect(valueOf('replace', 'a.b.c', '.', '$&')).toBe('a$&b$&c');
  expect(valueOf('replace', 'abc', '', 'x')).toBe('abc');
});

it('length counts code points and elements', () => {
  expect(valueOf('length', 'a😀é')).toBe(3);
  expect(valueOf('length', '')).toBe(0);
  expect(valueOf('length', '\ud83d')).toBe(1);
  expect(valueOf('length', '\ud83dx\ude00')).toBe(3);
  expect(valueOf('length', ['a', 'b'])).toBe(2);
});

it('concat and || join, with null giving null', () => {
  expect(valueOf('concat', 'a', 'b', 'c', 'd')).toBe('abcd');
  expect(valueOf('||', 'a', 'b')).toBe('ab');
  expect(valueOf('||', 'a', null)).toBeNull();
  expect(valueOf('concat', 'a', null)).toBeNull();
});

it('contains, starts_with, ends_with, lower, upper, trim', () => {
  expect(valueOf('contains', 'abc', 'bc')).toBe(true);
  expect(valueOf('contains', 'abc', '')).toBe(true);
  expect(valueOf('starts_with', 'abc', 'b')).toBe(false);
  expect(valueOf('ends_with', 'abc', 'bc')).toBe(true);
  expect(valueOf('lower', 'ÄB')).toBe('äb');
  expect(valueOf('upper', 'straße')).toBe('STRASSE');
  expect(valueOf('trim', '\t a b \n')).toBe('a b');
});
