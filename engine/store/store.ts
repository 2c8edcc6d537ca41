import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { decodeBatch } from '../column/batch-codec.ts';
import type { TableSchema } from '../column/schema.ts';
import { widenTypes } from '../column/types.ts';
import type { Host } from '../host/host.ts';
import type { Lock } from '../host/lock.ts';
import { encodeFrame, sealFrame, type Frame, type FrameHeader } from './log-frame.ts';
import { Log, logFileName } from './log.ts';
import { replayLog, type ReplayedFile } from './replay.ts';
import type { ChunkDescriptor } from './row-source.ts';
import type {
  AppendOptions,
  AppendOutcome,
  CheckReport,
  ImportPart,
  ImportPosition,
  Snapshot,
  Store,
  TableBatch,
  TableInfo,
} from './store-types.ts';

interface Table {
  schema: TableSchema;
  readonly chunks: ChunkDescriptor[];
  rows: number;
  bytes: number;
  timeMin: number;
  timeMax: number;
}

interface KnownKey {
  readonly digest: string;
  readonly outcome: Promise<AppendOutcome>;
}

/** What the log says, in memory. */
interface State {
  readonly tables: Map<string, Table>;
  readonly keys: Map<string, KnownKey>;
  readonly positions: Map<string, ImportPosition>;
  sequence: number;
  bytes: number;
}

/**
 * Opens a store's folder: takes the lock, replays the log, writes what an unclean end left into a file of its own.
 * @throws VarveError `not_found`, `locked`, `data_corrupted`, `forbidden`, `storage_failed`.
 */
