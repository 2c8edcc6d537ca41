import type { Step } from '../../engine/base/duration.ts';
import { at } from './histories.ts';

/** A row of retained actors a cohort, the first of them period 0; as many cohorts as rows. */
export interface RetentionVector {
  readonly id: string;
  readonly unit: Step['unit'];
  readonly start: string;
  readonly after?: boolean;
  /** Times within 2020 by actor: each event starts and returns. */
  readonly p: Readonly<Record<string, readonly string[]>>;
  readonly expected: readonly (readonly number[])[];
}

/** @returns the events of a vector. */
export function eventsOfVector(p: RetentionVector['p']): { readonly actor: string; readonly time: number }[] {
  return Object.entries(p).flatMap(([actor, times]) => times.map((time) => ({ actor, time: at(`2020-${time}:00Z`) })));
}

/** Facts of PostHog's own tests (MIT). */
export const retentionVectors: readonly RetentionVector[] = [
  {
    id: 'PH-R1',
    unit: 'd',
    start: '2020-06-10',
    p: {
      p1: ['06-10T05', '06-11T05', '06-12T05', '06-15T05', '06-15T09', '06-16T05'],
      p2: ['06-11T05', '06-12T05', '06-13T05', '06-16T05'],
    },
    expected: [
      [1, 1, 1, 0, 0, 1, 1, 0, 0, 0, 0],
      [2, 2, 1, 0, 1, 2, 0, 0, 0, 0],
      [2, 1, 0, 1, 2, 0, 0, 0, 0],
      [1, 0, 0, 1, 0, 0, 0, 0],
      [0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 0, 0],
      [2, 0, 0, 0, 0],
      [0, 0, 0, 0],
      [0, 0, 0],
      [0, 0],
      [0],
    ],
  },
  {
    id: 'PH-R2',
    unit: 'mo',
    start: '2020-01-01',
    p: {
      p1: ['01-10T05', '02-10T05', '03-10T05', '05-10T05', '06-10T05', '09-10T05'],
      p2: ['01-10T05', '02-10T05', '03-10T05', '06-10T05', '07-10T05', '11-10T05'],
    },
    expected: [
      [2, 2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 0, 1, 2, 1, 0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 1, 0, 0],
      [2, 1, 0, 1, 0, 1],
      [1, 0, 0, 0, 1],
      [0, 0, 0, 0],
      [1, 0, 0],
      [0, 0],
      [1],
    ],
  },
  {
    // Its weeks begin on Sunday: everything is a day later here.
    id: 'PH-R3a',
    unit: 'w',
    start: '2020-06-08',
    p: {
      p1: ['06-11T05', '06-12T05', '06-18T05', '06-25T05', '07-05T05', '07-12T05'],
      p2: ['06-11T05', '06-12T05', '06-18T05', '07-05T05', '07-12T05', '07-26T05'],
    },
    expected: [[2, 2, 1, 2, 2, 0, 1], [2, 1, 2, 2, 0, 1], [1, 1, 1, 0, 0], [2, 2, 0, 1], [2, 0, 1], [0, 0], [1]],
  },
  {
    id: 'PH-R4',
    unit: 'h',
    start: '2020-06-10T06:00Z',
    p: {
      p1: ['06-10T06', '06-10T07', '06-10T08', '06-10T10', '06-10T11', '06-10T14'],
      p2: ['06-10T06', '06-10T07', '06-10T08', '06-10T11', '06-10T12', '06-10T16'],
    },
    expected: [
      [2, 2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 2, 0, 1, 2, 1, 0, 1, 0, 1],
      [2, 0, 1, 2, 1, 0, 1, 0, 1],
      [0, 0, 0, 0, 0, 0, 0, 0],
      [1, 1, 0, 0, 1, 0, 0],
      [2, 1, 0, 1, 0, 1],
      [1, 0, 0, 0, 1],
      [0, 0, 0, 0],
      [1, 0, 0],
      [0, 0],
      [1],
    ],
  },
  {
    id: 'PH-R5',
    unit: 'd',
    start: '2020-06-11',
    after: true,
    p: {
      p1: ['06-10T05', '06-13T05', '06-14T05'],
      p2: ['06-10T05', '06-11T05'],
      p3: ['06-11T05', '06-12T05', '06-13T05'],
      p4: ['06-13T05', '06-14T05'],
      p5: ['06-14T05'],
    },
    expected: [[2, 1, 1, 0, 0], [1, 1, 0, 0], [3, 2, 0], [3, 0], [0]],
  },
];
