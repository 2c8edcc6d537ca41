import { makeStores } from './make-stores.ts';
import { runIngestPart } from './ingest-part.ts';
import { runFootingPart } from './footing-part.ts';
import type { DataName, PartName, PeersOptions } from './options.ts';
import { hasRealFiles, realFolder } from './real-columns.ts';
import { writePart, type PartResult } from './results.ts';
import { runColdPart, runRowsPart } from './rows-part.ts';

/** A part to run, with the folder of the stores. */
export interface PartRequest {
  readonly part: PartName;
  readonly options: PeersOptions;
  readonly folder: string;
}

/** @returns the data set of a part. */
export function dataOfPart(part: PartName): DataName {
  return part === 'd2' || part === 'd3' ? part : 'd1';
}

/**
 * Makes the stores of a part where they are not there yet, runs it and writes its figures.
 * @returns what was written, or null where it had to be left out.
 */
export async function runPart(
  { part, options, folder }: PartRequest,
  print: (text: string) => void,
): Promise<PartResult | null> {
  const data = dataOfPart(part);
  if (data === 'd3' && !hasRealFiles()) {
    print(`\nSKIPPED: part d3, because the real files are not there (${realFolder}).\n\n`);
    return null;
  }
  if (part === 'ingest') {
    const result = await runIngestPart(folder, options, print);
    await writePart(options.out, result);
    return result;
  }
  const { events, seed, threads, clickhouse } = options;
  const stores = await makeStores(folder, { data, events, seed, threads, clickhouse }, print);
  const result = await resultOf(part, stores, options, print);
  await writePart(options.out, result);
  return result;
}

function resultOf(
  part: Exclude<PartName, 'ingest'>,
  stores: Awaited<ReturnType<typeof makeStores>>,
  options: PeersOptions,
  print: (text: string) => void,
): Promise<PartResult> {
  switch (part) {
    case 'warm':
    case 'one':
    case 'd2':
    case 'd3':
      return runRowsPart(part, stores, options, print);
    case 'cold':
      return runColdPart(stores, options, print);
    case 'footing':
      return runFootingPart(stores, options);
  }
}
