import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimalText, decimalValue, scanned, scanNumber } from './number-bytes.ts';
import { timeFromNumber, timeFromText, timesOfDictionary } from './times.ts';
import { TextTable } from './text-table.ts';
import { invalidUtf8At } from './utf8.ts';

const encoder = new TextEncoder();

describe('numbers from bytes', () => {
  it('are what the platform reads, and give their text back', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 9 });
    fc.assert(
      fc.property(fc.constantFrom('', '-'), digits, fc.option(digits), (sign, whole, fraction) => {
        const text = `${sign}${whole}${fraction === null ? '' : `.${fraction}`}`;
        const bytes = encoder.encode(`x${text}y`);
        const canonical = /^(0|[1-9]\d*)$/.test(whole) && text !== '-0' && whole.length + (fraction ?? '').length <= 15;
        expect(scanNumber(bytes, 1, bytes.length - 1)).toBe(canonical);
        if (!canonical) return;
        expect(decimalValue(scanned.mantissa, scanned.scale)).toBe(Number(text));
        expect(decimalText(scanned.mantissa, scanned.scale)).toBe(text);
      }),
      { numRuns: 5000, seed: 20261124 },
    );
  });

  it.each(['', '-', '.', '.5', '5.', '+1', '1e3', '01', '1.2.3', '--1', '1 ', '0x1', '1234567890123456'])(
    '%j is none of them',
    (text) => {
      expect(scanNumber(encoder.encode(text), 0, text.length)).toBe(false);
    },
  );
});

describe('UTF-8', () => {
  it('is valid where the platform says so', () => {
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    const byte = fc.oneof(
      fc.constantFrom(0x41, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5),
      fc.integer({ min: 0, max: 255 }),
    );
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 8 }), (values) => {
        const bytes = Uint8Array.from(values);
        let valid = true;
        try {
          decoder.decode(bytes);
        } catch {
          valid = false;
        }
        expect(invalidUtf8At(bytes, 0, bytes.length) < 0).toBe(valid);
      }),
      { numRuns: 20_000, seed: 20261124 },
    );
  });
});

describe('times', () => {
  it.each([1795467540, 1795467540000, 1795467540000000, 1795467540000000000])('the epoch %d', (value) => {
    expect(timeFromNumber(value)).toBe(Date.UTC(2026, 10, 23, 20, 59));
  });

  it.each([0, 5, 20261123, 1e25, -1795467540])('%d is none', (value) => {
    expect(timeFromNumber(value)).toBeNull();
  });

  it('of a dictionary are those of its texts', () => {
    const texts = [
      '2026-11-23T20:59:00Z',
      '1795467540.5',
      '2026-11-23',
      'x',
      '',
      '23/Nov/2026:17:29:00 -0330',
      '2026-11-23T20:59',
      '2026-11-23T20:59:60+0100',
      '2026-11-23T20:59:00.1234567891Z',
      '2026-1-23',
      '٢٠٢٦-11-23T20:59:00Z',
    ];
    const table = new TextTable();
    for (const text of texts) table.addText(text);
    for (const zone of ['UTC', 'America/New_York']) {
      const expected = texts.map((text) => timeFromText(text, zone) ?? NaN);
      expect([...timesOfDictionary(table.build(), zone)]).toEqual(expected);
    }
  });
});

describe('TextTable', () => {
  it('numbers distinct texts in order of first appearance', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 }), { maxLength: 300 }), (texts) => {
        const table = new TextTable();
        const codes = texts.map((text) => table.addText(text));
        const distinct = [...new Set(texts)];
        expect(codes).toEqual(texts.map((text) => distinct.indexOf(text)));
        expect(table.build().count).toBe(distinct.length);
      }),
      { numRuns: 300, seed: 20261124 },
    );
  });
});
