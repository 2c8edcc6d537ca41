import { exactJson, hasNoNumber } from './exact-cell.ts';
import type { ExportFormat } from './export-format.ts';

export const ndjson: ExportFormat = {
  name: 'ndjson',
  summary: 'an object a row, ints in all their digits',
  endings: ['.ndjson', '.jsonl', '.json'],
  binary: false,
  open() {
    const bent = new Set<string>();
    return Promise.resolve({
      bent,
      *add(batch) {
        const columns = batch.columns.map(({ name, type }, index) => {
          const values = batch.values(index);
          if (type.endsWith('float') && values.some(hasNoNumber)) bent.add(name);
          return { key: JSON.stringify(name), type, values };
        });
        for (let row = 0; row < batch.rowCount; row++) {
          let line = '';
          for (const { key, type, values } of columns)
            line += `${line === '' ? '{' : ','}${key}:${exactJson(values[row]!, type)}`;
          yield `${line}}\n`;
        }
      },
      end: () => [],
    });
  },
};
