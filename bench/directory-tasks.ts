import type { Pointer } from '../engine/kernels/kernels.ts';
import type { SharedMemory } from '../engine/kernels/webassembly.ts';
import type { KernelTask } from './kernel-tasks.ts';

/** Where the arrays of the kernel tasks that are used here lie. */
interface Places {
  readonly bytes: Pointer;
  readonly offsets: Pointer;
  readonly order: Pointer;
  readonly packed: Pointer;
  readonly out: Pointer;
}

/** @returns the kernels over entries of a directory; texts lie at `bytes`, `order` and `out` are written over. */
export function directoryTasks(memory: SharedMemory, at: Places, count: number): KernelTask[] {
  const places = 2 * count;
  const known = at.out + 4 * places;
  const slots = known + 16 * count;
  const table = new Uint32Array(memory.buffer, at.out, places);
  const hashes = new Uint32Array(memory.buffer, slots + 4 * count, 2 * count);
  const empty = new Uint8Array(memory.buffer, slots + 12 * count, count);
  return [
    {
      name: 'assignSlots, all new',
      rows: count,
      bytes: count * (8 + 1 + 4 + 16 + 4) + 4 * places,
      run(kernels) {
        // Others write here as well.
        for (let entry = 0; entry < count; entry++) hashes[2 * entry + 1] = entry;
        empty.fill(0);
        table.fill(0);
        const [low, high, scale] = [0, 0, (places - 1) / (count * 2 ** 32)];
        kernels.assignSlots(
          hashes.byteOffset,
          empty.byteOffset,
          at.offsets,
          at.bytes,
          count,
          low,
          high,
          scale,
          at.out,
          places,
          places,
          known,
          0,
          slots,
        );
      },
    },
  ];
}
