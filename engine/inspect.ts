import type { ImportOptions, InspectReport } from './api.ts';
import { createNodeHost } from './host/node-host.ts';

/**
 * Looks at the beginning of a source and says what an import would make of it. Changes nothing.
 * @param source a path, or a stream of bytes.
 * @throws VarveError `not_found`, `forbidden`, or `usage` when no format fits.
 */
export async function inspect(
  source: string | AsyncIterable<Uint8Array>,
  options: ImportOptions = {},
): Promise<InspectReport> {
  const { inspectSource } = await import('./ingest/inspect.ts');
  return (await inspectSource(
    createNodeHost(() => undefined),
    source,
    options,
  )) as InspectReport;
}
