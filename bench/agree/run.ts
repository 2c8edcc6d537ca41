import { fileURLToPath } from 'node:url';
import { isVarveError } from '../../engine/base/errors.ts';
import { withFolder } from '../folders.ts';
import { installClickHouse } from '../peers/clickhouse-package.ts';
import { clickHouseQuery, openClickHouseSide } from './click-house-side.ts';
import { makeHistories, type Histories, type Shape } from './histories.ts';
import { modes, type Levels, type Mode, type Side } from './levels.ts';
import { parseAgreeOptions } from './options.ts';
import { openVarveSide, varveQuery } from './varve-side.ts';

/** What came of a mode. */
export interface Agreement {
  readonly mode: Mode;
  readonly cases: number;
  /** How many cases get to each step, from none; shows that the question is not an empty one. */
  readonly levels: readonly number[];
  /** A text for each actor whose levels differ, and for each shape whose sums do. */
  readonly differences: readonly string[];
}

/**
 * Asks Varve and ClickHouse the same funnels over the same random histories, and compares how far each actor gets.
 * @throws what the engines throw.
 */
export async function compareFunnels(cases: number, seed: number): Promise<Agreement[]> {
  return withFolder(async (folder) => {
    const histories = makeHistories(cases, seed);
    const varve = await openVarveSide(folder, histories);
    const clickHouse = openClickHouseSide(folder, histories);
    const agreements: Agreement[] = [];
    for (const mode of modes) agreements.push(await compareMode(histories, mode, varve, clickHouse));
    await varve.close();
    await clickHouse.close();
    return agreements;
  });
}

async function compareMode(histories: Histories, mode: Mode, varve: Side, clickHouse: Side): Promise<Agreement> {
  const levels: number[] = [];
  const differences: string[] = [];
  for (const shape of histories.shapes) {
    const [ours, theirs] = [await varve.ask(shape, mode), await clickHouse.ask(shape, mode)];
    for (const [actor, events] of histories.actors) {
      if (events[0]!.shape !== shape.id) continue;
      const level = theirs.byActor.get(actor) ?? 0;
      levels[level] = (levels[level] ?? 0) + 1;
    }
    differences.push(...differencesOf(histories, shape, mode, ours, theirs));
  }
  return {
    mode,
    cases: histories.actors.size,
    levels: Array.from(levels, (count) => count ?? 0),
    differences,
  };
}

/** @returns a text for each actor, and for the sum over them, where two sides differ. */
export function differencesOf(
  { actors }: Pick<Histories, 'actors'>,
  shape: Shape,
  mode: Mode,
  ours: Levels,
  theirs: Levels,
): string[] {
  const asked = `${varveQuery(shape, mode)}\n  ${clickHouseQuery(shape, mode)}`;
  const differences: string[] = [];
  for (const actor of new Set([...ours.byActor.keys(), ...theirs.byActor.keys()])) {
    const [our, their] = [ours.byActor.get(actor) ?? 0, theirs.byActor.get(actor) ?? 0];
    if (our === their) continue;
    const events = actors.get(actor) ?? [];
    const first = events[0]?.time ?? 0;
    const history = events.map(({ kind, time }) => `${kind}${time - first}`).join(' ');
    differences.push(`${actor}: Varve ${our}, ClickHouse ${their}: ${history} (ms)\n  ${asked}`);
  }
  if (ours.reached.join() !== theirs.reached.join())
    differences.push(`all: Varve ${ours.reached.join(' ')}, ClickHouse ${theirs.reached.join(' ')}\n  ${asked}`);
  return differences;
}

const shown = 10;

/** Compares as the arguments say and prints what came of it. @returns whether all agreed. */
export async function main(args: readonly string[], print: (text: string) => void): Promise<boolean> {
  const { cases, seed } = parseAgreeOptions(args, Date.now());
  installClickHouse(print);
  print(`seed ${seed}, ${cases.toLocaleString('en-US')} cases a mode\n`);
  const agreements = await compareFunnels(cases, seed);
  for (const { mode, levels, differences } of agreements) {
    const depths = levels.map((count, level) => `${level}: ${count}`).join(', ');
    print(
      `${mode}: ${differences.length === 0 ? 'all agree' : `${differences.length} differ`}; steps reached ${depths}\n`,
    );
    for (const difference of differences.slice(0, shown)) print(`${difference}\n`);
  }
  return agreements.every(({ differences }) => differences.length === 0);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const agree = await main(process.argv.slice(2), (text) => process.stdout.write(text));
    // ClickHouse's own threads would keep the process.
    process.exit(agree ? 0 : 1);
  } catch (error) {
    if (!isVarveError(error)) throw error;
    process.stderr.write(`bench:agree: ${error.message}\n${error.hint === undefined ? '' : `${error.hint}\n`}`);
    process.exit(1);
  }
}
