import { expect, test } from 'vitest';
import { codecs } from './codecs/index.ts';
import {
  decodeHeader,
  decodeTrailer,
  encodeHeader,
  encodeTrailer,
  formatVersion,
  headerBytes,
  pageHeaderBytes,
  pageKinds,
  readPageHeader,
  trailerBytes,
  writePageHeader,
} from './layout.ts';

test('numbers on disk are what they were in every version', () => {
  expect({ formatVersion, headerBytes, pageHeaderBytes, trailerBytes }).toEqual({
    formatVersion: 1,
    headerBytes: 40,
    pageHeaderBytes: 40,
    trailerBytes: 32,
  });
  expect(pageKinds).toEqual({ block: 1, dictionary: 2, dictionaryHashes: 3, directory: 4 });
  expect([...codecs.values()].map(({ name, id }) => [name, id])).toEqual([
    ['none', 0],
    ['lz4', 1],
  ]);
});

test('header, page and trailer read as they were written, byte for byte the same', () => {
  const header = encodeHeader({ table: 3, segment: 17 }, 12345);
  expect(decodeHeader('s', header)).toEqual({ table: 3, segment: 17, seed: 12345 });
  const words = [
    '56534547',
    '01000000',
    '03000000',
    '11000000',
    '00000000801cc840',
    '00000000',
    '00000000',
    '00000000',
  ];
  expect(Buffer.from(header.subarray(0, 36)).toString('hex')).toBe(words.join(''));
  const trailer = encodeTrailer({ offset: 8000, bytes: 77, checksum: 0xdeadbeef });
  expect(decodeTrailer('s', trailer)).toEqual({ offset: 8000, bytes: 77, checksum: 0xdeadbeef });
  expect(Buffer.from(trailer.subarray(24)).toString()).toBe('VARVESEG');
  const page = {
    ...{ table: 3, segment: 17, kind: pageKinds.block, codec: 1, encoding: 9, column: 5, page: 1, pages: 2 },
    ...{ first: 65_536, count: 100, payloadBytes: 5, plainBytes: 9 },
  };
  const bytes = new Uint8Array(8 + pageHeaderBytes + 5).fill(7);
  writePageHeader(bytes.subarray(8), page);
  expect(readPageHeader(bytes, 8)).toEqual(page);
  for (let at = 8; at < bytes.length; at++) {
    bytes[at]! ^= 1;
    expect(readPageHeader(bytes, 8), `byte ${at}`).toBeNull();
    bytes[at]! ^= 1;
  }
});
