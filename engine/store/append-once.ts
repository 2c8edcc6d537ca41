import { VarveError } from '../base/errors.ts';
import { limits } from '../base/limits.ts';
import { decodeBatch } from '../column/batch-codec.ts';
import { optionsOf } from './bulk-import.ts';
import type { LiveTable } from './live-tables.ts';
import { encodeFrame, type FrameHeader } from './log-frame.ts';
import { applyFrame, logOf, type StoreCore } from './store-core.ts';
import type { AppendOptions, AppendOutcome, TableBatch } from './store-types.ts';

/** An append under a key that is not durable yet. */
export interface PendingKey {
  readonly digest: string;
  readonly outcome: Promise<AppendOutcome>;
}

/** Appends under way, by table and key. */
export type PendingKeys = Map<string, PendingKey>;

/**
 * Appends, or answers as the first append of the same key did.
 * @throws VarveError `usage` (a key of no or too many bytes), `conflict` (same key, other digest), `limit`, `storage_full`,
 * `storage_failed`.
 */
export async function appendOnce(
  core: StoreCore,
  pending: PendingKeys,
  batches: readonly TableBatch[],
  options: AppendOptions,
): Promise<AppendOutcome> {
  const outcome = options.outcome ?? { accepted: 0, rejected: 0, duplicate: false };
  const { key } = options;
  if (key === undefined) {
    await appendFrame(core, batches, { outcome });
    return outcome;
  }
  checkKey(key);
  const keyTable = options.keyTable ?? batches[0]?.table ?? '';
  const digest = options.digest ?? '';
  const name = JSON.stringify([keyTable, key]);
  const waiting = pending.get(name);
  const known = waiting === undefined ? core.keys.find(keyTable, key, digest) : null;
  if (waiting?.digest !== undefined ? waiting.digest !== digest : known?.samePayload === false)
    throw new VarveError('conflict', `The idempotency key "${key}" was used with other rows.`, {
      hint: 'Use a new key for new rows.',
    });
  if (waiting !== undefined) return { ...(await waiting.outcome), duplicate: true };
  if (known !== null) return { ...known.outcome, duplicate: true };
  const done = appendFrame(core, batches, { outcome, key, keyTable, digest }).then(() => outcome);
  pending.set(name, { digest, outcome: done });
  try {
    return await done;
  } finally {
    pending.delete(name);
  }
}

function checkKey(key: string): void {
  const bytes = new TextEncoder().encode(key).length;
  if (bytes === 0 || bytes > limits.idempotencyKeyBytesMax)
    throw new VarveError(
      'usage',
      `An idempotency key has 1 to ${limits.idempotencyKeyBytesMax} bytes, this one ${bytes}.`,
    );
}

async function appendFrame(
  core: StoreCore,
  batches: readonly TableBatch[],
  more: Pick<FrameHeader, 'outcome' | 'key' | 'keyTable' | 'digest'>,
): Promise<void> {
  const tables = batches.map(({ table, options }) => core.live.reserve(table, options));
  try {
    await appendReserved(core, batches, tables, more);
  } finally {
    for (const table of tables) core.live.release(table);
  }
}

async function appendReserved(
  core: StoreCore,
  batches: readonly TableBatch[],
  reserved: readonly LiveTable[],
  more: Pick<FrameHeader, 'outcome' | 'key' | 'keyTable' | 'digest'>,
): Promise<void> {
  const tables = batches.map(({ table, bytes }, index) => {
    core.live.reserveColumns(reserved[index], decodeBatch(bytes));
    return { table, options: optionsOf(reserved[index]), bytes: bytes.length };
  });
  const header: FrameHeader = { kind: 'append', time: core.host.clock.now(), tables, ...more };
  const bodies = batches.map(({ bytes }) => bytes);
  const frame = encodeFrame(header, bodies);
  if (frame.length > limits.logBytesMax)
    throw new VarveError('limit', `An append of ${frame.length} bytes is more than the log takes (logBytesMax).`, {
      hint: 'Append fewer rows at once.',
    });
  await logOf(core).append(frame, ({ commit }) => applyFrame(core, { header, batches: bodies }, commit));
}
