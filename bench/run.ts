import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isVarveError } from '../engine/base/errors.ts';
import { benchEncodings } from './encodings.ts';
import { benchFooting } from './footing.ts';
import { benchFunctions } from './functions.ts';
import { benchIngest } from './ingest.ts';
import { benchKernels } from './kernels.ts';
import { describeMachine, type Machine } from './machine.ts';
import { parseCommandLine, type BenchOptions } from './options.ts';
import { profileQuery } from './profile.ts';
import { benchQueries } from './query.ts';
import { renderTable, type BenchTable } from './report.ts';

type RunBench = (options: BenchOptions, machine: Machine) => Promise<readonly BenchTable[]>;

/** All benches by name, in the order in which they run. */
export const benches: ReadonlyMap<string, RunBench> = new Map<string, RunBench>([
  ['ingest', async (options) => [await benchIngest(options)]],
  ['query', async (options) => [await benchQueries(options)]],
  [
    'kernels',
    async (options, machine) => [await benchKernels(options, machine), await benchEncodings(options, machine)],
  ],
  ['functions', async (options) => [await benchFunctions(options)]],
  ['footing', async (options) => [await benchFooting(options)]],
]);

/** Runs what the arguments ask for and prints each table when it is there; `profile` takes arguments of its own. */
export async function main(args: readonly string[], print: (text: string) => void): Promise<void> {
  if (args[0] === 'profile') return profileQuery(args.slice(1), print);
  const { benches: names, options, json } = parseCommandLine(args, [...benches.keys()]);
  const machine = describeMachine(options.tiny ? 1 << 20 : undefined);
  print(
    `${machine.processor}, ${machine.processors} processors, ${machine.memoryGiB.toFixed(1)} GiB, Node ${machine.node}; ` +
      `copies ${machine.copyGBs.toFixed(1)} GB/s from memory, ${machine.copyCachedGBs.toFixed(1)} GB/s in the cache\n\n`,
  );
  const tables: BenchTable[] = [];
  for (const name of names) {
    for (const table of await benches.get(name)!(options, machine)) {
      tables.push(table);
      print(`${renderTable(table)}\n`);
    }
  }
  if (json !== null) await writeFile(json, `${JSON.stringify({ machine, options, tables }, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2), (text) => process.stdout.write(text));
  } catch (error) {
    if (!isVarveError(error)) throw error;
    process.stderr.write(`bench: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    process.exitCode = 1;
  }
}
