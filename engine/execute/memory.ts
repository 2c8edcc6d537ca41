import { VarveError } from '../base/errors.ts';

const kibibyte = 1024;
/** Rows are counted in so many, that 31 bits hold them. */
const rowsUnit = 256;

/** From which share of the rows on a need is told on, and how much it may be off. */
const foreseenFrom = 0.05;
const foreseenMost = 1.5;

/** What all threads of one query know of its memory: plain data, its counters in a SharedArrayBuffer. */
export interface MemoryShare {
  /** Bytes that the query may take. */
  readonly most: number;
  /** Bytes of them that answers of plans within it take already; of threads, when the scan was begun. */
  kept: number;
  /** Rows that it reads, all scans together, in units of 256. */
  rows: number;
  /** What takes the memory, for people: `group by user_id, url`. */
  readonly purpose: string;
  /** KiB taken; rows read, in units of 256; groups met; those who send groups. */
  readonly counters: Int32Array;
}

/**
 * @param rows that all scans together read.
 * @param kept bytes that are taken already, and stay.
 */
export function shareMemory(most: number, rows: number, purpose: string, kept = 0): MemoryShare {
  const counters = new Int32Array(new SharedArrayBuffer(16));
  return { most, kept, rows: rowsInUnits(rows), purpose, counters };
}

/** @returns rows as a share counts them. */
export function rowsInUnits(rows: number): number {
  return Math.max(1, Math.ceil(rows / rowsUnit));
}

/** Says that all rows were read: what is held now is not told on any more. */
export function allRead({ counters, rows }: MemoryShare): void {
  Atomics.store(counters, 1, rows);
}

/** @returns the bytes that all accounts hold together. */
export function heldBytes({ counters }: MemoryShare): number {
  return Atomics.load(counters, 0) * kibibyte;
}

/** @returns a number for one who sends groups, not given to another of the query. */
export function numberOfSender({ counters }: MemoryShare): number {
  return Atomics.add(counters, 3, 1);
}

/** Between two looks at what groups hold, rows: each adds one at most. */
export const rowsBetweenHolds = 262_144;

/** One holder of memory among those of a query: a thread's tables, what is merged, rows that are sorted. */
export interface MemoryAccount {
  /** Says how many bytes it holds now. @throws VarveError `limit` with an estimate when the query holds too much. */
  hold(bytes: number): void;
  /** The same of groups, for the estimate. */
  countGroups(groups: number): void;
  /** What it made goes to the thread that merges, who takes it back: from now on the account counts anew. */
  handOver(bytes: number, groups: number): void;
  /** Takes back what another account handed over. */
  takeBack(bytes: number, groups: number): void;
  /** Refuses the query if it will hold too much, where that grows with every row alike. */
  foresee(): void;
}

/** Opens an account that holds nothing. */
export function openAccount(share: MemoryShare): MemoryAccount {
  const { counters } = share;
  let held = 0;
  let counted = 0;
  return {
    hold(bytes) {
      const now = Math.ceil(bytes / kibibyte);
      const total = Atomics.add(counters, 0, now - held) + now - held;
      held = now;
      if (total * kibibyte > share.most - share.kept) throw memoryError(share, total * kibibyte);
    },
    countGroups(groups) {
      Atomics.add(counters, 2, groups - counted);
      counted = groups;
    },
    handOver(bytes, groups) {
      Atomics.add(counters, 0, Math.ceil(bytes / kibibyte));
      Atomics.add(counters, 2, groups - counted);
      counted = 0;
    },
    takeBack(bytes, groups) {
      Atomics.sub(counters, 0, Math.ceil(bytes / kibibyte));
      Atomics.sub(counters, 2, groups);
    },
    foresee: () => foresee(share),
  };
}

/**
 * Refuses a query before its memory is taken, where what it needs grows with every row alike and so can be told on.
 * @throws VarveError `limit` with the estimate.
 */
function foresee(share: MemoryShare): void {
  const part = Math.min(1, Atomics.load(share.counters, 1) / share.rows);
  const held = Atomics.load(share.counters, 0) * kibibyte;
  if (part >= foreseenFrom && held / part > foreseenMost * (share.most - share.kept)) throw memoryError(share, held);
}

/** Counts rows that were read, so that what was met so far can be told as a share. */
export function createRowCounter({ counters }: MemoryShare): (rows: number) => void {
  let left = 0;
  return (rows) => {
    left += rows;
    if (left < rowsUnit) return;
    Atomics.add(counters, 1, Math.floor(left / rowsUnit));
    left %= rowsUnit;
  };
}

/**
 * Says how much all would need: what is held is told on from the share of rows that were read.
 * @param held bytes, those included that did not fit.
 */
function memoryError(share: MemoryShare, held: number): VarveError {
  const { counters, rows, purpose, most, kept } = share;
  const part = Math.min(1, Math.max(1, Atomics.load(counters, 1)) / rows);
  const groups = Atomics.load(counters, 2) / part;
  const of = groups >= 1 ? ` for ${countText(groups)} groups` : '';
  return new VarveError(
    'limit',
    `${purpose} would need about ${bytesText(held / part + kept)}${of}; the budget is ${bytesText(most)} (queryMemoryMax).`,
    { hint: 'Group by fewer or coarser keys, or narrow the range with since, until and where.' },
  );
}

/** Two digits say what an estimate knows. */
function rounded(value: number): string {
  return value >= 10 ? String(Math.round(value)) : value.toPrecision(2).replace(/\.0$/, '');
}

/** @returns a number of bytes for people. */
export function bytesText(bytes: number): string {
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes / kibibyte;
  let unit = 0;
  for (; value >= 1000 && unit + 1 < units.length; unit++) value /= kibibyte;
  return `${rounded(value)} ${units[unit]}`;
}

function countText(count: number): string {
  if (count >= 1e6) return `${rounded(count / 1e6)} M`;
  return count >= 1e4 ? `${rounded(count / 1e3)} k` : String(Math.round(count));
}
