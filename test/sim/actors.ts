import type { AppendOutcome } from '../../engine/store/store-types.ts';
import { expectCode, pause, simDirectory, verify, type KnownKey, type Life } from './life.ts';
import { Violation, type SimBatch } from './model.ts';
import { freshCache, stepsOf } from './read-store.ts';
import { startProcess } from './sim-host.ts';
import { encodeRows, simTables } from './sim-rows.ts';

function someTables({ rng }: Life): string[] {
  if (rng.chance(0.8)) return [rng.pick(simTables)];
  return rng.chance(0.5) ? ['a', 'b'] : ['b', 'nobody'];
}

/** Appends batches, with and without keys, sends unknown ones again, repeats keys, and tries other rows under a key. */
export async function runWriter(life: Life, name: string): Promise<void> {
  const { rng, world } = life;
  const count = 2 + rng.integer(5);
  for (let i = 0; i < count && !life.closing; i++) {
    await pause(life);
    const known = rng.chance(0.35) ? takeKey(life) : null;
    if (known !== null) {
      if (known.batch.state === 'acknowledged' && rng.chance(0.3)) await appendConflict(life, known);
      else await appendKeyed(life, known);
      known.taken = false;
      continue;
    }
    const batch = world.model.begin(someTables(life));
    if (rng.chance(0.5)) await appendPlain(life, batch);
    else {
      const key: KnownKey = {
        key: `${name}-${batch.id}`,
        digest: `digest ${batch.id}`,
        batch,
        rejected: batch.id % 3,
        tried: false,
        taken: true,
      };
      world.keys.push(key);
      if (rng.chance(0.2)) await appendTwice(life, key);
      else await appendKeyed(life, key);
      key.taken = false;
    }
  }
}

/** @returns a key of a batch whose outcome is unknown, or of any, that no other writer has in hand. */
function takeKey({ world, rng }: Life): KnownKey | null {
  const free = world.keys.filter(({ taken }) => !taken);
  const open = free.filter(({ batch }) => batch.state !== 'acknowledged');
  const from = open.length > 0 && rng.chance(0.8) ? open : free;
  if (from.length === 0) return null;
  const known = rng.pick(from);
  known.taken = true;
  return known;
}

function encodeFor(life: Life, batch: SimBatch) {
  const rows = life.world.model.rowsOf(batch);
  return batch.tables.map((table) => encodeRows(table, rows));
}

/** Sends a batch. @returns the outcome, or null when there was none or it was refused; the model knows. */
export async function send(life: Life, batch: SimBatch, known: KnownKey | null): Promise<AppendOutcome | null> {
  const { model, counts } = life.world;
  const wasFailed = life.failed;
  life.world.machine.trace(`append of batch ${batch.id} begins`);
  const before = batch.state;
  if (before !== 'acknowledged') batch.state = 'in flight';
  try {
    const outcome = await life.store.append(
      encodeFor(life, batch),
      known === null ? {} : { key: known.key, digest: known.digest, outcome: outcomeOf(life, known) },
    );
    // An answer to a repeat tells of what was durable before.
    if (wasFailed && !outcome.duplicate)
      throw new Violation(`batch ${batch.id} is acknowledged after a failure of the log`);
    model.acknowledge(batch);
    counts.acknowledged++;
    return outcome;
  } catch (error) {
    const code = expectCode(life, error, `append of batch ${batch.id}`);
    // A flush that an append waits for may fail as well: appends go on then.
    if (code === 'storage_failed' && /^The log could not/.test((error as Error).message)) life.failed = true;
    if (batch.state === 'acknowledged') return null;
    // Refused: not there, unless an earlier attempt with an unknown outcome had brought it.
    const isNew = before === 'in flight' && known?.tried !== true;
    batch.state = code === 'storage_failed' || !isNew ? 'unknown' : 'rejected';
    return null;
  } finally {
    if (known !== null) known.tried = true;
    life.world.machine.trace(`append of batch ${batch.id}: ${batch.state}`);
  }
}

function outcomeOf({ world }: Life, { batch, rejected }: KnownKey): AppendOutcome {
  return { accepted: world.model.rowsOf(batch).length, rejected, duplicate: false };
}

async function appendPlain(life: Life, batch: SimBatch): Promise<void> {
  await send(life, batch, null);
}

/** Sends a batch under its key and checks the answer. */
export async function appendKeyed(life: Life, known: KnownKey): Promise<void> {
  const acknowledged = known.batch.state === 'acknowledged';
  const fresh = !known.tried;
  const outcome = await send(life, known.batch, known);
  if (outcome === null) return;
  checkOutcome(life, known, outcome);
  if (acknowledged && !outcome.duplicate) throw new Violation(`key ${known.key} was forgotten`);
  if (fresh && outcome.duplicate) throw new Violation(`key ${known.key} is new and is called a duplicate`);
}

/** The same key twice at once. */
async function appendTwice(life: Life, known: KnownKey): Promise<void> {
  const outcomes = await Promise.all([send(life, known.batch, known), send(life, known.batch, known)]);
  if (outcomes.includes(null)) {
    // One acknowledgement is enough, whatever the other was told.
    if (outcomes.some((outcome) => outcome !== null)) known.batch.state = 'acknowledged';
    else if (known.batch.state === 'rejected') known.batch.state = 'unknown';
    return;
  }
  for (const outcome of outcomes) checkOutcome(life, known, outcome!);
  const duplicates = outcomes.filter((outcome) => outcome!.duplicate).length;
  if (duplicates !== 1)
    throw new Violation(`key ${known.key}, sent twice at once, was a duplicate ${duplicates} times`);
}

