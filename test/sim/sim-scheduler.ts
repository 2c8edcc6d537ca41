import type { Scheduler } from '../../engine/host/scheduler.ts';
import type { SeededRng } from './sim-rng.ts';

/** A process of the simulation: whatever belongs to it stops when it dies. */
export interface SimProcess {
  readonly id: number;
  alive: boolean;
}

interface Event {
  readonly time: number;
  readonly order: number;
  readonly process: SimProcess | null;
  readonly action: () => void;
}

/** More events than any workload takes: beyond it something waits for itself for ever. */
const eventsMax = 400_000;

/**
 * Virtual time in microseconds and a queue of what happens when. Between two events everything that can run does, so a
 * seed alone decides the order of all things.
 */
export class SimScheduler {
  time = 0;
  /** Events so far: also the clock by which the model tells before from after. */
  events = 0;
  /** Set by whatever wants the machine to stop here. */
  crashed = false;
  /** The machine stops after this many events. */
  crashAt = Infinity;
  readonly #rng: SeededRng;
  #order = 0;
  #heap: Event[] = [];

  constructor(rng: SeededRng) {
    this.#rng = rng;
  }

  /** A delay of a file operation or a task, in microseconds: mostly short, at times long. */
  delay(): number {
    return this.#rng.chance(0.05) ? this.#rng.integer(20_000) : 1 + this.#rng.integer(300);
  }

  at(delay: number, process: SimProcess | null, action: () => void): void {
    const heap = this.#heap;
    const event: Event = { time: this.time + delay, order: this.#order++, process, action };
    let place = heap.push(event) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!isBefore(event, heap[parent])) break;
      heap[place] = heap[parent];
      place = parent;
    }
    heap[place] = event;
  }

  /** @returns after a virtual delay in microseconds, never when the process has died by then. */
  sleep(process: SimProcess | null, microseconds: number): Promise<void> {
    return new Promise((resolve) => this.at(microseconds, process, resolve));
  }

  /** The engine's view of it, for one process. */
  forProcess(process: SimProcess): Scheduler {
    return {
      after: (delayMs, action) => {
        let active = true;
        this.at(delayMs * 1000, process, () => {
          if (active) action();
        });
        return () => {
          active = false;
        };
      },
      yield: () => this.sleep(process, this.#rng.integer(20)),
    };
  }

  /**
   * Lets time pass until `work` is done or the machine stops.
   * @throws what `work` throws; an error when nothing is left to happen, or too much.
   */
  async drive(work: Promise<unknown>): Promise<'done' | 'crashed'> {
    let state: 'running' | 'done' | 'failed' = 'running';
    let failure: unknown;
    work.then(
      () => {
        state = 'done';
      },
      (error: unknown) => {
        state = 'failed';
        failure = error;
      },
    );
    const isSettled = (): boolean => state !== 'running';
    const end = this.events + eventsMax;
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isSettled()) {
        if (failure !== undefined) throw failure as Error;
        return 'done';
      }
      if (this.crashed) {
        this.crashed = false;
        return 'crashed';
      }
      const event = this.#pop();
      if (event === undefined) throw new Error('nothing is left to happen, and the work is not done');
      if (event.process?.alive === false) continue;
      this.time = Math.max(this.time, event.time);
      if (++this.events > end) throw new Error('the work does not come to an end');
      if (this.events >= this.crashAt) this.crashed = true;
      else event.action();
    }
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], last)) break;
      heap[place] = heap[child];
      place = child;
    }
    heap[place] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
