import { groupBy } from '../base/group-by.ts';
import type { HashRange, Partition, SegmentMeta } from './row-source.ts';
import type { CompactionJob } from './segment-tasks.ts';
import { endOfPartition, hashRangesFor, isWithin, partitionOf, partitionWidths, widthFor } from './partition.ts';

/** The sizes that compaction goes by; `limits` says why. */
export interface CompactionSizes {
  readonly partitionRowsMin: number;
  readonly partitionRowsMax: number;
  readonly segmentRowsMax: number;
  /** Segments of level 0, or runs of a partition, that are merged once there are as many. */
  readonly runsMax: number;
}

/** Segments of one partition that came by the same commits: one, or several by hash range. */
interface Run {
  readonly rows: number;
  readonly segments: readonly SegmentMeta[];
}

/**
 * What to merge next in a table, or null. Level 0 goes first, oldest first; then partitions of too many runs, too many
 * rows or too few.
 *
 * Inputs are always neighbours in commit sequence among the segments that may hold the same times, so that rows of equal
 * time keep their order.
 * @param horizon commits from here on may still be joined by others: rows in memory or on their way into the log.
 * @param all merges everything there is to merge, for `varve compact`.
 */
export function planCompaction(
  segments: readonly SegmentMeta[],
  horizon: number,
  sizes: CompactionSizes,
  all: boolean,
): CompactionJob | null {
  if (segments.length === 0) return null;
  const width = widthOfTable(segments, sizes);
  const sorted = [...segments].sort((a, b) => a.commitMin - b.commitMin || a.id - b.id);
  const fresh = sorted.filter(({ partition }) => partition === null);
  const ripe = fresh.slice(0, fresh.findIndex(({ commitMax }) => commitMax >= horizon) >>> 0);
  if (ripe.length >= (all ? 1 : sizes.runsMax)) return jobOf(ripe, width, sizes);
  return planPartitions(
    sorted.filter(({ partition }) => partition !== null),
    width,
    sizes,
    all,
  );
}

function widthOfTable(segments: readonly SegmentMeta[], sizes: CompactionSizes): Partition['width'] {
  const rows = segments.reduce((sum, segment) => sum + segment.rows, 0);
  const timeMin = segments.reduce((least, segment) => Math.min(least, segment.timeMin), Infinity);
  const timeMax = segments.reduce((most, segment) => Math.max(most, segment.timeMax), -Infinity);
  return widthFor(rows, timeMin, timeMax, sizes.partitionRowsMin);
}

function planPartitions(
  segments: readonly SegmentMeta[],
  width: Partition['width'],
  sizes: CompactionSizes,
  all: boolean,
): CompactionJob | null {
  const families = familiesOf(segments);
  for (const family of families) {
    const job = planFamily(family, sizes, all) ?? planSplit(family, width, sizes);
    if (job !== null) return job;
  }
  return planJoin(families, width, sizes);
}

/** A partition that lies in no other, and all that lies in it: widths nest, and change with a table's volume. */
interface Family {
  readonly root: Partition;
  readonly members: readonly SegmentMeta[];
  readonly rows: number;
  /** All members are of the root's width. */
  readonly even: boolean;
}

function familiesOf(segments: readonly SegmentMeta[]): Family[] {
  const widest = [...segments].sort(
    (a, b) => partitionWidths.indexOf(b.partition!.width) - partitionWidths.indexOf(a.partition!.width),
  );
  const groups: { root: Partition; members: SegmentMeta[] }[] = [];
  for (const segment of widest) {
    const partition = segment.partition!;
    const group = groups.find(({ root }) => isWithin(partition, root));
    if (group === undefined) groups.push({ root: partition, members: [segment] });
    else group.members.push(segment);
  }
  return groups.map(({ root, members }) => ({
    root,
    members,
    rows: members.reduce((sum, segment) => sum + segment.rows, 0),
    even: members.every(({ partition }) => partition!.width === root.width),
  }));
}