export async function openStore(
  host: Host,
  directory: string,
  options: { readonly readOnly: boolean; readonly create: boolean },
): Promise<Store> {
  const { vfs } = host;
  const logs = `${directory}/log`;
  if (!(await vfs.exists(logs))) {
    if (!options.create)
      throw new VarveError('not_found', `There is no store at "${directory}".`, {
        hint: 'varve import FILE makes one; --data names another folder.',
      });
    await vfs.makeDirectory(logs);
  }
  const lock = options.readOnly ? null : await host.lock.acquire(directory);
  try {
    // A folder that is there need not be durable: whoever made it may have failed before it was.
    if (!options.readOnly) await vfs.syncDirectory(directory);
    const files = await replayLog(vfs, logs);
    const state = newState();
    for (const file of files) for (const frame of file.frames) applyFrame(state, frame);
    const number = options.readOnly ? 0 : await settleTail(host, logs, files);
    return createStore(host, directory, state, lock, lock === null ? null : new Log(vfs, logs, number, state.sequence));
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

function newState(): State {
  return { tables: new Map(), keys: new Map(), positions: new Map(), sequence: 0, bytes: 0 };
}

/**
 * After an end that was no close, the last file may hold frames that never reached the disk, though they can be read:
 * they are written anew to a file that is synced before anything is answered from them.
 * @returns the number of the next log file.
 */
async function settleTail(host: Host, logs: string, files: readonly ReplayedFile[]): Promise<number> {
  const last = files.at(-1);
  if (last === undefined) return 1;
  const path = `${logs}/${logFileName(last.number + 1)}`;
  if (await host.vfs.exists(`${path}.tmp`)) await host.vfs.unlink(`${path}.tmp`);
  const file = await host.vfs.create(`${path}.tmp`);
  let at = 0;
  let start = 0;
  for (const frame of last.frames) {
    const bytes = last.bytes.slice(start, frame.end);
    sealFrame(bytes, last.number + 1, frame.sequence, frame.durable);
    await file.write(bytes, at);
    at += bytes.length;
    start = frame.end;
  }
  await file.sync();
  await file.close();
  await host.vfs.rename(`${path}.tmp`, path);
  await host.vfs.syncDirectory(logs);
  await host.vfs.unlink(`${logs}/${logFileName(last.number)}`);
  await host.vfs.syncDirectory(logs);
  const lost = last.bytes.length - last.validEnd;
  host.log(lost > 0 ? 'torn_tail' : 'unclean_end', { file: last.number, frames: last.frames.length, bytesCut: lost });
  return last.number + 2;
}

function applyFrame(state: State, frame: Frame): void {
  const { header } = frame;
  state.sequence = frame.sequence;
  header.tables.forEach(({ table, options }, index) => {
    const bytes = frame.batches[index]!;
    let known = state.tables.get(table);
    if (known === undefined) {
      known = {
        schema: newSchema(state.tables.size + 1, table, options),
        chunks: [],
        rows: 0,
        bytes: 0,
        timeMin: Infinity,
        timeMax: -Infinity,
      };
      state.tables.set(table, known);
    }
    addChunk(known, bytes, frame.sequence);
    state.bytes += bytes.length;
  });
  for (const [source, position] of Object.entries(header.positions ?? {})) state.positions.set(source, position);
  if (header.key !== undefined) {
    state.keys.set(header.key, {
      digest: header.digest ?? '',
      outcome: Promise.resolve(header.outcome ?? { accepted: 0, rejected: 0, duplicate: false }),
    });
  }
}

function newSchema(id: number, name: string, options: TableBatch['options']): TableSchema {
  return { id, name, ...options, columns: [{ id: 1, name: 'time', type: 'time', wide: false }] };
}

function addChunk(table: Table, bytes: Uint8Array, sequence: number): void {
  const batch = decodeBatch(bytes);
  const columns = [...table.schema.columns];
  let timeMin = Infinity;
  let timeMax = -Infinity;
  for (const { name, type, vector } of batch.columns) {
    const wide = vector.kind === 'int' && vector.values instanceof BigInt64Array;
    const index = columns.findIndex((column) => column.name === name);
    if (index < 0) columns.push({ id: columns.length + 1, name, type, wide });
    else columns[index] = { ...columns[index]!, ...widenTypes(columns[index]!, { type, wide }) };
    if (name === 'time' && vector.kind === 'int') {
      for (let row = 0; row < vector.length; row++) {
        const time = vector.base + Number(vector.values[row]);
        if (time < timeMin) timeMin = time;
        if (time > timeMax) timeMax = time;
      }
    }
  }
  table.schema = { ...table.schema, columns };
  table.chunks.push({
    kind: 'chunk',
    sequence,
    rowCount: batch.rowCount,
    timeMin,
    timeMax,
    bytes,
    order: null,
    actor: table.schema.actor,
  });
  table.rows += batch.rowCount;
  table.bytes += bytes.length;
  table.timeMin = Math.min(table.timeMin, timeMin);
  table.timeMax = Math.max(table.timeMax, timeMax);
}

function createStore(host: Host, directory: string, opened: State, lock: Lock | null, log: Log | null): Store {
  let state = opened;
  let closing: Promise<void> | null = null;
  const commit = async (header: FrameHeader, batches: readonly Uint8Array[]): Promise<void> => {
    if (log === null)
      throw new VarveError('usage', 'The store is open read-only.', { hint: 'Open it without readOnly.' });
    const frame = encodeFrame(header, batches);
    if (state.bytes + frame.length > limits.logBytesMax) {
      throw new VarveError('limit', `The store would hold more than ${limits.logBytesMax} bytes of log (logBytesMax).`);
    }
    const sequence = await log.append(frame);
    applyFrame(state, { sequence, durable: sequence, header, batches, end: 0 });
  };
  return {
    directory,
    readOnly: log === null,
    seed: 0,
    compact: () => Promise.reject(new VarveError('usage', 'This store is its log: there is nothing to compact.')),
    tables: () => [...state.tables.values()].map(infoOf),
    schema: (table) => state.tables.get(table)?.schema,
    append: (batches, options = {}) => appendOnce(state, batches, options, commit, host.clock.now()),
    async importBatches(parts: readonly ImportPart[], positions) {
      const tables = parts.flatMap(({ table, options, batches }) =>
        batches.map((bytes) => ({ table, options, bytes: bytes.length })),
      );
      await commit(
        { kind: 'append', tables, positions },
        parts.flatMap(({ batches }) => batches),
      );
    },
    importPositions: () => state.positions,
    snapshot: () => snapshotOf(state),
    check: () => checkLog(host, directory),
    async refresh() {
      if (log !== null) return;
      const fresh = newState();
      for (const file of await replayLog(host.vfs, `${directory}/log`))
        for (const frame of file.frames) applyFrame(fresh, frame);
      state = fresh;
    },
    close() {
      closing ??= closeStore(log, lock);
      return closing;
    },
  };
}

async function closeStore(log: Log | null, lock: Lock | null): Promise<void> {
  if (log !== null) {
    // The last frame bears the number of the last durable one, so that a tail cut off later is known as a loss.
    if (log.failed === null && log.written) await log.append(encodeFrame({ kind: 'close', tables: [] }, []));
    await log.close();
  }
  await lock?.release();
}

function infoOf(table: Table): TableInfo {
  return {
    name: table.schema.name,
    schema: table.schema,
    rows: table.rows,
    bytes: table.bytes,
    segments: 0,
    timeMin: table.rows === 0 ? null : table.timeMin,
    timeMax: table.rows === 0 ? null : table.timeMax,
  };
}

/** Appends, or answers as the first append of the same key did. */
async function appendOnce(
  state: State,
  batches: readonly TableBatch[],
  options: AppendOptions,
  commit: (header: FrameHeader, batches: readonly Uint8Array[]) => Promise<void>,
  now: number,
): Promise<AppendOutcome> {
  const outcome = options.outcome ?? { accepted: 0, rejected: 0, duplicate: false };
  const header: FrameHeader = {
    kind: 'append',
    time: now,
    outcome,
    tables: batches.map(({ table, options: own, bytes }) => ({ table, options: own, bytes: bytes.length })),
  };
  const bodies = batches.map(({ bytes }) => bytes);
  if (options.key === undefined) {
    await commit(header, bodies);
    return outcome;
  }
  const { key } = options;
  const bytes = new TextEncoder().encode(key).length;
  if (bytes === 0 || bytes > limits.idempotencyKeyBytesMax) {
    throw new VarveError(
      'usage',
      `An idempotency key has 1 to ${limits.idempotencyKeyBytesMax} bytes, this one ${bytes}.`,
    );
  }
  const digest = options.digest ?? '';
  const known = state.keys.get(key);
  if (known !== undefined) {
    if (known.digest !== digest)
      throw new VarveError('conflict', `The idempotency key "${key}" was used with other rows.`, {
        hint: 'Use a new key for new rows.',
      });
    return { ...(await known.outcome), duplicate: true };
  }
  const done = commit({ ...header, key, digest }, bodies).then(() => outcome);
  state.keys.set(key, { digest, outcome: done });
  try {
    return await done;
  } catch (error) {
    state.keys.delete(key);
    throw error;
  }
}

function snapshotOf(state: State): Snapshot {
  const tables = new Map(
    [...state.tables].map(([name, { schema, chunks }]) => [name, { schema, sources: chunks.slice() }]),
  );
  return { id: `0.${state.sequence}`, tables, release: () => undefined };
}

async function checkLog(host: Host, directory: string): Promise<CheckReport> {
  const files = (await host.vfs.list(`${directory}/log`)).length;
  try {
    const replayed = await replayLog(host.vfs, `${directory}/log`);
    return { files, bytes: replayed.reduce((sum, file) => sum + file.bytes.length, 0), findings: [] };
  } catch (error) {
    if (!(error instanceof VarveError) || error.code !== 'data_corrupted') throw error;
    return { files, bytes: 0, findings: [{ file: `${directory}/log`, problem: error.message }] };
  }
}
