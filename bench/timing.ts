import { Bench } from 'tinybench';

/** Something synchronous to time. */
export interface TimedTask {
  readonly name: string;
  run(): void;
}

/** @returns the median time of each task in ms, in their order. */
export async function timeTasks(tasks: readonly TimedTask[], tiny: boolean): Promise<number[]> {
  const bench = new Bench(
    tiny
      ? { time: 0, iterations: 2, warmup: false, throws: true, retainSamples: true }
      : { time: 150, iterations: 20, warmupTime: 50, warmupIterations: 5, throws: true, retainSamples: true },
  );
  for (const { name, run } of tasks) bench.add(name, run);
  await bench.run();
  return bench.tasks.map((task) => ('latency' in task.result ? task.result.latency.p50 : NaN));
}