/**
 * Merges the newer runs of a partition, the oldest too once they are together a quarter of it; where narrower
 * partitions lie in it, all at once, so that inputs stay neighbours.
 */
function planFamily({ root, members, rows, even }: Family, sizes: CompactionSizes, all: boolean): CompactionJob | null {
  const runs = runsOf(members);
  if (runs.length < (all ? 2 : sizes.runsMax)) return null;
  if (!even) {
    const narrowest = members.reduce((least, { partition }) => Math.min(least, rankOf(partition!)), rankOf(root));
    const width = rows > sizes.partitionRowsMax ? partitionWidths[narrowest] : root.width;
    return jobOf(members, width, sizes);
  }
  const newer = runs.slice(1);
  const newerRows = newer.reduce((sum, run) => sum + run.rows, 0);
  const merged = all || newerRows * 4 >= runs[0].rows ? runs : newer;
  // One run alone would be written again as it is, for ever.
  if (merged.length < 2) return null;
  return jobOf(
    merged.flatMap((run) => run.segments),
    root.width,
    sizes,
  );
}

function rankOf({ width }: Partition): number {
  return partitionWidths.indexOf(width);
}

function runsOf(members: readonly SegmentMeta[]): Run[] {
  const sorted = [...members].sort((a, b) => a.commitMin - b.commitMin || a.id - b.id);
  return [...groupBy(sorted, ({ commitMin, commitMax }) => `${commitMin} ${commitMax}`).values()].map((own) => ({
    rows: own.reduce((sum, segment) => sum + segment.rows, 0),
    segments: own,
  }));
}

/** Cuts a partition of too many rows into those of the table's width, where that is narrower. */
function planSplit(
  { root, members, rows }: Family,
  width: Partition['width'],
  sizes: CompactionSizes,
): CompactionJob | null {
  const narrower = partitionWidths.indexOf(width) < rankOf(root);
  return rows > sizes.partitionRowsMax && narrower ? jobOf(members, width, sizes) : null;
}

/** Joins partitions of few rows into one of the table's width, which has become wider. */
function planJoin(
  families: readonly Family[],
  width: Partition['width'],
  sizes: CompactionSizes,
): CompactionJob | null {
  const narrow = families.filter(({ root }) => rankOf(root) <= partitionWidths.indexOf(width));
  for (const group of groupBy(narrow, ({ root }) => partitionOf(root.start, width).start).values()) {
    const rows = group.reduce((sum, family) => sum + family.rows, 0);
    if (group.length >= 2 && rows <= sizes.partitionRowsMax)
      return jobOf(
        group.flatMap(({ members }) => members),
        width,
        sizes,
      );
  }
  return null;
}

function jobOf(inputs: readonly SegmentMeta[], width: Partition['width'], sizes: CompactionSizes): CompactionJob {
  const sorted = [...inputs].sort((a, b) => a.commitMin - b.commitMin || a.id - b.id);
  return { table: sorted[0].table, inputs: sorted, cut: { width, hashRanges: hashRangesOf(sorted, width, sizes) } };
}

/** By the rows that a partition of the outputs will hold if they are spread evenly over the inputs' time. */
function hashRangesOf(
  inputs: readonly SegmentMeta[],
  width: Partition['width'],
  sizes: CompactionSizes,
): readonly HashRange[] {
  const rows = inputs.reduce((sum, segment) => sum + segment.rows, 0);
  const timeMin = inputs.reduce((least, segment) => Math.min(least, segment.timeMin), Infinity);
  const timeMax = inputs.reduce((most, segment) => Math.max(most, segment.timeMax), -Infinity);
  const first = partitionOf(timeMin, width);
  const partitions = Math.max(1, (timeMax - timeMin) / (endOfPartition(first) - first.start));
  return hashRangesFor(rows / partitions, sizes.segmentRowsMax);
}
