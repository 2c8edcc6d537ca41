import { describe, expect, it } from 'vitest';
import { lastLook } from './run-seed.ts';
import { runScript } from './script.ts';
import { createNthFault, type Fault, type Operation } from './sim-faults.ts';

const long = process.env['VARVE_LONG'] === '1';

/** Of the runs of an operation so many are tried, spread over all; every one in the long tests. */
const pointsMax = long ? Infinity : 5;

const kinds: readonly Operation[] = [
  'openRead',
  'create',
  'openWrite',
  'read',
  'write',
  'sync',
  'size',
  'list',
  'makeDirectory',
  'rename',
  'unlink',
  'syncDirectory',
];

const error: Fault = { kind: 'error', code: 'storage_failed' };
const full: Fault = { kind: 'error', code: 'storage_full' };

/** How the n-th operation fails. */
const modes: readonly { readonly name: string; readonly fault: Fault; readonly sticky: boolean }[] = [
  { name: 'EIO once', fault: error, sticky: false },
  { name: 'EIO from there on', fault: error, sticky: true },
  { name: 'ENOSPC', fault: full, sticky: false },
  { name: 'ENOSPC from there on', fault: full, sticky: true },
  { name: 'a stop before it', fault: { kind: 'crash', done: false }, sticky: false },
  { name: 'a stop after it', fault: { kind: 'crash', done: true }, sticky: false },
];

const takesSpace: ReadonlySet<Operation> = new Set(['create', 'write', 'makeDirectory', 'rename', 'sync']);

/** @returns how often the script does this when nothing fails. */
async function countOf(operation: Operation): Promise<number> {
  let count = 0;
  await runScript(1, false, {
    full: false,
    count: 0,
    next(candidate) {
      if (candidate === operation) count++;
      return null;
    },
  });
  return count;
}

describe('the n-th operation fails', () => {
  it.each(kinds)('%s', { timeout: 600_000 }, async (operation) => {
    const total = await countOf(operation);
    expect(total).toBeGreaterThan(0);
    const step = Math.max(1, Math.floor(total / pointsMax));
    let runs = 0;
    for (const { name, fault, sticky } of modes) {
      if (name.startsWith('ENOSPC') && !takesSpace.has(operation)) continue;
      for (let nth = 1; nth <= total; nth += step) {
        const world = await runScript(1, nth % 2 === 0, createNthFault(operation, nth, fault, sticky)).catch(
          (cause: unknown) => {
            throw new Error(`${operation} ${nth}, ${name}: ${String(cause)}`, { cause });
          },
        );
        // What is not synced survives or not, as the seed of the machine has it.
        if (fault.kind === 'crash' && nth % 3 > 0) world.machine.disk.powerCut(world.machine.rng);
        await lastLook(world).catch((cause: unknown) => {
          throw new Error(`${operation} ${nth}, ${name}, opened again: ${String(cause)}`, { cause });
        });
        runs++;
      }
    }
    process.stdout.write(`${operation}: ${total} in the script, ${runs} runs\n`);
  });
});
