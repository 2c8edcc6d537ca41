import { loadKernels } from '../engine/kernels/load.ts';
import { createSharedMemory } from '../engine/kernels/memory.ts';
import { createScalarKernels } from '../engine/kernels/scalar/scalar-kernels.ts';
import { limits } from '../engine/base/limits.ts';
import { createKernelTasks, memoryOfTasks } from './kernel-tasks.ts';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { BenchTable } from './report.ts';
import { timeTasks } from './timing.ts';

/** Times each kernel over one block, compiled and as its scalar twin, beside what the machine can copy. */
export async function benchKernels(options: BenchOptions, machine: Machine): Promise<BenchTable> {
  const rows = limits.blockRowsMax;
  const bytes = memoryOfTasks(rows);
  const memory = createSharedMemory({ initialBytes: bytes, maximumBytes: bytes });
  const compiled = loadKernels(memory);
  const scalar = createScalarKernels(memory);
  const tasks = createKernelTasks(memory, rows, options.seed);
  const [fast, plain] = [compiled, scalar].map((kernels) =>
    tasks.map((task) => ({ name: `${task.name} ${kernels.kind}`, run: () => task.run(kernels) })),
  );
  const wasmMs = await timeTasks(fast, options.tiny);
  const scalarMs = await timeTasks(plain, options.tiny);
  return {
    name: 'kernels',
    title: `Kernels over a block of ${rows.toLocaleString('en-US')} rows, ${compiled.kind} and scalar`,
    columns: ['kernel', `${compiled.kind} ns/row`, 'scalar ns/row', 'times', 'GB/s', '% of copy'],
    rows: tasks.map((task, index) => {
      const rate = task.bytes / wasmMs[index] / 1e6;
      return [
        task.name,
        (wasmMs[index] * 1e6) / task.rows,
        (scalarMs[index] * 1e6) / task.rows,
        scalarMs[index] / wasmMs[index],
        rate,
        (rate / (2 * machine.copyCachedGBs)) * 100,
      ];
    }),
    notes: ['GB/s: bytes read and written by the compiled kernel; % of what a copy within the cache reads and writes'],
  };
}