function checkOutcome(life: Life, known: KnownKey, outcome: AppendOutcome): void {
  const right = outcomeOf(life, known);
  if (outcome.accepted !== right.accepted || outcome.rejected !== right.rejected)
    throw new Violation(`key ${known.key} was answered with ${JSON.stringify(outcome)}`);
}

async function appendConflict(life: Life, known: KnownKey): Promise<void> {
  const other = life.world.model.begin(known.batch.tables);
  try {
    await life.store.append(encodeFor(life, other), {
      key: known.key,
      digest: 'of other rows',
      outcome: { accepted: 1, rejected: 0, duplicate: false },
    });
    throw new Violation(`key ${known.key} took other rows`);
  } catch (error) {
    expectCode(life, error, 'append of other rows under a key', ['conflict']);
    other.state = 'rejected';
  }
}

/** Imports steps of a source, going on where the store says; some are under way together. */
export async function runImporter(life: Life, source: string): Promise<void> {
  const { rng, store } = life;
  let next = stepsOf(store).get(source) ?? 0;
  const end = next + 1 + rng.integer(4);
  while (next < end && !life.closing) {
    await pause(life, 4000);
    const width = rng.chance(0.3) ? 2 : 1;
    const done = await Promise.all(Array.from({ length: width }, (_, i) => importStep(life, source, next + i)));
    if (done.includes(false)) return;
    next += width;
    if ((stepsOf(store).get(source) ?? 0) < next)
      throw new Violation(`import ${source} was acknowledged up to step ${next} and stands before it`);
  }
}

/** Imports one step of a source. @returns whether it was acknowledged. */
export async function importStep(life: Life, source: string, step: number): Promise<boolean> {
  const { world, rng, store } = life;
  const steps = world.steps.get(source) ?? [];
  world.steps.set(source, steps);
  const batch = (steps[step] ??= world.model.begin(someTables(life), source, step));
  batch.state = 'in flight';
  world.machine.trace(`import of step ${step} of ${source} begins`);
  const rows = world.model.rowsOf(batch);
  const cut = rng.integer(rows.length + 1);
  const parts = batch.tables.map((table) => {
    const { options } = encodeRows(table, []);
    const pieces = cut === 0 || cut === rows.length ? [rows] : [rows.slice(0, cut), rows.slice(cut)];
    return { table, options, batches: pieces.map((piece) => encodeRows(table, piece).bytes) };
  });
  try {
    await store.importBatches(parts, { [source]: { next: step + 1 } });
    world.model.acknowledge(batch);
    world.counts.acknowledged++;
    return true;
  } catch (error) {
    expectCode(life, error, `import of step ${step} of ${source}`);
    batch.state = 'unknown';
    return false;
  } finally {
    world.machine.trace(`import of step ${step} of ${source}: ${batch.state}`);
  }
}

/** Takes snapshots and reads them, while the others write. */
export async function runReader(life: Life): Promise<void> {
  const count = 1 + life.rng.integer(3);
  for (let i = 0; i < count && !life.closing; i++) {
    await pause(life, 4000);
    if (!life.closing) await verify(life, life.rng.chance(0.5) ? 'slowly' : 'at once');
  }
}

/** Compacts now and then, checks the store, lets other processes knock and read. */
export async function runKeeper(life: Life): Promise<void> {
  const { rng } = life;
  const count = rng.integer(4);
  for (let i = 0; i < count && !life.closing; i++) {
    await pause(life, 5000);
    if (life.closing) return;
    const what = rng.integer(10);
    if (what < 5) await compact(life);
    else if (what < 6) await checkStore(life);
    else if (what < 7) await knock(life);
    else await readBeside(life);
  }
}

/** Merges a table or all. */
export async function compact(life: Life): Promise<void> {
  life.world.machine.trace('compaction begins');
  try {
    await life.store.compact(life.rng.chance(0.5) ? undefined : life.store.tables()[0]?.name);
    life.world.counts.compactions++;
  } catch (error) {
    expectCode(life, error, 'compact');
  } finally {
    life.world.machine.trace('compaction ends');
  }
}

/** A store that nobody damaged has nothing to be found. */
export async function checkStore(life: Life): Promise<void> {
  try {
    const { findings } = await life.store.check();
    if (findings.length > 0 && life.faults.count === 0)
      throw new Violation(`check finds ${findings.map(({ file, problem }) => `${file}: ${problem}`).join('; ')}`);
  } catch (error) {
    expectCode(life, error, 'check');
  }
}

/** A second writer is turned away. */
async function knock(life: Life): Promise<void> {
  const { world } = life;
  const other = world.wrap(startProcess(world.machine));
  try {
    await world.open(other, simDirectory, { readOnly: false, create: false });
  } catch (error) {
    if ((error as { code?: string }).code === 'locked') return;
    throw new Violation(`a second writer got ${String(error)}`, { cause: error });
  } finally {
    other.process.alive = false;
  }
  if (!life.closing) throw new Violation('a second writer was let in');
}

/** Another process reads the store while this one writes. */
async function readBeside(life: Life): Promise<void> {
  const { world, faults, rng } = life;
  const host = world.wrap(startProcess(world.machine));
  let askedAt = world.model.tick();
  try {
    const store = await world.open(host, simDirectory, { readOnly: true, create: false });
    const reader: Life = { ...life, world, host, store, cache: freshCache(), faults, rng };
    await verify(reader, 'at once', askedAt);
    if (rng.chance(0.5)) {
      await pause(life, 3000);
      askedAt = world.model.tick();
      await store.refresh();
      await verify(reader, 'at once', askedAt);
    }
    await store.close();
  } catch (error) {
    expectCode(life, error, 'reading beside the writer');
  } finally {
    host.process.alive = false;
  }
}
