import { describe, expect, it } from 'vitest';
import { urlParameter, urlParts } from './url-parts.ts';

const cases: readonly [url: string, host: string | null, path: string | null][] = [
  ['https://www.Example.com/Docs/a?b=1#c', 'www.example.com', '/Docs/a'],
  ['http://example.com', 'example.com', '/'],
  ['http://example.com?x=1', 'example.com', '/'],
  ['http://user:p@ss@example.com:8080/x', 'example.com', '/x'],
  ['//cdn.example.com/lib.js', 'cdn.example.com', '/lib.js'],
  ['www.example.com/a/b', 'www.example.com', '/a/b'],
  ['example.com:80', 'example.com', '/'],
  ['localhost:3000/x', 'localhost', '/x'],
  ['http://[2001:DB8::1]:8080/x', '[2001:db8::1]', '/x'],
  ['http://[::1]', '[::1]', '/'],
  ['192.168.0.1/a', '192.168.0.1', '/a'],
  ['http://example.com./', 'example.com', '/'],
  ['http://münchen.de/ä', 'münchen.de', '/ä'],
  ['android-app://com.google.android/x', 'com.google.android', '/x'],
  ['/docs/a?x=http://other.com/', null, '/docs/a'],
  ['/docs/a;jsessionid=1', null, '/docs/a;jsessionid=1'],
  ['/a%20b', null, '/a%20b'],
  ['file:///etc/passwd', null, '/etc/passwd'],
  ['http:///nohost', null, '/nohost'],
  ['mailto:ada@example.com', null, null],
  ['data:text/html;base64,AAAA', null, null],
  ['javascript:void(0)', null, null],
  ['(direct)', null, null],
  ['-', null, null],
  ['*', null, null],
  ['', null, null],
  ['  https://example.com/x  ', 'example.com', '/x'],
  ['?x=1', null, null],
  ['#top', null, null],
  ['http://', null, null],
  ['https:\\\\example.com\\a', 'example.com', '\\a'],
  ['https://example.com/a//b', 'example.com', '/a//b'],
];

it.each(cases)('%s has the host %s and the path %s', (url, host, path) => {
  expect(urlParts(url).host).toBe(host);
  expect(urlParts(url).path).toBe(path);
});

describe('a parameter', () => {
  it('is decoded: + is a space, %-escapes are UTF-8', () => {
    expect(urlParameter('https://a.com/?q=a+b%20c%C3%A9', 'q')).toBe('a b cé');
    expect(urlParameter('/x?utm%5Fsource=n', 'utm_source')).toBe('n');
    expect(urlParameter('/x?a=%2B', 'a')).toBe('+');
  });

  it('is the first of its name, empty without a value, null where it is not', () => {
    expect(urlParameter('/x?a=1&a=2', 'a')).toBe('1');
    expect(urlParameter('/x?a&b=2', 'a')).toBe('');
    expect(urlParameter('/x?a=&b=2', 'a')).toBe('');
    expect(urlParameter('/x?ab=1', 'a')).toBeNull();
    expect(urlParameter('/x', 'a')).toBeNull();
    expect(urlParameter('/x#?a=1', 'a')).toBeNull();
    expect(urlParameter('/x?a=1#b', 'a')).toBe('1');
    expect(urlParameter('/x?a=b=c', 'a')).toBe('b=c');
    expect(urlParameter('/x?&&a=1', 'a')).toBe('1');
    expect(urlParameter('/x?__proto__=1', '__proto__')).toBe('1');
  });

  it('keeps malformed escapes as they are', () => {
    expect(urlParameter('/x?a=100%&b=1', 'a')).toBe('100%');
    expect(urlParameter('/x?a=%zz%41', 'a')).toBe('%zzA');
    expect(urlParameter('/x?a=%ff', 'a')).toBe('%ff');
    expect(urlParameter('/x?a=%', 'a')).toBe('%');
  });
});

it('takes time in proportion to the text', () => {
  for (const text of ['a.'.repeat(500_000), 'a@'.repeat(500_000), '%41'.repeat(300_000), `?${'a&'.repeat(400_000)}`]) {
    expect(() => [urlParts(text), urlParameter(`/x?q=${text}`, 'z')]).not.toThrow();
  }
});
