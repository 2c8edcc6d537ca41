import { describe, expect, it } from 'vitest';
import { utf8Bytes } from './decode-text.ts';
import { knownEncoding, narrowEncodingOf, wideEncodingOf } from './encoding.ts';

async function decoded(bytes: Uint8Array, encoding: string, size: number): Promise<string> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
  }
  const parts: Uint8Array[] = [];
  for await (const part of utf8Bytes(chunks(), encoding)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

const swapped = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le').swap16());
const little = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le'));

describe('text of other encodings', () => {
  it.each([
    ['utf-16le', little('\uFEFFa,é,日,😀\n')],
    ['utf-16be', swapped('\uFEFFa,é,日,😀\n')],
    ['shift_jis', Uint8Array.of(0x61, 0x2c, 0x93, 0xfa, 0x0a)],
  ])('%s in chunks of any size', async (encoding, bytes) => {
    const wanted = encoding === 'shift_jis' ? 'a,日\n' : 'a,é,日,😀\n';
    for (const size of [1, 2, 3, 100]) expect(await decoded(bytes, encoding, size)).toBe(wanted);
  });

  it('Windows-1252, every byte of it', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const text = await decoded(bytes, 'windows-1252', 100);
    expect([...text]).toHaveLength(256);
    expect(text.slice(0, 128)).toBe(String.fromCharCode(...bytes.subarray(0, 128)));
    expect(text.slice(160)).toBe(String.fromCharCode(...bytes.subarray(160)));
    expect(text.slice(128, 160)).toBe('€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ');
  });

  it('leaves out the character that the end cuts: what grows begins with the same text', async () => {
    for (const whole of [little('\uFEFFab😀c'), swapped('\uFEFFab😀c')]) {
      const encoding = whole[0] === 0xff ? 'utf-16le' : 'utf-16be';
      for (let length = 2; length <= whole.length; length++)
        expect('ab😀c'.startsWith(await decoded(whole.subarray(0, length), encoding, 5))).toBe(true);
    }
  });

  it('UTF-16 is told by its mark or by its zero bytes, also where a part of it is not Latin', () => {
    expect(wideEncodingOf('x', little('\uFEFFab'))).toBe('utf-16le');
    expect(wideEncodingOf('x', swapped('\uFEFFab'))).toBe('utf-16be');
    expect(wideEncodingOf('x', little('id,name\n1,Иван\n2,Анна\n'))).toBe('utf-16le');
    expect(wideEncodingOf('x', swapped('id,name\n1,Иван\n2,Анна\n'))).toBe('utf-16be');
    expect(wideEncodingOf('x', new TextEncoder().encode('id,name\n1,Иван\n'))).toBe(null);
    expect(wideEncodingOf('x', new Uint8Array(100))).toBe(null);
    for (const mark of [
      [0xff, 0xfe, 0, 0],
      [0, 0, 0xfe, 0xff],
    ])
      expect(() => wideEncodingOf('x', Uint8Array.from(mark))).toThrow(/looks like UTF-32/);
  });

  it('names of encodings are those of the web; what is none is refused', () => {
    expect(['latin1', 'ISO-8859-1', 'cp1252', 'Shift_JIS', 'UTF8'].map(knownEncoding)).toEqual([
      ...['windows-1252', 'windows-1252', 'windows-1252', 'shift_jis', 'utf-8'],
    ]);
    expect(() => knownEncoding('ebcdic')).toThrow(
      expect.objectContaining({ code: 'usage', message: 'There is no encoding "ebcdic".' }) as Error,
    );
  });

  it('UTF-8 of which some lines are damaged stays UTF-8', () => {
    const some = Uint8Array.from(Buffer.from('a,b\nJos\xc3\xa9,1\nZo\xc3\xab,1\nJos\xc3,2\n', 'latin1'));
    expect(narrowEncodingOf('x', some)).toBe('utf-8');
    expect(narrowEncodingOf('x', Uint8Array.from(Buffer.from('a,b\nJos\xe9,1\nZo\xeb,1\n', 'latin1')))).toBe(
      'windows-1252',
    );
  });

  it('what is no encoding that is told apart is refused with a mend', () => {
    const garbage = Uint8Array.from(Buffer.from('a,b\n\xff\xff,1\n\x81\xff,2\n', 'latin1'));
    expect(() => narrowEncodingOf('x', garbage)).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('--encoding utf-8') as string }) as Error,
    );
  });
});
