import { cpus, totalmem } from 'node:os';
import { median } from './measure.ts';

export interface Machine {
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly node: string;
  /** Bytes copied a second, in GB, between arrays far larger than the caches and between such as fit into a core's. */
  readonly copyGBs: number;
  readonly copyCachedGBs: number;
}

const runs = 9;
const cachedBytes = 1 << 18;

/**
 * Looks at the machine and copies memory to learn its bandwidth: one thread, bytes copied (each is read and written).
 * @param bytes of the large array.
 */
export function describeMachine(bytes = 1 << 28): Machine {
  return {
    processor: cpus()[0]?.model ?? 'unknown',
    processors: cpus().length,
    memoryGiB: totalmem() / 2 ** 30,
    node: process.version,
    copyGBs: copyRate(bytes, 1),
    copyCachedGBs: copyRate(Math.min(cachedBytes, bytes), 64),
  };
}

function copyRate(bytes: number, times: number): number {
  const from = new Uint8Array(bytes).fill(1);
  const to = new Uint8Array(bytes).fill(2);
  const rates = Array.from({ length: runs }, () => {
    const started = performance.now();
    for (let time = 0; time < times; time++) to.set(from);
    return (bytes * times) / (performance.now() - started) / 1e6;
  });
  return median(rates);
}
