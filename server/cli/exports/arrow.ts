import { createArrowStream } from '../../../engine/index.ts';
import type { ExportFormat } from './export-format.ts';

export const arrow: ExportFormat = {
  name: 'arrow',
  summary: 'an Arrow IPC stream of record batches, every type as it is',
  endings: ['.arrow', '.arrows'],
  binary: true,
  open() {
    const stream = createArrowStream();
    return Promise.resolve({
      bent: new Set<string>(),
      add: (batch) => [stream.add(batch.table)],
      end: () => [stream.end],
    });
  },
};
