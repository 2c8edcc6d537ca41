import { csvHeader, csvRows } from '../formats/csv.ts';
import { hasNoNumber } from './exact-cell.ts';
import type { ExportFormat } from './export-format.ts';

export const csv: ExportFormat = {
  name: 'csv',
  summary: 'RFC 4180 with a header; what is text and what is a number, the reader has to tell',
  endings: ['.csv'],
  binary: false,
  open() {
    const bent = new Set<string>();
    let first = true;
    return Promise.resolve({
      bent,
      *add(batch) {
        batch.columns.forEach(({ name, type }, index) => {
          if (type.endsWith('float') && batch.values(index).some(hasNoNumber)) bent.add(name);
        });
        if (first) yield csvHeader(batch);
        first = false;
        yield* csvRows(batch);
      },
      end: () => [],
    });
  },
};
