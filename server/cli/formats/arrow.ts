import { createArrowStream } from '../../../engine/index.ts';
import type { OutputFormat } from './output-format.ts';

export const arrow: OutputFormat = {
  name: 'arrow',
  summary: 'an Arrow IPC stream: texts by dictionary, the metadata under "meta" in that of the schema',
  holdsMeta: true,
  binary: true,
  *print(result) {
    const stream = createArrowStream();
    yield stream.add(result.table);
    yield stream.end;
  },
};
