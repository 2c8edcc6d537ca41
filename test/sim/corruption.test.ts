import { describe, expect, it } from 'vitest';
import { isVarveError } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/store/store-types.ts';
import { simDirectory, type World } from './life.ts';
import type { Contents } from './model.ts';
import { freshCache, readSnapshot } from './read-store.ts';
import { endProcess } from './run-seed.ts';
import { runScript } from './script.ts';
import { noFaults } from './sim-faults.ts';
import { startProcess } from './sim-host.ts';

const long = process.env['VARVE_LONG'] === '1';

/** Places a file that are damaged; every byte in the long tests. */
const placesMax = long ? Infinity : 12;

const typed: ReadonlySet<string> = new Set(['data_corrupted', 'unsupported_version', 'not_found']);

/** What a damaged store turned out to be. */
type Outcome =
  | { readonly kind: 'refused'; readonly code: string }
  | { readonly kind: 'read'; readonly batches: ReadonlySet<string>; readonly findings: readonly string[] };

/** Every batch of every table with its number of rows: whole batches are right, since the model knows their rows. */
function batchesOf(world: World, contents: Contents): Set<string> {
  const found = new Map<string, number>();
  for (const [table, rows] of contents) {
    for (const row of rows) {
      const right = world.model.rowsOf(world.model.batches.get(row.batch)!)[row.n];
      if (right === undefined || row.time !== right.time || row.user !== right.user || row.mixed !== right.mixed)
        throw new Error(`a wrong row: ${JSON.stringify(row)}`);
      const name = `${table} ${row.batch}`;
      found.set(name, (found.get(name) ?? 0) + 1);
    }
  }
  for (const [name, count] of found) {
    const batch = world.model.batches.get(Number(name.split(' ')[1]))!;
    if (world.model.rowsOf(batch).length !== count) throw new Error(`batch ${name} is in with ${count} rows`);
  }
  return new Set(found.keys());
}

/** Opens what the disk holds, and reads all of it; the disk is as before afterwards. */
async function look(world: World, readOnly: boolean): Promise<Outcome> {
  const host = startProcess(world.machine, noFaults);
  let outcome: Outcome | null = null;
  const work = async (): Promise<void> => {
    let store: Store | null = null;
    try {
      store = await world.open(host, simDirectory, { readOnly, create: false });
      const snapshot = store.snapshot();
      const contents = await readSnapshot({ vfs: host.vfs, cache: freshCache() }, store, snapshot);
      snapshot.release();
      const { findings } = await store.check();
      outcome = { kind: 'read', batches: batchesOf(world, contents), findings: findings.map(({ file }) => file) };
    } catch (error) {
      if (!isVarveError(error) || !typed.has(error.code)) throw error;
      const findings = store === null ? [] : (await store.check()).findings;
      // What a query meets, a check names.
      if (store !== null && findings.length === 0) throw new Error(`check finds nothing, and ${error.message}`);
      outcome = { kind: 'refused', code: error.code };
    }
  };
  await world.machine.scheduler.drive(work());
  endProcess(world, host);
  return outcome!;
}

interface Damage {
  readonly name: string;
  damage(bytes: Uint8Array, at: number): Uint8Array;
}

const damages: readonly Damage[] = [
  {
    name: 'a bit flipped',
    damage: (bytes, at) => {
      bytes[at] ^= 1 << (at & 7);
      return bytes;
    },
  },
  {
    name: 'a byte zeroed',
    damage: (bytes, at) => {
      bytes[at] = 0;
      return bytes;
    },
  },
  { name: 'cut', damage: (bytes, at) => bytes.slice(0, at) },
  { name: '512 bytes zeroed', damage: (bytes, at) => bytes.fill(0, at, at + 512) },
];

describe.each([
  { how: 'closed', closes: true },
  { how: 'left unclean', closes: false },
])('a store that was $how', ({ closes }) => {
  it.each(damages)('$name: right rows, or an error that says so', { timeout: 600_000 }, async ({ name, damage }) => {
    const world = await runScript(7, closes, noFaults, false);
    world.machine.disk.flush();
    const whole = await look(world, true);
    expect(whole).toMatchObject({ kind: 'read', findings: [] });
    const all = whole.kind === 'read' ? whole.batches : new Set<string>();
    const lastFrame = new Set(
      [...all].filter((batch) => batch.endsWith(` ${Math.max(...world.model.batches.keys())}`)),
    );
    let runs = 0;
    let refused = 0;
    for (const path of world.machine.disk.paths(simDirectory)) {
      const file = world.machine.disk.file(path);
      const original = file.uncached().slice();
      const step = Math.max(1, Math.floor(original.length / placesMax));
      for (let at = runs % step; at < original.length; at += step) {
        const damaged = damage(original.slice(), at);
        if (Buffer.compare(damaged, original) === 0) continue;
        file.replace(damaged);
        const outcome = await look(world, true).catch((cause: unknown) => {
          throw new Error(`${path}, ${name} at ${at}: ${String(cause)}`, { cause });
        });
        if (outcome.kind === 'refused') refused++;
        else {
          const lost = [...all].filter((batch) => !outcome.batches.has(batch));
          const allowed = path.endsWith('.log') && !closes ? lastFrame : new Set<string>();
          expect({ path, at, lost: lost.filter((batch) => !allowed.has(batch)) }).toEqual({ path, at, lost: [] });
        }
        runs++;
      }
      file.replace(original);
    }
    process.stdout.write(`${closes ? 'closed' : 'unclean'}, ${name}: ${runs} stores, ${refused} refused\n`);
    expect(refused).toBeGreaterThan(0);
  });
});
