import { VarveError } from '../base/errors.ts';
import { endOfPartition, startOfPartition } from './partition.ts';
import { wholeHashSpace, type HashRange, type Partition } from './row-source.ts';

/** @returns a partition as folders are named by it: 2024-03-01T05.h, 2024-03-01.d, 2024-03.m, 2024.y. */
export function formatPartition({ start, width }: Partition): string {
  const iso = new Date(start).toISOString();
  // Years before 0 and after 9999 have a sign and six digits.
  const year = iso.length - '-03-01T05:00:00.000Z'.length;
  const lengths = { hour: year + 9, day: year + 6, month: year + 3, year } as const;
  return `${iso.slice(0, lengths[width])}.${width[0]}`;
}

/** @returns where a segment lies below the store's folder. */
export function segmentFile(table: number, partition: Partition | null, id: number): string {
  const folder = partition === null ? 'level0' : formatPartition(partition);
  return `tables/${table}/${folder}/${String(id).padStart(6, '0')}.seg`;
}

/** A segment that a build makes: the rows of a partition and hash range. */
export interface SegmentOutput {
  readonly partition: Partition | null;
  readonly hashRange: HashRange;
}

/** How rows are dealt out to segments; finds the output of each row. */
export class OutputPlan {
  readonly #cut: { readonly width: Partition['width']; readonly hashRanges: readonly HashRange[] } | null;
  /** Partitions met, in the order in which they were. */
  readonly #partitions: { readonly start: number; readonly end: number }[] = [];
  readonly #byStart = new Map<number, number>();
  #last = -1;
  /** Rows by partition · ranges + range. */
  readonly #counts: number[] = [];

  constructor(cut: { readonly width: Partition['width']; readonly hashRanges: readonly HashRange[] } | null) {
    this.#cut = cut;
  }

  get isCut(): boolean {
    return this.#cut !== null;
  }

  /** Number of a row's output, in the order in which they were first met. @param hash upper word of its actor's. */
  outputOf(time: number, hash: number): number {
    if (this.#cut === null) return 0;
    const { hashRanges } = this.#cut;
    const partition = this.#partitionOf(time);
    if (hashRanges.length === 1) return partition;
    let range = 0;
    while (range < hashRanges.length && hash >= hashRanges[range].to) range++;
    if (range === hashRanges.length || hash < hashRanges[range].from)
      throw new VarveError('internal', `BUG: no hash range of the build holds ${hash}`);
    return partition * hashRanges.length + range;
  }

  #partitionOf(time: number): number {
    const partitions = this.#partitions;
    const last = this.#last;
    if (last >= 0 && time >= partitions[last].start && time < partitions[last].end) return last;
    const { width } = this.#cut!;
    const start = startOfPartition(time, width);
    let found = this.#byStart.get(start);
    if (found === undefined) {
      found = partitions.push({ start, end: endOfPartition({ start, width }) }) - 1;
      this.#byStart.set(start, found);
    }
    this.#last = found;
    return found;
  }

  count(output: number): void {
    this.#counts[output] = (this.#counts[output] ?? 0) + 1;
  }

  /** @returns outputs that have rows, by partition, then by hash range, each with its number. */
  outputs(): (SegmentOutput & { readonly number: number })[] {
    if (this.#cut === null) return [{ partition: null, hashRange: wholeHashSpace, number: 0 }];
    const { width, hashRanges } = this.#cut;
    const order = this.#partitions.map((_, index) => index);
    order.sort((a, b) => this.#partitions[a].start - this.#partitions[b].start);
    return order.flatMap((partition) =>
      hashRanges
        .map((hashRange, range) => ({
          partition: { start: this.#partitions[partition].start, width },
          hashRange,
          number: partition * hashRanges.length + range,
        }))
        .filter(({ number }) => (this.#counts[number] ?? 0) > 0),
    );
  }
}
