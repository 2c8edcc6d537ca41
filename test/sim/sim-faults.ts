import type { SeededRng } from './sim-rng.ts';

/** What a store does to a disk, by name. */
export const operations = [
  'openRead',
  'create',
  'openWrite',
  'read',
  'write',
  'truncate',
  'sync',
  'size',
  'close',
  'list',
  'exists',
  'makeDirectory',
  'rename',
  'unlink',
  'removeDirectory',
  'syncDirectory',
] as const;

export type Operation = (typeof operations)[number];

/** What goes wrong with one operation. */
export type Fault =
  | { readonly kind: 'error'; readonly code: 'storage_failed' | 'storage_full' }
  /** The machine stops here; `done` says whether the operation was carried out before. */
  | { readonly kind: 'crash'; readonly done: boolean };

/** Decides of each operation whether it fails. */
export interface FaultPlan {
  next(operation: Operation, path: string): Fault | null;
  /** Whether the disk says that it is full. */
  readonly full: boolean;
  /** Faults handed out so far. */
  readonly count: number;
}

/** Nothing fails. */
export const noFaults: FaultPlan = { next: () => null, full: false, count: 0 };

const changing: ReadonlySet<Operation> = new Set(['create', 'write', 'makeDirectory', 'rename']);
const failing: ReadonlySet<Operation> = new Set([
  'openRead',
  'create',
  'openWrite',
  'read',
  'write',
  'truncate',
  'sync',
  'rename',
  'unlink',
  'syncDirectory',
]);

/** What a run of the simulation does to its disk. */
export type FaultProfile = 'none' | 'errors' | 'read errors' | 'sticky' | 'full';

/** Makes a plan that draws its faults: some errors, one that stays, or spells during which the disk is full. */
export function createRandomFaults(profile: FaultProfile, rng: SeededRng): FaultPlan {
  let count = 0;
  let broken = false;
  let fullFor = 0;
  const found = (fault: Fault): Fault => {
    count++;
    return fault;
  };
  const error = (code: 'storage_failed' | 'storage_full'): Fault => found({ kind: 'error', code });
  const rate = [0.003, 0.02][rng.integer(2)];
  return {
    get full() {
      return fullFor > 0;
    },
    get count() {
      return count;
    },
    next(operation) {
      if (profile === 'none') return null;
      if (profile === 'full') {
        if (fullFor > 0) fullFor--;
        else if (rng.chance(0.01)) fullFor = 1 + rng.integer(30);
        if (fullFor === 0) return null;
        return changing.has(operation) || (operation === 'sync' && rng.chance(0.05)) ? error('storage_full') : null;
      }
      if (profile === 'read errors')
        return (operation === 'read' || operation === 'openRead') && rng.chance(rate) ? error('storage_failed') : null;
      if (!failing.has(operation)) return null;
      if (profile === 'sticky') {
        broken ||= rng.chance(rate / 4);
        return broken ? error('storage_failed') : null;
      }
      return rng.chance(rate) ? error('storage_failed') : null;
    },
  };
}

/** Makes a plan that lets the n-th operation of one kind fail, and, where it is sticky, all that follow. */
export function createNthFault(operation: Operation, nth: number, fault: Fault, sticky: boolean): FaultPlan {
  let seen = 0;
  let count = 0;
  return {
    full: false,
    get count() {
      return count;
    },
    next(candidate) {
      if (candidate !== operation) return null;
      seen++;
      if (seen !== nth && !(sticky && seen > nth)) return null;
      count++;
      return fault;
    },
  };
}
