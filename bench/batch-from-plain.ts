import type { Batch, BatchColumn } from '../engine/column/batch.ts';
import { dictionaryFromTexts } from '../engine/column/dictionary-builder.ts';
import type { PlainBatch, PlainColumn } from '../data/plain-batch.ts';

/** @returns plain columns as the engine's batch; arrays are shared, but for texts, of which only those met are kept. */
export function batchFromPlain(plain: PlainBatch): Batch {
  return { rowCount: plain.rowCount, columns: plain.columns.map((column) => columnFromPlain(column, plain.rowCount)) };
}

function columnFromPlain(column: PlainColumn, length: number): BatchColumn {
  const { name } = column;
  switch (column.kind) {
    case 'text':
      return textColumn(column, length);
    case 'time':
    case 'int': {
      const { base, values } = column;
      return {
        name,
        type: column.kind,
        vector: { kind: 'int', length, base, values, validity: null },
        dictionary: null,
      };
    }
    case 'wide': {
      const { values } = column;
      return { name, type: 'int', vector: { kind: 'int', length, base: 0, values, validity: null }, dictionary: null };
    }
    case 'float': {
      const { values, validity } = column;
      return { name, type: 'float', vector: { kind: 'float', length, values, validity }, dictionary: null };
    }
  }
}

/** Numbers the texts anew in order of first appearance, as a batch's dictionary is. */
function textColumn(column: Extract<PlainColumn, { kind: 'text' }>, length: number): BatchColumn {
  const { name, codes: from, dictionary: texts } = column;
  const codeOfEntry = new Int32Array(texts.length).fill(-1);
  const codes =
    texts.length <= 256
      ? new Uint8Array(length)
      : texts.length <= 65_536
        ? new Uint16Array(length)
        : new Uint32Array(length);
  const met: string[] = [];
  for (let row = 0; row < length; row++) {
    const entry = from[row];
    if (codeOfEntry[entry] < 0) codeOfEntry[entry] = met.push(texts[entry]) - 1;
    codes[row] = codeOfEntry[entry];
  }
  return {
    name,
    type: 'text',
    vector: { kind: 'text', length, codes, validity: null },
    dictionary: dictionaryFromTexts(met),
  };
}
