import { describe, expect, it } from 'vitest';
import { decodeBatch } from '../column/batch-codec.ts';
import { textsOfDictionary } from '../column/dictionary.ts';
import { valuesFromVector } from '../column/values-from-vector.ts';
import { scalarAt } from '../functions/access.ts';
import { detectFormat } from './detect.ts';
import { parsePiece } from './parse-piece.ts';

const sources = [
  ['{"time":"2026-01-01"}\n{"time":"never", "n":1.50}\r\n{"time":"2026-01-02"}\n', 22, '{"time":"never", "n":1.50}'],
  ['[{"time":"2026-01-01"},\n {"time":"never"} ]', 25, '{"time":"never"}'],
  ['time,a\n2026-01-01,1\nnever,"x\ny"\r\n2026-01-02,2\n', 20, 'never,"x\ny"'],
] as const;

describe('parsePiece', () => {
  it.each(sources)('keeps a row without a time as it came, with its place: %j', (text, position, raw) => {
    const bytes = new TextEncoder().encode(text);
    const { format, options } = detectFormat({ name: 'source', bytes, complete: true }, {});
    const parsed = parsePiece({
      format: format.name,
      options,
      name: 'source',
      timezone: 'UTC',
      piece: { kind: 'records', bytes, offset: 1000, length: bytes.length },
      preamble: null,
      cutRow: false,
      constants: {},
      choice: { time: 'time', actor: null },
      wanted: { tableTime: null, tableActor: null, time: null, actor: null },
      now: 0,
    });
    expect(parsed.rejected).toBe(1);
    const { columns } = decodeBatch(parsed.rejectedBatch!);
    const valueOf = (wanted: string): unknown => {
      const { type, vector, dictionary } = columns.find(({ name }) => name === wanted)!;
      const texts = dictionary === null ? null : textsOfDictionary(dictionary);
      return scalarAt(valuesFromVector(vector, type, texts, null), 0);
    };
    expect([valueOf('position'), valueOf('raw')]).toEqual([1000 + position, raw]);
  });
});
